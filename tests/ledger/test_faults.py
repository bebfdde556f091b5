"""What befalls a database: full, restarted, cut off in the middle, changed on the disk."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from api.demo.season import Season
from api.embedded import embedded_server
from domain.events.movements import BatchHarvested
from domain.refusals import Refusal
from ledger.checkpoint import parse_vkey
from ledger.database_tiles import hash_reader
from ledger.exporter import export_batch, export_ledger
from ledger.outcome import Admission, Outcome, WriteFailed
from ledger.proofs import consistency_proof
from ledger.receipt import verify_receipt
from ledger.receipts import newest_checkpoint
from ledger.schema import install
from ledger.sequencer import Sequencer
from ledger.verifier import Failed, Verified, verify
from ledger.witness import Accepted, LastSeen, Refused, add_checkpoint, request_body
from tests.ledger.conftest import LOG_KEY, NOW, ORIGIN, VKEY, LedgerUnderTest


def _all_admitted(outcomes: list[Outcome]) -> list[Admission]:
    admitted = [outcome for outcome in outcomes if isinstance(outcome, Admission)]
    assert len(admitted) == len(outcomes)
    return admitted


def _counts(ledger: LedgerUnderTest) -> tuple[object, ...]:
    """Count events, the last tag and the head: all the same where nothing is half written."""
    with ledger.connect() as conn:
        row = conn.execute(
            "SELECT (SELECT count(*) FROM ledger.event), (SELECT max(position) FROM ledger.tag),"
            " (SELECT max(size) FROM ledger.checkpoint), (SELECT position FROM ledger.head)"
        ).fetchone()
    assert row
    return row


# Full


@contextmanager
def _small_disk(owner: int, mebibytes: int) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="suyuan-small-"))
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(  # noqa: S603  fixed words
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "suyuan-small", str(disk)],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        if mounted.returncode:
            pytest.skip(f"a small disk can't be mounted here: {mounted.stderr.strip()}")
        folder.chmod(0o755)
        disk.chmod(0o700)
        os.chown(disk, owner, -1)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=False, capture_output=True)  # noqa: S603, S607
        shutil.rmtree(folder, ignore_errors=True)


def test_on_a_full_disk_nothing_is_half_written_and_all_can_be_sent_again(told: Season) -> None:
    """The events lie on a disk of 2 MiB that a stranger's file fills; then it is taken away."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    with tempfile.TemporaryDirectory(prefix="suyuan-full-") as folder:
        Path(folder).chmod(0o755)
        with embedded_server(Path(folder) / "database") as url:
            ledger = LedgerUnderTest(url)
            with ledger.connect() as conn:
                row = conn.execute("SHOW data_directory").fetchone()
                assert row
                owner = Path(str(row[0])).stat().st_uid
                with _small_disk(owner, 2) as disk:
                    install(conn)
                    conn.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
                    conn.execute("ALTER TABLE ledger.event SET TABLESPACE small")
                    _fill_and_free(ledger, told, disk / "filler")
                    for sequencer in ledger.sequencers:
                        sequencer.stop()
                    conn.execute("ALTER TABLE ledger.event SET TABLESPACE pg_default")
                    conn.execute("DROP TABLESPACE small")


def _fill_and_free(ledger: LedgerUnderTest, told: Season, filler: Path) -> None:
    at = 100
    _all_admitted(ledger.sequencer.submit(told.envelopes[:at]).result())
    _fill(filler)
    while (failed := _failure(ledger, told.envelopes[at : at + 50])) is None:
        at += 50
    assert "space" in str(failed)
    assert _counts(ledger) == (at, at, at, at)
    assert _failure(ledger, told.envelopes[at : at + 50])
    filler.unlink()
    _all_admitted(ledger.sequencer.submit(told.envelopes[at:]).result())
    result = verify(ledger.export())
    assert isinstance(result, Verified), result
    assert result.events == len(told.envelopes)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096) == 4096:
            pass


def _failure(ledger: LedgerUnderTest, raws: list[bytes]) -> WriteFailed | None:
    try:
        _all_admitted(ledger.sequencer.submit(raws).result())
    except WriteFailed as failed:
        return failed
    return None


# Restarted, cut off


class _Restarted:
    """A writer who sends on until there is a receipt, on a database that is restarted meanwhile."""

    def __init__(self, ledger: LedgerUnderTest, raws: list[bytes]) -> None:
        self.given: list[Admission] = []
        self.half_way = threading.Event()
        self._ledger = ledger
        self._raws = raws

    def write(self) -> None:
        while len(self.given) < len(self._raws):
            at = len(self.given)
            self.given += self._sent(self._raws[at : at + 3])
            if at > 150:
                self.half_way.set()

    def _sent(self, part: list[bytes]) -> list[Admission]:
        # What was recorded before the answer was lost is known now, and gets its own receipt.
        while True:
            if (failed := _failure(self._ledger, part)) is None:
                with contextlib.suppress(WriteFailed):
                    return _all_admitted(self._ledger.sequencer.submit(part).result())
            assert failed is None or str(failed)
            time.sleep(0.01)


def test_a_database_restarted_under_writes_loses_and_doubles_nothing(told: Season) -> None:
    folder = Path(tempfile.mkdtemp(prefix="suyuan-restart-"))
    folder.chmod(0o755)
    try:
        with ThreadPoolExecutor(1) as thread:
            with embedded_server(folder) as url:
                ledger = LedgerUnderTest(url)
                with ledger.connect() as conn:
                    install(conn)
                writer = _Restarted(ledger, told.envelopes)
                writing = thread.submit(writer.write)
                assert writer.half_way.wait(60)
            assert not writing.done()
            with embedded_server(folder) as url:
                assert url == ledger.url
                writing.result(60)
                result = verify(ledger.export())
                for sequencer in ledger.sequencers:
                    sequencer.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert isinstance(result, Verified), result
    assert result.events == len(told.envelopes)
    assert [a.receipt.position for a in writer.given] == list(range(1, len(told.envelopes) + 1))
    for admission, raw in zip(writer.given, told.envelopes, strict=True):
        verify_receipt(admission.receipt, raw, VKEY)


def test_a_connection_lost_in_mid_group_fails_the_group_and_the_one_decided_on_it(
    ledger: LedgerUnderTest, told: Season
) -> None:
    _all_admitted(ledger.sequencer.submit(told.envelopes[:100]).result())
    with ledger.connect() as conn:
        with conn.transaction():
            # The statement that writes waits for the head: it is in the middle of its group.
            conn.execute("SELECT FROM ledger.head FOR UPDATE")
            first = ledger.sequencer.submit(told.envelopes[100:150])
            _until_somebody_waits(conn)
            second = ledger.sequencer.submit(told.envelopes[150:200])
            time.sleep(0.1)
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            _fails(first)
        _maybe_fails(second)
    assert _counts(ledger) == (100, 100, 100, 100)
    _all_admitted(ledger.sequencer.submit(told.envelopes[100:200]).result())
    assert isinstance(verify(ledger.export()), Verified)


def _until_somebody_waits(conn: psycopg.Connection[tuple[object, ...]]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if conn.execute(
            "SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchall():
            return
        time.sleep(0.01)
    pytest.fail("nobody waits for the head")


def _fails(future: Future[list[Outcome]]) -> None:
    with pytest.raises(WriteFailed):
        future.result(30)


def _maybe_fails(future: Future[list[Outcome]]) -> None:
    """Decided on what was lost it fails; handed in after that, its causes are not there."""
    try:
        outcomes = future.result(30)
    except WriteFailed:
        return
    assert all(isinstance(outcome, Refusal) for outcome in outcomes)


# Changed on the disk


@contextmanager
def _as_administrator(
    ledger: LedgerUnderTest, table: str
) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Change a table that is append-only, as one can who owns the database."""
    with ledger.connect() as conn:
        conn.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER append_only")
        yield conn
        conn.execute(f"ALTER TABLE ledger.{table} ENABLE ALWAYS TRIGGER append_only")


def test_a_tile_changed_on_the_disk_is_found_by_verifier_and_witness(
    ledger: LedgerUnderTest, told: Season
) -> None:
    """The hash of position 101 in the first tile becomes another."""
    _all_admitted(ledger.sequencer.submit(told.envelopes[:100]).result())
    with ledger.connect() as conn:
        seen = _cosign(conn, None, 0)
        assert isinstance(seen, Accepted)
    _all_admitted(ledger.sequencer.submit(told.envelopes[100:]).result())
    with _as_administrator(ledger, "tile") as conn:
        conn.execute(
            "UPDATE ledger.tile"
            " SET hashes = overlay(hashes placing sha256('other') from 100 * 32 + 1)"
            " WHERE level = 0 AND index = 0"
        )
    with ledger.connect() as conn:
        bundle = verify(list(export_batch(conn, [told.showcase])))
        refused = _cosign(conn, seen.seen, seen.seen.size)
    assert isinstance(bundle, Failed)
    # Every proof within this tile leads past it, that of the ledger's first event too.
    assert (bundle.code, bundle.position) == ("not-included", 1)
    assert isinstance(refused, Refused)
    assert refused.status == 422
    assert "100" in refused.body


def _cosign(
    conn: psycopg.Connection[tuple[object, ...]], seen: LastSeen | None, old: int
) -> Accepted | Refused:
    newest = newest_checkpoint(conn)
    assert newest
    proof = consistency_proof(old, newest[0], hash_reader(conn, newest[0]))
    request = request_body(old, proof, newest[1])
    return add_checkpoint(request, {ORIGIN: [parse_vkey(VKEY)]}, lambda _: seen)


def test_an_envelope_changed_on_the_disk_is_named_and_nothing_is_signed_over_it(
    ledger: LedgerUnderTest, told: Season
) -> None:
    _all_admitted(ledger.sequencer.submit(told.envelopes[:300]).result())
    with _as_administrator(ledger, "event") as conn:
        conn.execute(
            "UPDATE ledger.event SET data = overlay(data placing 'AAAA' from 40)"
            " WHERE position = 290"
        )
        failed = verify(list(export_ledger(conn)))
    assert isinstance(failed, Failed)
    assert failed.position == 290
    # A process that takes the ledger up finds another tree than was signed, and signs none of it.
    again = ledger.another()
    with pytest.raises(WriteFailed, match=r"position 300 .* checkpoint"):
        again.submit(told.envelopes[300:310]).result()
    assert _counts(ledger) == (300, 300, 300, 300)


def test_a_root_changed_in_a_tile_stops_the_next_writer(
    ledger: LedgerUnderTest, told: Season
) -> None:
    _all_admitted(ledger.sequencer.submit(told.envelopes[:300]).result())
    with _as_administrator(ledger, "tile") as conn:
        conn.execute("UPDATE ledger.tile SET root = sha256('other')")
    with pytest.raises(WriteFailed, match="changed in the database"):
        ledger.another().submit(told.envelopes[300:310]).result()


def test_a_history_rewritten_in_the_database_is_found_by_verifier_and_witness(
    ledger: LedgerUnderTest, told: Season
) -> None:
    """The operator leaves an event out, writes all others anew and signs it with the log's key."""
    _all_admitted(ledger.sequencer.submit(told.envelopes[:200]).result())
    with ledger.connect() as conn:
        newest = newest_checkpoint(conn)
        seen = _cosign(conn, None, 0)
    assert newest
    assert isinstance(seen, Accepted)
    ledger.sequencer.stop()
    ledger.sequencers.clear()
    with ledger.connect() as conn:
        conn.execute("DROP SCHEMA ledger CASCADE")
        install(conn)
    left_out = _unmissed(told)
    rewriting = Sequencer(ledger.url, LOG_KEY, clock=lambda: NOW).start()
    ledger.sequencers.append(rewriting)
    others = [raw for at, raw in enumerate(told.envelopes, 1) if at != left_out]
    rewriting.submit(others[:400]).result()
    with ledger.connect() as conn:
        alone = verify(list(export_ledger(conn)))
        failed = verify(list(export_ledger(conn)), since=newest[1])
        refused = _cosign(conn, seen.seen, 200)
    assert isinstance(alone, Verified), "it is a good ledger, but not the one that there was"
    assert isinstance(failed, Failed)
    assert (failed.code, failed.position) == ("rewritten", 200)
    assert isinstance(refused, Refused)
    assert refused.status == 422
    assert "200" in refused.body


def _unmissed(told: Season) -> int:
    """Find the position of an early harvest that could as well not be there."""
    return next(
        at for at, event in enumerate(told.events, 1)
        if isinstance(event, BatchHarvested) and at < 200
    )  # fmt: skip
