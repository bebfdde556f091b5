"""Open offers ranked for a demand: what is asked for filters, what is offered is scored.

`domain.matching` filters and scores whole columns at once; only the best are put into words.
"""

from datetime import datetime
from typing import Any

import numpy as np
import psycopg
from msgspec import Struct

from domain.matching.explain import Found, explain
from domain.matching.parts import UNKNOWN_M, WEIGHTS, score
from domain.measures import Price, Unit
from projections import market_queries as market
from projections.market_rows import DemandRow, OfferRow
from projections.matching_offers import Chosen, Offers

Connection = psycopg.Connection[Any]

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


class Ranking(Struct, frozen=True):
    """The best offers for a demand, best first; `qualified` is how many met what it asks for."""

    demand: DemandRow
    qualified: int
    matches: list[Match]


def rank(conn: Connection, demand_id: str, now: datetime, limit: int = 20) -> Ranking | None:
    """Rank the open offers for a demand; None where there is no such demand.

    Of equal scores the cheaper comes first, then the older offer. What is over or met gets none.
    """
    demand = market.demands_by_id(conn, [demand_id]).get(demand_id)
    if demand is None:
        return None
    if demand.state != "open":
        return Ranking(demand, 0, [])
    currency = demand.ceiling_currency or DEFAULT_CURRENCY
    offers = Offers.load(conn, demand.category, demand.unit, currency, now)
    chosen = offers.choose(demand, township_of(conn, demand.deliver_to))
    scores = score(chosen.parts)
    best = np.lexsort((chosen.facts["position"], chosen.facts["price"], -scores))[:limit].tolist()
    rows = offers_at(conn, [int(chosen.facts["position"][at]) for at in best])
    matches = [
        _match(rows[position], int(scores[at]), chosen, at, demand)
        for at in best
        if (position := int(chosen.facts["position"][at])) in rows
    ]
    return Ranking(demand, len(chosen.at), matches)


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
    return Match(offer, points, rows, price, zh, en)


def offers_at(conn: Connection, positions: list[int]) -> dict[int, OfferRow]:
    """Give offers by their positions."""
    ids = conn.execute("SELECT id FROM market.offers WHERE position = ANY(%s)", [positions])
    rows = market.offers_by_id(conn, [row[0] for row in ids])
    return {row.position: row for row in rows.values()}
