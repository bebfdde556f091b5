"""Random histories through signatures, PostgreSQL and the projections, against the reference."""

from itertools import count
from typing import ClassVar, Final

import psycopg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace
from typing_extensions import override

from domain.events.catalogue import AnyEvent
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.exporter import export_ledger
from ledger.keys import Ed25519Key
from ledger.verifier import Verified, verify
from projections import halts, holdings, recall, trace
from projections.registry import ALL
from projections.runner import Runner
from tests.histories import Histories
from tests.recorded_world import LOG_KEY, ORIGIN, RecordedLedger
from tests.story import Spot
from tests.worlds import Ledger

pytestmark = pytest.mark.slow

VKEY: Final = encode_vkey(NoteSigner(ORIGIN, LOG_KEY).verifier)
_NUMBERS: Final = count(1)


class _OpenedLedger(RecordedLedger):
    """Opens under the key that its sequencer signs with."""

    @override
    def submit(self, event: AnyEvent, keys: tuple[Ed25519Key, ...], now: object) -> int | Refusal:
        if isinstance(event, LedgerOpened):
            event = replace(event, origin=ORIGIN, log_key=VKEY)
        return super().submit(event, keys, now)  # type: ignore[arg-type]


class RecordedHistories(Histories):
    """Compares at the end of a history what the read models show and what an auditor finds."""

    server: ClassVar[str]

    @override
    def make_ledger(self) -> Ledger:
        """Give a ledger in a database of its own."""
        self.name = f"histories_{next(_NUMBERS)}"
        with psycopg.connect(self.server, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {self.name} TEMPLATE template0".encode())
        self.recorded = _OpenedLedger(self.server.replace("/suyuan?", f"/{self.name}?"))
        return self.recorded

    @override
    def teardown(self) -> None:
        try:
            self.recorded.sequencer.stop()
            Runner(self.recorded.url, ALL).catch_up()
            with self.recorded.connect() as conn:
                self._holdings_are_the_references(conn)
                self._traces_are_the_references(conn)
                self._recalls_add_up_and_are_the_references(conn)
                self._what_is_held_is_the_references(conn)
                result = verify(export_ledger(conn))
                assert isinstance(result, Verified), result
        finally:
            with psycopg.connect(self.server, autocommit=True) as conn:
                conn.execute(f"DROP DATABASE {self.name} WITH (FORCE)".encode())

    def _holdings_are_the_references(self, conn: psycopg.Connection) -> None:
        story = self.reference.story
        held: dict[Spot, int] = {}
        reserved: dict[Spot, int] = {}
        for found in holdings.of_batches(conn, self.batches()).values():
            for holding in found:
                spot = (holding.batch, holding.party, holding.place)
                held[spot], reserved[spot] = holding.quantity, holding.reserved
        assert _without_noughts(held) == _without_noughts(story.held)
        assert _without_noughts(reserved) == _without_noughts(story.reserved)

    def _traces_are_the_references(self, conn: psycopg.Connection) -> None:
        story = self.reference.story
        for batch in self.batches():
            found = trace.trace(conn, batch, "both")
            assert found is not None
            family = {batch} | story.ancestors(batch) | story.descendants(batch)
            assert {node.key for node in found.nodes} == family

    def _recalls_add_up_and_are_the_references(self, conn: psycopg.Connection) -> None:
        story = self.reference.story
        for batch in self.batches():
            found = recall.recall(conn, batch)
            assert found is not None
            assert found.unbalanced == ()
            below = {batch} | story.descendants(batch)
            assert {one.batch: one.made for one in found.balances} == {
                name: story.made[name] for name in below
            }
            for one in found.balances:
                gone = story.gone[one.batch]
                assert (one.on_the_way, one.gone_out) == (gone["travelling"], gone["sold"])
                assert (one.used, one.disposed, one.lost) == (
                    gone["used"], gone["disposed"], gone["lost"],
                )  # fmt: skip
            here = {(s.batch, h.party, h.place): s.quantity for h in found.here for s in h.batches}
            held = {spot: number for spot, number in story.held.items() if spot[0] in below}
            assert here == _without_noughts(held)

    def _what_is_held_is_the_references(self, conn: psycopg.Connection) -> None:
        over = halts.over(conn, self.batches())
        for batch in self.batches():
            kinds = [halt.kind for halt in over.get(batch, [])]
            code = {"recall": "recalled", "hold": "on-hold"}[kinds[0]] if kinds else None
            assert self.reference.story.halted([batch]) == code


def _without_noughts(numbers: dict[Spot, int]) -> dict[Spot, int]:
    return {spot: number for spot, number in numbers.items() if number}


def test_random_histories_in_postgresql_agree_with_the_reference(database_server: str) -> None:
    RecordedHistories.server = database_server
    run_state_machine_as_test(
        RecordedHistories, settings=settings(max_examples=10, stateful_step_count=40)
    )
