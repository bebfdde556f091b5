// The print queue: what is at hand and can have labels, and what was printed.

import { mine, named, placeName, product } from "./data.js";
import { clock, day, make, say, show } from "./page.js";
import { labelsOf } from "./record.js";
import { amount } from "./units.js";
import { fetchAs } from "../signing/signin.js";

const titles = document.getElementById("stage").dataset;

/** Show what may be printed, and the last runs. */
export async function prints() {
  const runs = await (await fetchAs(mine.key, "/api/coop/prints", { cache: "no-store" })).json();
  const printed = new Set(runs.map((one) => one.batch));
  const waiting = mine.farm.goods.filter((one) => !printed.has(one.batch));
  show(make("h1", {}, titles.prints),
    make("h2", {}, titles.printsWaiting),
    make("div.card.rows", {}, ...waiting.map((one) => row(one.batch, amount(one.quantity, one.unit), placeName(one.place)))),
    make("h2", {}, titles.printsDone),
    make("div.card.rows", {}, ...runs.map((one) =>
      row(one.batch, one.count.toLocaleString(), `${say(`label_${one.kind}`)} · ${day(one.printed_at)} ${clock(one.printed_at)}`, one))));
}

function row(batch, much, small, run) {
  const [gtin, ...lot] = batch.split("/");
  const again = run && run.kind !== "crate";
  return make("div.row", {},
    make("span", {}, make("b", {}, named(product(gtin))), make("small", {}, `${lot.join("/")} · ${small}`)),
    make("span.right", {}, make("b", {}, much), make("a.tag.ok", { href: `${labelsOf(batch)}${again ? `#again=${run.reprint_of ?? run.id}` : ""}` }, say(again ? "reprint" : "labels"))));
}
