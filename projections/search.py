"""Finding produce by what people call it: Chinese, English, pinyin, or its initials.

The index is made of the taxonomy and of the products that are registered: each name with its
pinyin (`sanhuangji`) and its initials (`shj`), in memory, for there are hundreds of them, not
millions (`projections.called`).
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

from domain.taxonomy import CATEGORIES, simplified
from projections import market_queries as market
from projections.called import names_of, rank_of
from projections.market_rows import OfferRow

Connection = psycopg.Connection[Any]


class CategoryFound(Struct, frozen=True):
    """A category that a search found; `matched` is the name that it was found by."""

    code: str
    zh: str
    en: str
    matched: str
    rank: int


class ProductFound(Struct, frozen=True):
    """A product that a search found."""

    gtin: str
    category: str
    names: str
    rank: int


class Findings(Struct, frozen=True):
    """What a search found, the best first; offers are open, of what was found, cheapest first."""

    text: str
    categories: list[CategoryFound]
    products: list[ProductFound]
    offers: list[OfferRow]


class _Product(Struct, frozen=True):
    gtin: str
    category: str
    names: str


def search(conn: Connection, text: str, limit: int = 20) -> Findings:
    """Search categories, products and open offers by what somebody typed.

    Each word must be found. A whole name comes before its beginning, that before a part of it, a
    name of a category's own before a synonym.
    """
    words = simplified(text).casefold().split()
    if not words:
        return Findings(text, [], [], [])
    categories = sorted(_categories(words), key=lambda found: (found.rank, found.code))
    products = sorted(_products(conn, words), key=lambda found: (found.rank, found.names))[:limit]
    return Findings(text, categories[:limit], products, _offers(conn, categories, products, limit))


def _categories(words: list[str]) -> Iterator[CategoryFound]:
    for category in CATEGORIES:
        own = (category.zh, category.en, category.code)
        ranks = [
            (2 * rank + (name not in own), name)
            for name in names_of(category)
            if (rank := rank_of(words, name)) is not None
        ]
        if ranks:
            rank, matched = min(ranks)
            yield CategoryFound(category.code, category.zh, category.en, matched, rank)


def _products(conn: Connection, words: list[str]) -> Iterator[ProductFound]:
    with conn.cursor(row_factory=class_row(_Product)) as cursor:
        rows = cursor.execute("SELECT gtin, category, names FROM market.products").fetchall()
    for row in rows:
        rank = rank_of(words, row.names)
        if rank is not None:
            yield ProductFound(row.gtin, row.category, row.names, rank)
        elif words == [row.gtin]:
            yield ProductFound(row.gtin, row.category, row.names, 0)


def _offers(
    conn: Connection, categories: list[CategoryFound], products: list[ProductFound], limit: int
) -> list[OfferRow]:
    """Give open offers of what was found: of the products, else of the best category."""
    page = market.Page(limit, sort=market.Sort.CHEAPEST)
    filters = [market.OfferFilter(gtin=product.gtin) for product in products]
    if not filters:
        filters = [market.OfferFilter(category=found.code) for found in categories[:3]]
    found: dict[str, OfferRow] = {}
    for wanted in filters:
        for row in market.offers(conn, wanted, page):
            found.setdefault(row.id, row)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]
