// Before a page of one's own: a key that speaks for somebody, or the way to one.

import { make, say, show } from "./page.js";
import { adopt, make as makeKey, obstacle } from "../signing/keys.js";
import { Refused } from "../signing/refused.js";

/**
 * Load, and go on; or say what stands in the way.
 * @param {(position?: number) => Promise<boolean>} load whether there is a key
 * @param {() => Promise<void>} go
 */
export async function openDoor(load, go, position) {
  const hindrance = obstacle();
  try {
    if (hindrance) closed(say(hindrance));
    else if (await load(position)) await go();
    else closed(say("no_key"), load, go);
  } catch (error) {
    shut(error, load, go);
  }
  document.documentElement.dataset.ready = "yes";
}

/** Say why a key that was let in on what was known is not let in after all. */
export const shut = (error, load, go) =>
  closed(error.code === "key-not-valid" ? say("key_gone", { why: error.message }) : error.message, load, go);

function closed(text, load, go) {
  const demo = document.getElementById("demo-door")?.content.cloneNode(true);
  show(make("section.card.stack", {}, make("h1", {}, document.title.split(" · ")[0]), make("p", {}, text)), demo);
  for (const button of document.querySelectorAll("#stage [data-role]")) {
    button.addEventListener("click", () => enter(button, load, go));
  }
}

async function enter(button, load, go) {
  button.disabled = true;
  const key = await makeKey();
  const answer = await fetch("/api/demo/enter", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ role: button.dataset.role, key: key.did }),
  });
  if (!answer.ok) return closed((await Refused.from(answer)).message, load, go);
  const { party, position } = await answer.json();
  await adopt(key.did, party);
  await openDoor(load, go, position);
}
