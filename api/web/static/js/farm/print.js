// Printing labels: choose, see, sign that so many are printed, and get the file.

import { choice, clock, day, field, form, make, say, show, tell } from "./page.js";
import { openDoor } from "./door.js";
import { EVENT, seal } from "../signing/envelope.js";
import { event } from "../signing/events.js";
import { current } from "../signing/keys.js";
import { record } from "../signing/outbox.js";
import { Refused } from "../signing/refused.js";
import { signIn } from "../signing/signin.js";

const stage = document.getElementById("stage");
const about = { ...stage.dataset };
const holders = JSON.parse(about.holders);
const KIND = "suyuan-label-kind";
const STOCK = "suyuan-label-stock";
const CONTACT = "suyuan-contact";
const ISSUER = "suyuan-issuer";
let templates = [];
let runs = [];
let certificate = about.certificate;

async function begin() {
  const [stock] = await Promise.all([fetch("/api/labels/templates"), printedSoFar()]);
  ({ templates } = await stock.json());
  const again = runs.find((one) => one.id === location.hash.slice("#again=".length));
  screen(again?.kind ?? localStorage.getItem(KIND) ?? "batch", again);
}

async function printedSoFar(position) {
  const answer = await fetch(`/api/labels/${about.batch}${position ? `?at=${position}` : ""}`, { cache: "no-store" });
  if (answer.ok) ({ runs } = await answer.json());
}

const fits = (kind) => templates.filter((one) => one.kinds.includes(kind));

/** The form; `again` is the run whose labels are printed once more. */
function screen(kind, again) {
  localStorage.setItem(KIND, kind);
  if (kind === "certificate" && !again && !certificate) return certify();
  const stock = fits(kind);
  const usual = stock.find((one) => one.name === (again?.template ?? localStorage.getItem(STOCK))) ?? stock.find((one) => one.name === about.usual) ?? stock[0];
  const picture = make("img.preview", { alt: say("preview"), loading: "lazy" });
  const made = form(say(again ? "reprint" : "labels"), [
    again ? make("p.card.note", {}, say("reprint_note", { n: again.count.toLocaleString(), when: printedAt(again) })) : kinds(kind),
    choice("template", say("which_stock"), stock.map((one) => ({ value: one.name, label: titleOf(one), small: sizeOf(one) })), usual.name),
    field("count", say("how_many"), { mode: "numeric", value: String(again?.count ?? usual.per_page ?? 1), focus: true }),
    kind === "unit" && field("first", say("first_serial"), { mode: "numeric", value: again?.first ?? about.next }),
    field("start", say("start_at"), { mode: "numeric", value: "1" }),
    kind === "certificate" && field("contact", say("contact"), { mode: "tel", value: localStorage.getItem(CONTACT) ?? "" }),
    kind === "certificate" && field("issuer", say("issuer"), { value: localStorage.getItem(ISSUER) ?? "", optional: true }),
    picture,
  ].filter(Boolean), say("print_now"), (data) => print(kind, data, again));
  const look = () => {
    const data = new FormData(made);
    localStorage.setItem(STOCK, data.get("template"));
    const query = new URLSearchParams({ batch: about.batch, template: data.get("template"), kind, start: data.get("start") || "1" });
    const per = stock.find((one) => one.name === data.get("template"))?.per_page ?? 1;
    query.set("count", String(Math.max(1, Math.min(Number(data.get("count")) || 1, per))));
    for (const name of ["contact", "issuer"]) {
      if (data.get(name)) query.set(name, data.get(name));
    }
    if (kind === "certificate") {
      localStorage.setItem(CONTACT, data.get("contact"));
      localStorage.setItem(ISSUER, data.get("issuer"));
      if (!data.get("contact")) return picture.removeAttribute("src");
    }
    if (data.get("first")) query.set("first", data.get("first"));
    if (again) query.set("reprint", "true");
    const named = again?.certificate ?? (kind === "certificate" && certificate);
    if (named) query.set("certificate", named);
    picture.src = `/api/labels/preview?${query}`;
  };
  made.addEventListener("change", look);
  show(made, !again && runs.length > 0 && make("section", {}, make("h2", {}, say("printed_before")),
    make("div.card.rows", {}, ...runs.map(runRow))));
  look();
}

const printedAt = (run) => `${day(run.printed_at)} ${clock(run.printed_at)}`;
const runRow = (run) => make("div.row", {},
  make("span", {}, make("b", {}, say(`label_${run.kind}`)),
    make("small", {}, [printedAt(run), run.first && `${run.first}–${run.last}`, run.reprint_of && say("reprint")].filter(Boolean).join(" · "))),
  make("span.right", {}, make("b", {}, run.count.toLocaleString()),
    !run.reprint_of && JSON.parse(about.kinds).includes(run.kind) && make("button.btn.quiet.slim", { type: "button", onclick: () => screen(run.kind, run) }, say("reprint"))));
const kinds = (kind) => choice("kind", say("which_label"), JSON.parse(about.kinds).map((one) => ({ value: one, label: say(`label_${one}`) })), kind, screen);
const titleOf = (one) => (document.documentElement.lang.startsWith("en") ? one.title.en : one.title.zh) ?? one.name;
const sizeOf = (one) => `${one.label_mm.width} × ${one.label_mm.height} mm`;

/** The holder for whom this party prints: itself, or a member whose goods they are. */
function holding(party) {
  const [holder, found] = holders[party] ? [party, holders[party]] : Object.entries(holders)[0] ?? [];
  if (!found) throw new Error(say("nothing_held"));
  return { holder: holder === party ? undefined : holder, place: found[0], quantity: found[1], unit: found[2] };
}

function whole(text) {
  const plain = text.normalize("NFKC").trim();
  if (!/^\d{1,20}$/.test(plain)) throw new Error(say("no_number"));
  return plain;
}

async function print(kind, data, again) {
  const key = await current();
  const { holder, place } = again ? { holder: again.holder === key.party ? undefined : again.holder, place: again.place } : holding(key.party);
  const paper = kind === "certificate" ? (again?.certificate ?? certificate) : undefined;
  const count = Number(whole(data.get("count")));
  const first = kind === "unit" ? whole(data.get("first")) : undefined;
  const last = first && (BigInt(first) + BigInt(count) - 1n).toString().padStart(first.length, "0");
  const padded = first && first.padStart(last.length, "0");
  const run = event("label.printed.v1", key.party, {
    batch: about.batch, template: data.get("template"), kind, count, place, holder,
    serials: first ? { first: padded, last } : undefined,
    commitment: paper, reprint_of: again?.id,
  });
  const answer = await fetch("/api/labels", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      batch: about.batch, template: data.get("template"), kind, output: "pdf", count, start: Number(whole(data.get("start"))),
      first: padded, certificate: paper, reprint: Boolean(again),
      contact: data.get("contact") || undefined, issuer: data.get("issuer") || undefined,
      envelope: JSON.parse(await seal(EVENT, run, key)),
    }),
  });
  if (!answer.ok) throw await Refused.from(answer);
  const address = URL.createObjectURL(await answer.blob());
  const position = Number(answer.headers.get("Suyuan-Position"));
  about.next = last && !again ? (BigInt(last) + 1n).toString() : about.next;
  await printedSoFar(position);
  show(make("section.card.stack.done", { role: "status" },
    make("h1", {}, say("printed", { n: count.toLocaleString() })), make("p", {}, say("recorded", { n: position.toLocaleString() }))),
  make("p.btns", {}, make("a.btn", { href: address, target: "_blank" }, say("open_pdf")),
    make("a.btn.quiet", { href: address, download: `${about.batch.replaceAll("/", "-")}.pdf` }, say("save_pdf")),
    make("button.btn.quiet", { type: "button", onclick: () => screen(kind) }, say("again"))));
}

/** Issue the certificate of commitment first: what is promised, and on what ground. */
function certify() {
  const part = document.getElementById("certificate").content.cloneNode(true);
  show(kinds("certificate"), part);
  const button = stage.querySelector(".act");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const key = await current();
      const { holder, place, quantity, unit } = holding(key.party);
      const taken = (name) => [...stage.querySelectorAll(`[name=${name}]:checked`)].map((one) => one.value);
      const entry = await record(event("commitment.issued.v1", holder ?? key.party, {
        batch: about.batch, place, quantity, unit, basis: taken("basis"), commitments: taken("commitments"),
      }), say("label_certificate"), key);
      if (entry.state === "refused") throw new Refused(entry.problem);
      if (entry.state === "waiting") return void tell(say("waiting"));
      certificate = entry.id;
      await fetch(`/api/labels/${about.batch}?at=${entry.position}`);
      screen("certificate");
    } catch (error) {
      tell(error.message, "alarm");
      button.disabled = false;
    }
  });
}

await openDoor(async () => {
  const key = await current();
  if (!key) return false;
  await signIn(key).catch(() => {});
  return true;
}, begin);
