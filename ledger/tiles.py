"""The tree as files: tiles of 256 hashes and bundles of entries, by path (C2SP tlog-tiles).

A tile at level l holds the nodes of height 8·l. Its first `width` hashes, of 256 in a full one,
are consecutive; the last tile of a level is partial until it is full. Our entries are 32 bytes:
the SHA-256 of a stored envelope.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import msgspec

from ledger.errors import MalformedTile
from ledger.hashing import HASH_BYTES, node_hash

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""The hashes in a full tile."""
MAX_LEVEL: Final = 63
MAX_ENTRY: Final = 2**16 - 1
"""The longest entry that a bundle can hold, in bytes."""

_GROUP: Final = 1000
_MAX_INDEX: Final = 2**63
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileRef(msgspec.Struct, frozen=True, order=True):
    """Which tile: `level` 0 to 63, or None for a bundle of entries; `width` 1 to 256."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The tile's path below the log's prefix."""
        if self.level is None:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


class TileReader(Protocol):
    """Where tiles come from: a database, a folder, a server."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Give the first `width` hashes of a tile, 32 bytes each, one after the other."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Name a tile: `tile/0/x001/x234/067`, and `.p/5` after it when it holds 5 hashes only.

    Raises:
        MalformedTile: if a number is out of range.
    """
    if not 0 <= level <= MAX_LEVEL:
        raise MalformedTile("level", f"{level} is not within 0 to {MAX_LEVEL}")
    return f"tile/{level}/{_numbered(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Name a bundle of entries: `tile/entries/x001/234`; index and width as for a tile."""
    return f"tile/entries/{_numbered(index, width)}"


def _numbered(index: int, width: int) -> str:
    if not 0 <= index < _MAX_INDEX:
        raise MalformedTile("index", f"{index} is not within 0 to 2^63 − 1")
    if not 1 <= width <= WIDTH:
        raise MalformedTile("width", f"{width} is not within 1 to {WIDTH}")
    index, last = divmod(index, _GROUP)
    path = f"{last:03}"
    while index:
        index, group = divmod(index, _GROUP)
        path = f"x{group:03}/{path}"
    return path if width == WIDTH else f"{path}.p/{width}"


def parse_tile_path(path: str) -> TileRef:
    """Read the path of a tile or bundle; a tile has one spelling, any other is refused.

    Raises:
        MalformedTile: if it is not such a path.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTile(path[:100], "expected tile/<level or entries>/<index>[.p/<width>]")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or WIDTH)
    ref = TileRef(level, index, width)
    if ref.path != path:  # padded with x000/, or .p/256
        raise MalformedTile(path, f"this tile is spelled {ref.path}")
    return ref


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Write a bundle: each entry after its length, two bytes, big-endian.

    Raises:
        MalformedTile: if there are none, more than 256, or one is too long.
    """
    if not 1 <= len(entries) <= WIDTH:
        raise MalformedTile("entries", f"a bundle holds 1 to {WIDTH} entries, not {len(entries)}")
    for number, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY:
            detail = f"{len(entry)} bytes; an entry has at most {MAX_ENTRY}"
            raise MalformedTile(f"entries[{number}]", detail)
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def decode_entries(bundle: bytes, width: int) -> list[bytes]:
    """Read a bundle of exactly `width` entries.

    Raises:
        MalformedTile: if it is cut off, too long, or holds another number of entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start])
        if start > len(bundle) or at > len(bundle):
            raise MalformedTile(f"entries[{len(entries)}]", "the bundle is cut off")
        entries.append(bundle[start:at])
    if len(entries) != width:
        raise MalformedTile("entries", f"expected {width} entries, got {len(entries)}")
    return entries


def new_full_tiles(old_size: int, new_size: int) -> Iterator[TileRef]:
    """List the tiles that become full when the tree grows, by level, then by index."""
    old, new, level = old_size >> HEIGHT, new_size >> HEIGHT, 0
    while new:
        for index in range(old, new):
            yield TileRef(level, index)
        old, new, level = old >> HEIGHT, new >> HEIGHT, level + 1


def partial_tiles(size: int) -> Iterator[TileRef]:
    """List the tiles, at most one a level, that are begun and not full in a tree of `size`."""
    count, level = size, 0
    while count:
        index, width = divmod(count, WIDTH)
        if width:
            yield TileRef(level, index, width)
        count, level = index, level + 1


def tile_width(size: int, level: int, index: int) -> int:
    """Say how many hashes of a tile exist in a tree of `size`: 0 to 256."""
    return min(WIDTH, max(0, (size >> (HEIGHT * level)) - index * WIDTH))


def split_tile(ref: TileRef, content: bytes) -> list[bytes]:
    """Cut a tile into its hashes.

    Raises:
        MalformedTile: if the content is not as long as the width says.
    """
    if len(content) != ref.width * HASH_BYTES:
        detail = f"expected {ref.width * HASH_BYTES} bytes, got {len(content)}"
        raise MalformedTile(ref.path, detail)
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


class TileHashes:
    """Reads single nodes of a tree of one size out of its tiles: a `HashReader`.

    Keeps the last `cached` tiles (about 30 KB each, with the nodes inside them). It believes the
    tiles; what is built on it is proved by the root it leads to. Not for several threads at once.
    """

    def __init__(self, tiles: TileReader, size: int, cached: int = 64) -> None:
        """Read the tree of `size` leaves from `tiles`."""
        self._tiles = tiles
        self._size = size
        self._cached = cached
        self._cache: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def __call__(self, height: int, index: int) -> bytes:
        """Give the hash of the full subtree over leaves [index·2^height, (index + 1)·2^height).

        Raises:
            MalformedTile: if the tree has no such node, or its tile is of the wrong length.
        """
        level, inner = divmod(height, HEIGHT)
        per_tile = HEIGHT - inner
        tile, place = index >> per_tile, index & ((1 << per_tile) - 1)
        if (index + 1) << height > self._size:
            raise MalformedTile(f"node {height}/{index}", f"not in a tree of {self._size} leaves")
        return self._load(level, tile)[inner][place]

    def _load(self, level: int, index: int) -> list[list[bytes]]:
        nodes = self._cache.get((level, index))
        if nodes is None:
            width = tile_width(self._size, level, index)
            ref = TileRef(level, index, width)
            nodes = _nodes(split_tile(ref, self._tiles.tile(level, index, width)))
            self._cache[level, index] = nodes
            if len(self._cache) > self._cached:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end((level, index))
        return nodes


def _nodes(row: list[bytes]) -> list[list[bytes]]:
    """Give the tile's hashes and, above them, the nodes inside the tile, row by row."""
    rows = [row]
    for _ in range(1, HEIGHT):
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows
