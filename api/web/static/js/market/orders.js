// Orders: answered with a tap, signed with this device's key, and shown as they change.

import { question, say, tell } from "../farm/page.js";
import { current } from "../signing/keys.js";
import { event } from "../signing/events.js";
import { record } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";
import { signIn } from "../signing/signin.js";
import { watch } from "./live.js";

const stage = document.getElementById("stage");

/** What each tap signs: the event's type and its own fields. */
const ACTS = {
  confirm: (o) => ["order.confirmed.v1", { place: o.place, order: o.order, offer: o.offer, batch: o.batch, quantity: o.quantity, unit: o.unit }],
  refuse: (o, reason) => ["order.refused.v1", { order: o.order, reason }],
  place: (o) => ["order.placed.v1", o],
  cancel: (o, reason) => ["order.cancelled.v1", { order: o.order, reason, released: o.released ?? undefined }],
  ship: (o) => ["shipment.sent.v1", { place: o.place, to: o.buyer, to_place: o.deliver_to, order: o.order, items: [{ batch: o.batch, quantity: o.quantity, unit: o.unit }] }],
  settle: (o) => ["order.settled.v1", { order: o.order, shipment: o.shipment, paid: { amount: o.total, currency: o.currency } }],
  resolve: (o) => ACTS.settle(o),
  dispute: (o, reason) => ["order.disputed.v1", { order: o.order, shipment: o.shipment, reason }],
};
const REASONS = {
  refuse: ["reason_gone", "reason_price", "reason_far"],
  cancel: ["reason_not_needed", "reason_elsewhere", "reason_mistake"],
  dispute: ["reason_short", "reason_quality", "reason_late"],
};

async function tap(button) {
  const acts = button.closest("[data-order]");
  const order = JSON.parse(acts.dataset.order);
  const name = button.dataset.act;
  const reason = REASONS[name] && (await reasonFor(name));
  if (REASONS[name] && !reason) return;
  for (const one of acts.querySelectorAll("button")) one.disabled = true;
  try {
    const key = await current(stage.dataset.viewer);
    if (!key) throw new Error(say("no_key"));
    const [type, fields] = ACTS[name](order, reason);
    const refs = name === "place" ? [order.offer, order.demand] : [order.order];
    const entry = await record(event(type, key.party, fields, { refs }), say(`act_${name}`), key);
    if (entry.state === "refused") throw new Refused(entry.problem);
    if (entry.state === "waiting") return tell(say("waiting"));
    const page = name === "place" ? `/market/orders/${entry.id}` : stage.dataset.page;
    location.assign(`${page}?at=${entry.position}`);
  } catch (error) {
    tell(error.message, "alarm");
    for (const one of acts.querySelectorAll("button")) one.disabled = false;
  }
}

async function reasonFor(name) {
  const answers = Object.fromEntries(REASONS[name].map((one) => [one, say(one)]));
  const answer = await question(say("why"), { ...answers, look: say("let_me_see") });
  return answer === "look" ? undefined : say(answer);
}

for (const button of stage.querySelectorAll("[data-act]")) button.addEventListener("click", () => tap(button));

// Another's tap shows by itself.
const key = await current(stage.dataset.viewer);
if (key) {
  await signIn(key).catch(() => {});
  watch("subscription { orders { cursor } }", () => {
    document.getElementById("live").textContent = say("changed_now");
    setTimeout(() => location.replace(stage.dataset.page), 800);
  });
}
document.documentElement.dataset.ready = "yes";
