// A public key as its did:key (W3C CCG did:key): Ed25519 as it is, P-256 as a compressed point.

import { base58, fromBase58, joined } from "./bytes.js";

const PREFIX = "did:key:z";
/** The algorithms that the ledger admits, each with its multicodec and WebCrypto's names for it. */
export const ALGORITHMS = {
  Ed25519: { codec: [0xed, 0x01], key: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  "P-256": {
    codec: [0x80, 0x24],
    key: { name: "ECDSA", namedCurve: "P-256" },
    sign: { name: "ECDSA", hash: "SHA-256" },
  },
};

/**
 * @param {"Ed25519" | "P-256"} algorithm
 * @param {Uint8Array} raw as WebCrypto exports it: 32 bytes, or the uncompressed point's 65
 * @returns {string}
 */
export function didOf(algorithm, raw) {
  const key = algorithm === "P-256" ? joined(Uint8Array.of(2 + (raw[64] & 1)), raw.slice(1, 33)) : raw;
  return PREFIX + base58(joined(Uint8Array.from(ALGORITHMS[algorithm].codec), key));
}

/**
 * @param {string} did
 * @returns {{algorithm: "Ed25519" | "P-256", raw: Uint8Array}} the key as the did holds it
 * @throws {RangeError} where it is no did:key of an algorithm that is known
 */
export function readDid(did) {
  if (!did.startsWith(PREFIX)) throw new RangeError(`${did} is no did:key`);
  const bytes = fromBase58(did.slice(PREFIX.length));
  for (const [algorithm, { codec }] of Object.entries(ALGORITHMS)) {
    if (codec.every((byte, index) => bytes[index] === byte)) {
      return { algorithm, raw: bytes.slice(codec.length) };
    }
  }
  throw new RangeError(`${did} is a key of no known algorithm`);
}
