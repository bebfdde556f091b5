"""Writing a county's founding, and harvests after it, to a real server."""

import itertools
from collections.abc import Iterator
from typing import Final

import msgspec

from domain.events.catalogue import encode
from domain.events.governance import LedgerOpened
from ledger import envelope
from tests import county
from tests.acceptance.served import Served
from tests.author import Author

ORIGIN: Final = "suyuan.example/luoding"


def found(server: Served, vkey: str, seed: int = 1) -> None:
    """Open the ledger under this log key, and register who and what there is."""
    for event, signers in Author(seed).founding():
        named = {"origin": ORIGIN, "log_key": vkey} if isinstance(event, LedgerOpened) else {}
        founding = msgspec.structs.replace(event, **named)
        keys = map(county.key_of, signers or (event.actor,))
        raw = envelope.to_bytes(envelope.sign(encode(founding), *keys))
        status, body = server.request("POST", "/api/events", raw)
        assert status == 201, body


def harvests(client: int, most: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Give signed harvests, each of a batch of its own, with their ids."""
    author = Author(1000 + client)
    for number in itertools.islice(itertools.count(), most):
        batch = county.lot(county.PADDY, f"K{client}-{number}")
        event = author.harvest(quantity=100, batch=batch)
        yield event.id, envelope.to_bytes(envelope.sign(encode(event), county.key_of(event.actor)))
