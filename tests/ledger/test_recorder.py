"""The recorder passes `eventsourcing`'s own suite, and keeps positions contiguous."""

import threading

import psycopg
import pytest
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.tests import DCBRecorderTestCase

from ledger.recorder import PostgresRecorder
from ledger.schema import install


@pytest.fixture
def recorder(database_url: str) -> PostgresRecorder:
    with psycopg.connect(database_url, autocommit=True) as conn:
        install(conn)
    return PostgresRecorder(database_url)


class _Suite(DCBRecorderTestCase):
    __test__ = False

    def read(self, recorder: PostgresRecorder) -> None:
        self._test_append_read(recorder)

    def subscribe(self, recorder: PostgresRecorder) -> None:
        self._test_append_subscribe(recorder)


def test_the_librarys_suite_for_append_and_read_passes(recorder: PostgresRecorder) -> None:
    _Suite().read(recorder)


def test_the_librarys_suite_for_append_and_subscribe_passes(recorder: PostgresRecorder) -> None:
    _Suite().subscribe(recorder)


def test_positions_are_contiguous_under_concurrent_appends(recorder: PostgresRecorder) -> None:
    def append() -> None:
        for _ in range(20):
            recorder.append([DCBEvent(type="t", data=b"d", tags=["x"])] * 3)

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.position for e in recorder.read()] == list(range(1, 241))


def test_a_long_read_goes_page_by_page_and_stops_at_the_head_it_saw(
    recorder: PostgresRecorder,
) -> None:
    recorder.append([DCBEvent(type="t", data=b"%d" % n, tags=["x"]) for n in range(2500)])
    response = recorder.read(DCBQuery([DCBQueryItem(tags=["x", "x"])]))
    recorder.append([DCBEvent(type="t", data=b"later", tags=["x"])])
    assert [e.event.data for e in response] == [b"%d" % n for n in range(2500)]
    limited = recorder.read(limit=1500)
    assert len(list(limited)) == 1500
    assert limited.head == 1500


def test_a_stopped_subscription_ends(recorder: PostgresRecorder) -> None:
    recorder.append([DCBEvent(type="t", data=b"d")])
    with recorder.subscribe() as subscription:
        assert next(subscription).position == 1
        subscription.stop()
        assert list(subscription) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.event SET type = 'x'",
        "DELETE FROM ledger.event",
        "TRUNCATE ledger.event",
        "DELETE FROM ledger.tag",
        "UPDATE ledger.checkpoint SET note = ''",
        "TRUNCATE ledger.tile",
        "SET session_replication_role = replica; DELETE FROM ledger.event",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_written(
    recorder: PostgresRecorder, statement: str
) -> None:
    recorder.append([DCBEvent(type="t", data=b"d", tags=["x"])])
    with recorder.connect() as conn, pytest.raises(psycopg.errors.RestrictViolation):
        conn.execute(statement.encode())
