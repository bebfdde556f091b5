// Events on their way: kept from the moment they are signed until their receipt is here, sent in the
// order in which they were signed. Nothing leaves the outbox unseen.

import { EVENT, seal } from "./envelope.js";
import * as store from "./store.js";

/**
 * @typedef {object} Entry
 * @property {string} id of the event
 * @property {string} type
 * @property {string} title what the page calls it
 * @property {string} envelope
 * @property {string[]} refs
 * @property {number} order when it was signed
 * @property {"waiting" | "recorded" | "refused"} state
 * @property {number} [position] in the ledger, once recorded
 * @property {object} [receipt]
 * @property {object} [problem] what the server said, where it refused
 */

/** Fires "change" whenever an entry changes. */
export const changes = new EventTarget();

const LOCK = "suyuan-outbox";
const WAIT_S = [2, 5, 15, 30, 60];
let failures = 0;
let timer;

/**
 * Sign an event and keep it; it is sent at once where there is a line.
 * @param {object} event from events.js
 * @param {string} title
 * @param {...import("./keys.js").Key} keys
 * @returns {Promise<Entry>} as it stands after the first try
 */
export async function record(event, title, ...keys) {
  const entry = {
    id: event.id, type: event.type, title, refs: event.refs ?? [], order: performance.timeOrigin + performance.now(),
    envelope: await seal(EVENT, event, ...keys), state: "waiting",
  };
  await store.put(store.OUTBOX, entry);
  announce();
  await send();
  return store.get(store.OUTBOX, entry.id);
}

/** @returns {Promise<Entry[]>} the newest first */
export async function entries() {
  return (await store.all(store.OUTBOX)).sort((a, b) => b.order - a.order);
}

/** Send what waits, one page at a time; what can't be sent now is tried again by itself. */
export async function send() {
  clearTimeout(timer);
  const done = await (navigator.locks?.request(LOCK, sendAll) ?? sendAll());
  failures = done ? 0 : failures + 1;
  if (!done) timer = setTimeout(send, 1000 * WAIT_S[Math.min(failures, WAIT_S.length) - 1]);
}

/** Forget an entry that was refused, or one that is recorded. */
export async function dismiss(id) {
  const entry = await store.get(store.OUTBOX, id);
  if (entry && entry.state !== "waiting") await store.remove(store.OUTBOX, id);
  announce();
}

/** Begin to send by itself: now, when the line is back, when the page is looked at again. */
export function start() {
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  return send();
}

async function sendAll() {
  const waiting = (await entries()).filter((entry) => entry.state === "waiting").reverse();
  let complete = true;
  for (const entry of waiting) {
    let answer;
    try {
      answer = await fetch("/api/events", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: entry.envelope,
      });
    } catch {
      return false;
    }
    if (answer.status === 429 || answer.status >= 500) return false;
    const said = await answer.json().catch(() => undefined);
    if (said === undefined) return false;
    if (said.code === "ref-missing" && !(await causeIsLost(entry))) {
      complete = false;
      continue;
    }
    await store.put(store.OUTBOX, answer.ok
      ? { ...entry, state: "recorded", position: said.position, receipt: said }
      : { ...entry, state: "refused", problem: said });
    announce();
  }
  return complete;
}

/** Tell whether a cause was refused; else it may still come, from here or from another phone. */
async function causeIsLost(entry) {
  for (const ref of entry.refs) {
    if ((await store.get(store.OUTBOX, ref))?.state === "refused") return true;
  }
  return false;
}

function announce() {
  changes.dispatchEvent(new Event("change"));
}
