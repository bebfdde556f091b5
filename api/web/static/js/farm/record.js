// Recording: sign, keep, send, and show what became of it.

import { behalf, causes, load, mine } from "./data.js";
import { make, say, show, tell } from "./page.js";
import { event } from "../signing/events.js";
import { record as handIn } from "../signing/outbox.js";

/**
 * Sign and record an event of this party, or of the member it records for, and show the outcome.
 * @param {string} type
 * @param {object} fields
 * @param {{title: string, batches?: string[], refs?: string[], again?: () => void, batch?: string}} about
 */
export async function record(type, fields, { title, batches = [], refs = [], again, batch }) {
  const made = event(type, mine.farm.party, fields, { refs: [...refs, ...causes(...batches)] });
  const entry = await handIn(made, behalf ? `${mine.farm.name} · ${title}` : title, mine.key);
  if (entry.state === "refused") {
    const { Refused } = await import("../signing/refused.js");
    return void tell(new Refused(entry.problem).message, "alarm"), entry;
  }
  if (entry.state === "recorded") await load(entry.position).catch(() => {});
  show(
    make("section.card.stack.done", { role: "status" },
      make("h1", {}, title),
      make("p", {}, entry.state === "recorded" ? say("recorded", { n: entry.position.toLocaleString() }) : say("waiting"))),
    make("p.btns", {},
      batch && make("a.btn", { href: labelsOf(batch) }, say("labels")),
      again && make("button.btn.quiet", { type: "button", onclick: again }, say("again")),
      make("a.btn.quiet", { href: "#" }, say("home"))));
  return entry;
}

/** The page from which a batch's labels are printed. */
export function labelsOf(batch) {
  const [gtin, ...lot] = batch.split("/");
  return `/print/01/${gtin}/10/${encodeURIComponent(lot.join("/"))}`;
}
