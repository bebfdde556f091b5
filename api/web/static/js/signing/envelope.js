// The DSSE envelope (v1.0.2): a payload with the signature over its pre-authentication encoding.

import { base64, joined, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";

export const EVENT = "application/vnd.suyuan.event+json";
export const SIGN_IN = "application/vnd.suyuan.signin+json";

/**
 * @param {string} payloadType
 * @param {Uint8Array} payload
 * @returns {Uint8Array} what is signed
 */
export function pae(payloadType, payload) {
  return joined(utf8(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload);
}

/**
 * Sign a value as canonical JSON.
 * @param {object} value
 * @param {...import("./keys.js").Key} keys
 * @param {string} payloadType
 * @returns {Promise<string>} the envelope as JSON
 */
export async function seal(payloadType, value, ...keys) {
  const payload = utf8(canonical(value));
  const message = pae(payloadType, payload);
  const signatures = [];
  for (const key of keys) {
    signatures.push({ keyid: key.did, sig: base64(await key.sign(message)) });
  }
  return JSON.stringify({ payload: base64(payload), payloadType, signatures });
}
