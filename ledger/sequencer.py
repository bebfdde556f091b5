"""The sequencer: callers hand in envelopes, which are decided and written a group at a time.

Any process may be the sequencer at any time: the head's row is the only coordination. A process
that finds another was first catches up and decides again, then under the head's lock, so that it
can't be overtaken for ever.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import psycopg
from typing_extensions import override

from domain.events.governance import LedgerOpened, LogRotated
from domain.refusals import Refusal
from ledger import log
from ledger.append_statement import AppendStatement
from ledger.candidate import Candidate
from ledger.group import Decider, Group, Repeat, Row
from ledger.keys import Ed25519Key
from ledger.log_keys import NAMING
from ledger.log_signer import FindLogKey, only
from ledger.models import ModelCache
from ledger.outcome import Admission, Outcome, WriteFailed
from ledger.parcel import Deliver, Parcel
from ledger.pipeline import Ahead, Pipeline, Steps
from ledger.receipt import Receipt
from ledger.receipts import receipt_for
from ledger.waiting import Waiting
from ledger.writer import Sent, Writer

_CATCH_UP: Final = 5000

Clock = Callable[[], datetime]
Connection = psycopg.Connection[Any]
_Opened = TypeVar("_Opened")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sequencer:
    """Admits events; safe to call from any thread."""

    def __init__(
        self,
        database_url: str,
        log_key: Ed25519Key | FindLogKey,
        clock: Clock = _utc_now,
        on_failure: Callable[[WriteFailed], None] = lambda _failed: None,
    ) -> None:
        """Write to a ledger that is installed; `log_key`, or what finds it, signs checkpoints.

        `on_failure` hears once of what every caller of a group is told.
        """
        find = only(log_key) if isinstance(log_key, Ed25519Key) else log_key
        self._waiting = Waiting()
        self._admission = _Admission(database_url, find, clock, on_failure)
        # The writer's thread is busy on one core, and reads on it while it is not.
        self._pipeline = Pipeline(self._admission, processes=(os.cpu_count() or 1) - 1)

    def start(self) -> "Sequencer":
        """Begin to write."""
        self._pipeline.start()
        return self

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        self._pipeline.join()
        self._admission.disconnect()

    def hand_in(self, raws: Sequence[bytes], deliver: Deliver) -> None:
        """Hand in envelopes; `deliver` gets one outcome for each, in order, or what failed.

        Raises:
            Busy: where too many wait already; nothing of these is taken then.
        """
        self._waiting.take(raws)

        def done(answer: list[Outcome] | Exception) -> None:
            self._waiting.leave(raws)
            deliver(answer)

        self._pipeline.put(Parcel(raws, done))

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


@contextmanager
def sequencing(
    database_url: str, log_key: Ed25519Key | FindLogKey, clock: Clock = _utc_now
) -> Iterator[Sequencer]:
    """Give a sequencer that writes; another process may be writing too."""
    sequencer = Sequencer(database_url, log_key, clock).start()
    try:
        yield sequencer
    finally:
        sequencer.stop()


class _Admission(Steps):
    """Deciding and writing, with the state that the pipeline's thread keeps."""

    def __init__(
        self,
        database_url: str,
        find: FindLogKey,
        clock: Clock,
        on_failure: Callable[[WriteFailed], None],
    ) -> None:
        self._url = database_url
        self._clock = clock
        self._on_failure = on_failure
        self._writer = Writer(find)
        self._cache = ModelCache()
        self._decider = Decider(self._cache)
        self._reading: Connection | None = None
        self._writing: Connection | None = None
        self._append: AppendStatement | None = None
        self._locked: AppendStatement | None = None
        """The same over the connection that holds the head's lock, where it must."""
        self._sent: Sent | None = None
        self._decided = 0
        """The position up to which is decided; `_written` is where the ledger is."""
        self._written = 0
        self._last_admitted = datetime.min.replace(tzinfo=UTC)

    @override
    def full(self) -> bool:
        return self._cache.is_full()

    @override
    def begin(self) -> Group:
        self._connected()
        if self._decided == self._written:
            self._cache.trim()
        return self._begin()

    @override
    def decide(self, group: Group, parcels: list[Parcel]) -> None:
        self._decide(self._connected(), group, parcels, assume=True)

    def _begin(self) -> Group:
        self._last_admitted = max(self._clock(), self._last_admitted)
        return Group(self._decided, self._last_admitted)

    def _decide(
        self, conn: Connection, group: Group, parcels: list[Parcel], *, assume: bool
    ) -> None:
        candidates = [candidate for parcel in parcels for candidate in parcel.candidates]
        if not all(parcel.kinds.isdisjoint(NAMING) for parcel in parcels):
            candidates = [self._check_log_key(candidate) for candidate in candidates]
        self._decider.extend(conn, group, candidates, written=self._written, assume=assume)
        self._decided = group.base + len(group.rows)

    @override
    def send(self, group: Group) -> int | None:
        statement = _here(self._append)
        if not group.rows:
            return None
        self._sent = self._writer.send(statement, group)
        return statement.socket

    @override
    def arrived(self) -> bool:
        return _here(self._append).arrived()

    @override
    def written(self, group: Group) -> list[Outcome] | None:
        conn, sent, self._sent = _here(self._writing), self._sent, None
        if sent is None:
            # A refusal must hold as of the ledger's head and of what there is, not of what was
            # taken for new or where we were left behind.
            if group.assumed or log.head(conn) != group.base:
                return None
            return _outcomes(conn, group, [])
        receipts = self._writer.written(_here(self._append), sent)
        if receipts is None:
            return None
        self._written += len(group.rows)
        return _outcomes(conn, group, receipts)

    @override
    def write_again(self, under_way: list[Ahead]) -> list[list[Outcome]]:
        for ahead in reversed(under_way):
            self._decider.revert(ahead.group)
        self._decided = self._written
        conn = self._connected()
        answers = []
        with conn.transaction():
            conn.execute("SELECT position FROM ledger.head FOR UPDATE")
            self._catch_up(conn)
            for ahead in under_way:
                group = self._begin()
                self._decide(conn, group, ahead.parcels, assume=False)
                answers.append(self._write_locked(conn, group))
        return answers

    def _write_locked(self, conn: Connection, group: Group) -> list[Outcome]:
        receipts = self._writer.write(_here(self._locked), group) if group.rows else []
        if receipts is None:
            raise WriteFailed("the ledger's head moved under its own lock")
        self._written += len(group.rows)
        return _outcomes(conn, group, receipts)

    @override
    def take_back(self, group: Group) -> None:
        self._decider.revert(group)

    @override
    def failed(self, error: Exception) -> Exception:
        self.disconnect()
        told = WriteFailed(f"the ledger could not be written: {error}")
        told.__cause__ = error
        self._on_failure(told)
        return told

    def disconnect(self) -> None:
        """Close the connections; what is in memory is taken up anew with the next."""
        for conn in (self._reading, self._writing):
            if conn is not None:
                conn.close()
        self._reading = self._writing = self._append = self._locked = self._sent = None

    def _check_log_key(self, candidate: Candidate | Refusal) -> Candidate | Refusal:
        if isinstance(candidate, Candidate):
            event = candidate.signed.event
            if isinstance(event, LedgerOpened | LogRotated):
                return self._writer.refuse_key(event) or candidate
        return candidate

    def _connected(self) -> Connection:
        """Give the connection that the decider reads over, taking all up anew where it was lost."""
        if self._reading is None or self._reading.closed or self._writing is None:
            self.disconnect()
            # Kept at once, so that they are closed whatever fails from here on.
            self._writing = writing = self._connect()
            self._reading = self._connect()
            self._append = AppendStatement(writing)
            self._locked = AppendStatement(self._reading)
            with writing.transaction():
                # One moment for head, tree and checkpoint: another process may be writing.
                writing.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self._take_up(writing)
        return self._reading

    def _take_up(self, conn: Connection) -> None:
        position = log.head(conn)
        self._cache.clear()
        self._writer.check_key(self._cache.ledger(conn, position))
        self._writer.restore(conn, position)
        self._decided = self._written = position
        for last in log.read_stored(conn, position - 1, 1):
            self._last_admitted = last.admitted_at

    def _connect(self) -> Connection:
        conn = psycopg.connect(self._url, autocommit=True)
        # Every look-up of a writer is by primary key; a plan made while a table was small, and
        # kept, must not scan it when it has grown.
        conn.execute("SET enable_seqscan = off")
        return conn

    def _catch_up(self, conn: Connection) -> None:
        while rows := log.read_stored(conn, self._written, _CATCH_UP):
            self._cache.follow(rows)
            self._writer.follow([log.entry_of(row) for row in rows])
            self._decided = self._written = rows[-1].position
            self._last_admitted = max(self._last_admitted, rows[-1].admitted_at)


def _here(opened: _Opened | None) -> _Opened:
    if opened is None:
        raise WriteFailed("the connection was lost")
    return opened


def _outcomes(conn: Connection, group: Group, receipts: Sequence[Receipt]) -> list[Outcome]:
    fresh: dict[int, Receipt] = {receipt.position: receipt for receipt in receipts}
    outcomes: list[Outcome] = []
    for verdict in group.verdicts:
        match verdict:
            case Refusal():
                outcomes.append(verdict)
            case Row():
                outcomes.append(Admission(verdict.event.id, fresh[verdict.position]))
            case Repeat():
                receipt = fresh.get(verdict.position) or _old_receipt(conn, verdict.position)
                outcomes.append(Admission(verdict.event_id, receipt, already=True))
    return outcomes


def _old_receipt(conn: Connection, position: int) -> Receipt:
    return receipt_for(conn, log.read_stored(conn, position - 1, 1)[0])
