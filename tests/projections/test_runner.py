"""The runner applies each event exactly once, whatever crashes, and never leaves readers a gap."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from typing_extensions import override

from ledger import schema
from ledger.log import Recorded
from projections import holdings, schemas
from projections.holdings_projection import HoldingsProjection
from projections.registry import ALL
from projections.runner import OutOfDate, Runner
from tests.projections.happenings import GTIN, harvested, lot, masters, sold, transformed
from tests.projections.scribe import KEY, write


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        schema.install(connection)
        write(connection, masters(KEY.did))
        yield connection


def harvest(conn: psycopg.Connection, number: int, quantity: int = 1) -> int:
    """Write so many harvests of each of five lots; give the position."""
    return write(conn, [harvested(lot(n % 5), quantity) for n in range(number)])


def held(conn: psycopg.Connection) -> list[int]:
    return [holding.quantity for n in range(5) for holding in holdings.of_batch(conn, lot(n))]


class Crashing(HoldingsProjection):
    """Loses its connection in every second run, when its rows are written."""

    def __init__(self) -> None:
        self.runs = 0

    @override
    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        super().apply(cursor, events)
        self.runs += 1
        if self.runs % 2:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


class Newer(HoldingsProjection):
    """A release in which holdings have another column."""

    version = 2  # type: ignore[misc]
    sql = HoldingsProjection.sql + "ALTER TABLE holding ADD COLUMN colour text DEFAULT 'green';"  # type: ignore[misc]


def test_all_models_reach_the_head(database_url: str, conn: psycopg.Connection) -> None:
    head = harvest(conn, 3)
    runner = Runner(database_url, ALL)
    assert not runner.has_caught_up()
    told: list[tuple[int, int]] = []
    assert runner.catch_up(lambda position, of: told.append((position, of))) == head
    assert runner.positions() == {model.name: head for model in ALL}
    assert told[-1] == (head, head)
    assert runner.has_caught_up()


def test_an_empty_ledger_is_caught_up_with_at_once(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        schema.install(connection)
    runner = Runner(database_url, ALL)
    assert runner.catch_up() == 0
    assert runner.wait_for(0, 0)


def test_a_crash_in_the_middle_of_a_run_neither_loses_nor_doubles(
    database_url: str, conn: psycopg.Connection
) -> None:
    head = harvest(conn, 2500)
    projection = Crashing()
    runner = Runner(database_url, [projection])
    runner.start()
    try:
        assert runner.wait_for(head, 30)
        assert projection.runs > 3
        assert held(conn) == [500] * 5
    finally:
        runner.stop()


def test_a_follower_comes_back_after_its_connections_were_cut(
    database_url: str, conn: psycopg.Connection
) -> None:
    runner = Runner(database_url, ALL)
    runner.start()
    try:
        assert runner.wait_for(harvest(conn, 5), 30)
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert runner.wait_for(harvest(conn, 5), 30)
        assert held(conn) == [2] * 5
        deadline = time.monotonic() + 5
        while runner.failure and time.monotonic() < deadline:
            time.sleep(0.01)
        assert runner.failure is None
    finally:
        runner.stop()


def test_what_a_crash_of_the_database_took_back_is_made_again(
    database_url: str, conn: psycopg.Connection
) -> None:
    runner = Runner(database_url, [HoldingsProjection()])
    head = harvest(conn, 5)
    assert runner.catch_up() == head
    before = held(conn)
    schemas.drop(conn, "holdings")
    assert runner.catch_up() == head
    assert held(conn) == before != []


def test_a_new_event_shows_without_waiting_for_the_next_look(
    database_url: str, conn: psycopg.Connection
) -> None:
    runner = Runner(database_url, ALL)
    runner.start()
    try:
        assert runner.wait_for(harvest(conn, 5), 30)
        assert not runner.wait_for(10_000, 0.01)
    finally:
        runner.stop()


def test_two_runners_share_the_work_and_do_it_once(
    database_url: str, conn: psycopg.Connection
) -> None:
    runners = [Runner(database_url, [HoldingsProjection()]) for _ in range(2)]
    for runner in runners:
        runner.start()
    try:
        head = max(harvest(conn, 50) for _ in range(10))
        assert all(runner.wait_for(head, 30) for runner in runners)
        assert held(conn) == [100] * 5
    finally:
        for runner in runners:
            runner.stop()


def test_readers_see_no_gap_while_a_model_is_rebuilt_and_written_to(
    database_url: str, conn: psycopg.Connection
) -> None:
    harvest(conn, 1500)
    runner = Runner(database_url, [HoldingsProjection()])
    runner.start()
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        with psycopg.connect(database_url, autocommit=True) as reader:
            while not done.is_set():
                seen.append(sum(held(reader)))

    reader = threading.Thread(target=read)
    try:
        assert runner.wait_for(1500, 30)
        reader.start()
        told: list[tuple[int, int]] = []
        head = 0
        for _ in range(3):
            head = harvest(conn, 50)
            runner.rebuild("holdings", lambda position, of: told.append((position, of)))
        assert runner.wait_for(head, 30)
    finally:
        done.set()
        reader.join()
        runner.stop()
    assert len(seen) > 3
    assert min(seen) >= 1480
    assert seen == sorted(seen)
    assert sum(held(conn)) == 1650
    assert told


def test_a_crashed_rebuild_leaves_the_live_model_and_is_cleared_away_by_the_next(
    database_url: str, conn: psycopg.Connection
) -> None:
    harvest(conn, 10)
    Runner(database_url, [HoldingsProjection()]).catch_up()
    crashing = Runner(database_url, [Crashing()])
    with pytest.raises(psycopg.OperationalError):
        crashing.rebuild("holdings")
    assert held(conn) == [2] * 5
    Runner(database_url, [HoldingsProjection()]).rebuild("holdings")
    assert held(conn) == [2] * 5
    left = conn.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'holdings%'")
    assert left.fetchall() == [("holdings",)]


def test_a_new_version_is_built_by_itself_and_stops_the_old_one(
    database_url: str, conn: psycopg.Connection
) -> None:
    harvest(conn, 10)
    old = Runner(database_url, [HoldingsProjection()])
    old.catch_up()
    Runner(database_url, [Newer()]).catch_up()
    assert schemas.version_of(conn, "holdings") == 2
    assert conn.execute("SELECT DISTINCT colour FROM holdings.holding").fetchall() == [("green",)]
    harvest(conn, 5)
    with pytest.raises(OutOfDate, match="restart"):
        old.catch_up()
    assert held(conn) == [2] * 5


def test_a_rebuilt_model_equals_the_one_that_grew(
    database_url: str, conn: psycopg.Connection
) -> None:
    write(conn, [
        harvested(f"{GTIN}/A", 10), transformed({f"{GTIN}/A": 10}, {f"{GTIN}/B": 9}),
        sold(f"{GTIN}/B", 4),
    ])  # fmt: skip
    runner = Runner(database_url, ALL)
    runner.catch_up()
    query = "SELECT batch, body, position FROM passport.document ORDER BY batch"
    grown = conn.execute(query).fetchall()
    for projection in ALL:
        runner.rebuild(projection.name)
    assert conn.execute(query).fetchall() == grown
    assert len(grown) == 2
