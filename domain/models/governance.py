"""Models of the ledger itself, its parties, keys and memberships."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.events import governance as g
from domain.events.catalogue import AnyEvent


class LogKey(Struct, frozen=True):
    """A key that signs checkpoints of `since` events and more, until the next one does."""

    vkey: str
    since: int


class Ledger(Struct, frozen=True):
    """The county, its authority, the rule set in force, and the log's keys, the newest last."""

    county: str
    authority: str
    rules: str
    origin: str = ""
    log_keys: tuple[LogKey, ...] = ()


class Party(Struct, frozen=True):
    """A party's kind and roles, who admitted it, and whether it ever had a key."""

    kind: g.PartyKind
    roles: frozenset[g.Role]
    admitted_by: str
    had_key: bool = False


class Key(Struct, frozen=True):
    """Whom a key speaks for, and until when."""

    party: str
    custody: g.Custody
    expires: datetime | None = None
    revoked_by: str | None = None
    revoked_at: int | None = None


class Membership(Struct, frozen=True):
    """A cooperative's member; `open` until it ends."""

    may_sign: bool
    open: bool = True


def evolve_ledger(model: Ledger | None, event: AnyEvent, position: int) -> Ledger | None:
    """Fold one event into the ledger's model."""
    match event:
        case g.LedgerOpened():
            first = LogKey(event.log_key, position)
            return Ledger(event.county, event.actor, event.rules, event.origin, (first,))
        case g.RulesAdopted() if model:
            return replace(model, rules=event.rules)
        case g.LogRotated() if model:
            return replace(model, log_keys=(*model.log_keys, LogKey(event.log_key, position)))
        case _:
            return model


def evolve_party(model: Party | None, event: AnyEvent) -> Party | None:
    """Fold one event into a party's model."""
    match event:
        case g.LedgerOpened():
            return Party(
                g.PartyKind.ORGANISATION, frozenset({g.Role.AUTHORITY}), event.actor, had_key=True
            )
        case g.PartyAdmitted():
            return Party(event.kind, frozenset(event.roles), event.actor)
        case g.KeyBound() if model:
            return replace(model, had_key=True)
        case _:
            return model


def evolve_key(model: Key | None, event: AnyEvent, position: int) -> Key | None:
    """Fold one event into a key's model."""
    match event:
        case g.LedgerOpened():
            return Key(event.actor, g.Custody.DEVICE)
        case g.KeyBound():
            return Key(event.party, event.custody, event.expires)
        case g.KeyRevoked() if model:
            return replace(model, revoked_by=event.id, revoked_at=position)
        case _:
            return model


def evolve_membership(model: Membership | None, event: AnyEvent) -> Membership | None:
    """Fold one event into a membership's model."""
    if isinstance(event, g.MembershipBegan):
        return Membership(event.may_sign)
    if isinstance(event, g.MembershipEnded) and model:
        return replace(model, open=False)
    return model
