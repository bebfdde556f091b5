// The fields that every event has, made on this device.

import { base64, hex } from "./bytes.js";

/**
 * @param {number} [milliseconds] of the Unix epoch
 * @returns {string} a UUIDv7 (RFC 9562 §5.7)
 */
export function uuid7(milliseconds = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = milliseconds;
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * @param {Date} [moment]
 * @returns {string} RFC 3339 to the second, with this device's offset
 */
export function timestamp(moment = new Date()) {
  const offset = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

/**
 * Begin an event: its own fields are the caller's; what has its default is left out.
 * @param {string} type such as "batch.harvested.v1"
 * @param {string} actor a party id
 * @param {object} fields
 * @param {{refs?: string[], at?: Date}} [more]
 * @returns {object}
 */
export function event(type, actor, fields, { refs = [], at = new Date() } = {}) {
  const nonce = base64(crypto.getRandomValues(new Uint8Array(16)));
  const causes = [...new Set(refs)];
  return {
    ...fields, type, actor, id: uuid7(at.getTime()), nonce, occurred_at: timestamp(at),
    refs: causes.length ? causes : undefined,
  };
}
