"""Reading the ledger back: events in order, by id, and by tag."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct
from psycopg.rows import tuple_row

from domain import tags
from domain.events.catalogue import AnyEvent, decode
from domain.events.governance import LedgerOpened
from domain.state import Numbered
from ledger import envelope

Connection = psycopg.Connection[Any]


class Stored(NamedTuple):
    """A row of the ledger: the envelope's bytes as stored."""

    position: int
    data: bytes
    admitted_at: datetime


class Recorded(Struct, frozen=True):
    """An admitted event, decoded, with the keys that signed it."""

    position: int
    event: AnyEvent
    keyids: tuple[str, ...]
    admitted_at: datetime


def head(conn: Connection) -> int:
    """Give the last position; 0 for the empty ledger."""
    row = conn.execute("SELECT position FROM ledger.head").fetchone()
    return int(row[0]) if row else 0


def read_stored(conn: Connection, after: int, limit: int, upto: int | None = None) -> list[Stored]:
    """Give stored events in order, after a position and up to another."""
    with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        cursor.execute(
            "SELECT position, data, admitted_at FROM ledger.event"
            " WHERE position > %s AND (%s::bigint IS NULL OR position <= %s)"
            " ORDER BY position LIMIT %s",
            [after, upto, upto, limit],
        )
        return [Stored(*row) for row in cursor.fetchall()]


def read(conn: Connection, after: int, limit: int = 1000) -> list[Recorded]:
    """Give events in order, after a position, without a gap."""
    return [decoded(row) for row in read_stored(conn, after, limit)]


def opening(conn: Connection) -> LedgerOpened | None:
    """Give the genesis event; None for the empty ledger."""
    first = read(conn, 0, 1)
    return first[0].event if first and isinstance(first[0].event, LedgerOpened) else None


def find_stored(conn: Connection, event_id: str) -> Stored | None:
    """Find a stored event by its id."""
    rows = _by_tags(conn, [tags.recorded(event_id)], None)
    return rows[0][1] if rows else None


def find(conn: Connection, event_id: str) -> Recorded | None:
    """Find an event by its id."""
    stored = find_stored(conn, event_id)
    return decoded(stored) if stored else None


def numbered_by_tags(
    conn: Connection, wanted: Sequence[str], upto: int
) -> dict[str, list[Numbered]]:
    """Give the events of each tag in order, none later than a position."""
    found: dict[str, list[Numbered]] = {tag: [] for tag in wanted}
    for tag, stored in _by_tags(conn, wanted, upto):
        found[tag].append(Numbered(stored.position, event_of(stored.data)))
    return found


def stored_by_tags(
    conn: Connection, wanted: Sequence[str], upto: int
) -> Iterable[tuple[str, Stored]]:
    """Give (tag, stored event) for tags, in order of position, none later than a position."""
    return _by_tags(conn, wanted, upto)


def event_of(data: bytes) -> AnyEvent:
    """Decode the event of a stored envelope; its signature is not checked again."""
    return decode(envelope.parse(data).payload)


def decoded(stored: Stored) -> Recorded:
    """Decode a stored event, with the key ids that its envelope names."""
    parsed = envelope.parse(stored.data)
    keyids = tuple(signature.keyid for signature in parsed.signatures)
    return Recorded(stored.position, decode(parsed.payload), keyids, stored.admitted_at)


def _by_tags(conn: Connection, wanted: Sequence[str], upto: int | None) -> list[tuple[str, Stored]]:
    with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        cursor.execute(
            "SELECT t.tag, e.position, e.data, e.admitted_at"
            " FROM ledger.tag t JOIN ledger.event e USING (position)"
            " WHERE t.tag = ANY(%s) AND (%s::bigint IS NULL OR t.position <= %s)"
            " ORDER BY t.position",
            [list(wanted), upto, upto],
        )
        return [(row[0], Stored(row[1], row[2], row[3])) for row in cursor.fetchall()]


def entry_of(stored: Stored) -> bytes:
    """Give the log's entry of a stored event: the SHA-256 of its envelope."""
    return envelope.leaf_entry(stored.data)
