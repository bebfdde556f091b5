// Handing over, selling, destroying and processing: what is done with goods at hand.

import { mine, named, newLot, placeName, product, products, remember } from "./data.js";
import { choice, field, form, make, say, show, tell } from "./page.js";
import { keptMark } from "./marks.js";
import { record } from "./record.js";
import { scanner, understood } from "./scan.js";
import { amount, inField, read, unitsOf } from "./units.js";

const label = (one) => `${named(product(one.gtin))} ${amount(one.free, one.unit)}`;
const free = () => mine.farm.goods.filter((one) => one.free > 0 && !one.hold);
const keyOf = (one) => `${one.batch}@${one.place}`;
const small = (one) => `${one.lot} · ${placeName(one.place)}`;

/** Hand goods over: to whom comes from a code, a list of known ones, or the address one came by. */
export function handOver(given) {
  const known = mine.farm.partners.flatMap((one) => one.places.map((place) => (
    { value: `${one.id}/${place.id}`, label: one.name, small: place.name })));
  if (given && !known.some((one) => one.value === given)) known.unshift({ value: given, label: mine.farm.names[given.split("/")[0]] ?? given.split("/")[0], small: given.split("/")[1] });
  const goods = free();
  const chosen = goods[0];
  const quantity = field("quantity", say("how_much"), { mode: "decimal", value: "", ...unitsOf(product(chosen?.gtin)) });
  const fill = (key) => {
    const one = goods.find((item) => keyOf(item) === key);
    if (one) setAmount(quantity, one);
  };
  const to = choice("to", say("to_whom"), known, given ?? known[0]?.value);
  const which = choice("goods", say("which_goods"), goods.map((one) => ({ value: keyOf(one), label: label(one), small: small(one) })), chosen && keyOf(chosen), fill);
  const scan = scanner((text) => {
    try {
      const said = understood(text);
      if (said.to) return handOver(`${said.to.party}/${said.to.place}`);
      pick(which, said, goods, fill);
    } catch (error) {
      tell(error.message, "alarm");
    }
  });
  show(form(say("hand_over"), [scan, to, which, quantity], say("write_down"), async (data) => {
    const one = chosenGoods(goods, data.get("goods"));
    const [party, place] = (data.get("to") ?? "").split("/");
    if (!place) throw new Error(say("choose_first", { what: say("to_whom") }));
    const sent = await quantityOf(data, one);
    if (sent === undefined) return;
    const entry = await record("shipment.sent.v1", {
      place: one.place, to: party, to_place: place,
      items: [{ batch: one.batch, quantity: sent, unit: one.unit }],
    }, { title: `${say("hand_over")} · ${named(product(one.gtin))} ${amount(sent, one.unit)}`, batches: [one.batch], again: () => handOver(`${party}/${place}`) });
    return entry;
  }));
  if (chosen) fill(keyOf(chosen));
}

function pick(which, said, goods, fill) {
  const one = goods.find((item) => item.batch === said.batch || item.lot === said.lot);
  if (!one) return tell(say("not_mine", { lot: said.lot ?? said.batch }), "alarm");
  which.querySelector(`input[value="${CSS.escape(keyOf(one))}"]`).checked = true;
  fill(keyOf(one));
}

function setAmount(quantity, one) {
  const { units, unit } = unitsOf(product(one.gtin));
  const select = quantity.querySelector("select");
  select?.replaceChildren(...units.map(([key, text]) => make("option", { value: key, selected: key === unit }, text)));
  quantity.querySelector("input").value = inField(one.free, one.unit, unit === "basket" ? "jin" : unit);
  if (unit === "basket") select.value = "jin";
}

function chosenGoods(goods, key) {
  const one = goods.find((item) => keyOf(item) === key);
  if (!one) throw new Error(say("choose_first", { what: say("which_goods") }));
  return one;
}

async function quantityOf(data, one) {
  const quantity = await read(data.get("quantity"), one.unit === "GRM" ? data.get("quantity-unit") : "piece");
  if (quantity !== undefined && quantity > one.free) throw new Error(say("too_much", { q: amount(one.free, one.unit) }));
  return quantity;
}

/** Receive what is on the way: as sent, or less with a reason. */
export function receive(id) {
  const shipment = mine.farm.coming.find((one) => one.id === id) ?? mine.farm.coming[0];
  if (!shipment) return show(make("p.card", {}, say("nothing_coming")));
  const fields = shipment.items.map((item, index) => {
    const { units, unit } = unitsOf(product(item.batch.split("/")[0]));
    const chosen = unit === "basket" ? "jin" : unit;
    return make("div.card.stack", {},
      make("b", {}, named(product(item.batch.split("/")[0]))),
      make("small", {}, `${item.batch.split("/").slice(1).join("/")} · ${say("sent", { q: amount(item.quantity, item.unit) })}`),
      field(`item-${index}`, say("came"), { mode: "decimal", value: inField(item.quantity, item.unit, chosen), units, unit: chosen }));
  });
  show(form(`${say("receive")} · ${mine.farm.names[shipment.other] ?? shipment.other}`, fields, say("write_down"), async (data) => {
    const items = [], differences = [];
    for (const [index, item] of shipment.items.entries()) {
      const came = await cameOf(data, index, item);
      if (came === undefined) return;
      const missing = item.quantity - came;
      if (missing < 0) throw new Error(say("more_came", { q: amount(-missing, item.unit) }));
      if (came) items.push({ batch: item.batch, quantity: came, unit: item.unit });
      if (missing) {
        const reason = await reasonFor(missing, item.unit);
        if (!reason) return;
        differences.push({ batch: item.batch, quantity: missing, unit: item.unit, reason });
      }
    }
    await record("shipment.received.v1", {
      place: shipment.place, shipment: shipment.id, items, differences: differences.length ? differences : undefined,
    }, { title: `${say("receive")} · ${mine.farm.names[shipment.other] ?? ""}`, refs: [shipment.id], batch: items[0]?.batch });
  }));
}

async function cameOf(data, index, item) {
  const text = data.get(`item-${index}`).trim();
  if (/^0(\.0*)?$/.test(text)) return 0;
  return read(text, item.unit === "GRM" ? data.get(`item-${index}-unit`) : "piece");
}

async function reasonFor(missing, unit) {
  const { question } = await import("./page.js");
  const reasons = ["spilled", "dried_out", "scales", "broken"];
  const answer = await question(say("difference", { q: amount(missing, unit) }),
    { ...Object.fromEntries(reasons.map((one) => [one, say(one)])), look: say("let_me_see") });
  return answer === "look" ? undefined : say(answer);
}

/** Process goods: dry, mill, split or blend them into a new batch. */
export function process(kind = "dried") {
  const goods = free();
  const known = products();
  const many = kind === "blended";
  const inputs = many
    ? make("fieldset.picks", {}, make("legend", {}, say("which_goods_many")),
      ...goods.map((one, index) => make("label.pick", {}, make("input", { type: "checkbox", name: "goods", value: keyOf(one) }),
        make("span", {}, make("b", {}, label(one)), make("small", {}, small(one)),
          make("input.field", { name: `part-${index}`, inputmode: "decimal", "aria-label": say("how_much"), value: inField(one.free, one.unit, "jin") })))))
    : choice("goods", say("which_goods"), goods.map((one) => ({ value: keyOf(one), label: label(one), small: small(one) })), goods[0] && keyOf(goods[0]));
  const same = kind === "split" || many;
  const becomes = same ? undefined : choice("product", say("becomes"), known.filter((one) => one.unit === "GRM").map((one) => ({ value: one.gtin, label: named(one) })), undefined);
  show(form(say("process"), [
    choice("process", say("which_process"), ["dried", "milled", "split", "blended"].map((one) => ({ value: one, label: say(one) })), kind, process),
    inputs, becomes,
    !many && field("quantity", say("how_much"), { mode: "decimal", value: goods[0] ? inField(goods[0].free, goods[0].unit, "jin") : "", units: [["jin", say("jin")], ["kg", say("kilogram")]], unit: "jin" }),
    kind !== "split" && !many && field("out", say("comes_out"), { mode: "decimal", units: [["jin", say("jin")], ["kg", say("kilogram")]], unit: "jin" }),
  ].filter(Boolean), say("write_down"), (data) => transform(kind, goods, data)));
}

async function transform(kind, goods, data) {
  const keys = data.getAll("goods");
  if (!keys.length) throw new Error(say("choose_first", { what: say("which_goods") }));
  const used = [];
  for (const key of keys) {
    const one = chosenGoods(goods, key);
    const text = kind === "blended" ? data.get(`part-${goods.indexOf(one)}`) : data.get("quantity");
    const quantity = await read(text, one.unit === "GRM" ? (data.get("quantity-unit") ?? "jin") : "piece");
    if (quantity === undefined) return;
    if (quantity > one.free) throw new Error(say("too_much", { q: amount(one.free, one.unit) }));
    used.push({ one, quantity });
  }
  const [{ one: first }] = used;
  const made = product(kind === "split" || kind === "blended" ? first.gtin : data.get("product"));
  if (!made.gtin || !made.category) throw new Error(say("choose_first", { what: say("becomes") }));
  const total = used.reduce((sum, { quantity }) => sum + quantity, 0);
  const out = kind === "split" || kind === "blended" ? total : await read(data.get("out"), data.get("out-unit"));
  if (out === undefined) return;
  const batch = `${made.gtin}/${newLot(first.place)}`;
  const entry = await record("batch.transformed.v1", {
    place: first.place, process: kind,
    inputs: used.map(({ one, quantity }) => ({ batch: one.batch, quantity, unit: one.unit })),
    outputs: [{ batch, quantity: out, unit: made.unit }],
    mark: keptMark(kind, used.map(({ one }) => one), made),
  }, { title: `${say(kind)} · ${named(made)} ${amount(out, made.unit)}`, batches: used.map(({ one }) => one.batch), batch });
  if (entry.state !== "refused") remember(batch, entry.id);
}

/** Sell goods to consumers, or destroy them. */
export function leave(kind) {
  const goods = kind === "sell" ? free() : mine.farm.goods.filter((one) => one.free > 0);
  const word = kind === "sell" ? "channel" : "why";
  const chosen = goods[0];
  const quantity = field("quantity", say("how_much"), { mode: "decimal", ...unitsOf(product(chosen?.gtin)) });
  const fill = (key) => setAmount(quantity, goods.find((one) => keyOf(one) === key));
  show(form(say(kind), [
    choice("goods", say("which_goods"), goods.map((one) => ({ value: keyOf(one), label: label(one), small: small(one) })), chosen && keyOf(chosen), fill),
    quantity, field("text", say(word), {}),
    kind === "sell" && field("serials", say("serials_sold"), { mode: "numeric", optional: true }),
  ].filter(Boolean), say("write_down"), async (data) => {
    const one = chosenGoods(goods, data.get("goods"));
    const amountGone = await quantityOf(data, one);
    if (amountGone === undefined) return;
    const text = data.get("text").trim();
    if (!text) throw new Error(say("choose_first", { what: say(word) }));
    await record(kind === "sell" ? "batch.sold.v1" : "batch.disposed.v1", {
      place: one.place, batch: one.batch, quantity: amountGone, unit: one.unit, [kind === "sell" ? "channel" : "reason"]: text,
      serials: kind === "sell" ? serialsOf(data.get("serials")) : undefined,
    }, { title: `${say(kind)} · ${named(product(one.gtin))} ${amount(amountGone, one.unit)}`, batches: [one.batch] });
  }));
  if (chosen) fill(keyOf(chosen));
}

/** Read serials as people write them: `0012`, `0012-0020`, several with commas or spaces between. */
function serialsOf(text) {
  const parts = text.normalize("NFKC").replaceAll(/\s*[-–—~至到]\s*/g, "-").split(/[\s,;、，；]+/).filter(Boolean);
  const spans = parts.map((part) => {
    const [first, last = first] = part.split("-");
    if (!/^\d{1,20}$/.test(first) || last.length !== first.length || !(last >= first)) throw new Error(say("no_serial", { text: part }));
    return { first, last };
  });
  return spans.length ? spans : undefined;
}
