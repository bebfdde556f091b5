// Ordering from an offer: how much, to which place; the price seen is the price signed.

import { choice, field, form, make, say, tell } from "../farm/page.js";
import { amount, read, unitsOf } from "../farm/units.js";
import { event } from "../signing/events.js";
import { current } from "../signing/keys.js";
import { record } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";
import { fetchAs, signIn } from "../signing/signin.js";

const stage = document.getElementById("stage");
const offer = JSON.parse(stage.dataset.offer);
const SIGNED_IN = "suyuan-offer-signed-in";

/** The price for so much: the highest step that it reaches. */
const priceFor = (quantity) => [...offer.tiers].reverse().find((tier) => quantity >= tier.quantity)?.price ?? offer.price;

const total = (quantity, price) => `¥${(Math.ceil((quantity * price.amount) / price.per) / 100).toFixed(2)}`;

async function begin() {
  const key = await current();
  if (!key) return;
  if (!stage.dataset.viewer && !sessionStorage.getItem(SIGNED_IN)) {
    // Prices by quantity, and how well it suits, are for who is signed in: the page comes again.
    await signIn(key);
    sessionStorage.setItem(SIGNED_IN, "yes");
    return void location.reload();
  }
  sessionStorage.removeItem(SIGNED_IN);
  const mine = await (await fetchAs(key, "/api/farm", { cache: "no-store" })).json();
  if (!mine.places.length || mine.party === offer.seller) return;
  const { units, unit } = unitsOf(offer);
  const sum = make("p.big", { role: "status" });
  const made = form(say("order_now"), [
    choice("place", say("deliver_to"), mine.places.map((one) => ({ value: one.id, label: one.name })), mine.places[0].id),
    field("quantity", say("how_much"), { mode: "decimal", units: units.filter(([one]) => one !== "basket"), unit: unit === "basket" ? "jin" : unit }),
    sum,
  ], say("sign_order"), (data) => place(key, data));
  made.querySelector("h1").replaceWith(make("h3", {}, say("order_now")));
  made.addEventListener("input", async () => {
    const quantity = await quantityOf(new FormData(made)).catch(() => undefined);
    sum.textContent = quantity ? `${amount(quantity, offer.unit)} · ${total(quantity, priceFor(quantity))}` : "";
  });
  stage.replaceChildren(made);
}

const quantityOf = (data) => read(data.get("quantity"), offer.unit === "GRM" ? data.get("quantity-unit") : "piece");

async function place(key, data) {
  const quantity = await quantityOf(data);
  if (quantity === undefined) return;
  if (quantity < offer.least) throw new Error(say("at_least", { q: amount(offer.least, offer.unit) }));
  const price = priceFor(quantity);
  const entry = await record(event("order.placed.v1", key.party, {
    offer: offer.id, seller: offer.seller, batch: offer.batch, quantity, unit: offer.unit,
    price: { amount: price.amount, currency: price.currency, per: price.per },
    deliver_to: data.get("place"), way: offer.ways.includes("delivery") ? undefined : "pick_up", demand: stage.dataset.demand,
  }, { refs: stage.dataset.demand ? [offer.id, stage.dataset.demand] : [offer.id] }), say("order_now"), key);
  if (entry.state === "refused") throw new Refused(entry.problem);
  if (entry.state === "waiting") return void tell(say("waiting"));
  location.assign(`/market/orders/${entry.id}?at=${entry.position}`);
}

await begin().catch((error) => tell(error.message, "alarm"));
document.documentElement.dataset.ready = "yes";
