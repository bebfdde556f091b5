"""Writes the documents of batches from what is kept of them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec
import psycopg
from msgspec import Raw, Struct

from domain.ids import is_county_issued
from projections import passport_heritage as heritage
from projections import passport_marks as marks
from projections.passport import MOST_HOLDERS, MOST_STEPS, Held, Product, Stock, Where, Who
from projections.passport_heritage import NOTHING, Choice, Heritage, Item
from projections.passport_steps import Rank
from projections.rows import insert
from projections.stock_changes import Account

_BATCHES: Final = "SELECT batch, display, steps, heritage, last FROM batch WHERE batch = ANY(%s)"
_STEPS: Final = """
SELECT b.batch, s.position, s.n, s.rank, s.at, s.display IS NULL
FROM unnest(%s::text[]) AS b (batch)
CROSS JOIN LATERAL (
    SELECT position, n, rank, at, display
    FROM step WHERE batch = b.batch ORDER BY rank, position DESC, n LIMIT %s
) AS s
"""
_STEP_BODIES: Final = "SELECT position, n, body FROM step WHERE position = ANY(%s)"
_ORIGIN_BODIES: Final = """
SELECT h.position, h.n, h.body, t.bodies
FROM harvest h
LEFT JOIN LATERAL (
    SELECT array_agg(newest.body ORDER BY newest.at, newest.position) AS bodies
    FROM (
        SELECT body, at, position FROM treatment
        WHERE plot = h.plot AND at BETWEEN h.at - interval '365 days' AND h.at
        ORDER BY at DESC, position DESC
        LIMIT %s
    ) AS newest
) AS t ON true
WHERE h.position = ANY(%s)
"""
_WITHDRAWN: Final = """
SELECT batch, body FROM withdrawn WHERE batch = ANY(%s) ORDER BY batch, position, n
"""
_CERTIFICATES: Final = """
SELECT batch, body FROM certificate c
WHERE batch = ANY(%s)
    AND NOT EXISTS (SELECT FROM certificate_end e WHERE e.certificate = c.id)
ORDER BY batch, position
"""
_PRODUCTS: Final = """
SELECT gtin, zh, en, category, unit, content_quantity, content_unit
FROM product WHERE gtin = ANY(%s)
"""
_BALANCES: Final = """
SELECT b.batch, b.account, b.quantity, b.party, p.name, p.kind, b.place, l.name, l.kind, l.township
FROM balance b
LEFT JOIN party p ON p.id = b.party
LEFT JOIN place l ON l.id = b.place
WHERE b.batch = ANY(%s)
ORDER BY b.batch, b.quantity DESC, b.party, b.place
"""
_DOCUMENT: Final = {"batch": "text", "body": "bytea", "position": "int8"}
_FORGET: Final = "DELETE FROM batch WHERE batch = ANY(%s)"
_REMOVE: Final = "DELETE FROM document WHERE batch = ANY(%s)"


class _Document(Struct, frozen=True, kw_only=True):
    """`projections.passport.Passport`, of steps and origins that are JSON already."""

    id: str
    key: str
    kind: Literal["own", "foreign"]
    gtin: str | None
    lot: str | None
    product: Product | None
    made: Raw | None
    origins: list[Raw]
    origins_left_out: int
    timeline: list[Raw]
    timeline_left_out: int
    withdrawn: list[Raw]
    stock: Stock
    position: int
    certificates: list[Raw]
    mark: Raw | None


class _Own(Struct):
    """What is kept of one batch."""

    display: str | None
    steps: int
    heritage: Heritage
    last: int
    items: list[Item] = msgspec.field(default_factory=list)
    makers: list[tuple[int, int, bool]] = msgspec.field(default_factory=list)
    withdrawn: list[Raw] = msgspec.field(default_factory=list)
    origins: list[Item] = msgspec.field(default_factory=list)
    balances: list[tuple[Any, ...]] = msgspec.field(default_factory=list)
    certificates: list[Raw] = msgspec.field(default_factory=list)
    mark: Raw | None = None

    @property
    def timeline(self) -> Choice:
        """Its own steps and those that came with what it was made of."""
        unloaded = self.steps - len(self.items)
        of_all = [*self.items, *self.heritage.steps]
        return heritage.choose(of_all, unloaded + self.heritage.steps_left_out)

    @property
    def grown(self) -> Choice:
        """Where it was grown, itself or what it was made of."""
        return heritage.choose(
            [*self.origins, *self.heritage.origins], self.heritage.origins_left_out
        )

    @property
    def maker(self) -> tuple[int, int, bool] | None:
        """The step that made it: position, number in the event, whether it is one of ours."""
        return min(self.makers, default=None)


_Chosen = tuple[_Own, Choice, Choice]

Bodies = dict[tuple[int, int], Raw]
"""Steps or origins as JSON, by position and number in the event."""


def write(cursor: psycopg.Cursor[Any], batches: Iterable[str]) -> None:
    """Write the documents of batches anew; one of which nothing is left is removed."""
    names = sorted(batches)
    if not names:
        return
    found = _load(cursor, names)
    products = _products(cursor, names)
    chosen = {
        name: (own, own.timeline, own.grown)
        for name, own in found.items()
        if own.steps or own.withdrawn
    }
    steps = _step_bodies(cursor, chosen.values())
    grown = _origin_bodies(cursor, chosen.values())
    bodies = [
        (
            name,
            msgspec.json.encode(_compose(name, *of, products.get(name[:14]), steps, grown)),
            of[0].last,
        )
        for name, of in chosen.items()
    ]
    cursor.execute(_REMOVE, [names])
    insert(cursor, "document", _DOCUMENT, bodies)
    empty = [name for name, own in found.items() if not own.steps and not own.withdrawn]
    if empty:
        cursor.execute(_FORGET, [empty])


def _load(cursor: psycopg.Cursor[Any], names: Sequence[str]) -> dict[str, _Own]:
    found: dict[str, _Own] = {}
    cursor.execute(_BATCHES, [names], binary=True)
    for name, display, steps, body, last in cursor.fetchall():
        inherited = msgspec.json.decode(body, type=Heritage) if body else NOTHING
        found[name] = _Own(display, steps, inherited, last)
    cursor.execute(_STEPS, [names, MOST_STEPS], binary=True)
    for name, position, n, rank, at, own in cursor.fetchall():
        found[name].items.append(Item(position, n, rank, at))
        if rank == Rank.MADE:
            found[name].makers.append((position, n, own))
    for name, *balance in cursor.execute(_BALANCES, [names]).fetchall():
        found[name].balances.append(tuple(balance))
    for name, items in heritage.origins(cursor, names).items():
        found[name].origins = items
    _add_papers(cursor, names, found)
    return found


def _add_papers(cursor: psycopg.Cursor[Any], names: Sequence[str], found: dict[str, _Own]) -> None:
    """Add what was withdrawn, the certificates in force, and the mark."""
    for name, body in cursor.execute(_WITHDRAWN, [names], binary=True).fetchall():
        found[name].withdrawn.append(Raw(body))
    for name, body in cursor.execute(_CERTIFICATES, [names], binary=True).fetchall():
        found[name].certificates.append(Raw(body))
    for name, mark in marks.load(cursor, names).items():
        found[name].mark = mark


def _products(cursor: psycopg.Cursor[Any], names: Sequence[str]) -> dict[str, Product]:
    gtins = {name[:14] for name in names if name[14:15] == "/"}
    found = {
        gtin: Product(
            gtin=gtin, zh=None, en=None, category=None, unit=None, content_quantity=None,
            content_unit=None, county_issued=is_county_issued(gtin),
        )
        for gtin in gtins
    }  # fmt: skip
    for gtin, zh, en, category, unit, quantity, of in cursor.execute(
        _PRODUCTS, [list(gtins)]
    ).fetchall():
        found[gtin] = Product(
            gtin=gtin, zh=zh, en=en, category=category, unit=unit, content_quantity=quantity,
            content_unit=of, county_issued=is_county_issued(gtin),
        )  # fmt: skip
    return found


def _step_bodies(cursor: psycopg.Cursor[Any], chosen: Iterable[_Chosen]) -> Bodies:
    positions = {item.position for _, timeline, _ in chosen for item in timeline.kept}
    positions |= {own.maker[0] for own, _, _ in chosen if own.maker}
    cursor.execute(_STEP_BODIES, [sorted(positions)], binary=True)
    return {(position, n): Raw(body) for position, n, body in cursor.fetchall()}


def _origin_bodies(cursor: psycopg.Cursor[Any], chosen: Iterable[_Chosen]) -> Bodies:
    positions = {item.position for _, _, grown in chosen for item in grown.kept}
    cursor.execute(_ORIGIN_BODIES, [MOST_STEPS, sorted(positions)], binary=True)
    return {
        (position, n): Raw(head[:-1] + b',"treatments":[' + b",".join(treatments or ()) + b"]}")
        for position, n, head, treatments in cursor.fetchall()
    }


def _compose(
    name: str,
    own: _Own,
    timeline: Choice,
    grown: Choice,
    product: Product | None,
    bodies: Bodies,
    origins: Bodies,
) -> _Document:
    gtin, lot = (name[:14], name[15:]) if product else (None, None)
    maker = own.maker
    is_own = maker[2] if maker else own.display is None
    return _Document(
        id=own.display or name, key=name, kind="own" if is_own else "foreign", gtin=gtin, lot=lot,
        product=product, made=bodies[maker[:2]] if maker else None,
        origins=[origins[item[:2]] for item in grown.kept], origins_left_out=grown.left_out,
        timeline=[bodies[item[:2]] for item in timeline.kept], timeline_left_out=timeline.left_out,
        withdrawn=own.withdrawn, stock=_stock(own.balances), position=own.last,
        certificates=own.certificates, mark=own.mark,
    )  # fmt: skip


def _stock(balances: Sequence[tuple[Any, ...]]) -> Stock:
    sums = dict.fromkeys((account.value for account in Account), 0)
    holders: list[Held] = []
    for account, quantity, party, name, kind, place, place_name, place_kind, township in balances:
        sums[account] += quantity
        if account == Account.HELD.value:
            who = Who(id=party, name=name, kind=kind)
            where = Where(id=place, name=place_name, kind=place_kind, township=township)
            holders.append(Held(party=who, place=where, quantity=quantity))
    return Stock(
        **sums, holders=tuple(holders[:MOST_HOLDERS]), holders_left_out=len(holders[MOST_HOLDERS:])
    )
