// Inviting: a code that a phone scans to join, or to take the place of a lost one.

import { getJson, postJson } from "./office.js";
import { make, say, show } from "./page.js";

const titles = document.getElementById("stage").dataset;

/** Show the code that a phone scans to join, under a note if there is one; and come back when it has answered. */
export async function invite(party, note) {
  const made = await postJson("/api/joining", party ? { party } : {});
  const until = new Date(made.expires).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  show(make("h1", {}, titles.invite), note && make("p.card.told.note", { role: "status" }, note), make("p.soft", {}, titles.inviteNote),
    make("img.code", { src: `/qr/join/${made.code}.svg`, alt: made.url, width: 320, height: 320 }),
    make("p.soft", {}, say("code_until", { until })), make("p.mono.address", {}, made.url));
  const stage = document.querySelector("#stage .code");
  while (stage.isConnected) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const asked = await getJson("/api/joining").catch(() => []);
    if (stage.isConnected && asked.some((one) => one.party === made.party)) {
      location.hash = "";
      return;
    }
  }
}
