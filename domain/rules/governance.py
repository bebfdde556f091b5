"""Admitting parties, binding and revoking keys, taking members."""

from domain.events import governance as g
from domain.events.governance import PartyKind, Role
from domain.produce import RULE_SETS, tables_digest
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def rule_set_known(_state: State, event: g.RulesAdopted) -> Refusal | None:
    """Refuse a rule set that this program does not have to the letter."""
    rules = RULE_SETS.get(event.rules)
    if rules is None or tables_digest(rules) != event.tables:
        return refuse(Code.UNKNOWN_RULES, rules=event.rules)
    return None


def log_key_new(state: State, event: g.LogRotated) -> Refusal | None:
    """Refuse a log key under another name than the log's, or one that signed before.

    A key comes back never: whoever stole it could sign with it again.
    """
    ledger = state.ledger()
    if ledger is None or not event.log_key.startswith(f"{ledger.origin}+"):
        return refuse(Code.WRONG_LOG_KEY, key=event.log_key)
    if any(key.vkey == event.log_key for key in ledger.log_keys):
        return refuse(Code.EXISTS, what=event.log_key)
    return None


def party_new(state: State, event: g.PartyAdmitted) -> Refusal | None:
    """Refuse to admit a party twice."""
    if state.party(event.party):
        return refuse(Code.EXISTS, what=event.party)
    return None


def no_personal_data(_state: State, event: g.PartyAdmitted) -> Refusal | None:
    """Refuse a person's name in the ledger.

    Source: 个人信息保护法 (2021), Art. 6 (no more than the purpose needs), Art. 47 (erasure).
    """
    if event.kind is PartyKind.PERSON and event.name is not None:
        return refuse(Code.PERSONAL_DATA, path="$.name")
    return None


def cooperative_admits_farmers(state: State, event: g.PartyAdmitted) -> Refusal | None:
    """Refuse a cooperative that admits anyone but a farmer."""
    if _is_authority(state, event.actor):
        return None
    if event.roles == (Role.FARMER,):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh="合作社只能登记农户", need_en="a cooperative admits farmers only",
    )  # fmt: skip


def party_known(state: State, event: g.KeyBound) -> Refusal | None:
    """Refuse a key for a party that is not admitted."""
    if state.party(event.party) is None:
        return refuse(Code.UNKNOWN_PARTY, party=event.party)
    return None


def key_new(state: State, event: g.KeyBound) -> Refusal | None:
    """Refuse to bind a key twice: a revoked one does not come back."""
    if state.key(event.key):
        return refuse(Code.EXISTS, what=event.key)
    return None


def key_of_party(state: State, event: g.KeyRevoked) -> Refusal | None:
    """Refuse to revoke a key that is not that party's, or is revoked already."""
    key = state.key(event.key)
    if key is None or key.party != event.party:
        return refuse(Code.UNKNOWN_KEY, key=event.key)
    if key.revoked_by:
        return refuse(
            Code.KEY_REVOKED, key=event.key, cause=key.revoked_by, position=key.revoked_at
        )
    return None


def may_manage_keys(state: State, event: g.KeyBound | g.KeyRevoked) -> Refusal | None:
    """Refuse anyone but the party itself, its cooperative and the authority."""
    if event.actor == event.party or _is_authority(state, event.actor):
        return None
    membership = state.membership(event.actor, event.party)
    if membership and membership.open:
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh=f"只有本人、所在合作社或主管部门能管理 {event.party} 的密钥",
        need_en=f"only {event.party}, its cooperative or the authority manages its keys",
    )  # fmt: skip


def member_known(state: State, event: g.MembershipBegan) -> Refusal | None:
    """Refuse to take a member that is not admitted, or is a member already."""
    if state.party(event.member) is None:
        return refuse(Code.UNKNOWN_PARTY, party=event.member)
    membership = state.membership(event.actor, event.member)
    if membership and membership.open:
        return refuse(
            Code.EXISTS, what_zh=f"{event.actor} 的社员 {event.member}",
            what_en=f"{event.member} as a member of {event.actor}",
        )  # fmt: skip
    return None


def is_member(state: State, event: g.MembershipEnded) -> Refusal | None:
    """Refuse to part from somebody who is no member."""
    membership = state.membership(event.actor, event.member)
    if membership and membership.open:
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh=f"{event.member} 现在不是它的社员",
        need_en=f"{event.member} is no member of it now",
    )  # fmt: skip


def _is_authority(state: State, party_id: str) -> bool:
    party = state.party(party_id)
    return party is not None and Role.AUTHORITY in party.roles
