/**
 * Public keys by their `did:key`, and checking what they signed: WebCrypto, and a small audited
 * library where the browser has no Ed25519.
 */

import { base64, hex, same, sha256, utf8 } from "./bytes.js";

/** @typedef {{algorithm: "Ed25519" | "P-256", raw: Uint8Array}} PublicKey */

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const PREFIX = "did:key:z";
const MULTICODEC = /** @type {const} */ ([
  ["Ed25519", [0xed, 0x01], 32],
  ["P-256", [0x80, 0x24], 33],
]);
const SIGNATURE_BYTES = 64;

/** @param {string} text @returns {Uint8Array} */
function base58(text) {
  /** @type {number[]} the least significant byte first */
  const bytes = [];
  for (const letter of text) {
    let carry = ALPHABET.indexOf(letter);
    if (carry < 0) throw new TypeError(`${letter} is no letter of base58btc`);
    for (let at = 0; at < bytes.length || carry; at += 1) {
      carry += (bytes[at] ?? 0) * 58;
      bytes[at] = carry & 0xff;
      carry >>= 8;
    }
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...new Array(zeros).fill(0), ...bytes.reverse()]);
}

/**
 * Read a `did:key` of one of the ledger's algorithms.
 * @param {string} did
 * @returns {PublicKey}
 */
export function parseDid(did) {
  if (!did.startsWith(PREFIX) || did.length > 128) throw new TypeError(`${did} is no did:key`);
  const data = base58(did.slice(PREFIX.length));
  for (const [algorithm, code, length] of MULTICODEC) {
    if (code.every((byte, at) => data[at] === byte)) {
      const raw = data.slice(code.length);
      if (raw.length !== length) throw new TypeError(`${did}: a key of a wrong length`);
      return { algorithm, raw };
    }
  }
  throw new TypeError(`${did} is a key of an unknown algorithm`);
}

/** Which code checks Ed25519 here; known after the first signature. */
export const used = { ed25519: /** @type {"" | "browser" | "library"} */ ("") };

/** @type {Map<string, Promise<(signature: Uint8Array, message: Uint8Array) => Promise<boolean>>>} */
const checks = new Map();

/**
 * Tell whether a key made a signature.
 * @param {PublicKey} key @param {Uint8Array} signature @param {Uint8Array} message
 * @returns {Promise<boolean>}
 */
export async function verify(key, signature, message) {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const name = key.algorithm + hex(key.raw);
  let check = checks.get(name);
  if (!check) {
    check = key.algorithm === "Ed25519" ? ed25519(key.raw) : p256(key.raw);
    checks.set(name, check);
  }
  return (await check)(signature, message);
}

/** @param {Uint8Array} raw */
async function ed25519(raw) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    used.ed25519 = "browser";
    return (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ message) =>
      crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotSupportedError") throw error;
  }
  const library = await import("../../vendor/@noble/ed25519/index.js");
  used.ed25519 = "library";
  return (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ message) =>
    library.verifyAsync(signature, message, raw, { zip215: false });
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** @param {Uint8Array} raw a compressed point of P-256 (SEC 1, 2.3.3) */
async function p256(raw) {
  const point = uncompressed(raw);
  const named = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", point, named, false, ["verify"]);
  return (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ message) =>
    crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

/** Browsers take the long form only. @param {Uint8Array} raw @returns {Uint8Array} */
function uncompressed(raw) {
  if (raw[0] !== 2 && raw[0] !== 3) throw new TypeError("not a compressed point of P-256");
  const x = BigInt(`0x${hex(raw.slice(1))}`);
  let y = power((x ** 3n - 3n * x + B) % P, (P + 1n) / 4n);
  if (Number(y & 1n) !== (raw[0] & 1)) y = P - y;
  const digits = y.toString(16).padStart(64, "0");
  const bytes = (digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  return Uint8Array.from([4, ...raw.slice(1), ...bytes]);
}

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let result = 1n;
  let factor = ((base % P) + P) % P;
  for (let rest = exponent; rest; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

/** @typedef {{vkey: string, name: string, id: Uint8Array, key: PublicKey}} LogKey */

/**
 * Read a verifier key of a log (C2SP signed-note): `name+hex id+base64(0x01 || key)`.
 * @param {string} vkey
 * @returns {Promise<LogKey>}
 */
export async function parseVkey(vkey) {
  const [name = "", digits = "", ...rest] = vkey.split("+");
  const data = base64(rest.join("+"));
  if (data[0] !== 1 || data.length !== 33) throw new TypeError("the log's key is no Ed25519 key");
  const whole = await sha256(utf8(`${name}\n`), data);
  const id = whole.slice(0, 4);
  if (hex(id) !== digits) throw new TypeError("the log's key has another id than its own");
  return { vkey, name, id, key: { algorithm: "Ed25519", raw: data.slice(1) } };
}

/** @param {Uint8Array} one @param {LogKey} key */
export const isOf = (one, key) => same(one, key.id);
