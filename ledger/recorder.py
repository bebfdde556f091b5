"""The ledger as `eventsourcing`'s `DCBRecorder`: generic, it knows types and tags but no rule.

Every append takes the head's lock, unconditional ones too, so that positions are contiguous and no
reader skips one. Admission sits above it (`ledger.sequencer`); this is for the library's tools.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import psycopg
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
    DCBSubscription,
)
from eventsourcing.persistence import IntegrityError
from typing_extensions import override

from ledger import log

_PAGE: Final = 1000
_POLL_S: Final = 1.0


class PostgresRecorder(DCBRecorder):
    """Reads from, and appends to, an installed ledger."""

    def __init__(self, database_url: str) -> None:
        """Open a connection for each call: the library's tools are not in a hurry."""
        self.database_url = database_url

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection with autocommit."""
        return psycopg.connect(self.database_url, autocommit=True)

    @override
    def read(
        self,
        query: DCBQuery | None = None,
        *,
        after: int | None = None,
        limit: int | None = None,
    ) -> "ReadResponse":
        """Give the events that match, after a position, at most so many, in order."""
        return ReadResponse(self, query or DCBQuery(), after or 0, limit)

    @override
    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> int:
        """Append events, all or none, and give the last one's position.

        Raises:
            IntegrityError: where an event matches the condition.
        """
        with self.connect() as conn, conn.transaction():
            row = conn.execute(
                "UPDATE ledger.head SET position = position + %s RETURNING position",
                [len(events)],
            ).fetchone()
            last = int(row[0]) if row else 0
            if condition and _matches(conn, condition, last - len(events)):
                raise IntegrityError("an event in the ledger matches the append condition")
            _insert(conn, events, last - len(events))
            conn.execute("SELECT pg_notify('ledger', %s::text)", [last])
        return last

    @override
    def subscribe(
        self, query: DCBQuery | None = None, *, after: int | None = None
    ) -> "Subscription":
        """Follow the events that match, for ever."""
        return Subscription(self, query, after)


class ReadResponse(DCBReadResponse):
    """Matching events, read a page at a time up to the head as it was at the start."""

    def __init__(
        self, recorder: PostgresRecorder, query: DCBQuery, after: int, limit: int | None
    ) -> None:
        """Read the first page at once, so that `head` is known."""
        self._recorder = recorder
        self._query = query
        self._after = after
        self._left = limit
        with recorder.connect() as conn:
            self._upto = log.head(conn)
            self._page = self._read_page(conn)
        self._head: int | None = self._upto or None
        if limit is not None:
            self._head = self._page[-1].position if self._page else None
        self._events = self._all()

    @property
    @override
    def head(self) -> int | None:
        """The last position seen: the ledger's, or with a limit that of the last event read."""
        return self._head

    @override
    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)

    def _all(self) -> Iterator[DCBSequencedEvent]:
        while self._page:
            yield from self._page
            if len(self._page) < _PAGE:
                return
            with self._recorder.connect() as conn:
                self._page = self._read_page(conn)
            if self._left is not None and self._page:
                self._head = self._page[-1].position

    def _read_page(self, conn: psycopg.Connection[Any]) -> list[DCBSequencedEvent]:
        size = _PAGE if self._left is None else min(_PAGE, self._left)
        where, values = _where(self._query)
        rows = conn.execute(
            b"SELECT e.position, e.type, e.data, ARRAY("
            b"SELECT tag FROM ledger.tag t WHERE t.position = e.position)"
            b" FROM ledger.event e WHERE e.position > %s AND e.position <= %s AND "
            + where
            + b" ORDER BY e.position LIMIT %s",
            [self._after, self._upto, *values, size],
        ).fetchall()
        page = [
            DCBSequencedEvent(DCBEvent(type=row[1], data=bytes(row[2]), tags=row[3]), row[0])
            for row in rows
        ]
        if page:
            self._after = page[-1].position
        if self._left is not None:
            self._left -= len(page)
        return page


class Subscription(DCBSubscription[PostgresRecorder]):
    """Follows the ledger: woken by `NOTIFY`, and looks by itself every second in any case."""

    def __init__(
        self, recorder: PostgresRecorder, query: DCBQuery | None, after: int | None
    ) -> None:
        """Listen before the first read, so that nothing falls between."""
        super().__init__(recorder, query, after)
        self._conn = recorder.connect()
        self._conn.execute("LISTEN ledger")
        self._found: list[DCBSequencedEvent] = []

    @override
    def stop(self) -> None:
        """Stop; who waits for the next event is told that there is none."""
        super().stop()
        self._conn.close()

    @override
    def __next__(self) -> DCBSequencedEvent:
        while not self._found:
            if self._has_been_stopped:
                raise StopIteration
            response = self._recorder.read(self._query, after=self._last_position, limit=_PAGE)
            self._found = list(response)[::-1]
            if not self._found:
                self._wait()
        event = self._found.pop()
        self._last_position = event.position
        return event

    def _wait(self) -> None:
        try:
            for _ in self._conn.notifies(timeout=_POLL_S, stop_after=1):
                pass
        except psycopg.OperationalError:
            if not self._has_been_stopped:
                raise


def _insert(conn: psycopg.Connection[Any], events: Sequence[DCBEvent], base: int) -> None:
    positions = range(base + 1, base + len(events) + 1)
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.event (position, type, data) VALUES (%s, %s, %s)",
            [(p, e.type, e.data) for p, e in zip(positions, events, strict=True)],
        )
        cursor.executemany(
            "INSERT INTO ledger.tag (tag, position) VALUES (%s, %s)",
            [
                (tag, p)
                for p, e in zip(positions, events, strict=True)
                for tag in dict.fromkeys(e.tags)
            ],
        )


def _matches(conn: psycopg.Connection[Any], condition: DCBAppendCondition, upto: int) -> bool:
    where, values = _where(condition.fail_if_events_match)
    row = conn.execute(
        b"SELECT EXISTS (SELECT FROM ledger.event e"
        b" WHERE e.position > %s AND e.position <= %s AND " + where + b")",
        [condition.after or 0, upto, *values],
    ).fetchone()
    return bool(row and row[0])


def _where(query: DCBQuery) -> tuple[bytes, list[Any]]:
    """Build the condition for any of a query's items; no items match everything."""
    if not query.items:
        return b"true", []
    parts, values = [], []
    for item in query.items:
        part, part_values = _where_item(item)
        parts.append(part)
        values += part_values
    return b"(" + b" OR ".join(parts) + b")", values


def _where_item(item: DCBQueryItem) -> tuple[bytes, list[Any]]:
    parts: list[bytes] = [b"true"]
    values: list[Any] = []
    if item.types:
        parts.append(b"e.type = ANY(%s)")
        values.append(item.types)
    tags = list(dict.fromkeys(item.tags))
    if tags:
        parts.append(
            b"e.position IN (SELECT t.position FROM ledger.tag t WHERE t.tag = ANY(%s)"
            b" GROUP BY t.position HAVING count(*) = %s)"
        )
        values += [tags, len(tags)]
    return b"(" + b" AND ".join(parts) + b")", values
