"""Writes signed events into a ledger by SQL, without the rules: what projections are tested on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg

from domain.events.catalogue import AnyEvent, encode, type_of
from ledger import envelope, schema
from ledger.keys import Ed25519Key
from ledger.log import Recorded
from projections import schemas

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
    conn.execute("DELETE FROM ledger.event; DELETE FROM ledger.tag; UPDATE ledger.head SET position=0")


def fresh_model(conn: psycopg.Connection, model: schemas.Model) -> None:
    """Empty a read model, which is made where there is none."""
    schemas.install(conn, model)
    tables = conn.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'progress'",
        [model.name],
    ).fetchall()
    statements = [f"DELETE FROM {model.name}.{table}" for (table,) in tables]
    statements.append(f"UPDATE {model.name}.progress SET position = 0")
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
    return position


def admitted(position: int) -> datetime:
    """Give the ledger's time for a position."""
    return START + timedelta(days=60, seconds=position)


def recorded(events: Sequence[AnyEvent]) -> list[Recorded]:
    """Give events as they would be read from an empty ledger that they were written to."""
    return [
        Recorded(position, event, (KEY.did,), admitted(position))
        for position, event in enumerate(events, 1)
    ]
