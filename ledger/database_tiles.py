"""The tree's tiles out of the database: full ones as stored, partial ones from what is below."""

from typing import Any

import psycopg

from ledger.errors import MalformedTile
from ledger.hashing import leaf_hash
from ledger.tiles import WIDTH, TileHashes, TileRef


class DatabaseTiles:
    """A `TileReader` over `ledger.tile` and `ledger.event`."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        """Read over a connection, which stays the caller's."""
        self._conn = conn

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Give the first `width` hashes of a tile.

        Raises:
            MalformedTile: where the ledger has not grown that far.
        """
        if width == WIDTH:
            row = self._conn.execute(
                "SELECT hashes FROM ledger.tile WHERE level = %s AND index = %s", [level, index]
            ).fetchone()
            if row:
                return bytes(row[0])
        hashes = self._leaves(index, width) if level == 0 else self._roots(level, index, width)
        if len(hashes) != width:
            raise MalformedTile(TileRef(level, index, width).path, "the tree is not that large")
        return b"".join(hashes)

    def _leaves(self, index: int, width: int) -> list[bytes]:
        rows = self._conn.execute(
            "SELECT sha256(data) FROM ledger.event"
            " WHERE position > %s AND position <= %s ORDER BY position",
            [index * WIDTH, index * WIDTH + width],
        ).fetchall()
        return [leaf_hash(bytes(row[0])) for row in rows]

    def _roots(self, level: int, index: int, width: int) -> list[bytes]:
        rows = self._conn.execute(
            "SELECT root FROM ledger.tile"
            " WHERE level = %s AND index >= %s AND index < %s ORDER BY index",
            [level - 1, index * WIDTH, index * WIDTH + width],
        ).fetchall()
        return [bytes(row[0]) for row in rows]

    def entries(self, index: int, width: int) -> list[bytes]:
        """Give the first `width` entries (SHA-256 of stored envelopes) of a bundle."""
        rows = self._conn.execute(
            "SELECT sha256(data) FROM ledger.event"
            " WHERE position > %s AND position <= %s ORDER BY position",
            [index * WIDTH, index * WIDTH + width],
        ).fetchall()
        return [bytes(row[0]) for row in rows]


def hash_reader(conn: psycopg.Connection[Any], size: int) -> TileHashes:
    """Give a reader of the nodes of the tree of the first `size` events."""
    return TileHashes(DatabaseTiles(conn), size)
