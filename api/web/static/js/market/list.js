// The market's list: who looks at it is told when something new is for sale.

import { watch } from "./live.js";

const fresh = document.getElementById("fresh");

watch("subscription { offers { cursor } }", () => {
  if (!fresh.childElementCount) fresh.append(document.getElementById("fresh-words").content.cloneNode(true));
});
document.documentElement.dataset.ready = "yes";
