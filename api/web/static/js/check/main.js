/** The button on a passport: fetches the batch's bundle, checks it here, and says each step. */

import { Fault, base64, hex, sha256, utf8 } from "./bytes.js";
import { check } from "./bundle.js";
import { used } from "./keys.js";
import { read } from "./note.js";
import { consistent } from "./tree.js";

/** @typedef {import("./note.js").Checkpoint} Checkpoint */

const REMEMBERED = "suyuan-check";

const room = /** @type {HTMLElement} */ (document.querySelector("[data-check]"));
const button = /** @type {HTMLButtonElement} */ (room.querySelector("button"));
const steps = /** @type {HTMLElement} */ (room.querySelector("ol"));
const outcome = /** @type {HTMLElement} */ (room.querySelector("[data-outcome]"));
const words = /** @type {HTMLTemplateElement} */ (room.querySelector("template")).content;
const { bundle = "", batch = "", logKey = "", consistency = "" } = room.dataset;

/** @param {string} name @param {Record<string, string | number>} [values] */
function said(name, values = {}) {
  const found = words.querySelector(`[data-word="${name}"]`);
  const text = found?.textContent?.trim() ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

/** @param {string} name @param {Record<string, string | number>} values @param {boolean} good */
function tell(name, values, good = true) {
  const item = document.createElement("li");
  item.className = good ? "good" : "bad";
  item.dataset.step = name;
  const head = document.createElement("b");
  head.textContent = said(`${name}-title`, values);
  const body = document.createElement("span");
  body.textContent = said(name, values);
  item.append(head, body);
  steps.append(item);
}

/** @returns {{logKey?: string, note?: string}} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** @param {string} note */
function remember(note) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ logKey, note }));
  } catch {
    // a private window: nothing is kept, and the next check is a first one again
  }
}

/** @param {string} url @param {string} code @returns {Promise<Response>} */
async function fetched(url, code) {
  let answer;
  try {
    answer = await fetch(url, { cache: "no-store" });
  } catch (error) {
    throw new Fault(0, code, String(error));
  }
  if (!answer.ok) throw new Fault(0, code, `HTTP ${answer.status}`);
  return answer;
}

/** Hold the log to what this device saw of it before, under this key or one before it. */
/** @param {Checkpoint} now @param {string[]} logKeys */
async function continued(now, logKeys) {
  const before = remembered();
  if (before.logKey && !(before.note ? logKeys : [logKey]).includes(before.logKey)) {
    throw new Fault(0, "another-log-key", before.logKey);
  }
  if (!before.note) {
    remember(now.note);
    tell("first", { size: now.size });
    return;
  }
  const then = read(before.note);
  const [old, newer] = then.size <= now.size ? [then, now] : [now, then];
  const answer = await fetched(`${consistency}?old=${old.size}&new=${newer.size}`, "unreachable");
  const { proof } = await answer.json();
  if (!(await consistent(old, newer, proof.map(base64)))) {
    throw new Fault(now.size, "rewritten", "the log is not the one that it was");
  }
  remember(newer.note);
  tell("consistency", { old: old.size, size: newer.size });
}

/** Hold the page to the bundle. @param {import("./bundle.js").Proved} proved */
function shown(proved) {
  const steps = named("event");
  const papers = named("certificate");
  const marks = named("grant");
  const pairs = /** @type {const} */ ([
    [steps, proved.events], [papers, proved.certificates], [marks, proved.grants],
  ]);
  for (const [ids, good] of pairs) {
    for (const id of ids) if (!good.has(id)) throw new Fault(0, "page-differs", id);
  }
  tell("page", { events: steps.size });
}

/** Give the ids that the page names as those of some kind. @param {string} kind */
function named(kind) {
  const found = [...document.querySelectorAll(`[data-${kind}]`)];
  return new Set(found.map((one) => /** @type {HTMLElement} */ (one).dataset[kind] ?? ""));
}

async function run() {
  button.disabled = true;
  button.textContent = said("working");
  steps.replaceChildren();
  outcome.replaceChildren();
  outcome.className = "";
  try {
    if (!globalThis.crypto?.subtle) throw new Fault(0, "insecure", "no WebCrypto without HTTPS");
    const content = await (await fetched(bundle, "unreachable")).text();
    const proved = await check(content, batch, logKey, tell);
    await continued(proved.checkpoint, proved.logKeys);
    shown(proved);
    end("good", "passed", { by: said(used.ed25519 || "browser") });
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(0, "malformed", String(error));
    const values = { position: fault.position, code: fault.code, detail: fault.message };
    tell("failed", { ...values, why: said(`code-${fault.code}`) || fault.code }, false);
    end("bad", fault.position ? "failed-at" : "failed-whole", values);
  }
  button.disabled = false;
  button.textContent = said("again");
}

/** @param {"good" | "bad"} kind @param {string} name @param {Record<string, string | number>} values */
function end(kind, name, values) {
  outcome.className = `card ${kind === "bad" ? "alarm" : "fine"}`;
  outcome.dataset.outcome = kind;
  const line = document.createElement("b");
  line.textContent = said(name, values);
  outcome.append(line);
}

/** Show the key's fingerprint as worked out here, to compare with what is printed. */
async function fingerprint() {
  const place = room.querySelector("[data-fingerprint]");
  if (!place || !globalThis.crypto?.subtle) return;
  const digest = hex(await sha256(utf8(logKey))).slice(0, 32);
  place.textContent = (digest.match(/.{4}/g) ?? []).join(" ");
}

button.hidden = false;
button.addEventListener("click", run);
await fingerprint();
