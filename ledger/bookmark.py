"""A bookmark in a long verification: a file from which one that was cut off goes on.

It holds how far the export was found good, the SHA-256 of those bytes, the tree's right edge, and
where the events of each model are. Whoever goes on reads the bytes again and compares: a file that
was changed, or is checked against something else, is begun anew. It is believed as the program
itself is: who can write to it can write to that.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from ledger.errors import LedgerError
from ledger.scratch import Scratch

FORMAT: Final = f"2 {version('suyuan')}"
"""Of what is kept, and by which version's rules: a bookmark of another is begun anew."""
PAUSE_S: Final = 15.0
"""How long a verification goes on between two marks."""

_APPLICATION: Final = 0x5359564D


class BookmarkError(LedgerError):
    """A file that is no bookmark, or one that another verification is using."""


class Tile(Struct, frozen=True, array_like=True):
    """A partial tile of the tree's right edge."""

    level: int
    index: int
    width: int
    hashes: bytes


class Marked(Struct, frozen=True):
    """What is kept of a verification itself."""

    size: int
    """How many bytes of lines after the header were found good."""
    tiles: tuple[Tile, ...]
    """The tree's right edge."""
    offsets: bytes
    """Where each event's line begins after the header, eight bytes each; where the last ends."""
    greatest: tuple[dict[str, str], dict[str, str]]
    """The greatest key of each group, of models and of facts."""


class Mark(Struct, frozen=True):
    """How far a verification has come."""

    format: str
    origin: str
    log_key: str
    since: str | None
    digest: bytes
    """The SHA-256 of the lines found good."""
    events: int
    signatures: int
    at: Marked


class KeptTiles:
    """The tiles that a mark keeps, for the tree to be taken up from."""

    def __init__(self, tiles: Iterable[Tile]) -> None:
        """Take a mark's tiles."""
        self._tiles = {(tile.level, tile.index, tile.width): tile.hashes for tile in tiles}

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Give one of them."""
        return self._tiles[level, index, width]


class Bookmark:
    """Such a file, while a verification has it open."""

    def __init__(
        self, path: Path, tell: Callable[[int], None] | None = None, pause_s: float = PAUSE_S
    ) -> None:
        """Open it, or begin one; `tell` hears after how many events it goes on, 0 for anew.

        Raises:
            BookmarkError: where the file is something else, or in use.
        """
        self._tell = tell or (lambda _events: None)
        self._pause_s = pause_s
        self._next = time.monotonic() + pause_s
        try:
            self.scratch = Scratch(path, _APPLICATION)
            kept = self.scratch.note()
        except sqlite3.Error as error:
            raise BookmarkError(f"{path}: {error}") from error
        self._mark = _decoded(kept)
        self._had_one = kept is not None

    def found(self, origin: str, log_key: str, since: str | None) -> Mark | None:
        """Give the mark, where it is of this log and this question."""
        mark = self._mark
        if mark and (mark.origin, mark.log_key, mark.since) == (origin, log_key, since):
            return mark
        return None

    def go_on(self, mark: Mark) -> None:
        """Go on from a mark."""
        self._tell(mark.events)

    def begin_anew(self) -> None:
        """Forget all that is kept."""
        if self._had_one:
            self._tell(0)
        self.scratch.clear()

    def is_due(self) -> bool:
        """Tell whether it is time for a mark."""
        return time.monotonic() >= self._next

    def save(self, mark: Mark) -> None:
        """Keep a mark, with what the tables have by now, all or nothing."""
        self.scratch.save(msgspec.msgpack.encode(mark))
        self._next = time.monotonic() + self._pause_s

    def close(self) -> None:
        """Close the file; what came after the last mark is not kept."""
        self.scratch.close()


def _decoded(kept: bytes | None) -> Mark | None:
    if kept is None:
        return None
    try:
        mark = msgspec.msgpack.decode(kept, type=Mark)
    except msgspec.DecodeError:
        return None
    return mark if mark.format == FORMAT else None
