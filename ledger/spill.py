"""Values by key that outgrow memory: of all but the recent ones, only where they are from.

A value is folded from events. When it was not looked at for a while it is let go, and only the
positions of its events are kept, in a temporary SQLite table that the system deletes with the
process. Whoever asks for it again has it folded anew. The table is no store of the ledger: it says
nothing that the export does not say, and nobody else can read it.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from typing_extensions import override

T = TypeVar("T")

GENERATION: Final = 60_000
"""How many values are new before the older ones are let go; two generations are in memory."""

_TABLE: Final = """
    CREATE TABLE changed (
        key       text    NOT NULL,
        position  integer NOT NULL,
        more      blob,  -- further positions, eight bytes each; NULL where there are none
        PRIMARY KEY (key, position)
    ) WITHOUT ROWID
"""
_WRITE: Final = "INSERT INTO changed VALUES (?, ?, ?)"
_POSITIONS: Final = "SELECT position, more FROM changed WHERE key = ? ORDER BY position"
_GROUP: Final = 5
"""Letters of a key by which the greatest is remembered: `batch`, `order`, a UUIDv7's days."""

Fold = Callable[[str, Sequence[int]], T | None]
"""Gives the value of a key anew, from the events at these positions."""


class Spill(Mapping[str, T | None], Generic[T]):
    """A mapping in which what is not there is None, with the positions that changed each value."""

    def __init__(self, fold: Fold[T], generation: int = GENERATION) -> None:
        """Take how to fold a value anew."""
        self._fold = fold
        self._most = generation
        self._young: dict[str, T | None] = {}
        self._old: dict[str, T | None] = {}
        self._changed: dict[str, list[int]] = {}
        """The positions of each key that the table does not have yet."""
        self._greatest: dict[str, str] = {}
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
        return [*self._written(key), *self._changed.get(key, ())]

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
        if key in self._old:
            value = self._old.pop(key)
        else:
            positions = self._written(key)
            value = self._fold(key, positions) if positions else None
        self._young[key] = value
        return value

    def _written(self, key: str) -> list[int]:
        # A key above all that were written is new, which most keys are when they are asked for.
        if self._table is None or key > self._greatest.get(key[:_GROUP], ""):
            return []
        positions = array("Q")
        for position, more in self._table.execute(_POSITIONS, (key,)):
            positions.append(position)
            positions.frombytes(more or b"")
        return positions.tolist()

    def _turn(self) -> None:
        """Write where the older generation's values are from, and let them go."""
        rows = [
            (key, positions[0], array("Q", positions[1:]).tobytes() if positions[1:] else None)
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
