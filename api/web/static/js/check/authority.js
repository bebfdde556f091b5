/** Which keys may sign, and for whom, as the ledger's own events say up to a position. */

import { Fault } from "./bytes.js";

/**
 * @typedef {{party: string, custody: string, expires?: string, revoked?: number}} Key
 * @typedef {{type: string, id: string, actor: string, [field: string]: any}} LedgerEvent
 */

/** Keys, memberships and the log's keys, folded event by event. */
export class Authority {
  constructor() {
    /** @type {Map<string, Key>} */
    this.keys = new Map();
    /** @type {Map<string, boolean>} whether a cooperative may sign for a member */
    this.mandates = new Map();
    /** @type {{vkey: string, since: number}[]} */
    this.logKeys = [];
  }

  /** @param {LedgerEvent} event @param {number} position */
  take(event, position) {
    switch (event.type) {
      case "ledger.opened.v1":
        this.keys.set(event.authority_key, { party: event.actor, custody: "device" });
        this.logKeys.push({ vkey: event.log_key, since: 0 });
        break;
      case "log.rotated.v1":
        this.logKeys.push({ vkey: event.log_key, since: position });
        break;
      case "key.bound.v1":
        this.keys.set(event.key, {
          party: event.party, custody: event.custody, expires: event.expires,
        });
        break;
      case "key.revoked.v1": {
        const key = this.keys.get(event.key);
        if (key) key.revoked = position;
        break;
      }
      case "membership.began.v1":
        this.mandates.set(`${event.actor} ${event.member}`, event.may_sign === true);
        break;
      case "membership.ended.v1":
        this.mandates.set(`${event.actor} ${event.member}`, false);
        break;
    }
  }

  /**
   * Throw unless each key was in force, and one of them speaks for the actor.
   * @param {LedgerEvent} event @param {string[]} dids
   * @param {number} position @param {number} admittedAt in milliseconds
   */
  hold(event, dids, position, admittedAt) {
    for (const did of dids) {
      const key = this.keys.get(did);
      if (!key) throw new Fault(position, "unknown-key", did);
      if (key.revoked && key.revoked < position) throw new Fault(position, "key-revoked", did);
      if (key.expires && admittedAt >= Date.parse(key.expires)) {
        throw new Fault(position, "key-expired", did);
      }
    }
    const parties = dids.map((did) => this.keys.get(did)?.party ?? "");
    const speaks = parties.some(
      (party) => party === event.actor || this.mandates.get(`${party} ${event.actor}`),
    );
    if (!speaks) {
      throw new Fault(position, "not-authorised", `${parties.join(", ")} for ${event.actor}`);
    }
  }

  /** Give the key that signs a checkpoint of so many events. @param {number} size */
  logKey(size) {
    return this.logKeys.filter((one) => one.since <= size).at(-1)?.vkey ?? "";
  }
}
