// The cooperative's desk: who joins, who is a member, and the day's weighing list.

import { mine } from "./data.js";
import { make, question, say, show, tell, field } from "./page.js";
import { event } from "../signing/events.js";
import { current } from "../signing/keys.js";
import { record } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";
import { fetchAs } from "../signing/signin.js";

const MU_M2 = 2000 / 3;
/** The position of what this desk recorded last: the members are shown as of it. */
let recorded = 0;
const titles = document.getElementById("stage").dataset;

/** Show the desk. */
export async function desk() {
  const [asked, members] = await Promise.all([getJson("/api/joining"), getJson(`/api/coop/members${recorded ? `?at=${recorded}` : ""}`)]);
  show(
    make("p.who", {}, make("b", {}, mine.farm.name)),
    make("nav.tiles", {},
      make("a.tile.main", { href: "#weighing" }, make("span", {}, titles.weighing), make("small", {}, titles.weighingNote)),
      make("a.tile", { href: "#invite" }, make("span", {}, titles.invite)),
      make("a.tile", { href: "/farm" }, make("span", {}, titles.field)),
      make("a.tile", { href: "#prints" }, make("span", {}, titles.prints)),
      make("a.tile", { href: "/inbox" }, make("span", {}, titles.inbox))),
    make("h2", {}, titles.asked),
    asked.length ? make("div.stack", {}, ...asked.map(askedCard)) : make("p.card.soft", {}, say("nobody_asks")),
    make("h2", {}, `${titles.members} · ${members.length}`),
    make("div.card.rows", {}, ...members.map(memberRow)));
}

async function getJson(address, how) {
  return (await fetchAs(await current(), address, { cache: "no-store", ...how })).json();
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
  const key = await current();
  const write = (type, fields, title) => admitted(event(type, key.party, fields), title, key);
  if (!one.again) {
    await write("party.admitted.v1", { party: one.party, kind: "person", roles: ["farmer"], township: one.township }, one.name);
    await write("membership.began.v1", { member: one.party }, one.name);
  }
  await write("key.bound.v1", { party: one.party, key: one.key, custody: "device" }, one.name);
  const name = plot.querySelector("input").value.trim();
  if (!one.again && name) {
    const mu = Number(area.querySelector("input").value.normalize("NFKC") || 0);
    await write("place.registered.v1", {
      place: newPlace(one.party), holder: one.party, kind: "plot", township: one.township, name,
      area_m2: mu > 0 ? Math.round(mu * MU_M2) : undefined,
    }, `${one.name} ${name}`);
  }
}

function newPlace(party) {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return `L${party.slice(1, 7)}-${1_000_000_000 + (number % 3_000_000_000)}`;
}

async function admitted(made, title, key) {
  const entry = await record(made, title, key);
  if (entry.state === "refused") throw new Refused(entry.problem);
  recorded = Math.max(recorded, entry.position ?? 0);
}

async function sendAway(one) {
  await fetchAs(await current(), `/api/joining/${encodeURIComponent(one.key)}`, { method: "DELETE" });
}

function memberRow(one) {
  const phones = one.keys.filter((key) => !key.revoked);
  return make("div.row", {},
    make("span", {}, make("b", {}, one.name), make("small", {}, one.party),
      make("small", {}, phones.length ? say("keys", { n: phones.length }) : say(one.may_sign ? "no_phone" : "keys", { n: 0 }))),
    make("span.right", {}, phones.length > 0 && make("button.btn.quiet.slim", {
      type: "button", onclick: () => lost(one, phones) }, say("lost"))));
}

/** A phone is lost: its key is revoked, and a code for the next one is shown. */
async function lost(one, phones) {
  const answer = await question(say("new_phone", { name: one.name }), { yes: say("revoke_and_invite"), look: say("let_me_see") });
  if (answer !== "yes") return;
  const key = await current();
  for (const phone of phones) {
    await admitted(event("key.revoked.v1", key.party, { party: one.party, key: phone.key, reason: say("lost") }), one.name, key);
  }
  await invite(one.party);
  tell(say("revoked_now"));
}

/** Show the code that a phone scans to join, and come back when somebody has answered. */
export async function invite(party) {
  const body = JSON.stringify(party ? { party } : {});
  const made = await getJson("/api/joining", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const until = new Date(made.expires).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  show(make("h1", {}, titles.invite), make("p.soft", {}, titles.inviteNote),
    make("img.code", { src: `/qr/join/${made.code}.svg`, alt: made.url, width: 320, height: 320 }),
    make("p.soft", {}, say("code_until", { until })), make("p.mono.address", {}, made.url));
  const stage = document.querySelector("#stage .code");
  while (stage.isConnected) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const asked = await getJson("/api/joining").catch(() => []);
    if (stage.isConnected && asked.some((one) => one.party === made.party)) {
      location.hash = "";
      return desk();
    }
  }
}
