// Recording a harvest and a treatment: what is done on a plot.

import { mine, named, newLot, product, products, remember } from "./data.js";
import { choice, field, form, question, say, show, day } from "./page.js";
import { grantFor, markBox, ticked } from "./marks.js";
import { record } from "./record.js";
import { amount, read, unitsOf } from "./units.js";
import { withBasket } from "./basket.js";

/** Write down a harvest: the plot and the product are chosen already, mostly. */
export function harvest() {
  const plots = mine.farm.plots;
  if (!plots.length) return show(Object.assign(document.createElement("p"), { textContent: say("no_plot"), className: "card" }));
  const last = localStorage.getItem("suyuan-plot");
  const first = plots.find((one) => one.id === last && !one.wait) ?? plots.find((one) => !one.wait) ?? plots[0];
  const known = products().filter((one) => one.loose);
  const chosen = { plot: first.id, product: known[0]?.gtin };
  const mark = markBox();
  const fit = () => mark.fit(grantFor(product(chosen.product), plotOf(chosen.plot)));
  fit();
  show(form(say("harvest"), [
    choice("plot", say("which_plot"), plots.map((one) => ({ value: one.id, label: one.name, small: waits(one) })), first.id, (id) => (chosen.plot = id, fit())),
    choice("product", say("which_product"), known.map((one) => ({ value: one.gtin, label: named(one) })), known[0]?.gtin, (gtin) => (chosen.product = gtin, fit())),
    withBasket(field("quantity", say("how_much"), { mode: "decimal", focus: true, ...unitsOf(known[0] ?? {}) })),
    mark.box,
  ], say("write_down"), (data) => write(data)));
}

const plotOf = (id) => mine.farm.plots.find((one) => one.id === id);

function waits(plot) {
  return plot.wait && say("wait_title", { plot: "", n: plot.wait.days }).trim();
}

async function write(data) {
  const plot = plotOf(data.get("plot"));
  const made = product(data.get("product"));
  const unit = made.unit === "GRM" ? data.get("quantity-unit") : "piece";
  const quantity = await read(data.get("quantity"), unit === "piece" && made.unit === "GRM" ? "jin" : unit);
  if (quantity === undefined) return;
  const most = plot.thinkable[made.category];
  if (made.unit === "GRM" && most && quantity > most) {
    const answer = await question(
      say("ask_thinkable", { plot: plot.name, q: amount(quantity, "GRM"), most: amount(most, "GRM") }),
      { yes: say("yes_right"), look: say("let_me_see") });
    if (answer !== "yes") return;
  }
  localStorage.setItem("suyuan-plot", plot.id);
  localStorage.setItem("suyuan-product", made.gtin);
  const batch = `${made.gtin}/${newLot(plot.id)}`;
  const entry = await record("batch.harvested.v1", {
    batch, plot: plot.id, place: keptAt(plot), quantity, unit: made.unit, mark: ticked(data, grantFor(made, plot)),
  }, { title: `${named(made)} ${amount(quantity, made.unit)}`, again: harvest, batch });
  if (entry.state !== "refused") remember(batch, entry.id);
}

/** Goods are kept in a yard of one's own where there is one, else on the plot. */
const keptAt = (plot) => mine.farm.places[0]?.id ?? plot.id;

/** Write down that a plot was treated; the interval decides when it may be harvested. */
export function treat() {
  const plots = mine.farm.plots;
  const used = plots.map((one) => one.wait?.substance).filter(Boolean);
  show(form(say("treat"), [
    choice("plot", say("which_plot"), plots.map((one) => ({ value: one.id, label: one.name, small: waits(one) })), plots[0]?.id),
    field("substance", say("what_used"), { list: used, focus: true }),
    field("registration", say("registration"), {}),
    field("dose", say("dose"), {}),
    field("interval", say("interval"), { mode: "numeric" }),
  ], say("write_down"), async (data) => {
    const plot = mine.farm.plots.find((one) => one.id === data.get("plot"));
    const days = data.get("interval").normalize("NFKC").trim();
    if (!/^\d{1,3}$/.test(days)) throw new Error(say("no_number"));
    await record("plot.treated.v1", {
      place: plot.id, substance: data.get("substance").trim(),
      registration: data.get("registration").normalize("NFKC").trim().toUpperCase(),
      dose: data.get("dose").trim(), interval_days: Number(days),
    }, { title: `${say("treat")} · ${plot.name} · ${day(Date.now() + 86_400_000 * Number(days))}` });
  }));
}
