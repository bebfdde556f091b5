"""Brings every read model to the ledger's head, and keeps it there.

A run takes up to a thousand events; a model's rows and its position are written in one transaction
(exactly once, whatever crashes). The row lock on a model's position is the only coordination: of
two processes the second waits, sees the new position, and goes on from there. Two models go forward
at the same time, so that one computes while PostgreSQL works for the other.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any, Final, Protocol

import psycopg

from ledger import log
from ledger.log import Recorded
from projections import schemas
from projections.rebuild import rebuild

RUN: Final = 1000
"""Events in one transaction."""
POLL_S: Final = 0.25
"""How long a notification is waited for before the head is looked at anyway."""
LANES: Final = 2
"""Read models that go forward at the same time."""
_LONGEST_WAIT_S: Final = 5.0
_SETTING: Final = "SET synchronous_commit = off"
"""A crash may take the last runs back, rows and position together; they are made again."""

Progress = Callable[[int, int], None]
"""Told the position reached, and the ledger's head."""

_log = logging.getLogger(__name__)


class Projection(Protocol):
    """A read model: its schema's name and tables, and the step from events to rows."""

    @property
    def name(self) -> str:
        """The schema's name; readers qualify with it."""
        ...

    @property
    def version(self) -> int:
        """Goes up with every change of tables or of meaning; the runner then rebuilds."""
        ...

    @property
    def sql(self) -> str:
        """The tables, written unqualified (`projections/<name>.sql`)."""
        ...

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write what these events come to; unqualified names mean the model's own schema.

        The events follow directly on those applied before. Keep nothing in memory between calls:
        the transaction may be rolled back, and another process may make the next.
        """
        ...


class OutOfDate(Exception):
    """A newer release has rebuilt this read model; this process must be restarted."""


class Runner:
    """Runs projections, on demand or in a thread; safe to use from any thread."""

    def __init__(self, database_url: str, projections: Sequence[Projection]) -> None:
        """Run these over an installed ledger."""
        self._url = database_url
        self._projections = {projection.name: projection for projection in projections}
        self._positions = dict.fromkeys(self._projections, 0)
        self._moved = threading.Condition()
        self._caught_up = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: str | None = None
        """Why the last attempt failed; None while all is well."""

    def start(self) -> None:
        """Follow the ledger in a thread until `stop`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._follow, name="projections", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, after the run that it is in."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply all that the ledger holds, and give its head.

        Raises:
            psycopg.Error: where the database can't be reached or fails.
            OutOfDate: where a newer release has rebuilt one of the read models.
        """
        with _lanes(self._url) as lanes:
            self._prepare(lanes.conn, progress)
            return self._run(lanes, progress)

    def has_caught_up(self) -> bool:
        """Tell whether the ledger's head was reached once since this runner was made."""
        return self._caught_up.is_set()

    def positions(self) -> dict[str, int]:
        """Give the position that each read model is known to stand at, by name."""
        with self._moved:
            return dict(self._positions)

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait until every read model shows a position; tells whether it does in time (seconds)."""
        with self._moved:
            return self._moved.wait_for(
                lambda: min(self._positions.values(), default=position) >= position, timeout
            )

    def rebuild(self, name: str, progress: Progress | None = None) -> int:
        """Build a read model anew beside the live one, switch, and give the position reached.

        Raises:
            KeyError: where there is no such read model.
        """
        position = rebuild(self._url, self._projections[name], progress)
        self._reached(name, position)
        return position

    def _prepare(self, conn: psycopg.Connection[Any], progress: Progress | None) -> None:
        for projection in self._projections.values():
            schemas.install(conn, projection)
            built_by = schemas.version_of(conn, projection.name)
            if built_by is not None and built_by < projection.version:
                _log.info("%s is of version %d: rebuilding", projection.name, built_by)
                rebuild(self._url, projection, progress)
            self._stands(projection.name, schemas.position_of(conn, projection.name) or 0)

    def _run(self, lanes: "_Lanes", progress: Progress | None = None) -> int:
        """Apply runs until the head that stood at the beginning is reached by all."""
        head = log.head(lanes.conn)
        reading = _Reading()
        while (low := min(self.positions().values(), default=head)) < head:
            if self._stopping.is_set() and self._thread is not None:
                return low
            positions = self.positions()
            behind = [each for each in self._projections.values() if positions[each.name] < head]
            lanes.run([partial(self._advance, each, reading) for each in behind])
            if progress:
                progress(min(self.positions().values()), head)
        self._caught_up.set()
        return head

    def _advance(
        self, projection: Projection, reading: "_Reading", conn: psycopg.Connection[Any]
    ) -> None:
        self._reached(projection.name, _step(conn, projection, reading))

    def _stands(self, name: str, position: int) -> None:
        """Take a model's position as the database has it: a crash may have taken it back."""
        with self._moved:
            self._positions[name] = position
            self._moved.notify_all()

    def _reached(self, name: str, position: int) -> None:
        with self._moved:
            self._positions[name] = max(position, self._positions[name])
            self._moved.notify_all()

    def _follow(self) -> None:
        wait = 0.1
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._follow_over_one_connection()
            except psycopg.OperationalError as error:
                self.failure = f"the database can't be reached: {error}"
                _log.warning("projections wait for the database: %s", error)
            except Exception as error:  # noqa: BLE001  told in `failure`, and tried again
                self.failure = f"{type(error).__name__}: {error}"
                _log.exception("projections stopped, and try again")
            wait = 0.1 if time.monotonic() - began > _LONGEST_WAIT_S else wait
            self._stopping.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT_S)

    def _follow_over_one_connection(self) -> None:
        with _lanes(self._url) as lanes:
            lanes.conn.execute("LISTEN ledger")
            self._prepare(lanes.conn, None)
            while not self._stopping.is_set():
                self._run(lanes)
                self.failure = None
                for _ in lanes.conn.notifies(timeout=POLL_S, stop_after=1):
                    pass


class _Lanes:
    """Connections with a thread each; `conn`, the first, is the caller's while nothing runs."""

    def __init__(
        self, connections: Sequence[psycopg.Connection[Any]], threads: ThreadPoolExecutor
    ) -> None:
        self.conn = connections[0]
        self._threads = threads
        self._free: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()
        for each in connections:
            self._free.put(each)

    def run(self, work: Sequence[Callable[[psycopg.Connection[Any]], None]]) -> None:
        """Do all of it, and then raise the first error of any."""
        done = [self._threads.submit(self._one, each) for each in work]
        wait(done)
        for each in done:
            each.result()

    def _one(self, work: Callable[[psycopg.Connection[Any]], None]) -> None:
        conn = self._free.get()
        try:
            work(conn)
        finally:
            self._free.put(conn)


@contextmanager
def _lanes(url: str) -> Iterator[_Lanes]:
    with ExitStack() as stack:
        connections = [
            stack.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(LANES)
        ]
        for conn in connections:
            conn.execute(_SETTING)
        threads = stack.enter_context(ThreadPoolExecutor(LANES, "projection"))
        yield _Lanes(connections, threads)


class _Reading:
    """Reads runs of events; models that stand at the same position share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._after = -1
        self._events: list[Recorded] = []

    def after(self, position: int, conn: psycopg.Connection[Any]) -> list[Recorded]:
        with self._lock:
            if position != self._after or len(self._events) < RUN:
                self._events = log.read(conn, position, RUN)
                self._after = position
            return self._events


def _step(conn: psycopg.Connection[Any], projection: Projection, reading: _Reading) -> int:
    """Apply one run to one read model, and give its position."""
    with conn.transaction():
        standing = schemas.lock(conn, projection.name)
        if standing is None or standing[1] != projection.version:
            raise OutOfDate(f"{projection.name} was rebuilt by another release: restart")
        events = reading.after(standing[0], conn)
        if not events:
            return standing[0]
        schemas.enter(conn, projection.name)
        with conn.cursor() as cursor:
            projection.apply(cursor, events)
        schemas.advance(conn, projection.name, events[-1].position)
    return events[-1].position
