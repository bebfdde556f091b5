"""The batches that the ledger knows of, those recorded last first."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.log import Connection
from projections import directory

_LISTED: Final = """
    SELECT id, key FROM trace.node
    WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(words)s::text = '' OR strpos(lower(key), lower(%(words)s)) > 0
         OR strpos(lower(display), lower(%(words)s)) > 0 OR left(key, 14) = ANY(%(gtins)s))
    ORDER BY id DESC LIMIT %(limit)s
"""
_COUNT: Final = "SELECT count(*) FROM trace.node"
_PACKED: Final = """
    SELECT n.key FROM trace.node n JOIN directory.product p ON p.gtin = left(n.key, 14)
    WHERE n.own AND n.made AND p.content_quantity IS NOT NULL
    ORDER BY n.id DESC LIMIT %s
"""


class Listed(NamedTuple):
    """A batch's number in the list, and its key."""

    number: int
    key: str


def listed(conn: Connection, words: str, before: int | None, limit: int) -> list[Listed]:
    """Give batches with the words in their key or their product's name, below a number."""
    gtins = list(_gtins(conn, words.lower())) if words else []
    values = {"words": words, "before": before, "limit": limit, "gtins": gtins}
    return [Listed(*row) for row in conn.execute(_LISTED, values).fetchall()]


def count(conn: Connection) -> int:
    """Count all batches, foreign ones too."""
    row = conn.execute(_COUNT).fetchone()
    return int(row[0]) if row else 0


def packed(conn: Connection, limit: int) -> list[str]:
    """Give the keys of our own batches whose product is a package of so much."""
    return [row[0] for row in conn.execute(_PACKED, [limit]).fetchall()]


def _gtins(conn: Connection, words: str) -> Iterator[str]:
    for gtin, product in directory.products(conn).items():
        if words in product.name_zh.lower() or words in product.name_en.lower():
            yield gtin
