// Weights as people say them, kept in grams; a number whose comma may mean two things is asked about.

import { english, question, say } from "./page.js";

const BASKET = "suyuan-basket-g";
const LAST = "suyuan-unit";
const GRAMS = { jin: 500n, kg: 1000n };

/** What one basket weighs in grams, as this phone was told. */
export const basket = () => BigInt(localStorage.getItem(BASKET) ?? "0");
export const setBasket = (grams) => localStorage.setItem(BASKET, String(grams));

/** The units to choose from for a product, and the one used last. */
export function unitsOf(product) {
  if (product.unit !== "GRM") return { units: [["piece", say("piece")]], unit: "piece" };
  const units = [["jin", say("jin")], ["kg", say("kilogram")], ["basket", say("basket")]];
  return { units, unit: localStorage.getItem(LAST) ?? (english ? "kg" : "jin") };
}

/** Write a quantity in the unit that its reader uses. */
export function amount(quantity, unit) {
  const number = (value) => Number(value).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3 });
  if (unit === "GRM") return english ? `${number(quantity / 1000)} kg` : `${number(quantity / 500)} ${say("jin")}`;
  if (unit === "MLT") return `${number(quantity / 1000)} L`;
  return `${number(quantity)} ${say("piece")}`;
}

/** Write what stands in a field for so much. */
export const inField = (quantity, unit, chosen) =>
  unit !== "GRM" ? String(quantity) : String(quantity / Number(GRAMS[chosen] ?? 500n));

/**
 * Read a number that somebody typed; asks where the comma may be a point or a thousands mark.
 * @returns {Promise<number | undefined>} in the smallest unit; undefined where the answer was "let me see"
 * @throws {Error} with what to write
 */
export async function read(text, chosen) {
  const plain = text.normalize("NFKC").replaceAll(" ", "").replaceAll("，", ",");
  const decided = plain.includes(",") ? await comma(plain, chosen) : plain;
  if (decided === undefined) return undefined;
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(decided)) throw new Error(say("no_number"));
  localStorage.setItem(LAST, chosen === "piece" ? (localStorage.getItem(LAST) ?? "jin") : chosen);
  const [whole, fraction = ""] = decided.split(".");
  const each = chosen === "piece" ? 1n : chosen === "basket" ? basket() : GRAMS[chosen];
  const scale = 10n ** BigInt(fraction.length);
  const total = BigInt(whole + fraction) * each;
  if (total === 0n || total % scale !== 0n) throw new Error(say("no_number"));
  return Number(total / scale);
}

async function comma(text, chosen) {
  const point = text.replace(",", ".");
  const grouped = text.replaceAll(",", "");
  const maybePoint = /^\d+,\d+$/.test(text);
  if (!/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) {
    if (!maybePoint) throw new Error(say("no_number"));
  } else if (!maybePoint) return grouped;
  const unit = say({ jin: "jin", kg: "kilogram", basket: "basket", piece: "piece" }[chosen]);
  const answer = await question(
    say("ask_comma", { text, one: `${point} ${unit}`, other: `${grouped} ${unit}` }),
    { point: `${point} ${unit}`, grouped: `${grouped} ${unit}`, look: say("let_me_see") },
  );
  return { point, grouped, look: undefined }[answer];
}
