"""A new event: the fields that each has from the start, and its envelope."""

import os
from datetime import datetime
from typing import TypedDict

from domain.events.catalogue import AnyEvent, encode
from domain.ids import EventId, PartyId, uuid7
from ledger import envelope
from ledger.keys import SigningKey


class Common(TypedDict):
    """The fields that every event has."""

    id: EventId
    occurred_at: datetime
    actor: PartyId
    nonce: bytes
    refs: tuple[EventId, ...]


def common(actor: PartyId, at: datetime, *refs: EventId) -> Common:
    """Give the common fields of a new event that follows from `refs`."""
    return Common(
        id=uuid7(int(at.timestamp() * 1000), os.urandom(10)), occurred_at=at, actor=actor,
        nonce=os.urandom(16), refs=tuple(dict.fromkeys(refs)),
    )  # fmt: skip


def signed(event: AnyEvent, *keys: SigningKey) -> bytes:
    """Give the envelope of an event as the ledger stores it."""
    return envelope.to_bytes(envelope.sign(encode(event), *keys))
