// The desk's page: which part the address asks for.

import { load, mine } from "./data.js";
import { desk } from "./desk.js";
import { invite } from "./invite.js";
import { member, newcomer } from "./members.js";
import { prints } from "./prints.js";
import { openDoor } from "./door.js";
import { weighing } from "./weighing.js";
import { start } from "../signing/outbox.js";

const PARTS = { weighing, invite: () => invite(), newcomer, member, prints };

async function open() {
  const [name, given] = location.hash.slice(1).split("=");
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : desk;
  document.getElementById("back").hidden = part === desk;
  await part(given);
}

addEventListener("hashchange", () => mine.farm && open());
await openDoor(load, async () => {
  await start();
  await open();
});
