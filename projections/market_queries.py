"""Reading the market: lists by page, and rows by id, each in one query.

A page is found by what the last row was sorted by and its position, never by counting rows: what
comes in between moves nothing.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, TypeVar

import psycopg
from msgspec import Struct
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from projections.called import products_called
from projections.market_rows import (
    DemandRow,
    OfferRow,
    OrderRow,
    StepRow,
)

Connection = psycopg.Connection[Any]
Row = TypeVar("Row")


class BadMark(ValueError):
    """A mark that fits no place in this list."""


class Sort(Enum):
    """How a list is sorted; `_SORTS` says which list can be sorted how."""

    NEWEST = "newest"
    CHEAPEST = "cheapest"
    LARGEST = "largest"
    ENDING_SOON = "ending-soon"
    CHANGED = "changed"


class Mark(Struct, frozen=True):
    """A place in a sorted list: what a row there is sorted by, as text, and its position."""

    key: str
    position: int


class Page(Struct, frozen=True):
    """So many rows at most, between two marks: the first of them, or (`back`) the last."""

    limit: int
    after: Mark | None = None
    sort: Sort = Sort.NEWEST
    before: Mark | None = None
    back: bool = False


class Ceiling(Struct, frozen=True):
    """The most that one would pay: `amount` hundredths of `currency` for each `per` of `unit`."""

    amount: int
    per: int
    unit: str
    currency: str = "CNY"


class OfferFilter(Struct, frozen=True):
    """Which offers; None does not narrow. `townships` is of the place where the goods are.

    Each of `words` must be what the product is called (`projections.called`), or stand in the
    batch, the product's names or category, or the name of the place or the seller.
    """

    states: Sequence[str] = ("open",)
    category: str | None = None
    townships: Sequence[str] | None = None
    gtin: str | None = None
    seller: str | None = None
    ceiling: Ceiling | None = None
    words: Sequence[str] = ()


class DemandFilter(Struct, frozen=True):
    """Which demands; None does not narrow."""

    states: Sequence[str] = ("open",)
    category: str | None = None
    categories: Sequence[str] | None = None
    buyer: str | None = None


class OrderFilter(Struct, frozen=True):
    """Which orders of a party, as buyer or seller; None does not narrow."""

    party: str
    states: Sequence[str] | None = None
    counterparty: str | None = None
    gtin: str | None = None
    offer: str | None = None


_SORTS: Final = {
    Sort.NEWEST: (sql.SQL("position"), sql.SQL("DESC"), sql.SQL("bigint")),
    Sort.CHEAPEST: (sql.SQL("unit_price"), sql.SQL("ASC"), sql.SQL("numeric")),
    Sort.LARGEST: (sql.SQL("remaining"), sql.SQL("DESC"), sql.SQL("bigint")),
    Sort.CHANGED: (sql.SQL("changed_at"), sql.SQL("DESC"), sql.SQL("bigint")),
    Sort.ENDING_SOON: (
        sql.SQL("coalesce(until, 'infinity')"),
        sql.SQL("ASC"),
        sql.SQL("timestamptz"),
    ),
}
_OTHER_SORTS: Final = _SORTS | {
    Sort.LARGEST: (sql.SQL("quantity"), sql.SQL("DESC"), sql.SQL("bigint")),
}
"""Of demands and orders, which have no remainder."""
_PAGE: Final = sql.SQL(
    "SELECT {columns}, ({key})::text AS key FROM {source} WHERE {where} AND {after} AND {before}"
    " ORDER BY {key} {way}, position {way} LIMIT %(limit)s"
)

_OFFER_COLUMNS: Final = sql.SQL(
    "id, position, seller, place, batch, gtin, unit, quantity, remaining, least, price_amount,"
    " price_per, currency, until, occurred_at, state, available, tiers, window_since, window_until,"
    " ways, plot"
)
# What is held or recalled can't be ordered: the offer is closed for as long. What has spoilt or was
# sold elsewhere can't be promised; a harvest to come may be ordered before it is held.
_OFFERS: Final = sql.SQL("""(
    SELECT n.id, n.position, n.seller, n.place, n.batch, n.gtin, n.unit, n.quantity, n.remaining,
           n.least, n.price_amount, n.price_per, n.currency, n.unit_price, n.until, n.occurred_at,
           n.tiers, n.window_since, n.window_until, n.ways, n.plot, a.available,
           CASE
               WHEN n.state = 'open' AND EXISTS (
                   SELECT FROM trace.halted h WHERE h.key = n.batch
               ) THEN 'halted'
               WHEN n.state = 'open' AND a.available < n.least AND NOT a.to_come THEN 'sold-out'
               ELSE n.state
           END AS state
    FROM market.offers_now n
    LEFT JOIN holdings.holding h
        ON h.batch = n.batch AND h.party = n.seller AND h.place = n.place
    CROSS JOIN LATERAL (SELECT
        greatest(least(n.remaining, coalesce(h.quantity - h.reserved, 0)), 0) AS available,
        n.plot IS NOT NULL AND NOT EXISTS (
            SELECT FROM holdings.holding any_of WHERE any_of.batch = n.batch
        ) AS to_come
    ) a
) o""")
_OFFERS_WHERE: Final = sql.SQL("""
    state = ANY(%(states)s)
    AND (%(gtin)s::text IS NULL OR gtin = %(gtin)s)
    AND (%(seller)s::text IS NULL OR seller = %(seller)s)
    AND (%(category)s::text IS NULL OR EXISTS (
        SELECT FROM market.products p WHERE p.gtin = o.gtin AND p.category = %(category)s))
    AND (%(townships)s::text[] IS NULL OR EXISTS (
        SELECT FROM market.places l WHERE l.id = o.place AND l.township = ANY(%(townships)s)))
    AND (%(most_unit)s::text IS NULL OR (
        unit = %(most_unit)s AND currency = %(most_currency)s
        AND price_amount::numeric * %(most_per)s <= %(most_amount)s::numeric * price_per))
    AND (%(words)s::jsonb IS NULL OR NOT EXISTS (
        SELECT FROM jsonb_each(%(words)s::jsonb) AS said (word, meant)
        WHERE NOT meant ? o.gtin AND strpos(lower(concat_ws(' ', o.batch,
            (SELECT p.names FROM market.products p WHERE p.gtin = o.gtin),
            (SELECT l.name FROM market.places l WHERE l.id = o.place),
            (SELECT s.name FROM market.parties s WHERE s.id = o.seller)
        )), lower(word)) = 0))
""")
_DEMAND_COLUMNS: Final = sql.SQL(
    "id, position, buyer, category, quantity, unit, deliver_to, ceiling_amount, ceiling_per,"
    " ceiling_currency, until, occurred_at, state, remaining, product, window_since, window_until,"
    " certificates, fetches"
)
_DEMANDS: Final = sql.SQL("market.demands_now d")
_DEMANDS_WHERE: Final = sql.SQL("""
    state = ANY(%(states)s)
    AND (%(category)s::text IS NULL OR category = %(category)s)
    AND (%(categories)s::text[] IS NULL OR category = ANY(%(categories)s))
    AND (%(buyer)s::text IS NULL OR buyer = %(buyer)s)
""")
_ORDER_COLUMNS: Final = sql.SQL(
    "id, position, offer, buyer, seller, batch, quantity, unit, price_amount, price_per, currency,"
    " deliver_to, occurred_at, state, changed_at, confirmed, way, demand,"
    " window_since, window_until,"
    " EXISTS (SELECT FROM trace.halted h WHERE h.key = o.batch) AS halted"
)
_ORDERS: Final = sql.SQL("market.orders o")
_ORDERS_WHERE: Final = sql.SQL("""
    (buyer = %(party)s OR seller = %(party)s)
    AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s))
    AND (%(counterparty)s::text IS NULL OR %(counterparty)s IN (buyer, seller))
    AND (%(gtin)s::text IS NULL OR left(batch, 14) = %(gtin)s)
    AND (%(offer)s::text IS NULL OR offer = %(offer)s)
""")
_BY_ID: Final = sql.SQL("SELECT {columns} FROM {source} WHERE id = ANY(%(ids)s)")


def offers(conn: Connection, wanted: OfferFilter, page: Page) -> list[OfferRow]:
    """Give a page of offers.

    Raises:
        BadMark: where the page's mark is not of this sort.
    """
    most = wanted.ceiling
    values = {
        "states": list(wanted.states), "gtin": wanted.gtin, "seller": wanted.seller,
        "category": wanted.category,
        "words": Jsonb(products_called(conn, wanted.words)) if wanted.words else None,
        "townships": None if wanted.townships is None else list(wanted.townships),
        "most_unit": most and most.unit, "most_currency": most and most.currency,
        "most_per": most and most.per, "most_amount": most and most.amount,
    }  # fmt: skip
    return _page(conn, OfferRow, (_OFFER_COLUMNS, _OFFERS, _OFFERS_WHERE), page, values)


def demands(conn: Connection, wanted: DemandFilter, page: Page) -> list[DemandRow]:
    """Give a page of demands.

    Raises:
        BadMark: where the page's mark is not of this list.
    """
    values = {
        "states": list(wanted.states), "category": wanted.category, "buyer": wanted.buyer,
        "categories": None if wanted.categories is None else list(wanted.categories),
    }  # fmt: skip
    return _page(conn, DemandRow, (_DEMAND_COLUMNS, _DEMANDS, _DEMANDS_WHERE), page, values)


def orders(conn: Connection, wanted: OrderFilter, page: Page) -> list[OrderRow]:
    """Give a page of the orders that a party placed or was given.

    Raises:
        BadMark: where the page's mark is not of this list.
    """
    values = {
        "party": wanted.party, "counterparty": wanted.counterparty, "gtin": wanted.gtin,
        "offer": wanted.offer, "states": None if wanted.states is None else list(wanted.states),
    }  # fmt: skip
    return _page(conn, OrderRow, (_ORDER_COLUMNS, _ORDERS, _ORDERS_WHERE), page, values)


def offers_by_id(conn: Connection, ids: Sequence[str]) -> dict[str, OfferRow]:
    """Give offers by id; what is not there is left out."""
    rows = _by_id(conn, OfferRow, _OFFER_COLUMNS, _OFFERS, ids)
    return {row.id: row for row in rows}


def demands_by_id(conn: Connection, ids: Sequence[str]) -> dict[str, DemandRow]:
    """Give demands by id; what is not there is left out."""
    rows = _by_id(conn, DemandRow, _DEMAND_COLUMNS, sql.SQL("market.demands_now"), ids)
    return {row.id: row for row in rows}


def orders_by_id(conn: Connection, ids: Sequence[str]) -> dict[str, OrderRow]:
    """Give orders by id; what is not there is left out."""
    rows = _by_id(conn, OrderRow, _ORDER_COLUMNS, _ORDERS, ids)
    return {row.id: row for row in rows}


def order_of_shipment(conn: Connection, shipment: str) -> str | None:
    """Give the order that a shipment was sent for; None where it was for none."""
    row = conn.execute("SELECT order_id FROM market.steps WHERE event = %s", [shipment]).fetchone()
    return str(row[0]) if row else None


def ordered_pairs(conn: Connection, demands: Sequence[str]) -> set[tuple[str, str]]:
    """Give (offer, demand) of all orders that were placed for demands, whatever became of them."""
    rows = conn.execute(
        "SELECT offer, demand FROM market.orders WHERE demand = ANY(%s)", [list(demands)]
    )
    return {(offer, demand) for offer, demand in rows}


def steps_of(conn: Connection, orders: Sequence[str]) -> dict[str, list[StepRow]]:
    """Give the lives of orders, each in order of position; corrected steps are among them."""
    with conn.cursor(row_factory=class_row(StepRow)) as cursor:
        cursor.execute(
            "SELECT event, position, order_id, state, actor, quantity, reason, occurred_at,"
            " admitted_at, counts, corrected FROM market.steps WHERE order_id = ANY(%s)"
            " ORDER BY order_id, position",
            [list(orders)],
        )
        lives: dict[str, list[StepRow]] = {}
        for row in cursor:
            lives.setdefault(row.order_id, []).append(row)
        return lives


def _page(
    conn: Connection, kind: type[Row], parts: tuple[sql.SQL, sql.SQL, sql.SQL], page: Page,
    values: dict[str, Any],
) -> list[Row]:  # fmt: skip
    columns, source, where = parts
    key, way, cast = _SORTS[page.sort] if kind is OfferRow else _OTHER_SORTS[page.sort]
    falling = way.as_string() == "DESC"
    query = _PAGE.format(
        columns=columns, key=key, source=source, where=where,
        after=_beside("after", page.after, key, cast, below=falling),
        before=_beside("before", page.before, key, cast, below=not falling),
        way=sql.SQL("ASC" if falling == page.back else "DESC"),
    )  # fmt: skip
    for name, mark in (("after", page.after), ("before", page.before)):
        if mark:
            values |= {f"{name}_key": mark.key, f"{name}_position": mark.position}
    try:
        with conn.cursor(row_factory=class_row(kind)) as cursor:
            rows = cursor.execute(query, values | {"limit": page.limit}).fetchall()
    except psycopg.DataError as error:
        mark = page.after or page.before
        if mark is None:
            raise
        raise BadMark(f"{mark.key!r} is no place in a list sorted so") from error
    return rows[::-1] if page.back else rows


def _beside(
    name: str, mark: Mark | None, key: sql.SQL, cast: sql.SQL, *, below: bool
) -> sql.Composable:
    """Write the condition that a row stands on one side of a mark."""
    if mark is None:
        return sql.SQL("true")
    return sql.SQL("({key}, position) {sign} ({value}::{cast}, {position})").format(
        key=key, sign=sql.SQL("<" if below else ">"), value=sql.Placeholder(f"{name}_key"),
        cast=cast, position=sql.Placeholder(f"{name}_position"),
    )  # fmt: skip


def _by_id(
    conn: Connection, kind: type[Row], columns: sql.SQL, source: sql.SQL, ids: Sequence[str]
) -> list[Row]:  # fmt: skip
    query = _BY_ID.format(columns=columns, source=source)
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, {"ids": list(ids)}).fetchall()
