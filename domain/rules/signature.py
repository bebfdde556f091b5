"""Who signed: known keys in force, that may speak for the event's actor."""

from datetime import datetime

from domain.events import governance as g
from domain.moments import show_moment
from domain.refusals import Code, Refusal, refuse
from domain.state import Signed, State


def keys_in_force(state: State, signed: Signed, now: datetime) -> Refusal | None:
    """Refuse a key that the ledger does not know, that was revoked, or that has expired."""
    for did in signed.keyids:
        key = state.key(did)
        if key is None:
            return refuse(Code.UNKNOWN_KEY, key=did)
        if key.revoked_by:
            return refuse(Code.KEY_REVOKED, key=did, cause=key.revoked_by, position=key.revoked_at)
        if key.expires and now >= key.expires:
            return refuse(
                Code.KEY_EXPIRED, key=did, when_zh=show_moment(key.expires),
                when_en=show_moment(key.expires, "en"),
            )  # fmt: skip
    return None


def signers(state: State, signed: Signed) -> tuple[str, ...]:
    """Give the parties whose keys signed."""
    keys = (state.key(did) for did in signed.keyids)
    return tuple(key.party for key in keys if key)


def speaks_for_actor(state: State, signed: Signed) -> Refusal | None:
    """Refuse a signer that is neither the actor nor a cooperative that may sign for it."""
    actor = signed.event.actor
    if state.party(actor) is None:
        return refuse(Code.UNKNOWN_PARTY, party=actor)
    for did in signed.keyids:
        key = state.key(did)
        if key and key.party == actor:
            return None
    parties = signers(state, signed)
    for party in parties:
        membership = state.membership(party, actor)
        if membership and membership.open and membership.may_sign:
            return None
    return refuse(
        Code.NOT_AUTHORISED, who=", ".join(parties),
        need_zh=f"没有替 {actor} 签名的授权", need_en=f"it has no mandate to sign for {actor}",
    )  # fmt: skip


def member_signs_too(state: State, signed: Signed) -> Refusal | None:
    """Refuse to make a member of somebody who ever had a key and did not sign.

    Who never had one can be taken by the cooperative that admitted it, or by any where the
    authority did: else a cooperative could take another's farmer and speak for it.
    """
    event = signed.event
    if not isinstance(event, g.MembershipBegan):
        return None
    member, ledger = state.party(event.member), state.ledger()
    if member is None or ledger is None or event.member in signers(state, signed):
        return None
    if member.had_key or member.admitted_by not in (event.actor, ledger.authority):
        return refuse(Code.MEMBER_MUST_SIGN, member=event.member)
    return None
