// The cooperative's desk: who joins, who is a member, and the day's weighing list.

import { mine } from "./data.js";
import { memberRow } from "./members.js";
import { areaOf, getJson, members, registerPlot, write } from "./office.js";
import { make, say, show, tell, field } from "./page.js";
import { current } from "../signing/keys.js";
import { fetchAs } from "../signing/signin.js";

const titles = document.getElementById("stage").dataset;

/** Show the desk. */
export async function desk() {
  const [asked, known] = await Promise.all([getJson("/api/joining"), members()]);
  show(
    make("p.who", {}, make("b", {}, mine.farm.name)),
    make("nav.tiles", {},
      make("a.tile.main", { href: "#weighing" }, make("span", {}, titles.weighing), make("small", {}, titles.weighingNote)),
      make("a.tile", { href: "#invite" }, make("span", {}, titles.invite)),
      make("a.tile", { href: "#newcomer" }, make("span", {}, titles.newcomer)),
      make("a.tile", { href: "/farm" }, make("span", {}, titles.field)),
      make("a.tile", { href: "#prints" }, make("span", {}, titles.prints)),
      make("a.tile", { href: "/inbox" }, make("span", {}, titles.inbox))),
    make("h2", {}, titles.asked),
    asked.length ? make("div.stack", {}, ...asked.map(askedCard)) : make("p.card.soft", {}, say("nobody_asks")),
    make("h2", {}, `${titles.members} · ${known.length}`),
    make("div.card.rows", {}, ...known.map(memberRow)));
}

function askedCard(one) {
  const plot = field("plot", say("first_plot"), { optional: true });
  const area = field("area", say("area_mu"), { mode: "decimal", optional: true });
  const card = make("section.card.stack", {},
    make("b", {}, say(one.again ? "asks_new_phone" : "asks_to_join", { name: one.name })),
    make("p", {}, say("check_digits", { digits: one.check })), make("p.digits", {}, one.check),
    !one.again && plot, !one.again && area,
    make("p.btns", {},
      make("button.btn", { type: "button", onclick: (at) => busy(at, () => approve(one, plot, area)) }, say(one.again ? "approve_phone" : "approve")),
      make("button.btn.quiet", { type: "button", onclick: (at) => busy(at, () => sendAway(one)) }, say("send_away"))));
  return card;
}

async function busy(happened, act) {
  happened.currentTarget.disabled = true;
  try {
    await act();
    await desk();
  } catch (error) {
    tell(error.message, "alarm");
  }
}

/** The ledger takes a member in: the party, the membership while it has no key, the key, the first plot. */
async function approve(one, plot, area) {
  const name = plot.querySelector("input").value.trim();
  const size = areaOf(area.querySelector("input").value);
  if (!one.again) {
    await write("party.admitted.v1", { party: one.party, kind: "person", roles: ["farmer"], township: one.township }, one.name);
    await write("membership.began.v1", { member: one.party }, one.name);
  }
  await write("key.bound.v1", { party: one.party, key: one.key, custody: "device" }, one.name);
  if (!one.again && name) await registerPlot(one, one.township, name, size);
}

async function sendAway(one) {
  await fetchAs(await current(), `/api/joining/${encodeURIComponent(one.key)}`, { method: "DELETE" });
}
