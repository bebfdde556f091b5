"""The append-only Merkle tree of RFC 6962 as its writer keeps it: the right edge, and what is new.

`Tree` holds in memory what it takes to grow and to prove the newest leaves; all else is in tiles
(`ledger.tiles`), over which `ledger.proofs` makes any proof. The functions of `ledger.hashing` and
`ledger.proofs` can be had from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ledger.errors import OutOfWindow
from ledger.hashing import EMPTY_ROOT, HASH_BYTES, leaf_hash, node_hash
from ledger.proofs import (
    HashReader,
    consistency_proof,
    inclusion_proof,
    inclusion_root,
    right_edge,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import HEIGHT, WIDTH, TileReader, TileRef, split_tile

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "HashReader",
    "Tree",
    "consistency_proof",
    "inclusion_proof",
    "inclusion_root",
    "leaf_hash",
    "node_hash",
    "right_edge",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]


class Tree:
    """A tree that grows at its right edge.

    The window: of each height, the nodes since the last `trim`, the node that the next one pairs
    with, and at each eighth height what the unfinished tile holds (at most 255 hashes). A group
    appended since then can be proved, and the tiles that it filled can be read, without any store.
    Not for several threads at once; `copy` before growing gives the way back.
    """

    __slots__ = ("_edge", "_rows", "_since", "_size", "_starts")

    def __init__(self) -> None:
        """Make the tree without leaves; `restore` makes any other."""
        self._size = 0
        self._since = 0  # leaves from here on can be proved
        self._rows: list[list[bytes]] = [[]]  # by height: the nodes from index _starts[height]
        self._starts = [0]
        self._edge: list[bytes | None] | None = None

    @classmethod
    def empty(cls) -> Tree:
        """Make the tree without leaves."""
        return cls()

    @classmethod
    def restore(cls, size: int, tiles: TileReader) -> Tree:
        """Take up the tree of `size` leaves again, from its partial tiles.

        The tiles are believed: compare `root()` with the checkpoint of that size.

        Raises:
            MalformedTile: if a tile is not as long as asked for.
        """
        tree = cls()
        tree._size = tree._since = size
        height = 0
        while size >> height:
            if height % HEIGHT == 0:
                row, start = _partial_tile(tiles, height // HEIGHT, size >> height)
            else:
                row, start = _pairs(tree._rows[-1], 0), tree._starts[-1] >> 1
            if height == 0:
                tree._rows, tree._starts = [row], [start]
            else:
                tree._rows.append(row)
                tree._starts.append(start)
            height += 1
        tree.trim()
        return tree

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    def __len__(self) -> int:
        return self._size

    def copy(self) -> Tree:
        """Make an independent tree of the same leaves; cheap right after `trim`."""
        twin = Tree()
        twin._size, twin._since, twin._edge = self._size, self._since, self._edge
        twin._rows = [row.copy() for row in self._rows]
        twin._starts = self._starts.copy()
        return twin

    def append(self, leaf_hashes: Sequence[bytes]) -> None:
        """Grow by leaves whose hashes are given in order; about one hash more for each."""
        if not leaf_hashes:
            return
        self._rows[0].extend(leaf_hashes)
        self._size += len(leaf_hashes)
        self._edge = None
        height = 0
        while self._size >> (height + 1):
            if height + 1 == len(self._rows):
                self._rows.append([])
                self._starts.append(0)
            above = self._rows[height + 1]
            done = 2 * (self._starts[height + 1] + len(above)) - self._starts[height]
            above.extend(_pairs(self._rows[height], done))
            height += 1

    def trim(self) -> None:
        """Forget what is not needed to grow, or to prove leaves that come later."""
        for height, row in enumerate(self._rows):
            count = self._size >> height
            unfinished = WIDTH if height % HEIGHT == 0 else 2
            keep_from = count - count % unfinished
            del row[: keep_from - self._starts[height]]
            self._starts[height] = keep_from
        self._since = self._size

    def root(self) -> bytes:
        """Give the root of all leaves."""
        return self._right_edge()[-1] or EMPTY_ROOT

    def node(self, height: int, index: int) -> bytes:
        """Give a node of the window: the tree's own `HashReader`.

        Raises:
            OutOfWindow: if it is not held, or not there yet.
        """
        if height < len(self._rows):
            at = index - self._starts[height]
            if 0 <= at < len(self._rows[height]):
                return self._rows[height][at]
        raise OutOfWindow(f"node {height}/{index} is not held (tree of {self._size} leaves)")

    def inclusion_proof(self, leaf_index: int) -> list[bytes]:
        """Prove one leaf that was appended since the last `trim`, in the tree as it is now.

        Raises:
            OutOfWindow: if the leaf is older; prove it from tiles (`ledger.proofs`).
        """
        self._check_provable(leaf_index)
        return [
            sibling
            for height in range((self._size - 1).bit_length())
            if (sibling := self._sibling(height, leaf_index >> height)) is not None
        ]

    def inclusion_proofs(self, first_leaf: int) -> list[list[bytes]]:
        """Prove every leaf from `first_leaf` to the last, in the tree as it is now.

        Goes down from the root, so that what neighbours share is looked up once.

        Raises:
            OutOfWindow: if `first_leaf` is older than the last `trim`, or not there.
        """
        self._check_provable(first_leaf)
        last_leaf = self._size - 1
        paths: list[list[bytes]] = [[]]  # by node of the height above, up to the root
        for height in reversed(range(last_leaf.bit_length())):
            first_above = first_leaf >> (height + 1)
            indexes = range(first_leaf >> height, (last_leaf >> height) + 1)
            # Only the last two nodes can have a sibling that is incomplete or missing.
            row, start = self._rows[height], self._starts[height]
            below = [
                [row[(index ^ 1) - start], *paths[(index >> 1) - first_above]]
                for index in indexes[:-2]
            ]
            for index in indexes[-2:]:
                path = paths[(index >> 1) - first_above]
                sibling = self._sibling(height, index)
                below.append(path if sibling is None else [sibling, *path])
            paths = below
        return paths

    def _check_provable(self, leaf_index: int) -> None:
        if not self._since <= leaf_index < self._size:
            raise OutOfWindow(f"leaf {leaf_index} is not within {self._since} to {self._size - 1}")

    def _sibling(self, height: int, index: int) -> bytes | None:
        sibling, count = index ^ 1, self._size >> height
        if sibling < count:
            return self._rows[height][sibling - self._starts[height]]
        return self._right_edge()[height] if sibling == count else None

    def tile(self, level: int, index: int, width: int = WIDTH) -> bytes:
        """Give a tile of the window: any begun or filled since the last `trim`.

        Raises:
            OutOfWindow: if not all of it is held.
        """
        height, first = level * HEIGHT, index * WIDTH
        if height < len(self._rows):
            at = first - self._starts[height]
            if at >= 0 and at + width <= len(self._rows[height]):
                return b"".join(self._rows[height][at : at + width])
        raise OutOfWindow(f"{TileRef(level, index, width).path} is not held")

    def _right_edge(self) -> list[bytes | None]:
        if self._edge is None:
            self._edge = right_edge(self._size, self.node)
        return self._edge


def _pairs(row: list[bytes], first: int) -> list[bytes]:
    """Hash each two of a row into the node above, beginning at place `first`."""
    # node_hash, written out: this line hashes every leaf of the ledger once.
    return [
        sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(first, len(row) - 1, 2)
    ]


def _partial_tile(tiles: TileReader, level: int, count: int) -> tuple[list[bytes], int]:
    index, width = divmod(count, WIDTH)
    if width == 0:
        return [], count
    ref = TileRef(level, index, width)
    return split_tile(ref, tiles.tile(level, index, width)), index * WIDTH
