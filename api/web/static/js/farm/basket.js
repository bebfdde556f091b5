// A basket's weight is set once on this phone, where somebody counts in baskets.

import { make, say } from "./page.js";
import { basket, setBasket } from "./units.js";

/** Ask for a basket's weight in a quantity field as soon as baskets are chosen. */
export function withBasket(quantity) {
  const chosen = quantity.querySelector("select");
  if (!chosen) return quantity;
  const weight = make("input.field", {
    inputmode: "decimal", "aria-label": say("basket_weight"), placeholder: say("basket_weight"),
    value: basket() ? String(Number(basket()) / 500) : "",
    oninput: () => setBasket(Math.round(Number(weight.value || 0) * 500)),
  });
  const line = make("label.basket", { hidden: chosen.value !== "basket" }, say("basket_weight"), weight);
  chosen.addEventListener("change", () => (line.hidden = chosen.value !== "basket"));
  quantity.append(line);
  return quantity;
}
