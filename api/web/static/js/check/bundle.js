/** Checks the bundle of a batch by itself: no server is asked, and none believed. */

import { Fault, base64, joined, same, sha256, text, utf8 } from "./bytes.js";
import { Authority } from "./authority.js";
import { claims } from "./claims.js";
import { parseDid, parseVkey, verify } from "./keys.js";
import { open, read } from "./note.js";
import { inclusionRoot, leafHash } from "./tree.js";

/** @typedef {import("./note.js").Checkpoint} Checkpoint */
/** @typedef {import("./authority.js").LedgerEvent} LedgerEvent */
/**
 * @typedef {object} Line one event of the bundle, its signatures good
 * @property {number} position
 * @property {LedgerEvent} event
 * @property {string[]} dids
 * @property {string[]} algorithms
 * @property {number} admittedAt
 * @property {Uint8Array} leaf
 * @property {Uint8Array[]} proof
 */

const FORMAT = "suyuan-export/1";
const PAYLOAD_TYPE = "application/vnd.suyuan.event+json";

/**
 * @typedef {object} Proved what a bundle proves
 * @property {Checkpoint} checkpoint
 * @property {Set<string>} events ids of all its events
 * @property {Set<string>} grants by which the batch or what it was made of bears a mark
 * @property {Set<string>} certificates of the batch, in force
 * @property {string[]} logKeys the log's keys up to the checkpoint, the first one first
 */

/**
 * Check a bundle, step by step. `tell` hears of each step that passed, with what was counted.
 * @param {string} content the bundle as fetched
 * @param {string} batch the batch that it must be about
 * @param {string} logKey the log's key in force, as trusted: it must have signed the checkpoint
 * @param {(step: string, counted: Record<string, number | string>) => void} tell
 * @returns {Promise<Proved>}
 */
export async function check(content, batch, logKey, tell) {
  const lines = parsed(content);
  const header = head(lines, batch);
  const events = await signed(lines.slice(1, -1));
  tell("signatures", tally(events));
  const authority = await authorised(events, header.log_key, header.origin);
  tell("keys", { keys: new Set(events.flatMap((one) => one.dids)).size });
  const checkpoint = await newest(lines.at(-1), header.size, authority);
  // Anybody can open a ledger under another's public key and change to his own at once.
  if (authority.logKey(checkpoint.size) !== logKey) {
    throw new Fault(0, "wrong-log-key", `signed with ${authority.logKey(checkpoint.size)}`);
  }
  tell("checkpoint", { size: checkpoint.size });
  await included(events, checkpoint);
  tell("inclusion", { events: events.length, size: checkpoint.size });
  const { marks, grants, certificates } = claims(events, batch);
  if (marks) tell("marks", { marks, size: checkpoint.size });
  if (certificates.size) tell("certificates", { certificates: certificates.size });
  about(events, batch);
  return {
    checkpoint, events: new Set(events.map((one) => one.event.id)), grants, certificates,
    logKeys: authority.logKeys.map((one) => one.vkey),
  };
}

/** @param {string} content @returns {any[]} */
function parsed(content) {
  if (!content.endsWith("\n")) throw new Fault(0, "cut-off", "the last line has no end");
  const lines = content.slice(0, -1).split("\n").map((line, at) => {
    try {
      const value = JSON.parse(line);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // told below
    }
    throw new Fault(0, "malformed", `line ${at + 1} can't be read`);
  });
  if (typeof lines.at(-1)?.checkpoint !== "string" || lines.length < 3) {
    throw new Fault(0, "cut-off", "the bundle ends without a checkpoint");
  }
  return lines;
}

/** @param {any[]} lines @param {string} batch */
function head(lines, batch) {
  const header = lines[0];
  if (header.format !== FORMAT || !Number.isSafeInteger(header.size)) {
    throw new Fault(0, "malformed", `not a bundle of the format ${FORMAT}`);
  }
  if (`${header.log_key}`.split("+")[0] !== header.origin) {
    throw new Fault(0, "wrong-origin", `the log is ${header.origin}`);
  }
  if (header.batch !== batch) throw new Fault(0, "wrong-batch", `about ${header.batch}`);
  return header;
}

/** @param {any[]} lines @returns {Promise<Line[]>} */
async function signed(lines) {
  /** @type {Line[]} */
  const events = [];
  for (const line of lines) {
    if (!Number.isSafeInteger(line.position) || line.position < 1) {
      throw new Fault(0, "malformed", "a line has no position");
    }
    if (line.position <= (events.at(-1)?.position ?? 0)) {
      throw new Fault(line.position, "out-of-order", "positions must rise");
    }
    if (!Array.isArray(line.proof)) {
      throw new Fault(line.position, "no-proof", "the event has no proof");
    }
    events.push(await one(line));
  }
  return events;
}

/** @param {any} line @returns {Promise<Line>} */
async function one(line) {
  /** @type {any} */ let envelope;
  /** @type {Uint8Array} */ let stored;
  /** @type {Uint8Array} */ let payload;
  /** @type {Uint8Array[]} */ let proof;
  const admittedAt = Date.parse(line.admitted_at);
  try {
    proof = line.proof.map(base64);
    stored = base64(line.envelope);
    envelope = JSON.parse(text(stored));
    payload = base64(envelope.payload);
    if (Number.isNaN(admittedAt)) throw new TypeError("no time");
    if (written(envelope) !== text(stored)) throw new TypeError("not as it was stored");
  } catch (error) {
    throw new Fault(line.position, "malformed", String(error));
  }
  const event = canonical(payload, line.position);
  const message = joined(
    utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload,
  );
  const algorithms = [];
  for (const { keyid, sig } of envelope.signatures) {
    algorithms.push(await checked(keyid, sig, message, line.position));
  }
  return {
    position: line.position, event, admittedAt, algorithms, proof,
    dids: envelope.signatures.map((/** @type {any} */ each) => each.keyid),
    leaf: await leafHash(await sha256(stored)),
  };
}

/** Write an envelope as the ledger stores it; another way would be another leaf. */
/** @param {any} envelope */
function written({ payload, payloadType, signatures }) {
  if (payloadType !== PAYLOAD_TYPE || !Array.isArray(signatures) || !signatures.length) {
    throw new TypeError("not an envelope of the ledger's");
  }
  const lean = signatures.map(({ keyid, sig }) => ({ keyid, sig }));
  return JSON.stringify({ payload, payloadType, signatures: lean });
}

/** @param {Uint8Array} payload @param {number} position @returns {LedgerEvent} */
function canonical(payload, position) {
  try {
    const event = JSON.parse(text(payload));
    if (JSON.stringify(sorted(event)) === text(payload)) return event;
  } catch {
    // told below
  }
  throw new Fault(position, "malformed", "the payload is no canonical JSON (RFC 8785)");
}

/** @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** @param {string} did @param {string} sig @param {Uint8Array} message @param {number} position */
async function checked(did, sig, message, position) {
  /** @type {import("./keys.js").PublicKey} */ let key;
  /** @type {Uint8Array} */ let signature;
  try {
    key = parseDid(did);
    signature = base64(sig);
  } catch (error) {
    throw new Fault(position, "malformed", String(error));
  }
  let good = false;
  try {
    good = await verify(key, signature, message);
  } catch (error) {
    throw new Fault(position, "malformed", String(error));
  }
  if (!good) throw new Fault(position, "bad-signature", did);
  return key.algorithm;
}

/** @param {Line[]} events @param {string} logKey @param {string} origin */
async function authorised(events, logKey, origin) {
  const authority = new Authority();
  for (const { event, dids, position, admittedAt } of events) {
    authority.admit(event, dids, position, admittedAt);
    if (event.type === "ledger.opened.v1" && event.log_key !== logKey) {
      throw new Fault(position, "wrong-log-key", "the log began with another key");
    }
  }
  if (!authority.logKeys.length) throw new Fault(1, "malformed", `${origin} was never opened`);
  return authority;
}

/** @param {any} trailer @param {number} size @param {Authority} authority */
async function newest(trailer, size, authority) {
  try {
    const key = await parseVkey(authority.logKey(read(trailer.checkpoint).size));
    const checkpoint = await open(trailer.checkpoint, key);
    if (checkpoint.size === size) return checkpoint;
    throw new TypeError(`the checkpoint is of ${checkpoint.size} events, the bundle of ${size}`);
  } catch (error) {
    throw new Fault(size, "bad-checkpoint", String(error));
  }
}

/** @param {Line[]} events @param {Checkpoint} checkpoint */
async function included(events, checkpoint) {
  for (const { position, leaf, proof } of events) {
    let root;
    try {
      root = await inclusionRoot(leaf, position - 1, checkpoint.size, proof);
    } catch (error) {
      throw new Fault(position, "not-included", String(error));
    }
    if (!same(root, checkpoint.root)) {
      throw new Fault(position, "not-included", "the proof does not lead to the root");
    }
  }
}

/** @param {Line[]} events @param {string} batch */
function about(events, batch) {
  const named = events.some(({ event }) =>
    [event, ...(event.inputs ?? []), ...(event.outputs ?? []), ...(event.items ?? [])].some(
      (part) => part.batch === batch,
    ),
  );
  if (!named) throw new Fault(0, "wrong-batch", `no event speaks of ${batch}`);
}

/** @param {Line[]} events */
function tally(events) {
  const algorithms = events.flatMap((one) => one.algorithms);
  const ed25519 = algorithms.filter((name) => name === "Ed25519").length;
  return {
    events: events.length, signatures: algorithms.length, ed25519,
    p256: algorithms.length - ed25519,
  };
}
