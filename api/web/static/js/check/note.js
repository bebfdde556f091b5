/** Checkpoints: signed notes of the log (C2SP signed-note, tlog-checkpoint). */

import { base64, utf8 } from "./bytes.js";
import { isOf, verify } from "./keys.js";

/** @typedef {import("./keys.js").LogKey} LogKey */
/** @typedef {{origin: string, size: number, root: Uint8Array, note: string}} Checkpoint */

/**
 * Read what a checkpoint says of itself; nothing is checked yet.
 * @param {string} note
 * @returns {Checkpoint & {text: string, signatures: {name: string, data: Uint8Array}[]}}
 */
export function read(note) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw new TypeError("not a signed note");
  const text = note.slice(0, cut + 1);
  const [origin, digits, root, ...rest] = text.slice(0, -1).split("\n");
  if (!/^(0|[1-9]\d{0,15})$/.test(digits ?? "")) throw new TypeError("the size is no number");
  const bytes = base64(root);
  if (bytes.length !== 32 || rest.some((line) => !line)) throw new TypeError("no checkpoint");
  const lines = note.slice(cut + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const match = /^\u2014 (\S+) (\S+)$/.exec(line);
    if (!match) throw new TypeError("a signature line can't be read");
    return { name: match[1], data: base64(match[2]) };
  });
  return { origin, size: Number(digits), root: bytes, note, text, signatures };
}

/**
 * Check that the log signed a checkpoint.
 * @param {string} note
 * @param {LogKey} key
 * @returns {Promise<Checkpoint>}
 */
export async function open(note, key) {
  const { text, signatures, ...checkpoint } = read(note);
  const own = signatures.find((one) => one.name === key.name && isOf(one.data.slice(0, 4), key));
  if (!own || !(await verify(key.key, own.data.slice(4), utf8(text)))) {
    throw new TypeError("the log's key did not sign the checkpoint");
  }
  if (checkpoint.origin !== key.name) throw new TypeError("the checkpoint is of another log");
  return checkpoint;
}
