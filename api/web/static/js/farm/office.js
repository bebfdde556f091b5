// What the desk's screens share: asking as the cooperative, and recording in its name.

import { say } from "./page.js";
import { event } from "../signing/events.js";
import { current } from "../signing/keys.js";
import { record } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";
import { fetchAs } from "../signing/signin.js";

const MU_M2 = 2000 / 3;
/** The position of what this desk recorded last: what it shows is as of it. */
let recorded = 0;

/** Ask the server. @param {string} address @param {RequestInit} [how] @returns {Promise<any>} */
export async function getJson(address, how) {
  return (await fetchAs(await current(), address, { cache: "no-store", ...how })).json();
}

/** Send JSON to the server. */
export const postJson = (address, body) =>
  getJson(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** The cooperative's members, with what this desk has just recorded. */
export const members = () => getJson(`/api/coop/members${recorded ? `?at=${recorded}` : ""}`);

/** Record in the cooperative's name. @throws {Refused} with what the ledger said */
export async function write(type, fields, title) {
  const key = await current();
  const entry = await record(event(type, key.party, fields), title, key);
  if (entry.state === "refused") throw new Refused(entry.problem);
  recorded = Math.max(recorded, entry.position ?? 0);
}

/** An area written in 亩, in m²; undefined where none is given. @throws {Error} where it is no number */
export function areaOf(text) {
  const plain = text.normalize("NFKC").trim();
  if (plain && !/^\d{1,6}(\.\d+)?$/.test(plain)) throw new Error(say("no_number"));
  return Math.round(Number(plain) * MU_M2) || undefined;
}

/** Register a member's plot. */
export function registerPlot(member, township, name, area) {
  return write("place.registered.v1", {
    place: newPlace(member.party), holder: member.party, kind: "plot", township, name, area_m2: area,
  }, `${member.name} ${name}`);
}

function newPlace(party) {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return `L${party.slice(1, 7)}-${1_000_000_000 + (number % 3_000_000_000)}`;
}
