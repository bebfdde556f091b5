// Joining: this phone makes its key, says whose it is, and waits until the clerk agrees.

import { form, make, say, show } from "./page.js";
import { seal } from "../signing/envelope.js";
import { timestamp } from "../signing/events.js";
import { adopt, make as makeKey, mine, obstacle } from "../signing/keys.js";
import { Refused } from "../signing/refused.js";

const JOINING = "application/vnd.suyuan.joining+json";
const code = document.getElementById("stage").dataset.code;
const words = document.getElementById("ask");

async function look() {
  const answer = await fetch(`/api/joining/${code}`, { cache: "no-store" });
  if (!answer.ok) throw await Refused.from(answer);
  return answer.json();
}

async function begin() {
  const hindrance = obstacle();
  if (hindrance) return show(make("p.card.alarm", {}, say(hindrance)));
  const found = await look().catch((error) => void show(make("p.card.alarm", {}, error.message)));
  if (!found) return;
  const ours = (await mine()).some((key) => key.did === found.key);
  if (found.state === "joined" && ours) return joined(found);
  if (found.state === "asked" && ours) return wait(found);
  if (found.state !== "invited") return show(make("p.card.alarm", {}, say("invitation_over")));
  ask(found);
}

function ask(found) {
  const title = words.content.querySelector("h1").textContent.replace("%s", found.cooperative);
  const parts = [...words.content.querySelectorAll(found.again ? ".again" : ".new")].map((one) => one.cloneNode(true));
  const made = form(title, parts, words.content.querySelector("button").textContent, send);
  const township = made.querySelector("[name=township]");
  if (township && found.township) township.value = found.township;
  show(made);
}

async function send(data) {
  const key = await makeKey();
  const said = { type: "joining.v1", at: timestamp(), code, origin: location.origin };
  const answer = await fetch(`/api/joining/${code}`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      envelope: JSON.parse(await seal(JOINING, said, key)), name: (data.get("name") ?? "—").trim() || "—",
      phone: (data.get("phone") ?? "").trim(), consent: data.get("consent") === "yes",
      township: data.get("township"),
    }),
  });
  if (!answer.ok) throw await Refused.from(answer);
  await wait(await look());
}

async function wait(found) {
  show(make("section.card.stack.compare", { role: "status" }, make("h1", {}, found.cooperative),
    make("p", {}, say("compare")), make("p.digits", {}, found.check), make("p.soft", {}, say("wait_clerk"))));
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const now = await look().catch(() => found);
    if (now.state === "joined") return joined(now);
    if (now.state === "over") return show(make("p.card.alarm", {}, say("invitation_over")));
  }
}

async function joined(found) {
  await adopt(found.key, found.party);
  show(make("section.card.stack.done", { role: "status" }, make("h1", {}, say("joined", { cooperative: found.cooperative })),
    make("p.btns", {}, make("a.btn", { href: "/farm" }, words.content.querySelector(".go").textContent))));
}

await begin();
document.documentElement.dataset.ready = "yes";
