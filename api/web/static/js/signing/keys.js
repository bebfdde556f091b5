// The key of this device: made here, kept here, never taken out (WebCrypto, non-extractable).

import { ALGORITHMS, didOf } from "./did_key.js";
import * as store from "./store.js";

/** A key that this device signs with for a party. */
export class Key {
  /** @param {{did: string, algorithm: string, private: CryptoKey, party?: string}} kept */
  constructor(kept) {
    this.did = kept.did;
    this.algorithm = kept.algorithm;
    this.party = kept.party;
    this.private = kept.private;
  }

  /** @param {Uint8Array} message @returns {Promise<Uint8Array>} 64 bytes */
  async sign(message) {
    const how = ALGORITHMS[this.algorithm].sign;
    return new Uint8Array(await crypto.subtle.sign(how, this.private, message));
  }
}

/** Why this browser can keep no key: "insecure" (no https), "unsupported"; undefined where it can. */
export function obstacle() {
  if (!globalThis.isSecureContext) return "insecure";
  return globalThis.crypto?.subtle && globalThis.indexedDB ? undefined : "unsupported";
}

/**
 * Make a key and keep it: Ed25519, or P-256 where the browser has no Ed25519.
 * @returns {Promise<Key>}
 */
export async function make() {
  const [algorithm, pair] = await generate();
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const kept = { did: didOf(algorithm, raw), algorithm, private: pair.privateKey, made: Date.now() };
  await store.put(store.KEYS, kept);
  // Without it the browser may throw the key away when room gets scarce.
  await navigator.storage?.persist?.().catch(() => false);
  return new Key(kept);
}

async function generate() {
  for (const algorithm of ["Ed25519", "P-256"]) {
    try {
      const how = ALGORITHMS[algorithm].key;
      return [algorithm, await crypto.subtle.generateKey(how, false, ["sign", "verify"])];
    } catch (error) {
      if (algorithm === "P-256") throw error;
    }
  }
}

/**
 * Remember for whom a key speaks, once the ledger has it.
 * @param {string} did
 * @param {string} party
 */
export async function adopt(did, party) {
  await store.put(store.KEYS, { ...(await store.get(store.KEYS, did)), party });
}

/** @returns {Promise<Key[]>} the keys of this device, the newest first */
export async function mine() {
  const kept = await store.all(store.KEYS);
  return kept.sort((a, b) => b.made - a.made).map((one) => new Key(one));
}

/** @param {string} [party] @returns {Promise<Key | undefined>} the newest key that speaks for a party */
export async function current(party) {
  return (await mine()).find((key) => (party ? key.party === party : key.party));
}

/** @param {string} did */
export const forget = (did) => store.remove(store.KEYS, did);
