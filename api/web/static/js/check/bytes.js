/** Bytes as the ledger writes them: strict base64, hexadecimal, UTF-8, SHA-256. */

/** What is wrong with a bundle, at which position (0: the bundle as a whole). */
export class Fault extends Error {
  /**
   * @param {number} position
   * @param {string} code as `suyuan verify` names it
   * @param {string} detail in English, for whoever looks closer
   */
  constructor(position, code, detail) {
    super(detail);
    this.position = position;
    this.code = code;
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => ENCODER.encode(text);

/** Throws where the bytes are no UTF-8. @param {Uint8Array} bytes @returns {string} */
export const text = (bytes) => DECODER.decode(bytes);

/**
 * Read base64 in its one spelling: standard alphabet, padded, no stray bits.
 * @param {unknown} encoded
 * @returns {Uint8Array}
 */
export function base64(encoded) {
  if (typeof encoded !== "string") throw new TypeError("base64 is text");
  const binary = atob(encoded);
  if (btoa(binary) !== encoded) throw new TypeError("not base64 in its one spelling");
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array} bytes @returns {string} */
export const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} one @param {Uint8Array} other */
export const same = (one, other) =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** @param {...Uint8Array} parts @returns {Promise<Uint8Array>} */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}
