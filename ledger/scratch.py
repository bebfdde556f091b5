"""Tables beside memory: in a temporary file that goes with the process, or in one that is kept.

They say nothing that the export does not say. SQLite is no store of the ledger.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS {} (
        key       text    NOT NULL,
        position  integer NOT NULL,
        more      blob,  -- further positions, eight bytes each; NULL where there are none
        PRIMARY KEY (key, position)
    ) WITHOUT ROWID
"""
_TABLES: Final = ("models", "facts")

Row = tuple[str, int, bytes | None]
"""A key, the position of an event that changed its value, and further positions."""


class Scratch:
    """The positions of models' and of facts' events."""

    def __init__(self, path: Path | None = None, application: int = 0) -> None:
        """Use a file that is kept, marked as this application's, or a temporary one.

        Raises:
            sqlite3.Error: where the file is another's, or in use.
        """
        # The empty name is a temporary file of SQLite's own, which nobody else can open.
        self._db = sqlite3.connect(
            path or "", isolation_level=None, check_same_thread=False, timeout=0
        )
        try:
            self._open(kept=path is not None, application=application)
        except sqlite3.Error:
            self._db.close()
            raise

    def _open(self, *, kept: bool, application: int) -> None:
        self._db.execute("PRAGMA cache_size = -16384")
        if not kept:
            self._db.executescript("PRAGMA journal_mode = off; PRAGMA synchronous = off;")
        else:
            self._claim(application)
            self._db.execute("PRAGMA journal_mode = wal")
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("CREATE TABLE IF NOT EXISTS note (content blob NOT NULL)")
        for name in _TABLES:
            self._db.execute(_TABLE.format(name))

    def _claim(self, application: int) -> None:
        (found,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if found != application and tables:
            raise sqlite3.DatabaseError("is something else's file")
        if found != application:
            self._db.execute(f"PRAGMA application_id = {application}")

    def write(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows to a table."""
        self._db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608  ours

    def read(self, table: str, key: str) -> list[tuple[int, bytes | None]]:
        """Give a key's rows in order."""
        return self._db.execute(
            f"SELECT position, more FROM {table} WHERE key = ? ORDER BY position",  # noqa: S608  ours
            (key,),
        ).fetchall()

    def note(self) -> bytes | None:
        """Give the note that was saved last."""
        row = self._db.execute("SELECT content FROM note").fetchone()
        return bytes(row[0]) if row else None

    def save(self, note: bytes) -> None:
        """Keep all that was written, with a note, all or nothing."""
        self._db.execute("DELETE FROM note")
        self._db.execute("INSERT INTO note VALUES (?)", (note,))
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def clear(self) -> None:
        """Forget everything."""
        for name in ("note", *_TABLES):
            self._db.execute(f"DELETE FROM {name}")  # noqa: S608  ours

    def close(self) -> None:
        """Let go of the file; what was not saved is not kept."""
        self._db.close()
