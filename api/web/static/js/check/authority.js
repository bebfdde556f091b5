/** Who may sign, for whom, and who may say so, as the ledger's own events tell up to a position. */

import { Fault } from "./bytes.js";

/**
 * @typedef {{party: string, expires?: string, revoked?: boolean}} Key
 * @typedef {{roles: string[], admittedBy: string, hadKey: boolean}} Party
 * @typedef {{open: boolean, maySign: boolean}} Membership
 * @typedef {{type: string, id: string, actor: string, [field: string]: any}} LedgerEvent
 */

const OFFICE = "authority";
const COOPERATIVE = "cooperative";

/** Parties, keys, memberships and the log's keys, folded event by event. */
export class Authority {
  constructor() {
    /** @type {Map<string, Key>} */
    this.keys = new Map();
    /** @type {Map<string, Party>} */
    this.parties = new Map();
    /** @type {Map<string, Membership>} by cooperative and member */
    this.memberships = new Map();
    /** @type {Map<string, string>} who recorded each event */
    this.actors = new Map();
    /** @type {{vkey: string, since: number}[]} */
    this.logKeys = [];
    /** When the ledger admitted the last event, by its own clock, which never goes back. */
    this.last = -Infinity;
  }

  /**
   * Take in an event, or throw where its signers, or its actor, may not say this.
   * @param {LedgerEvent} event @param {string[]} dids
   * @param {number} position @param {number} admittedAt in milliseconds
   */
  admit(event, dids, position, admittedAt) {
    if (this.actors.has(event.id)) throw new Fault(position, "id-reused", event.id);
    if (admittedAt < this.last) throw new Fault(position, "clock-back", event.id);
    this.last = admittedAt;
    if (event.type === "ledger.opened.v1") {
      this.opening(event, dids, position);
    } else {
      this.hold(event, dids, position, admittedAt);
      this.entitled(event, dids, position);
    }
    this.take(event, position);
  }

  /** Only the first event opens the ledger. */
  /** @param {LedgerEvent} event @param {string[]} dids @param {number} position */
  opening(event, dids, position) {
    if (position !== 1 || this.logKeys.length) throw new Fault(position, "ledger-open", event.id);
    if (!dids.includes(event.authority_key)) throw new Fault(position, "unknown-key", dids.join());
  }

  /** @param {LedgerEvent} event @param {string[]} dids @param {number} position @param {number} at */
  hold(event, dids, position, at) {
    for (const did of dids) {
      const key = this.keys.get(did);
      if (!key) throw new Fault(position, "unknown-key", did);
      if (key.revoked) throw new Fault(position, "key-revoked", did);
      if (key.expires && at >= Date.parse(key.expires)) {
        throw new Fault(position, "key-expired", did);
      }
    }
    if (!this.parties.has(event.actor)) throw new Fault(position, "unknown-party", event.actor);
    const signers = this.signers(dids);
    const speaks = signers.some((party) => {
      const membership = this.membership(party, event.actor);
      return party === event.actor || (membership?.open && membership.maySign);
    });
    if (!speaks) throw new Fault(position, "not-authorised", `${signers} for ${event.actor}`);
  }

  /** Hold what governs to who may govern so. */
  /** @param {LedgerEvent} event @param {string[]} dids @param {number} position */
  entitled(event, dids, position) {
    const may = this.may(event);
    if (may === undefined) return;
    if (event.type === "membership.began.v1") this.asked(event, dids, position);
    if (!may) throw new Fault(position, "not-authorised", `${event.type} by ${event.actor}`);
    const key = this.keys.get(event.key);
    if (event.type === "key.bound.v1" && !this.parties.has(event.party)) {
      throw new Fault(position, "unknown-party", event.party);
    }
    if (event.type === "key.revoked.v1" && key?.party !== event.party) {
      throw new Fault(position, "unknown-key", event.key);
    }
    const again = event.type === "key.bound.v1" ? key
      : event.type === "party.admitted.v1" && this.parties.has(event.party);
    if (again) throw new Fault(position, "exists", event.key ?? event.party);
  }

  /** Tell whether an actor may say this; undefined where anybody may. @param {LedgerEvent} event */
  may(event) {
    const { actor } = event;
    const cooperative = this.is(actor, COOPERATIVE);
    switch (event.type) {
      case "log.rotated.v1":
      case "mark.granted.v1":
      case "mark.revoked.v1":
        return this.is(actor, OFFICE);
      case "party.admitted.v1":
        return this.is(actor, OFFICE) || (cooperative && `${event.roles}` === "farmer");
      case "key.bound.v1":
      case "key.revoked.v1":
        return actor === event.party || this.is(actor, OFFICE)
          || this.membership(actor, event.party)?.open === true;
      case "membership.began.v1":
        return cooperative;
      case "membership.ended.v1":
        return cooperative && this.membership(actor, event.member)?.open === true;
      case "event.corrected.v1":
        return this.is(actor, OFFICE) || (this.actors.get(event.event) ?? actor) === actor;
      default:
        return undefined;
    }
  }

  /** Who ever had a key is made a member by its own signature alone. */
  /** @param {LedgerEvent} event @param {string[]} dids @param {number} position */
  asked(event, dids, position) {
    const member = this.parties.get(event.member);
    if (!member) throw new Fault(position, "unknown-party", event.member);
    if (this.signers(dids).includes(event.member)) return;
    const theirs = member.admittedBy === event.actor || this.is(member.admittedBy, OFFICE);
    if (member.hadKey || !theirs) throw new Fault(position, "member-must-sign", event.member);
  }

  /** @param {LedgerEvent} event @param {number} position */
  take(event, position) {
    this.actors.set(event.id, event.actor);
    switch (event.type) {
      case "ledger.opened.v1":
        this.keys.set(event.authority_key, { party: event.actor });
        this.parties.set(event.actor, { roles: [OFFICE], admittedBy: event.actor, hadKey: true });
        this.logKeys.push({ vkey: event.log_key, since: 0 });
        break;
      case "log.rotated.v1":
        this.logKeys.push({ vkey: event.log_key, since: position });
        break;
      case "party.admitted.v1":
        this.parties.set(event.party, {
          roles: event.roles, admittedBy: event.actor, hadKey: false,
        });
        break;
      case "key.bound.v1":
        this.bind(event);
        break;
      case "key.revoked.v1": {
        const key = this.keys.get(event.key);
        if (key) key.revoked = true;
        break;
      }
      case "membership.began.v1":
        this.memberships.set(`${event.actor} ${event.member}`, {
          open: true, maySign: event.may_sign === true,
        });
        break;
      case "membership.ended.v1":
        this.memberships.delete(`${event.actor} ${event.member}`);
        break;
    }
  }

  /** @param {LedgerEvent} event */
  bind(event) {
    this.keys.set(event.key, { party: event.party, expires: event.expires });
    const party = this.parties.get(event.party);
    if (party) party.hadKey = true;
  }

  /** @param {string} party @param {string} role */
  is(party, role) {
    return this.parties.get(party)?.roles.includes(role) ?? false;
  }

  /** @param {string} cooperative @param {string} member */
  membership(cooperative, member) {
    return this.memberships.get(`${cooperative} ${member}`);
  }

  /** @param {string[]} dids */
  signers(dids) {
    return dids.map((did) => this.keys.get(did)?.party ?? "");
  }

  /** Give the key that signs a checkpoint of so many events. @param {number} size */
  logKey(size) {
    return this.logKeys.filter((one) => one.since <= size).at(-1)?.vkey ?? "";
  }
}
