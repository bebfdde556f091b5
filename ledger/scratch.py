"""Tables beside memory: in a temporary file that goes with the process, or in one that is kept.

They say nothing that the export does not say. SQLite is no store of the ledger.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS note (content blob NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS models (
        key       text    NOT NULL,
        position  integer NOT NULL,
        more      blob,  -- further positions, eight bytes each; NULL where there are none
        PRIMARY KEY (key, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS runs (
        last      text NOT NULL,
        first     text NOT NULL,
        keys      text NOT NULL,  -- from the first to the last, each on its line
        positions blob NOT NULL   -- of each, eight bytes
    )
    """,
    "CREATE INDEX IF NOT EXISTS runs_between ON runs (last, first)",
)
_TABLES: Final = ("note", "models", "runs")

Row = tuple[str, int, bytes | None]
"""A key, the position of an event that changed its value, and further positions."""
Run = tuple[str, str, str, bytes]
"""The last and the first of some keys, all of them in order, and the position of each."""


class Scratch:
    """The positions of models' events, and by runs of keys those of facts'."""

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
        for statement in _SCHEMA:
            self._db.execute(statement)

    def _claim(self, application: int) -> None:
        (found,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if found != application and tables:
            raise sqlite3.DatabaseError("is something else's file")
        if found != application:
            self._db.execute(f"PRAGMA application_id = {application}")

    def write(self, rows: Iterable[Row]) -> None:
        """Add positions of models."""
        self._db.executemany("INSERT INTO models VALUES (?, ?, ?)", rows)

    def read(self, key: str) -> list[tuple[int, bytes | None]]:
        """Give the positions of a model in order."""
        return self._db.execute(
            "SELECT position, more FROM models WHERE key = ? ORDER BY position", (key,)
        ).fetchall()

    def write_runs(self, runs: Iterable[Run]) -> None:
        """Add runs of keys."""
        self._db.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", runs)

    def read_runs(self, key: str) -> list[tuple[str, bytes]]:
        """Give keys and positions of the runs that a key lies between the ends of."""
        return self._db.execute(
            "SELECT keys, positions FROM runs WHERE last >= ? AND first <= ?", (key, key)
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
        for name in _TABLES:
            self._db.execute(f"DELETE FROM {name}")  # noqa: S608  ours

    def close(self) -> None:
        """Let go of the file; what was not saved is not kept."""
        self._db.close()
