/** What a batch claims: marks that its lineage bears by a grant, and certificates in force. */

import { Fault } from "./bytes.js";

/** @typedef {import("./authority.js").LedgerEvent} LedgerEvent */
/** @typedef {{position: number, event: LedgerEvent}} Numbered */
/** @typedef {{mark: string, grant: string, party: string}} Claim */
/** @typedef {{event: LedgerEvent, revoked: boolean}} Grant */

const HARVESTED = "batch.harvested.v1";
const TRANSFORMED = "batch.transformed.v1";

/**
 * Hold marks and certificates to their rules, each as of its own position.
 * @param {Numbered[]} events in order @param {string} batch
 * @returns {{marks: number, grants: Set<string>, certificates: Set<string>}}
 */
export function claims(events, batch) {
  const counting = inEffect(events);
  const lineage = lineageOf(counting, batch);
  const told = new Told();
  for (const { position, event } of counting) {
    if (lineage.has(event.id) && event.mark) told.marked(event, position);
    if (event.batch === batch) told.certified(event, position);
    told.take(event);
  }
  const own = counting.filter(({ event }) => lineage.has(event.id) && event.mark);
  return {
    marks: own.length, grants: new Set(own.map(({ event }) => event.mark.grant)),
    certificates: new Set(told.certificates.keys()),
  };
}

/** Give the events that count: what was corrected is replaced, at its own place, or left out. */
/** @param {Numbered[]} events @returns {Numbered[]} */
function inEffect(events) {
  /** @type {Map<string, LedgerEvent | null>} */
  const instead = new Map();
  for (const { event } of events) {
    if (event.type === "event.corrected.v1") instead.set(event.event, event.replacement ?? null);
  }
  return events.flatMap(({ position, event }) => {
    const now = instead.has(event.id) ? instead.get(event.id) : event;
    return now && now.type !== "event.corrected.v1" ? [{ position, event: now }] : [];
  });
}

/** Give the ids of the events that made a batch and what it was made of. */
/** @param {Numbered[]} events @param {string} batch */
function lineageOf(events, batch) {
  /** @type {Map<string, LedgerEvent>} */
  const making = new Map();
  for (const { event } of events) for (const one of made(event)) making.set(one, event);
  const found = new Set();
  const wanted = [batch];
  while (wanted.length) {
    const event = making.get(/** @type {string} */ (wanted.pop()));
    if (!event || found.has(event.id)) continue;
    found.add(event.id);
    wanted.push(...inputs(event));
  }
  return found;
}

/** @param {LedgerEvent} event @returns {string[]} */
function made(event) {
  if (event.type === HARVESTED) return [event.batch];
  return event.type === TRANSFORMED ? event.outputs.map(batchOf) : [];
}

/** @param {LedgerEvent} event @returns {string[]} */
function inputs(event) {
  return event.type === TRANSFORMED ? event.inputs.map(batchOf) : [];
}

/** @param {{batch: string}} item */
function batchOf(item) {
  return item.batch;
}

/** Grants, memberships, what each batch claims, and certificates, folded event by event. */
class Told {
  constructor() {
    /** @type {Map<string, Grant>} */
    this.grants = new Map();
    /** @type {Set<string>} cooperative and member */
    this.members = new Set();
    /** @type {Map<string, Claim | undefined>} */
    this.batches = new Map();
    /** @type {Map<string, string>} by GTIN */
    this.categories = new Map();
    /** @type {Map<string, string>} who issued each certificate of the batch that is in force */
    this.certificates = new Map();
  }

  /** @param {LedgerEvent} event */
  take(event) {
    switch (event.type) {
      case "mark.granted.v1":
        this.grants.set(event.id, { event, revoked: false });
        break;
      case "mark.revoked.v1": {
        const grant = this.grants.get(event.grant);
        if (grant) grant.revoked = true;
        break;
      }
      case "membership.began.v1":
        this.members.add(`${event.actor} ${event.member}`);
        break;
      case "membership.ended.v1":
        this.members.delete(`${event.actor} ${event.member}`);
        break;
      case "product.registered.v1":
        this.categories.set(event.gtin, event.category);
        break;
      default:
        for (const batch of made(event)) this.batches.set(batch, event.mark);
    }
  }

  /** Throw unless a mark is claimed by who may, for what bears it. */
  /** @param {LedgerEvent} event @param {number} position */
  marked(event, position) {
    const claim = /** @type {Claim} */ (event.mark);
    const refuse = (/** @type {string} */ why) => {
      throw new Fault(position, "mark-not-authorised", why);
    };
    for (const input of inputs(event)) {
      if (!this.batches.has(input)) throw new Fault(position, "unknown-batch", input);
      if (this.batches.get(input)?.mark !== claim.mark) refuse(`${input} does not bear it`);
    }
    const grant = this.grants.get(claim.grant);
    if (!this.onlySplit(event, claim)) this.authorised(event, claim, grant, refuse);
    if (!grant) return;
    if (Date.parse(event.occurred_at) < Date.parse(grant.event.occurred_at)) {
      throw new Fault(position, "time-before-cause", claim.grant);
    }
    for (const batch of made(event)) {
      const category = this.categories.get(batch.slice(0, 14));
      if (category && !grant.event.categories.includes(category)) refuse(`not for ${category}`);
    }
  }

  /**
   * @param {LedgerEvent} event @param {Claim} claim @param {Grant | undefined} grant
   * @param {(why: string) => void} refuse
   */
  authorised(event, claim, grant, refuse) {
    if (!grant || grant.revoked) return refuse("there is no such grant in force");
    const { mark, party, until } = grant.event;
    if (mark !== claim.mark || party !== claim.party) return refuse("a grant of something else");
    if (until && Date.parse(event.occurred_at) >= Date.parse(until)) refuse("the grant had ended");
    if (event.actor !== party && !this.members.has(`${party} ${event.actor}`)) {
      refuse(`${event.actor} is no member of ${party}`);
    }
  }

  /** Who only splits what bears a mark repeats its claim. */
  /** @param {LedgerEvent} event @param {Claim} claim */
  onlySplit(event, claim) {
    if (event.type !== TRANSFORMED || event.process !== "split") return false;
    return inputs(event).every((batch) => {
      const own = this.batches.get(batch);
      return own?.grant === claim.grant && own.mark === claim.mark && own.party === claim.party;
    });
  }

  /** Issue, replace or take back a certificate of the batch; throw where it is another's. */
  /** @param {LedgerEvent} event @param {number} position */
  certified(event, position) {
    const issued = event.type === "commitment.issued.v1";
    if (!issued && event.type !== "commitment.withdrawn.v1") return;
    const named = issued ? event.replaces : event.commitment;
    if (named) {
      const issuer = this.certificates.get(named);
      if (!issuer) throw new Fault(position, "certificate-not-open", named);
      if (issuer !== event.actor) throw new Fault(position, "not-authorised", `${issuer}'s`);
      this.certificates.delete(named);
    }
    if (issued) this.certificates.set(event.id, event.actor);
  }
}
