"""The sequencer: callers hand in envelopes, one thread decides and writes them a group at a time.

Any process may be the sequencer at any time: the head's row is the only coordination. A process
that finds another was first catches up and decides again, then under the head's lock, so that it
can't be overtaken for ever.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from domain.events.catalogue import AnyEvent
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger import arrays, log
from ledger.candidate import Candidate
from ledger.group import Decider, Group, Repeat, Row
from ledger.intake import Deliver, Intake, Parcel
from ledger.keys import Ed25519Key
from ledger.models import ModelCache
from ledger.outcome import Admission, Busy, Outcome, WriteFailed
from ledger.receipt import Receipt
from ledger.receipts import receipt_for
from ledger.writer import Writer

MAX_GROUP: Final = 1000
MAX_WAITING: Final = 20_000
_CATCH_UP: Final = 5000

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sequencer:
    """Admits events; safe to call from any thread."""

    def __init__(self, database_url: str, log_key: Ed25519Key, clock: Clock = _utc_now) -> None:
        """Write to a ledger that is installed; `log_key` signs its checkpoints."""
        self._url = database_url
        self._clock = clock
        self._writer = Writer(log_key)
        self._cache = ModelCache()
        self._decider = Decider(self._cache)
        self._conn: psycopg.Connection[Any] | None = None
        self._position = 0
        self._last_admitted = datetime.min.replace(tzinfo=UTC)
        self._waiting = 0
        self._lock = threading.Lock()
        self._intake = Intake(os.cpu_count() or 1)
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> "Sequencer":
        """Begin to write."""
        self._intake.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        self._intake.close()
        self._thread.join()
        self._disconnect()

    def hand_in(self, raws: Sequence[bytes], deliver: Deliver) -> None:
        """Hand in envelopes; `deliver` gets one outcome for each, in order, or what failed.

        Raises:
            Busy: where too many wait already; nothing of these is taken then.
        """
        with self._lock:
            if self._waiting and self._waiting + len(raws) > MAX_WAITING:
                raise Busy(retry_after=1 + self._waiting // 5000)
            self._waiting += len(raws)
        self._intake.put(Parcel(raws, deliver))

    def submit(self, raws: Sequence[bytes]) -> Future[list[Outcome]]:
        """Hand in envelopes; the future has one outcome for each, in order.

        Raises:
            Busy: where too many wait already; nothing of these is taken then.
        """
        future: Future[list[Outcome]] = Future()

        def deliver(answer: list[Outcome] | Exception) -> None:
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        self.hand_in(raws, deliver)
        return future

    def admit(self, raw: bytes) -> Outcome:
        """Hand in one envelope and wait for its outcome."""
        return self.submit([raw]).result()[0]

    def _run(self) -> None:
        while (parcels := self._intake.take(MAX_GROUP)) is not None:
            self._answer(parcels)

    def _answer(self, parcels: list[Parcel]) -> None:
        candidates = [c for parcel in parcels for c in parcel.candidates]
        outcomes: list[Outcome] = []
        failure: Exception | None = None
        try:
            for at in range(0, len(candidates), MAX_GROUP):
                outcomes += self._write(candidates[at : at + MAX_GROUP])
        except Exception as error:  # noqa: BLE001  every caller must hear of it
            self._disconnect()
            failure = WriteFailed(f"the ledger could not be written: {error}")
            failure.__cause__ = error
        with self._lock:
            self._waiting -= len(candidates)
        at = 0
        for parcel in parcels:
            parcel.deliver(failure or outcomes[at : at + len(parcel.raws)])
            at += len(parcel.raws)

    def _write(self, candidates: Sequence[Candidate | Refusal]) -> list[Outcome]:
        conn = self._connected()
        candidates = [self._check_opening(candidate) for candidate in candidates]
        group, receipts = self._attempt(conn, candidates, assume=True)
        if receipts is None:
            with conn.transaction():
                conn.execute("SELECT position FROM ledger.head FOR UPDATE")
                self._catch_up(conn)
                group, receipts = self._attempt(conn, candidates, assume=False)
        if receipts is None:
            raise WriteFailed("the ledger's head moved under its own lock")
        self._cache.trim()
        return _outcomes(conn, group, receipts)

    def _check_opening(self, candidate: Candidate | Refusal) -> Candidate | Refusal:
        if isinstance(candidate, Refusal) or not isinstance(candidate.signed.event, LedgerOpened):
            return candidate
        return self._writer.refuse_opening(candidate.signed.event) or candidate

    def _attempt(
        self,
        conn: psycopg.Connection[Any],
        candidates: Sequence[Candidate | Refusal],
        *,
        assume: bool,
    ) -> tuple[Group, list[Receipt] | None]:
        now = max(self._clock(), self._last_admitted)
        group = self._decider.decide(conn, candidates, self._position, now, assume=assume)
        receipts = self._write_rows(conn, group)
        if receipts is None:
            self._decider.revert(group)
        elif receipts:
            self._position += len(group.rows)
            self._last_admitted = now
        return group, receipts

    def _write_rows(self, conn: psycopg.Connection[Any], group: Group) -> list[Receipt] | None:
        if group.rows:
            if self._position == 0:
                self._open(log.event_of(group.rows[0].stored))
            return self._writer.write(conn, group)
        # A refusal must hold as of the ledger's head and of what there is, not of what we took
        # for new or where we were left behind.
        return None if group.assumed or log.head(conn) != self._position else []

    def _connected(self) -> psycopg.Connection[Any]:
        if self._conn is None or self._conn.closed:
            conn = psycopg.connect(self._url, autocommit=True)
            arrays.register(conn)
            # Every look-up of a writer is by primary key; a plan made while a table was small,
            # and kept, must not scan it when it has grown.
            conn.execute("SET enable_seqscan = off")
            position = log.head(conn)
            self._cache.clear()
            for first in log.read(conn, 0, 1):
                self._open(first.event)
            self._writer.restore(conn, position)
            self._position = position
            last = log.read_stored(conn, position - 1, 1)
            if last:
                self._last_admitted = last[0].admitted_at
            self._conn = conn
        return self._conn

    def _open(self, event: AnyEvent) -> None:
        if isinstance(event, LedgerOpened):
            self._writer.open(event)

    def _catch_up(self, conn: psycopg.Connection[Any]) -> None:
        while rows := log.read_stored(conn, self._position, _CATCH_UP):
            if self._position == 0:
                self._open(log.event_of(rows[0].data))
            self._cache.follow(rows)
            self._writer.follow([log.entry_of(row) for row in rows])
            self._position = rows[-1].position
            self._last_admitted = max(self._last_admitted, rows[-1].admitted_at)

    def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


def _outcomes(
    conn: psycopg.Connection[Any], group: Group, receipts: Sequence[Receipt]
) -> list[Outcome]:
    fresh: dict[int, Receipt] = {receipt.position: receipt for receipt in receipts}
    outcomes: list[Outcome] = []
    for verdict in group.verdicts:
        match verdict:
            case Refusal():
                outcomes.append(verdict)
            case Row():
                outcomes.append(Admission(verdict.event_id, fresh[verdict.position]))
            case Repeat():
                receipt = fresh.get(verdict.position) or _old_receipt(conn, verdict.position)
                outcomes.append(Admission(verdict.event_id, receipt, already=True))
    return outcomes


def _old_receipt(conn: psycopg.Connection[Any], position: int) -> Receipt:
    return receipt_for(conn, log.read_stored(conn, position - 1, 1)[0])
