"""The simulated county over a real ledger: PostgreSQL, the sequencer, and a clock under control."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import psycopg
from msgspec.structs import replace
from typing_extensions import override

from domain.events import governance as g
from domain.events.catalogue import AnyEvent
from domain.refusals import Refusal
from ledger import vault
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key
from ledger.schema import install
from ledger.sequencer import Sequencer
from tests import county
from tests.worlds import World, sealed

ORIGIN: Final = "suyuan.example/luoding"
LOG_KEY: Final = Ed25519Key.from_seed(b"the log of a recorded world, 32.")


class RecordedLedger:
    """A ledger in PostgreSQL whose clock shows what the last submission said."""

    def __init__(self, database_url: str) -> None:
        """Write to an empty database."""
        self.url: Final = database_url
        self.now: datetime = county.START
        with psycopg.connect(database_url, autocommit=True) as conn:
            install(conn, vault.SQL)
        self.sequencer: Final = Sequencer(database_url, LOG_KEY, clock=lambda: self.now).start()

    def submit(self, event: AnyEvent, keys: tuple[Ed25519Key, ...], now: datetime) -> int | Refusal:
        """Admit an event, giving its position, or refuse it."""
        self.now = now
        outcome = self.sequencer.admit(sealed(event, keys))
        return outcome if isinstance(outcome, Refusal) else outcome.receipt.position

    def connect(self) -> psycopg.Connection[Any]:
        """Connect, with autocommit."""
        return psycopg.connect(self.url, autocommit=True)


class RecordedWorld(World):
    """A county whose ledger is real."""

    @override
    def genesis(self) -> g.LedgerOpened:
        """Open the ledger under the log's real key."""
        vkey = encode_vkey(NoteSigner(ORIGIN, LOG_KEY).verifier)
        return replace(super().genesis(), origin=ORIGIN, log_key=vkey)


@contextmanager
def recorded_world(database_url: str) -> Iterator[tuple[RecordedWorld, RecordedLedger]]:
    """Give a county that works, over a database that is empty."""
    ledger = RecordedLedger(database_url)
    try:
        world = RecordedWorld(ledger)
        for event, signers in world.founding():
            world.admit(event, *signers)
        yield world, ledger
    finally:
        ledger.sequencer.stop()
