"""Geographical-indication marks: who may use one, and a batch's claim to it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from domain.events.base import Event, Text
from domain.events.registry import Category, Names
from domain.ids import Division, EventId, MarkCode, PartyId
from domain.measures import Amount, Unit


class MarkClaim(Struct, frozen=True, forbid_unknown_fields=True):
    """That a new batch bears a mark: which one, by which authorisation, given to whom.

    `party` is the actor, or a cooperative of which the actor is a member.
    """

    mark: MarkCode
    grant: EventId
    party: PartyId


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that may be harvested under an authorisation: what its area can yield."""

    quantity: Amount
    unit: Unit


class MarkGranted(Event, frozen=True, kw_only=True, tag="mark.granted.v1"):
    """The authority lets a party use a geographical-indication mark; its id names the grant.

    Without a `quota` nothing is harvested under it: it is for who processes marked goods.
    """

    mark: MarkCode
    names: Names
    party: PartyId
    categories: Annotated[tuple[Category, ...], Meta(min_length=1, max_length=20)]
    townships: Annotated[tuple[Division, ...], Meta(min_length=1, max_length=50)]
    quota: Quota | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class MarkRevoked(Event, frozen=True, kw_only=True, tag="mark.revoked.v1"):
    """The authority takes a grant back, from this position on; what bears the mark keeps it."""

    mark: MarkCode
    grant: EventId
    reason: Text
