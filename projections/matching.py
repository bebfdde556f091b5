"""Open offers ranked for a demand: what is asked for filters, what is offered is scored.

`domain.matching` filters and scores whole columns at once; only the best are put into words.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import psycopg
from msgspec import Struct

from domain.matching.explain import Found, explain
from domain.matching.parts import UNKNOWN_M, WEIGHTS, score
from domain.measures import Price, Unit
from projections import market_queries as market
from projections.columns import Column
from projections.market_queries import BadMark, Mark, Page
from projections.market_rows import DemandRow, OfferRow
from projections.matching_offers import Chosen, Offers

Connection = psycopg.Connection[Any]

_LONGEST: Final = 24
DEFAULT_CURRENCY = "CNY"
"""Prices of two currencies don't compare: a demand without a ceiling is for offers in this one."""


class PartRow(Struct, frozen=True):
    """A part of a score: 0 to 1000, and its weight of 100."""

    part: str
    value: int
    weight: int


class Match(Struct, frozen=True):
    """An offer for a demand: its score from 0 to 1000, the parts, and a sentence on it."""

    offer: OfferRow
    score: int
    parts: list[PartRow]
    price: Price
    zh: str
    en: str
    key: str = ""
    """What it is ranked by, as a mark of the list has it."""

    @property
    def position(self) -> int:
        """Where the offer stands in the ledger."""
        return self.offer.position


class Ranking(Struct, frozen=True):
    """The best offers for a demand, best first; `qualified` is how many met what it asks for."""

    demand: DemandRow
    qualified: int
    matches: list[Match]


def rank(
    conn: Connection, demand_id: str, now: datetime, limit: int = 20, page: Page | None = None
) -> Ranking | None:
    """Rank the open offers for a demand; None where there is no such demand.

    Of equal scores the cheaper comes first, then the older offer. What is over or met gets none.
    A `page` takes the place of `limit`.

    Raises:
        BadMark: where a mark of the page is not of a ranking.
    """
    demand = market.demands_by_id(conn, [demand_id]).get(demand_id)
    if demand is None:
        return None
    if demand.state != "open":
        return Ranking(demand, 0, [])
    chosen, scores = _scored(conn, demand, _open_offers(conn, now)(demand))
    best = _page(chosen, scores, page or Page(limit))
    rows = offers_at(conn, [int(chosen.facts["position"][at]) for at in best])
    matches = [
        _match(rows[position], int(scores[at]), chosen, at, demand)
        for at in best
        if (position := int(chosen.facts["position"][at])) in rows
    ]
    return Ranking(demand, len(chosen.at), matches)


class Pair(NamedTuple):
    """A demand and an offer, and what the offer is to it."""

    demand: DemandRow
    match: Match


def matches_of(conn: Connection, pairs: Iterable[str], now: datetime) -> dict[str, Pair]:
    """Give what offers are to demands, each beside all others; the pairs are named `demand.offer`.

    A pair that does not qualify is left out. Demands of one category, unit and currency share one
    reading of the offers.
    """
    named = {pair: pair.partition(".") for pair in pairs}
    demands = market.demands_by_id(conn, list({demand for demand, _, _ in named.values()}))
    offers = market.offers_by_id(conn, list({offer for _, _, offer in named.values()}))
    read, found = _open_offers(conn, now), {}
    for pair, (of, _, by) in named.items():
        demand, offer = demands.get(of), offers.get(by)
        if demand and offer and (match := _match_of(conn, demand, offer, read)):
            found[pair] = Pair(demand, match)
    return found


def _match_of(
    conn: Connection, demand: DemandRow, offer: OfferRow, read: Callable[[DemandRow], Offers]
) -> Match | None:
    if demand.state != "open":
        return None
    chosen, scores = _scored(conn, demand, read(demand))
    at = np.flatnonzero(chosen.facts["position"] == offer.position)
    return _match(offer, int(scores[at[0]]), chosen, int(at[0]), demand) if len(at) else None


def _open_offers(conn: Connection, now: datetime) -> Callable[[DemandRow], Offers]:
    """Read the offers that demands are held against, those of one kind once."""

    @cache
    def load(category: str, unit: str, currency: str) -> Offers:
        return Offers.load(conn, category, unit, currency, now)

    return lambda one: load(one.category, one.unit, one.ceiling_currency or DEFAULT_CURRENCY)


def _scored(conn: Connection, demand: DemandRow, offers: Offers) -> tuple[Chosen, Column]:
    chosen = offers.choose(demand, township_of(conn, demand.deliver_to))
    return chosen, score(chosen.parts)


def _page(chosen: Chosen, scores: Column, page: Page) -> list[int]:
    """Give the indices of a page, best first."""
    ranked_by = (-scores, chosen.facts["price"], chosen.facts["position"])
    within = np.ones(len(scores), bool)
    if page.after:
        within &= _compared(ranked_by, page.after) > 0
    if page.before:
        within &= _compared(ranked_by, page.before) < 0
    order = np.lexsort(ranked_by[::-1])
    order = order[within[order]]
    return [int(at) for at in (order[-page.limit :] if page.back else order[: page.limit])]


def _compared(ranked_by: tuple[Column, ...], mark: Mark) -> Column:
    """Tell whether each stands before (−1), at (0) or after (1) a mark.

    Raises:
        BadMark: where it is no mark of this list.
    """
    points, dot, price = mark.key.partition(".")
    if not (dot and points.isdecimal() and price.isdecimal() and len(mark.key) <= _LONGEST):
        raise BadMark(f"{mark.key!r} is no place in a ranking")
    found = np.zeros(len(ranked_by[0]), np.int64)
    for column, value in zip(ranked_by, (-int(points), int(price), mark.position), strict=True):
        found = np.where(found == 0, np.sign(column - value), found)
    return found


def township_of(conn: Connection, place: str) -> str | None:
    """Give the township of a place; None where it is not known."""
    row = conn.execute("SELECT township FROM market.places WHERE id = %s", [place]).fetchone()
    return row[0] if row else None


def _match(offer: OfferRow, points: int, chosen: Chosen, at: int, demand: DemandRow) -> Match:
    parts = {part: int(values[at]) for part, values in chosen.parts.items()}
    one = {name: int(column[at]) for name, column in chosen.facts.items()}
    price = Price(one["amount"], one["per"], offer.currency)
    found = Found(
        price, Unit(demand.unit), one["available"], demand.remaining,
        None if one["distance_m"] == UNKNOWN_M else one["distance_m"],
        None if one["made_at"] < 0 else one["age_days"], bool(one["certified"]),
        bool(one["inspected"]), one["kept"], one["broken"],
    )  # fmt: skip
    zh, en = explain(points, parts, found)
    rows = [PartRow(part.value, value, WEIGHTS[part]) for part, value in parts.items()]
    return Match(offer, points, rows, price, zh, en, f"{points}.{one['price']}")


def offers_at(conn: Connection, positions: list[int]) -> dict[int, OfferRow]:
    """Give offers by their positions."""
    ids = conn.execute("SELECT id FROM market.offers WHERE position = ANY(%s)", [positions])
    rows = market.offers_by_id(conn, [row[0] for row in ids])
    return {row.position: row for row in rows.values()}
