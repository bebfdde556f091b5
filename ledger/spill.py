"""Values by key that outgrow memory: the recent ones in dictionaries, the rest in a scratch file.

What was not looked at for a while goes out to a temporary SQLite table, which the system deletes
with the process. It is no store of the ledger: it holds nothing that the export does not say, and
nobody ever reads it again. A value comes back equal to what it was; only a time comes back in UTC.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Generic, TypeVar

import msgspec
from typing_extensions import override

T = TypeVar("T")

GENERATION: Final = 30_000
"""How many values are new before the older ones go out; two generations are in memory."""

_TABLE: Final = """
    CREATE TABLE kept (
        key       text    NOT NULL,
        since     integer NOT NULL,  -- the first of the positions
        value     blob    NOT NULL,
        positions blob    NOT NULL,
        PRIMARY KEY (key, since)
    ) WITHOUT ROWID
"""
_WRITE: Final = "INSERT INTO kept VALUES (?, ?, ?, ?)"
_VALUE: Final = "SELECT value FROM kept WHERE key = ? ORDER BY since DESC LIMIT 1"
_POSITIONS: Final = "SELECT positions FROM kept WHERE key = ? ORDER BY since"
_GROUP: Final = 5
"""Letters of a key by which the greatest is remembered: `batch`, `order`, a UUIDv7's days."""


class Spill(Mapping[str, T | None], Generic[T]):
    """A mapping in which what is not there is None, with the positions that changed each value."""

    def __init__(self, decode: Callable[[str, bytes], T], generation: int = GENERATION) -> None:
        """Take how to read a value back, by its key."""
        self._decode = decode
        self._most = generation
        self._young: dict[str, T | None] = {}
        self._old: dict[str, T | None] = {}
        self._changed: dict[str, list[int]] = {}
        """Keys whose value is not in the table as it is now, with the positions not there yet."""
        self._greatest: dict[str, str] = {}
        self._encode = msgspec.msgpack.Encoder().encode
        self._table: sqlite3.Connection | None = None

    @override
    def get(self, key: str, default: T | None = None) -> T | None:  # type: ignore[override]
        """Give a value; None where there is none."""
        try:
            return self._young[key]
        except KeyError:
            return self._older(key)

    def put(self, key: str, value: T | None, position: int) -> None:
        """Set a value, and note the position of the event that did."""
        self._young[key] = value
        self._old.pop(key, None)
        positions = self._changed.get(key)
        if positions is None:
            self._changed[key] = [position]
        else:
            positions.append(position)
        if len(self._young) > self._most:
            self._turn()

    def positions(self, key: str) -> list[int]:
        """Give the positions of all events that set a value, in order."""
        positions = array("Q")
        if self._table is not None:
            for (written,) in self._table.execute(_POSITIONS, (key,)):
                positions.frombytes(written)
        return [*positions, *self._changed.get(key, ())]

    def close(self) -> None:
        """Let go of the scratch file."""
        if self._table is not None:
            self._table.close()

    @override
    def __getitem__(self, key: str) -> T | None:
        return self.get(key)

    @override
    def __iter__(self) -> Iterator[str]:
        raise TypeError("a spill is not gone through")

    @override
    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _older(self, key: str) -> T | None:
        value = self._old.pop(key) if key in self._old else self._read(key)
        self._young[key] = value
        return value

    def _read(self, key: str) -> T | None:
        greatest = self._greatest.get(key[:_GROUP])
        if self._table is None or greatest is None or key > greatest:
            return None
        row = self._table.execute(_VALUE, (key,)).fetchone()
        return self._decode(key, row[0]) if row else None

    def _turn(self) -> None:
        """Write out what the older generation changed, and let the younger one grow old."""
        rows = [
            (key, positions[0], self._encode(self._old[key]), array("Q", positions).tobytes())
            for key in sorted(self._old)
            if (positions := self._changed.pop(key, None))
        ]
        self._old, self._young = self._young, {}
        for key, *_ in rows:
            group = key[:_GROUP]
            if key > self._greatest.get(group, ""):
                self._greatest[group] = key
        self._opened().executemany(_WRITE, rows)

    def _opened(self) -> sqlite3.Connection:
        if self._table is None:
            # The empty name is a temporary file of SQLite's own, which nobody else can open.
            self._table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._table.executescript(
                "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA cache_size = -16384;"
            )
            self._table.execute(_TABLE)
            self._table.execute("BEGIN")
        return self._table
