// The day's weighing list: a spreadsheet is read, shown, put right, signed, and recorded whole.

import { mine, named, newLot } from "./data.js";
import { claimOf } from "./marks.js";
import { make, say, show, tell } from "./page.js";
import { amount } from "./units.js";
import { EVENT, seal } from "../signing/envelope.js";
import { event } from "../signing/events.js";
import { fetchAs } from "../signing/signin.js";

const FIELDS = ["member", "product", "weight", "day", "plot", "grade", "mark"];
const CHUNK = 300;
const titles = document.getElementById("stage").dataset;

/** Ask for the file. */
export function weighing() {
  const input = make("input.field", { type: "file", id: "list", accept: ".xlsx,.csv,.txt", onchange: () => read(input.files[0]) });
  show(make("h1", {}, titles.weighing), make("p.soft", {}, titles.weighingHelp),
    make("label", { for: "list" }, titles.choose), input);
}

async function read(file, chosen) {
  if (!file) return;
  const body = new FormData();
  body.append("file", file);
  for (const [name, value] of Object.entries(chosen ?? {})) body.append(name, value);
  try {
    const answer = await fetchAs(mine.key, "/api/weighing", { method: "POST", body });
    preview(file, await answer.json());
  } catch (error) {
    tell(error.message, "alarm");
  }
}

function preview(file, found) {
  const columns = make("div.columns", {}, ...FIELDS.map((one) => columnChoice(one, found)));
  const unit = make("select.field", { "aria-label": say("weight") }, ...found.units.map((one) => make("option", { value: one, selected: one === found.unit }, one)));
  const again = () => {
    const taken = [...columns.querySelectorAll("select")].filter((one) => one.value !== "").map((one) => [one.name, Number(one.value)]);
    return read(file, { columns: JSON.stringify(Object.fromEntries(taken)), unit: unit.value, heading: String(found.heading) });
  };
  columns.addEventListener("change", again);
  unit.addEventListener("change", again);
  const total = found.deliveries.reduce((sum, one) => sum + one.quantity, 0);
  const sound = !found.errors.length && !found.missing.length && found.deliveries.length > 0;
  show(make("h1", {}, file.name), columns, make("label", {}, say("weight"), unit),
    ...found.missing.map((one) => make("p.card.alarm", {}, say("choose_column", { what: say(one) }))),
    found.errors.length > 0 && make("section.card.alarm", {}, make("b", {}, say("errors_found", { n: found.errors.length })),
      make("ul.errors", {}, ...found.errors.slice(0, 200).map((one) => make("li", {}, make("b", {}, say("row_column", one)), " ", document.documentElement.lang.startsWith("en") ? one.en : one.zh)))),
    found.deliveries.length > 0 && make("p", {}, make("b", {}, say("deliveries_ready", { n: found.deliveries.length, q: amount(total, "GRM") }))),
    sound && found.columns.mark === undefined && bearAll(found.deliveries),
    table(found.deliveries),
    sound && make("button.btn.act.wide", { type: "button", onclick: (at) => recordAll(at.currentTarget, found.deliveries) }, say("record_all")));
}

function columnChoice(one, found) {
  const options = found.headings.map((heading, index) => make("option", { value: index, selected: found.columns[one] === index }, heading || `${index + 1}`));
  const none = make("option", { value: "", selected: found.columns[one] === undefined }, say("column_none"));
  return make("label", {}, say(one), make("select.field", { name: one }, none, ...options));
}

/** Where no column says which bear a mark: one box for all that may, not ticked by itself. */
function bearAll(deliveries) {
  const may = deliveries.filter((one) => one.mark);
  if (!may.length) return false;
  const ticked = (at) => may.forEach((one) => (one.bears = at.currentTarget.checked));
  const names = [...new Set(may.map((one) => named(one.mark)))].join("、");
  return make("label.pick.mark", {}, make("input", { type: "checkbox", name: "mark", onchange: ticked }),
    make("span", {}, make("b", {}, say("bear_all", { mark: names, n: may.length })), make("small", {}, say("mark_counts"))));
}

function table(deliveries) {
  const rows = deliveries.slice(0, 300).map((one) => make("tr", {},
    make("td", {}, String(one.row)), make("td", {}, one.name, make("small", {}, ` ${one.plot_name}`)), make("td", {}, one.product, one.bears && make("small", {}, ` ${named(one.mark)}`)),
    make("td.num", {}, amount(one.quantity, one.unit)), make("td", {}, one.day, one.same_as && make("small", {}, ` ${say("same_as", { row: one.same_as })}`))));
  return deliveries.length > 0 && make("div.scroll", {}, make("table.weighed", {}, make("tbody", {}, ...rows)));
}

/** Sign all, rehearse all, and only then record all: an error means that nothing was recorded. */
async function recordAll(button, deliveries) {
  button.disabled = true;
  try {
    const lines = [];
    for (const one of deliveries) {
      lines.push(await sealed(one));
      if (lines.length % 50 === 0) button.textContent = say("recording", { n: lines.length, all: deliveries.length });
    }
    const refused = await post("/api/events/rehearsal", lines.flat(), () => {});
    if (refused.length) return complain(refused, deliveries);
    await post("/api/events", lines.flat(), (n) => (button.textContent = say("recording", { n, all: deliveries.length })));
    show(make("section.card.stack.done", { role: "status" }, make("h1", {}, say("all_recorded", { n: deliveries.length })),
      make("p.btns", {}, make("a.btn.quiet", { href: "#" }, say("home")))));
  } catch (error) {
    tell(error.message, "alarm");
  } finally {
    button.disabled = false;
  }
}

function complain(refused, deliveries) {
  const english = document.documentElement.lang.startsWith("en");
  tell(say("some_refused", { n: refused.length }), "alarm").append(make("ul.errors", {}, ...refused.slice(0, 50).map((one) =>
    make("li", {}, make("b", {}, say("row_column", { row: deliveries[one.line - 1]?.row, column: "" })), " ", one.message[english ? "en" : "zh"]))));
}

/** A delivery is the member's harvest, signed for by the cooperative where the member has no phone. */
async function sealed(one) {
  const noon = new Date(`${one.day}T12:00:00`);
  const at = noon > new Date() ? new Date() : noon;
  const made = event("batch.harvested.v1", one.member, {
    batch: `${one.gtin}/${newLot(one.plot, at)}`, plot: one.plot, place: one.plot,
    quantity: one.quantity, unit: one.unit, grade: one.grade ?? undefined,
    mark: one.bears ? claimOf(one.mark) : undefined,
  }, { at });
  return seal(EVENT, made, mine.key);
}

async function post(address, lines, progress) {
  const refused = [];
  for (let at = 0; at < lines.length; at += address.endsWith("rehearsal") ? lines.length : CHUNK) {
    const part = address.endsWith("rehearsal") ? lines : lines.slice(at, at + CHUNK);
    const answer = await fetchAs(mine.key, address, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: part.join("\n") });
    const said = (await answer.text()).trim().split("\n").map((line) => JSON.parse(line));
    refused.push(...said.filter((one) => one.code).map((one) => ({ ...one, line: one.line + at })));
    progress(at + part.length);
  }
  return refused;
}
