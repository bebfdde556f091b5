"""Installing the ledger's tables, and saying plainly when a database can't be reached."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Final

import psycopg

from ledger.errors import LedgerError

_INSTALL_LOCK: Final = 0x53757975616E


class DatabaseUnreachable(LedgerError):
    """The database does not answer, or refuses us."""


def install(conn: psycopg.Connection, *scripts: str) -> None:
    """Create what is missing of the ledger's tables, and run further scripts, all or nothing.

    Safe to run by several processes at once, and on every start.
    """
    sql = files("ledger").joinpath("ledger.sql").read_text("utf-8")
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_INSTALL_LOCK])
        for script in (sql, *scripts):
            conn.execute(script.encode())


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
