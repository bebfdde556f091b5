"""A real ledger on PostgreSQL, and a season of signed envelopes to write into it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import psycopg
import pytest

from api.demo.season import Season, season
from ledger import vault
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.exporter import export_ledger
from ledger.keys import Ed25519Key
from ledger.schema import install
from ledger.sequencer import Sequencer

ORIGIN = "suyuan.example/445381"
LOG_KEY = Ed25519Key.from_seed(b"the log of the tests, 32 bytes..")
VKEY = encode_vkey(NoteSigner(ORIGIN, LOG_KEY).verifier)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class LedgerUnderTest:
    """A ledger's database, and sequencers over it that are stopped at the end."""

    url: str
    log_key: Ed25519Key = LOG_KEY
    vkey: str = VKEY
    sequencers: list[Sequencer] = field(default_factory=list)

    @cached_property
    def sequencer(self) -> Sequencer:
        """The process that most tests write through."""
        return self.another()

    def another(self) -> Sequencer:
        """A second process would have one of its own."""
        sequencer = Sequencer(self.url, self.log_key, clock=lambda: NOW).start()
        self.sequencers.append(sequencer)
        return sequencer

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect, with autocommit."""
        return psycopg.connect(self.url, autocommit=True)

    def export(self) -> list[bytes]:
        """Give the lines of a whole export."""
        with self.connect() as conn:
            return list(export_ledger(conn))


@pytest.fixture
def ledger(database_url: str) -> Iterator[LedgerUnderTest]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        install(conn, vault.SQL)
    under_test = LedgerUnderTest(database_url)
    yield under_test
    for sequencer in under_test.sequencers:
        sequencer.stop()


@pytest.fixture(scope="session")
def told() -> Season:
    """The demo county's season: some 580 valid events of all kinds."""
    return season(NOW, ORIGIN, VKEY)
