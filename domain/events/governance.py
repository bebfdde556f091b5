"""Who there is and who may say what: the ledger's opening, rules, parties, keys, memberships."""

from datetime import datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta

from domain.events.base import Event, Text
from domain.ids import County, DidKey, Division, Gln, PartyId, Sha256Hex


class PartyKind(Enum):
    """Whether a party is a person, whose name never stands in the ledger, or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Role(Enum):
    """What a party may do in the trade; one party may have several."""

    AUTHORITY = "authority"
    COOPERATIVE = "cooperative"
    FARMER = "farmer"
    PROCESSOR = "processor"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    RETAILER = "retailer"
    BUYER = "buyer"
    INSPECTOR = "inspector"


class Custody(Enum):
    """Where a private key is kept; a key kept by the server is shown as such everywhere."""

    DEVICE = "device"
    SERVER = "server"
    HSM = "hsm"


class LedgerOpened(Event, frozen=True, kw_only=True, tag="ledger.opened.v1"):
    """The genesis: the county, its authority (the actor) with its first key, and the log's key."""

    county: County
    origin: Annotated[
        str, Meta(min_length=1, max_length=120, pattern=r"^[^\s+]+\Z", description="tlog origin")
    ]
    authority_name: Text
    authority_key: DidKey
    log_key: Annotated[str, Meta(max_length=300, description="C2SP signed-note verifier key")]
    rules: Annotated[str, Meta(max_length=20, description="version of the rule set in force")]


class RulesAdopted(Event, frozen=True, kw_only=True, tag="rules.adopted.v1"):
    """The authority puts a rule set in force from this event's position on."""

    rules: Annotated[str, Meta(max_length=20)]
    tables: Sha256Hex


class LogRotated(Event, frozen=True, kw_only=True, tag="log.rotated.v1"):
    """The authority names the key that signs the log's checkpoints from this position on.

    The first checkpoint that covers this event is signed by the key before it too, so that who
    knows only that one can follow.
    """

    log_key: Annotated[str, Meta(max_length=300, description="C2SP signed-note verifier key")]
    reason: Text


class PartyAdmitted(Event, frozen=True, kw_only=True, tag="party.admitted.v1"):
    """The authority, or a cooperative for a farmer, admits a party.

    An organisation's name is public; a person's is kept in the vault and refused here.
    """

    party: PartyId
    kind: PartyKind
    roles: Annotated[tuple[Role, ...], Meta(min_length=1, max_length=9)]
    township: Division
    name: Text | None = None
    gln: Gln | None = None


class KeyBound(Event, frozen=True, kw_only=True, tag="key.bound.v1"):
    """A key may speak for a party, from this position on."""

    party: PartyId
    key: DidKey
    custody: Custody
    expires: Annotated[datetime, Meta(tz=True)] | None = None


class KeyRevoked(Event, frozen=True, kw_only=True, tag="key.revoked.v1"):
    """A key no longer speaks for its party, from this position on; what it signed stays valid."""

    party: PartyId
    key: DidKey
    reason: Text


class MembershipBegan(Event, frozen=True, kw_only=True, tag="membership.began.v1"):
    """A cooperative (the actor) takes a member, and may sign for it where `may_sign` says so."""

    member: PartyId
    may_sign: bool = False


class MembershipEnded(Event, frozen=True, kw_only=True, tag="membership.ended.v1"):
    """A cooperative (the actor) and a member part."""

    member: PartyId
    reason: Text
