"""Installing the ledger's tables, and saying plainly when a database can't be reached."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.errors import InsufficientPrivilege

from ledger.errors import LedgerError

_INSTALL_LOCK: Final = 0x53757975616E
_MADE: Final = re.compile(r"^CREATE TABLE IF NOT EXISTS (\w+)\.(\w+)", re.MULTILINE)


class DatabaseUnreachable(LedgerError):
    """The database does not answer, or refuses us."""


def install(conn: psycopg.Connection[Any], *scripts: str) -> None:
    """Create what is missing of the ledger's tables, and run further scripts, all or nothing.

    Safe to run by several processes at once, and on every start; a role that may not make tables
    can run it where all is made.

    Raises:
        DatabaseUnreachable: where something is missing and this role may not make it.
    """
    wanted = [files("ledger").joinpath("ledger.sql").read_text("utf-8"), *scripts]
    if not _missing(conn, wanted):
        return
    try:
        with conn.transaction():
            conn.execute("SELECT pg_advisory_xact_lock(%s)", [_INSTALL_LOCK])
            for script in _missing(conn, wanted):
                conn.execute(script.encode())
                conn.execute(
                    "INSERT INTO ledger.installed VALUES (%s) ON CONFLICT DO NOTHING",
                    [_digest(script)],
                )
    except InsufficientPrivilege as error:
        raise DatabaseUnreachable(
            "tables are missing that this role may not make; run `suyuan prepare` as the role that"
            f" owns them, then docker/roles.sql: {error}"
        ) from error


def _missing(conn: psycopg.Connection[Any], scripts: Sequence[str]) -> list[str]:
    """Give the scripts that were not run here, or whose tables are not there.

    A dump of some schemas restores the note that a script was run without what it made.
    """
    there = set(conn.execute("SELECT schemaname, tablename FROM pg_tables").fetchall())
    done: set[bytes] = set()
    if ("ledger", "installed") in there:
        done = {bytes(row[0]) for row in conn.execute("SELECT script FROM ledger.installed")}
    return [
        script
        for script in scripts
        if _digest(script) not in done or not there.issuperset(_MADE.findall(script))
    ]


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
