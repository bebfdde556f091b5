"""Values by key that outgrow memory: of all but the recent ones, only where they are from.

A value is folded from events. When it was not looked at for a while it is let go, and only the
positions of its events are kept, in a table on the disk (`ledger.scratch`). Whoever asks for it
again has it folded anew.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from typing_extensions import override

from ledger.scratch import Scratch

T = TypeVar("T")

GENERATION: Final = 60_000
"""How many values are new before the older ones are let go; two generations are in memory."""

_GROUP: Final = 5
"""Letters of a key by which the greatest is remembered: `order`, a UUIDv7's days."""
_RUN: Final = 500
"""So many keys that one event set each are written in one row."""

Fold = Callable[[str, Sequence[int]], T | None]
"""Gives the value of a key anew, from the events at these positions."""


class _Recent(dict[str, T]):
    """The younger generation; a look at what is not in it goes to the older one, and beyond."""

    get = dict.__getitem__  # type: ignore[assignment]  # what is not here may be there, as fast

    def __init__(self, older: Callable[[str], T]) -> None:
        super().__init__()
        self._older = older

    def __missing__(self, key: str) -> T:
        value = self[key] = self._older(key)
        return value


class Spill(Generic[T]):
    """Values by key, None where there is none, with the positions that changed each value."""

    def __init__(
        self,
        fold: Fold[T],
        generation: int = GENERATION,
        scratch: Scratch | None = None,
    ) -> None:
        """Take how to fold a value anew, and where to keep positions: else in a file of its own."""
        self._fold = fold
        self._most = generation
        self.values: dict[str, T | None] = _Recent(self._older)
        """To look a value up, by `values[key]` or `values.get(key)`; set with `put`."""
        self._old: dict[str, T | None] = {}
        self._changed: dict[str, list[int]] = {}
        """The positions of each key that the table does not have yet."""
        self.greatest: dict[str, str] = {}
        """The greatest key of each group that the table has."""
        self._scratch = scratch
        self._own: Scratch | None = None

    def put(self, key: str, value: T | None, position: int) -> None:
        """Set a value, and note the position of the event that did."""
        if key not in self.values:
            self._old.pop(key, None)
        self.values[key] = value
        positions = self._changed.get(key)
        if positions is None:
            self._changed[key] = [position]
        else:
            positions.append(position)
        if len(self.values) > self._most:
            self._turn()

    def held(self) -> int:
        """Tell how many values are in memory."""
        return len(self.values) + len(self._old)

    def positions(self, key: str) -> list[int]:
        """Give the positions of all events that set a value, in order."""
        return [*self._written(key), *self._changed.get(key, ())]

    def close(self) -> None:
        """Let go of a scratch file of its own."""
        if self._own is not None:
            self._own.close()

    def flush(self) -> None:
        """Write where all values are from; they stay in memory."""
        self._write(sorted(self._changed))

    def _turn(self) -> None:
        """Write where the older generation's values are from, and let them go."""
        self._write(sorted(self._old))
        self._old = dict(self.values)
        self.values.clear()

    def _older(self, key: str) -> T | None:
        if key in self._old:
            return self._old.pop(key)
        positions = self._written(key)
        return self._fold(key, positions) if positions else None

    def _written(self, key: str) -> list[int]:
        # A key above all that were written is new, which most keys are when they are asked for.
        if self._scratch is None or key > self.greatest.get(_group(key), ""):
            return []
        return self._read(self._scratch, key)

    def _read(self, scratch: Scratch, key: str) -> list[int]:
        positions = array("Q")
        for position, more in scratch.read(key):
            positions.append(position)
            positions.frombytes(more or b"")
        return positions.tolist()

    def _write(self, keys: Iterable[str]) -> None:
        rows = [
            (key, positions[0], array("Q", positions[1:]).tobytes() if positions[1:] else None)
            for key in keys
            if (positions := self._changed.pop(key, None))
        ]
        self._note_greatest([key for key, *_ in rows])
        self._opened().write(rows)

    def _note_greatest(self, keys: Sequence[str]) -> None:
        """Note which keys are written; they are sorted."""
        self.greatest.update(
            {
                group: max(key, self.greatest.get(group, ""))
                for group, key in {_group(key): key for key in keys}.items()
            }
        )

    def _opened(self) -> Scratch:
        if self._scratch is None:
            self._scratch = self._own = Scratch()
        return self._scratch


class SpillOnce(Spill[T]):
    """The same of values that are set once: as each has one position, keys are written by the run.

    A key that is not in memory is written: what is new is written when a generation ends.
    """

    def __init__(
        self, fold: Fold[T], generation: int = GENERATION, scratch: Scratch | None = None
    ) -> None:
        """Take how to make a value anew, and where to keep positions: else in a file of its own."""
        super().__init__(fold, generation, scratch)
        self._new: list[tuple[str, int]] = []

    @override
    def put(self, key: str, value: T | None, position: int) -> None:
        if key not in self.values:
            self._old.pop(key, None)
        self.values[key] = value
        self._new.append((key, position))
        if len(self.values) > self._most:
            self._turn()

    @override
    def positions(self, key: str) -> list[int]:
        return self._written(key) or [position for new, position in self._new if new == key]

    @override
    def flush(self) -> None:
        self._new.sort()
        runs = [self._new[at : at + _RUN] for at in range(0, len(self._new), _RUN)]
        self._note_greatest([key for key, _ in self._new])
        self._opened().write_runs(
            (run[-1][0], run[0][0], "\n".join([key for key, _ in run]),
             array("Q", [position for _, position in run]).tobytes())
            for run in runs
        )  # fmt: skip
        self._new.clear()

    @override
    def _turn(self) -> None:
        self.flush()
        self._old = dict(self.values)
        self.values.clear()

    @override
    def _read(self, scratch: Scratch, key: str) -> list[int]:
        for keys, positions in scratch.read_runs(key):
            names = keys.split("\n")
            at = bisect_left(names, key)
            if at < len(names) and names[at] == key:
                return [array("Q", positions)[at]]
        return []


def _group(key: str) -> str:
    """Name the group of keys that rise with time: of a product's batches, or of one kind."""
    head, slash, _ = key.partition("/")
    return head if slash else key[:_GROUP]
