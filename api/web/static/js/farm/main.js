// The field page: which screen the address asks for, and the outbox running beside it.

import { load, mine } from "./data.js";
import { harvest, treat } from "./harvest.js";
import { handOver, leave, process, receive } from "./goods.js";
import { home } from "./home.js";
import { make, say, show } from "./page.js";
import { adopt, make as makeKey, obstacle } from "../signing/keys.js";
import { changes, start } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";

const SCREENS = {
  harvest, treat, process: () => process(), receive, me: code, hand_over: handOver,
  sell: () => leave("sell"), discard: () => leave("discard"),
};

async function open() {
  const [name, given] = decodeURIComponent(location.hash.slice(1)).split("=");
  const screen = Object.hasOwn(SCREENS, name) ? SCREENS[name] : home;
  document.getElementById("back").hidden = screen === home;
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

function noKey(text) {
  const demo = document.getElementById("demo-door");
  show(make("section.card.stack", {}, make("h1", {}, document.title.split(" · ")[0]), make("p", {}, text)),
    demo?.content.cloneNode(true));
  for (const button of document.querySelectorAll("#stage [data-role]")) {
    button.addEventListener("click", () => enter(button));
  }
}

async function enter(button) {
  button.disabled = true;
  const key = await makeKey();
  const answer = await fetch("/api/demo/enter", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ role: button.dataset.role, key: key.did }),
  });
  if (!answer.ok) return noKey((await Refused.from(answer)).message);
  const { party, position } = await answer.json();
  await adopt(key.did, party);
  await begin(position);
}

async function begin(position) {
  const hindrance = obstacle();
  if (hindrance) return noKey(say(hindrance));
  try {
    if (!(await load(position))) return noKey(say("no_key"));
  } catch (error) {
    return noKey(error instanceof Refused && error.code === "key-not-valid" ? say("key_gone", { why: error.message }) : error.message);
  }
  await start();
  await open();
}

addEventListener("hashchange", () => mine.farm && open());
changes.addEventListener("change", () => mine.farm && !location.hash.slice(1) && home());
navigator.serviceWorker?.register("/worker.js").catch(() => {});
await begin();
document.documentElement.dataset.ready = "yes";
