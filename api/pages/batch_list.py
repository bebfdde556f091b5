"""Batches to look through: the newest first, narrowed by words in a lot or a product's name."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from api.pages.naming import Naming, address, spoken
from ledger.log import Connection
from projections import directory
from projections.directory import Product
from projections.passport import Passport, documents

_LIST: Final = """
    SELECT id, key FROM trace.node
    WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(words)s::text = '' OR strpos(lower(key), lower(%(words)s)) > 0
         OR strpos(lower(display), lower(%(words)s)) > 0 OR left(key, 14) = ANY(%(gtins)s))
    ORDER BY id DESC LIMIT %(limit)s
"""
_COUNT: Final = "SELECT count(*) FROM trace.node"


class Listed(NamedTuple):
    """A batch's number in the list, and its key."""

    number: int
    key: str


class BatchRow(NamedTuple):
    """A batch as a line of the list."""

    product: str
    lot: str
    made: str | None
    origin: str | None
    last: str
    position: int
    address: str


def listed(conn: Connection, words: str, before: int | None, limit: int) -> list[Listed]:
    """Give batches in which the words stand, those recorded last first."""
    values = {"words": words, "before": before, "limit": limit, "gtins": _gtins(conn, words)}
    return [Listed(*row) for row in conn.execute(_LIST, values).fetchall()]


def count(conn: Connection) -> int:
    """Count all batches that the ledger knows of."""
    row = conn.execute(_COUNT).fetchone()
    return int(row[0]) if row else 0


def rows(conn: Connection, keys: Sequence[str], naming: Naming) -> list[BatchRow]:
    """Give the lines of these batches."""
    passports = documents(conn, list(keys))
    return [_row(passports[key], naming) for key in keys if key in passports]


def _gtins(conn: Connection, words: str) -> list[str]:
    if not words:
        return []
    return [gtin for gtin, one in directory.products(conn).items() if _says(one, words.lower())]


def _says(product: Product, words: str) -> bool:
    return words in product.name_zh.lower() or words in product.name_en.lower()


def _row(passport: Passport, naming: Naming) -> BatchRow:
    towns = dict.fromkeys(filter(None, (naming.town(o.plot) for o in passport.origins)))
    made = passport.made
    last = passport.timeline[-1].occurred_at if passport.timeline else None
    product = naming.product(passport.product) or naming.reader.say("外来批次")
    origin = next(iter(towns), None)
    if len(towns) > 1 and origin:
        origin = naming.reader.say("%(town)s等 %(n)s 处", town=origin, n=len(towns))
    return BatchRow(
        product=product, lot=passport.lot or spoken(passport.id),
        made=naming.amount(made.quantity, made.unit) if made else None, origin=origin,
        last=naming.reader.day(last) if last else "", position=passport.position,
        address=address(passport.key),
    )  # fmt: skip
