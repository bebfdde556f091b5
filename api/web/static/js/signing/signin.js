// Signing in: the server's challenge, signed with the key of this device. There is no password.

import { SIGN_IN, seal } from "./envelope.js";
import { timestamp } from "./events.js";
import { Refused } from "./refused.js";

/**
 * @param {import("./keys.js").Key} key
 * @param {string} party
 * @returns {Promise<void>} the session's cookie is set
 * @throws {Refused} with what the server said; TypeError where it can't be reached
 */
export async function signIn(key, party = key.party) {
  const asked = await fetch("/api/signin/challenge", { cache: "no-store" });
  if (!asked.ok) throw await Refused.from(asked);
  const { challenge } = await asked.json();
  const said = { type: "signin.v1", at: timestamp(), challenge, origin: location.origin, party };
  const answer = await fetch("/api/signin", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: await seal(SIGN_IN, said, key),
  });
  if (!answer.ok) throw await Refused.from(answer);
}

/**
 * Fetch as who is signed in; signs in first, and again where the session is over.
 * @param {import("./keys.js").Key} key
 * @param {string} address
 * @param {RequestInit} [how]
 * @returns {Promise<Response>} one that is ok
 * @throws {Refused}
 */
export async function fetchAs(key, address, how = {}) {
  let answer = await fetch(address, how);
  if (answer.status === 401) {
    await signIn(key);
    answer = await fetch(address, how);
  }
  if (!answer.ok) throw await Refused.from(answer);
  return answer;
}
