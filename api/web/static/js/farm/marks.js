// Whether a new batch bears a geographical-indication mark: offered where a grant fits, never by itself.

import { mine, named } from "./data.js";
import { make, say } from "./page.js";

/**
 * The grant that fits a product, and of a harvest the plot that it comes off.
 * @param {{category: string}} made
 * @param {{township: string}} [plot]
 */
export const grantFor = (made, plot) => (mine.farm.marks ?? []).find((one) =>
  one.categories.includes(made.category)
    && (!plot || (one.harvests && one.townships.some((code) => plot.township.startsWith(code)))));

/** A box to tick, shown while a grant fits; `fit` says which. */
export function markBox() {
  const input = make("input", { type: "checkbox", name: "mark" });
  const text = make("b");
  const box = make("label.pick.mark", { hidden: true }, input, make("span", {}, text, make("small", {}, say("mark_counts"))));
  const fit = (grant) => {
    box.hidden = !grant;
    if (!grant) input.checked = false;
    text.textContent = grant ? say("bears_mark", { mark: named(grant) }) : "";
  };
  return { box, fit };
}

/** What an event says to bear a mark by a grant. */
export const claimOf = (grant) => ({ mark: grant.mark, grant: grant.grant, party: grant.party });

/** The claim that a ticked box makes. */
export const ticked = (data, grant) => (grant && data.get("mark") ? claimOf(grant) : undefined);

/**
 * The claim of what is made of goods that all bear one mark: a split keeps theirs, else it takes a grant of
 * one's own.
 * @param {string} kind the process
 * @param {any[]} used goods
 * @param {{category: string}} made
 */
export function keptMark(kind, used, made) {
  const [first] = used;
  if (!first.mark || used.some((one) => one.mark?.mark !== first.mark.mark)) return undefined;
  if (kind === "split" && used.every((one) => one.mark.grant === first.mark.grant)) return first.mark;
  const grant = (mine.farm.marks ?? []).find((one) =>
    one.mark === first.mark.mark && one.categories.includes(made.category));
  return grant && claimOf(grant);
}
