"""A read model's PostgreSQL schema: made, found, locked, switched for a newly built one."""

from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

_INSTALL_LOCK: Final = 0x70726F6A
"""Holds processes that start at once from making the same schema twice."""

_FURNITURE: Final = """
CREATE TABLE progress (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL CHECK (position >= 0),
    version  integer NOT NULL
);
-- The last correction of each corrected event, as of this schema's position.
CREATE TABLE correction (
    event    text   PRIMARY KEY,
    position bigint NOT NULL
);
"""
"""Tables that every read model's schema has."""


class Model(Protocol):
    """What of a read model its schema depends on."""

    @property
    def name(self) -> str:
        """The schema's name."""
        ...

    @property
    def version(self) -> int:
        """Goes up with every change of the tables or of what is written into them."""
        ...

    @property
    def sql(self) -> str:
        """The tables, written unqualified."""
        ...


def enter(conn: Connection, schema: str) -> None:
    """Let unqualified names mean this schema's, until the transaction ends."""
    conn.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))


def version_of(conn: Connection, schema: str) -> int | None:
    """Give the version that a schema was built by; None where there is no such schema."""
    if not _exists(conn, schema):
        return None
    row = conn.execute(_progress("SELECT version FROM {}", schema)).fetchone()
    return int(row[0]) if row else None


def position_of(conn: Connection, schema: str) -> int | None:
    """Give the position a schema stands at; None where there is no such schema."""
    if not _exists(conn, schema):
        return None
    row = conn.execute(_progress("SELECT position FROM {}", schema)).fetchone()
    return int(row[0]) if row else None


def lock(conn: Connection, schema: str) -> tuple[int, int] | None:
    """Give a schema's position and version, and keep other writers out until the commit."""
    row = conn.execute(_progress("SELECT position, version FROM {} FOR UPDATE", schema)).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def advance(conn: Connection, schema: str, position: int) -> None:
    """Set a schema's position, in the transaction that wrote its rows."""
    conn.execute(_progress("UPDATE {} SET position = %s", schema), [position])


def install(conn: Connection, model: Model) -> None:
    """Make a model's schema where it is not there yet."""
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_INSTALL_LOCK])
        if not _exists(conn, model.name):
            create(conn, model, model.name)


def create(conn: Connection, model: Model, schema: str) -> None:
    """Make a schema with a model's tables, at position 0."""
    conn.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    enter(conn, schema)
    conn.execute(_FURNITURE.encode())
    conn.execute(model.sql.encode())
    conn.execute("INSERT INTO progress (position, version) VALUES (0, %s)", [model.version])


def drop(conn: Connection, schema: str) -> None:
    """Drop a schema, if it is there."""
    conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def switch(conn: Connection, name: str, built: str, old: str) -> None:
    """Put a built schema in the place of the live one, which is kept under another name."""
    rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    conn.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
    conn.execute(rename.format(sql.Identifier(built), sql.Identifier(name)))


def _exists(conn: Connection, schema: str) -> bool:
    row = conn.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{schema}".progress']).fetchone()
    return bool(row and row[0])


def _progress(statement: str, schema: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(schema, "progress"))
