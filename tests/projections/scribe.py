"""Writes signed events into a ledger by SQL, without the rules: what projections are tested on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg

from domain.events.catalogue import AnyEvent, encode, type_of
from ledger import envelope, log, schema
from ledger.keys import Ed25519Key
from projections import schemas
from projections.runner import Projection

KEY = Ed25519Key.from_seed(bytes(range(32)))
START = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def fresh(conn: psycopg.Connection) -> None:
    """Empty the ledger, which is made where there is none: quicker than a new database."""
    conn.execute("SET client_min_messages = warning")
    row = conn.execute("SELECT to_regclass('ledger.head') IS NOT NULL").fetchone()
    if not row or not row[0]:
        schema.install(conn)
        for table in ("event", "tag"):
            conn.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER append_only".encode())
    conn.execute(
        "DELETE FROM ledger.event; DELETE FROM ledger.tag; UPDATE ledger.head SET position=0"
    )


def fresh_model(conn: psycopg.Connection, model: schemas.Model) -> None:
    """Empty a read model, which is made where there is none."""
    schemas.install(conn, model)
    tables = conn.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'progress'",
        [model.name],
    ).fetchall()
    statements = [f"DELETE FROM {model.name}.{table}" for (table,) in tables]  # noqa: S608
    statements.append(f"UPDATE {model.name}.progress SET position = 0")  # noqa: S608
    conn.execute("; ".join(statements).encode())


def write(conn: psycopg.Connection, events: Iterable[AnyEvent]) -> int:
    """Append events, admitted a second after each other, and give the last position."""
    row = conn.execute("SELECT position FROM ledger.head").fetchone()
    assert row is not None
    position = row[0]
    with conn.transaction():
        rows, tags = [], []
        for event in events:
            position += 1
            data = envelope.to_bytes(envelope.sign(encode(event), KEY))
            rows.append((position, type_of(event), data, admitted(position)))
            tags.append((f"event:{event.id}", position))
        with conn.cursor() as cursor:
            cursor.executemany("INSERT INTO ledger.event VALUES (%s, %s, %s, %s)", rows)
            cursor.executemany("INSERT INTO ledger.tag VALUES (%s, %s)", tags)
        conn.execute("UPDATE ledger.head SET position = %s", [position])
        conn.execute("SELECT pg_notify('ledger', %s)", [str(position)])
    return int(position)


def admitted(position: int) -> datetime:
    """Give the ledger's time for a position."""
    return START + timedelta(days=60, seconds=position)


def project(
    conn: psycopg.Connection, events: Sequence[AnyEvent], models: Sequence[Projection],
    size: int = 1000, first: int | None = None,
) -> None:  # fmt: skip
    """Write a history into an emptied ledger, and project it so many events at a time.

    `first` is the size of the first run, where it is another.
    """
    fresh(conn)
    write(conn, events)
    for model in models:
        fresh_model(conn, model)
        position = 0
        while found := log.read(conn, position, size if position else first or size):
            with conn.transaction(), conn.cursor() as cursor:
                schemas.enter(conn, model.name)
                model.apply(cursor, found)
                schemas.advance(conn, model.name, found[-1].position)
            position = found[-1].position
