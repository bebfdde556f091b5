"""Installing the ledger's tables, and saying plainly when a database can't be reached."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from typing import Final

import psycopg

from ledger.errors import LedgerError

_INSTALL_LOCK: Final = 0x53757975616E


class DatabaseUnreachable(LedgerError):
    """The database does not answer, or refuses us."""


def install(conn: psycopg.Connection, *scripts: str) -> None:
    """Create what is missing of the ledger's tables, and run further scripts, all or nothing.

    Safe to run by several processes at once, and on every start; a role that may not make tables
    can run it where all is made.
    """
    wanted = [files("ledger").joinpath("ledger.sql").read_text("utf-8"), *scripts]
    missing = [script for script in wanted if not _is_installed(conn, script)]
    if not missing:
        return
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_INSTALL_LOCK])
        for script in missing:
            conn.execute(script.encode())
            conn.execute(
                "INSERT INTO ledger.installed VALUES (%s) ON CONFLICT DO NOTHING",
                [_digest(script)],
            )


def _is_installed(conn: psycopg.Connection, script: str) -> bool:
    row = conn.execute("SELECT to_regclass('ledger.installed') IS NOT NULL").fetchone()
    if not row or not row[0]:
        return False
    found = conn.execute(
        "SELECT EXISTS (SELECT FROM ledger.installed WHERE script = %s)", [_digest(script)]
    ).fetchone()
    return bool(found and found[0])


def _digest(script: str) -> bytes:
    return sha256(script.encode()).digest()


@contextmanager
def reaching(url: str) -> Iterator[psycopg.Connection]:
    """Connect, with autocommit.

    Raises:
        DatabaseUnreachable: where there is no database to be had, with what the server said.
    """
    try:
        conn = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(f"the database can't be reached: {error}") from error
    with conn:
        yield conn
