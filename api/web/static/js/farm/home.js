// The first screen: what one does most today, the goods at hand, what to mind, what was just recorded.

import { mine, named, placeName, product } from "./data.js";
import { clock, day, make, say, show } from "./page.js";
import { labelsOf } from "./record.js";
import { amount } from "./units.js";
import { Refused } from "../signing/refused.js";
import { dismiss, entries } from "../signing/outbox.js";

/** Show the first screen. */
export async function home() {
  const recent = await entries();
  show(
    make("p.who", {}, make("b", {}, mine.farm.name)),
    mine.stale && make("p.note", { role: "status" }, say(mine.slow ? "slow" : "offline", { when: mine.stale })),
    tiles(), ...minded(), ...incoming(), goods(), just(recent));
}

function tiles() {
  const ready = mine.farm.plots.find((one) => !one.wait);
  const grower = mine.farm.plots.length > 0;
  const all = [
    grower && ["harvest", ready && say("can_harvest", { plot: ready.name })],
    ["hand_over", say("scan_theirs")],
    ["receive", mine.farm.coming.length ? say("coming_count", { n: mine.farm.coming.length }) : say("nothing_coming")],
    ["process"], grower && ["treat"], ["sell"], ["me"], ["discard"],
  ].filter(Boolean);
  if (mine.farm.coming.length && !grower) all.sort((a, b) => (b[0] === "receive") - (a[0] === "receive"));
  return make("nav.tiles", {}, ...all.map(([name, small], index) =>
    make(`a.tile${index ? "" : ".main"}`, { href: `#${name}` }, make("span", {}, say(name)), small && make("small", {}, small))));
}

function* minded() {
  const waits = mine.farm.plots.filter((one) => one.wait);
  for (const { name, wait } of waits) {
    yield make("section.card.mind", {},
      make("b", {}, say("wait_title", { plot: name, n: wait.days })),
      make("p.soft", {}, say("wait_text", { since: day(wait.since), what: wait.substance, until: day(wait.until) })));
  }
}

function* incoming() {
  if (!mine.farm.coming.length) return;
  yield make("h2", {}, say("receive"));
  yield make("section.card.rows", {}, ...mine.farm.coming.map((one) =>
    make("a.row", { href: `#receive=${one.id}` },
      make("span", {}, make("b", {}, mine.farm.names[one.other] ?? one.other), make("small", {}, day(one.sent_at))),
      make("span.right", {}, ...one.items.slice(0, 3).map((item) => make("small", {}, `${named(product(item.batch.split("/")[0]))} ${amount(item.quantity, item.unit)}`))))));
}

function goods() {
  const held = mine.farm.goods;
  if (!held.length) return null;
  const title = document.getElementById("stage").dataset.goods;
  return make("section", {}, make("h2", {}, title), make("div.card.rows", {}, ...held.map((one) =>
    make("div.row", {},
      make("a.tap", { href: `/01/${one.gtin}/10/${encodeURIComponent(one.lot)}` },
        make("b", {}, named(product(one.gtin))), make("small", {}, `${one.lot} · ${placeName(one.place)}`)),
      make("span.right", {}, make("b", {}, amount(one.quantity, one.unit)),
        one.hold ? make("span.tag.alarm", {}, say("hold"))
          : one.free < one.quantity ? make("span.tag", {}, say("reserved", { q: amount(one.quantity - one.free, one.unit) }))
            : make("a.tag.ok", { href: labelsOf(one.batch) }, say("labels")))))));
}

function just(recent) {
  if (!recent.length) return null;
  const title = document.getElementById("stage").dataset.recent;
  return make("section", {}, make("h2", {}, title), make("div.card.rows", {}, ...recent.slice(0, 12).map(entryRow)));
}

function entryRow(one) {
  const moment = new Date(one.order);
  const when = new Date().toDateString() === moment.toDateString() ? say("today") : day(moment);
  const state = one.state === "recorded"
    ? make("a.tag.ok", { href: `/api/events/${one.id}` }, say("recorded_short", { n: one.position.toLocaleString() }))
    : make(`span.tag${one.state === "refused" ? ".alarm" : ""}`, {}, say(one.state === "refused" ? "refused_short" : "waiting_short"));
  return make("div.row", {},
    make("span", {}, make("b", {}, one.title), make("small", {}, `${when} ${clock(moment)}`),
      one.state === "waiting" && make("small", {}, say("waiting")),
      one.problem && make("small.why", {}, new Refused(one.problem).message)),
    make("span.right", {}, state, one.state === "refused" && make("button.btn.quiet.slim", {
      type: "button", onclick: async () => (await dismiss(one.id), home()) }, say("dismiss"))));
}
