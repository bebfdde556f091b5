"""The fields that every event has (design: canonical JSON, RFC 8785)."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from domain.ids import EventId, PartyId, PlaceId

MAX_REFS = 64
MAX_ITEMS = 200

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
"""One line of text for people: no control characters, at most 200."""


class Event(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="type", gc=False,
):  # fmt: skip
    """A fact, complete in itself, that its actor signed.

    `id` is the author's, so that a retry is the same event; `nonce` is 128 random bits, so that
    the public digest tells nothing; `refs` are the events it follows from. An event holds nothing
    that could hold it, so that the search for reference cycles passes it by.
    """

    id: EventId
    occurred_at: Annotated[datetime, Meta(tz=True, description="RFC 3339 with its offset")]
    actor: PartyId
    nonce: Annotated[bytes, Meta(min_length=16, max_length=16, description="128 bits, base64")]
    refs: Annotated[tuple[EventId, ...], Meta(max_length=MAX_REFS)] = ()


class Movement(Event, frozen=True, kw_only=True):
    """An event that happens at a place."""

    place: PlaceId
