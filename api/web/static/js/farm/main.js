// The field page: which screen the address asks for, and the outbox running beside it.

import { behalf, load, mine } from "./data.js";
import { openDoor, shut } from "./door.js";
import { harvest, treat } from "./harvest.js";
import { handOver, leave, process, receive } from "./goods.js";
import { home } from "./home.js";
import { make, say, show } from "./page.js";
import { Refused } from "../signing/refused.js";
import { changes, start } from "../signing/outbox.js";

const SCREENS = {
  harvest, treat, process: () => process(), receive, me: code, hand_over: handOver,
  sell: () => leave("sell"), discard: () => leave("discard"),
};

async function open() {
  const [name, given] = decodeURIComponent(location.hash.slice(1)).split("=");
  const screen = Object.hasOwn(SCREENS, name) ? SCREENS[name] : home;
  document.getElementById("back").hidden = screen === home;
  const line = document.getElementById("behalf");
  line.hidden = !behalf;
  line.querySelector("span").textContent = behalf && say("recording_for", { name: mine.farm.name });
  await screen(given);
}

/** One's own code: whoever hands over scans it, and knows to whom and where. */
function code() {
  const place = [...mine.farm.places, ...mine.farm.plots][0];
  if (!place) return show(make("p.card", {}, say("no_plot")));
  show(make("h1", {}, mine.farm.name), make("p.soft", {}, say("show_them")),
    make("img.code", { src: `/qr/to/${mine.farm.party}/${place.id}.svg`, alt: `${mine.farm.name} ${place.name}`, width: 320, height: 320 }),
    make("p", {}, make("b", {}, place.name)));
}

addEventListener("hashchange", () => mine.farm && open());
changes.addEventListener("change", () => mine.farm && !location.hash.slice(1) && home());
const go = async () => {
  // What waits goes out beside, so that a slow line holds up nothing that can be shown.
  start();
  await open();
};
await openDoor(load, go);
navigator.serviceWorker?.register("/worker.js").catch(() => {});
const atHome = () => !location.hash.slice(1);
mine.later?.then(
  () => atHome() && home(),
  (error) => error instanceof Refused && error.status < 500 && atHome() && shut(error, load, go));
