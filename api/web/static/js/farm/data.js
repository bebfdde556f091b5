// What the page knows of its party: from the server, and kept for when there is no line.

import { current } from "../signing/keys.js";
import { fetchAs } from "../signing/signin.js";
import { Refused } from "../signing/refused.js";

/** The member for whom a cooperative records, where it isn't for itself. */
export const behalf = new URLSearchParams(location.search).get("for");
const KEPT = behalf ? "suyuan-farm-for" : "suyuan-farm";
const CAUSES = "suyuan-causes";
const LOTS = "suyuan-lots";

/** How long a slow line is waited for where there is something to show already. */
const PATIENCE_MS = 700;

/**
 * `stale`: when what is shown was last right; `later`: what a slow line still brings.
 * @type {{key: import("../signing/keys.js").Key, farm: any, stale?: string, slow?: boolean, later?: Promise<void>}}
 */
export const mine = {};

/**
 * Load what there is, at least up to a position of the ledger; on a slow line what was there last comes
 * first, and `mine.later` is there once the new has come.
 * @returns {Promise<boolean>} whether there is a key
 */
export async function load(position) {
  mine.key = await current();
  if (!mine.key) return false;
  mine.later = undefined;
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
  const fresh = fetched(position);
  const known = kept?.farm.party === (behalf ?? mine.key.party);
  try {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, "slow"));
    if (!known || position || (await Promise.race([fresh, patience])) !== "slow") return await fresh, true;
    mine.later = fresh;
    fresh.catch(() => {});
  } catch (error) {
    if (error instanceof Refused && error.status < 500) throw error;
    if (!known) throw error;
  }
  mine.farm ??= kept.farm;
  mine.slow = Boolean(mine.later);
  mine.stale = new Date(kept.at).toLocaleString(document.documentElement.lang);
  return true;
}

let turns = 0;

async function fetched(position) {
  const turn = ++turns;
  const query = new URLSearchParams({ ...(position && { at: position }), ...(behalf && { for: behalf }) });
  const answer = await fetchAs(mine.key, `/api/farm${String(query) && `?${query}`}`, { cache: "no-store" });
  const farm = await answer.json();
  // An answer that a slow line brings late must not take the place of a newer one.
  if (turn !== turns) return;
  mine.farm = farm;
  mine.stale = undefined;
  localStorage.setItem(KEPT, JSON.stringify({ farm: mine.farm, at: Date.now() }));
}

export const product = (gtin) => mine.farm.products.find((one) => one.gtin === gtin) ?? { gtin, zh: gtin, en: gtin, unit: "GRM" };
export const named = (one) => (document.documentElement.lang.startsWith("en") ? one.en : one.zh);
export const placeName = (id) =>
  [...mine.farm.plots, ...mine.farm.places].find((one) => one.id === id)?.name ?? id;

/** Products by what this party has had, the others after. */
export function products() {
  const had = new Set(mine.farm.goods.map((one) => one.gtin));
  const last = localStorage.getItem("suyuan-product");
  const rank = (one) => (one.gtin === last ? 0 : had.has(one.gtin) ? 1 : 2);
  return [...mine.farm.products].sort((a, b) => rank(a) - rank(b));
}

/**
 * Propose a lot that won't collide: the day, the end of a place's id, a counter kept on this phone and
 * four random letters for who has two phones, or a new one. At most 20 characters up to 9,999 a day.
 */
export function newLot(place, moment = new Date()) {
  const two = (number) => String(number).padStart(2, "0");
  const today = `${moment.getFullYear()}${two(moment.getMonth() + 1)}${two(moment.getDate())}`;
  const kept = JSON.parse(localStorage.getItem(LOTS) ?? "{}");
  const count = kept.day === today ? kept.count + 1 : 1;
  localStorage.setItem(LOTS, JSON.stringify({ day: today, count }));
  const letters = "ACDEFHJKMNPRTUVWXY";
  const random = crypto.getRandomValues(new Uint8Array(4));
  const mark = [...random].map((byte) => letters[byte % letters.length]).join("");
  return `${today.slice(2)}-${place.slice(-4)}-${count}${mark}`;
}

/** Remember which event of this phone a batch came from, so that what follows waits for it. */
export function remember(batch, id) {
  const kept = JSON.parse(localStorage.getItem(CAUSES) ?? "{}");
  localStorage.setItem(CAUSES, JSON.stringify({ ...kept, [batch]: id }));
}
export function causes(...batches) {
  const kept = JSON.parse(localStorage.getItem(CAUSES) ?? "{}");
  return batches.map((batch) => kept[batch]).filter(Boolean);
}
