"""The sequencer: callers hand in envelopes, one thread decides and writes them a group at a time.

Any process may be the sequencer at any time: the head's row is the only coordination. A process
that finds another was first catches up and decides again, then under the head's lock, so that it
can't be overtaken for ever.
"""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from msgspec import Struct

from domain.events.catalogue import AnyEvent
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger import log
from ledger.candidate import Candidate, read_candidate
from ledger.group import Decider, Group, Repeat, Row
from ledger.keys import Ed25519Key
from ledger.models import ModelCache
from ledger.outcome import Admission, Busy, Outcome, WriteFailed
from ledger.receipt import Receipt
from ledger.receipts import receipt_for
from ledger.writer import Writer

MAX_GROUP: Final = 1000
MAX_WAITING: Final = 20_000
_SLICE: Final = 32
_CATCH_UP: Final = 5000

Clock = Callable[[], datetime]


class Parcel(Struct):
    """Envelopes that one caller handed in together, in order, with where the answer goes."""

    reading: list[Future[list[Candidate | Refusal]]]
    size: int
    answer: Future[list[Outcome]]


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
        self._parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(os.cpu_count() or 1, "verify")
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> "Sequencer":
        """Begin to write."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        self._parcels.put(None)
        self._thread.join()
        self._readers.shutdown()
        self._disconnect()

    def submit(self, raws: Sequence[bytes]) -> Future[list[Outcome]]:
        """Hand in envelopes; the answer has one outcome for each, in order.

        Raises:
            Busy: where too many wait already; nothing of these is taken then.
        """
        with self._lock:
            if self._waiting + len(raws) > MAX_WAITING and self._waiting:
                raise Busy(retry_after=1 + self._waiting // 5000)
            self._waiting += len(raws)
        slices = [raws[at : at + _SLICE] for at in range(0, len(raws), _SLICE)]
        reading = [self._readers.submit(_read_slice, part) for part in slices]
        parcel = Parcel(reading, len(raws), Future())
        self._parcels.put(parcel)
        return parcel.answer

    def admit(self, raw: bytes) -> Outcome:
        """Hand in one envelope and wait for its outcome."""
        return self.submit([raw]).result()[0]

    def _run(self) -> None:
        while True:
            parcels, last = self._take()
            if parcels:
                self._answer(parcels)
            if last:
                return

    def _take(self) -> tuple[list[Parcel], bool]:
        """Wait for a parcel, then take what else has queued up, whole parcels at a time."""
        first = self._parcels.get()
        if first is None:
            return [], True
        parcels, size = [first], first.size
        while size < MAX_GROUP:
            try:
                more = self._parcels.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return parcels, True
            parcels.append(more)
            size += more.size
        return parcels, False

    def _answer(self, parcels: list[Parcel]) -> None:
        candidates = [c for parcel in parcels for part in parcel.reading for c in part.result()]
        try:
            outcomes: list[Outcome] = []
            for at in range(0, len(candidates), MAX_GROUP):
                outcomes += self._write(candidates[at : at + MAX_GROUP])
        except Exception as error:  # noqa: BLE001  every caller must hear of it
            self._fail(parcels, error)
            return
        finally:
            with self._lock:
                self._waiting -= len(candidates)
        at = 0
        for parcel in parcels:
            parcel.answer.set_result(outcomes[at : at + parcel.size])
            at += parcel.size

    def _fail(self, parcels: list[Parcel], error: Exception) -> None:
        self._disconnect()
        failure = WriteFailed(f"the ledger could not be written: {error}")
        failure.__cause__ = error
        for parcel in parcels:
            parcel.answer.set_exception(failure)

    def _write(self, candidates: Sequence[Candidate | Refusal]) -> list[Outcome]:
        conn = self._connected()
        candidates = [self._check_opening(candidate) for candidate in candidates]
        group, receipts = self._attempt(conn, candidates)
        if receipts is None:
            with conn.transaction():
                conn.execute("SELECT position FROM ledger.head FOR UPDATE")
                self._catch_up(conn)
                group, receipts = self._attempt(conn, candidates)
        if receipts is None:
            raise WriteFailed("the ledger's head moved under its own lock")
        self._cache.trim()
        return _outcomes(conn, group, receipts)

    def _check_opening(self, candidate: Candidate | Refusal) -> Candidate | Refusal:
        if isinstance(candidate, Refusal) or not isinstance(candidate.signed.event, LedgerOpened):
            return candidate
        return self._writer.refuse_opening(candidate.signed.event) or candidate

    def _attempt(
        self, conn: psycopg.Connection[Any], candidates: Sequence[Candidate | Refusal]
    ) -> tuple[Group, list[Receipt] | None]:
        now = max(self._clock(), self._last_admitted)
        group = self._decider.decide(conn, candidates, self._position, now)
        if not group.rows:
            # A refusal must hold as of the ledger's head, not of where we were left behind.
            return group, [] if log.head(conn) == self._position else None
        if self._position == 0:
            self._open(log.event_of(group.rows[0].stored))
        receipts = self._writer.write(conn, group)
        if receipts is None:
            self._decider.revert(group)
        else:
            self._position += len(group.rows)
            self._last_admitted = now
        return group, receipts

    def _connected(self) -> psycopg.Connection[Any]:
        if self._conn is None or self._conn.closed:
            conn = psycopg.connect(self._url, autocommit=True)
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


def _read_slice(raws: Sequence[bytes]) -> list[Candidate | Refusal]:
    return [read_candidate(raw) for raw in raws]


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
