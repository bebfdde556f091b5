"""Building a read model anew beside the live one, and switching: readers never see a gap."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol
from zlib import crc32

import psycopg

from ledger import log
from ledger.log import Recorded
from projections import schemas

_RUN: Final = 5000
"""Events in one transaction; nobody waits for them, so more than the follower takes."""


class Buildable(schemas.Model, Protocol):
    """A read model that can be built from events."""

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write what these events come to."""
        ...


def rebuild(
    database_url: str, projection: Buildable, progress: Callable[[int, int], None] | None = None
) -> int:
    """Build `<name>_next` from the first event on, put it in place of `<name>`, give its position.

    The live schema is written on and read meanwhile. Of two rebuilds of one model at once the
    second waits for the first. What a crashed rebuild left behind is dropped by the next.

    Raises:
        psycopg.Error: where the database fails; the live schema then stays as it is.
    """
    name = projection.name
    built, old = f"{name}_next", f"{name}_old"
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [crc32(f"rebuild {name}".encode())])
        schemas.install(conn, projection)
        schemas.drop(conn, old)
        schemas.drop(conn, built)
        with conn.transaction():
            schemas.create(conn, projection, built)
        position = _build(conn, projection, built, progress)
        with conn.transaction():
            # 1) nobody writes the live schema now; 2) what it has more, the new one gets too
            standing = schemas.lock(conn, name)
            while standing and position < standing[0]:
                position = _step(conn, projection, built, position)
            # 3) both names change at once
            schemas.switch(conn, name, built, old)
        # Waits for readers that are still in the old tables; new ones find the new.
        schemas.drop(conn, old)
    return position


def _build(
    conn: psycopg.Connection[Any],
    projection: Buildable,
    schema: str,
    progress: Callable[[int, int], None] | None,
) -> int:
    position, head = 0, log.head(conn)
    while position < head:
        with conn.transaction():
            position = _step(conn, projection, schema, position)
        if progress:
            progress(position, head)
    return position


def _step(conn: psycopg.Connection[Any], projection: Buildable, schema: str, position: int) -> int:
    events = log.read(conn, position, _RUN)
    schemas.enter(conn, schema)
    with conn.cursor() as cursor:
        projection.apply(cursor, events)
    schemas.advance(conn, schema, events[-1].position)
    return events[-1].position
