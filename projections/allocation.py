"""The county's open offers shared out among its open demands: a preview, which binds nobody.

Each category, unit and currency is a problem of its own. Of a demand's offers the best are
considered, and of an offer's demands, so that the whole county is done in seconds.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np
import psycopg
from msgspec import Struct
from numpy.typing import NDArray

from domain.events.market import Tier
from domain.matching.allocation import (
    LOT,
    Pair,
    Problem,
    Sharing,
    Supply,
    Want,
    entitlements,
    sold,
)
from domain.matching.parts import score
from domain.measures import Price
from domain.pricing import price_at, within
from projections import market_queries as market
from projections.market_rows import DemandRow, OfferRow
from projections.matching import DEFAULT_CURRENCY, offers_at
from projections.matching_offers import Offers
from projections.solver import share_out

Connection = psycopg.Connection[Any]

CONSIDERED: Final = 10
"""How many of a demand's best offers, and of an offer's best demands, are considered."""
_MOST_DEMANDS: Final = 100_000


class Proposal(Struct, frozen=True):
    """So much of an offer for a demand, at the offer's price for so much."""

    offer: str
    demand: str
    seller: str
    buyer: str
    batch: str
    quantity: int
    unit: str
    price: Price
    score: int
    category: str


class SellerShare(Struct, frozen=True):
    """What a seller sells in the preview, of what it could sell at most."""

    seller: str
    sold: int
    entitled: int


class Group(Struct, frozen=True):
    """One category in one unit and currency, shared out; `floor` in thousandths."""

    category: str
    unit: str
    currency: str
    offers: int
    demands: int
    wanted: int
    moved: int
    floor: int
    sellers: list[SellerShare]


class Preview(Struct, frozen=True):
    """A sharing of the whole county, category by category."""

    groups: list[Group]
    proposals: list[Proposal]


class Prepared(Struct, frozen=True):
    """A problem, and what its indices mean."""

    category: str
    unit: str
    currency: str
    problem: Problem
    demands: list[DemandRow]


def allocate(
    conn: Connection,
    now: datetime,
    window: tuple[datetime, datetime] | None = None,
    category: str | None = None,
) -> Preview:
    """Share out what is open; `window` takes only demands whose goods are wanted within it."""
    groups: list[Group] = []
    proposals: list[Proposal] = []
    for prepared in problems(conn, now, window, category):
        sharing = share_out(prepared.problem)
        groups.append(_group(prepared, sharing))
        proposals += _proposals(conn, prepared, sharing)
    return Preview(groups, proposals)


def problems(
    conn: Connection,
    now: datetime,
    window: tuple[datetime, datetime] | None = None,
    category: str | None = None,
) -> Iterator[Prepared]:
    """Give what there is to share out, a problem a category, unit and currency."""
    wanted = market.DemandFilter(category=category)
    found: dict[tuple[str, str, str], list[DemandRow]] = defaultdict(list)
    for demand in market.demands(conn, wanted, market.Page(_MOST_DEMANDS)):
        if window is None or _falls_in(demand, window):
            currency = demand.ceiling_currency or DEFAULT_CURRENCY
            found[demand.category, demand.unit, currency].append(demand)
    homes = dict(conn.execute("SELECT id, township FROM market.places").fetchall())
    for (name, unit, currency), demands in sorted(found.items()):
        offers = Offers.load(conn, name, unit, currency, now)
        demands.sort(key=lambda demand: demand.position)
        yield Prepared(name, unit, currency, _problem(offers, demands, homes), demands)


def _falls_in(demand: DemandRow, window: tuple[datetime, datetime]) -> bool:
    since, until = demand.window_since, demand.window_until
    return (since is None or since <= window[1]) and (until is None or until >= window[0])


def _problem(offers: Offers, demands: Sequence[DemandRow], homes: dict[str, str]) -> Problem:
    found = offers.found
    lot = LOT[demands[0].unit]
    supplies = [
        Supply(str(position), str(seller), available // lot, -(-least // lot))
        for position, seller, available, least in zip(
            *(found[name].tolist() for name in ("position", "seller", "available", "least")),
            strict=True,
        )
    ]
    wants = [Want(demand.id, demand.buyer, demand.remaining // lot) for demand in demands]
    scored = [_scored(offers, demand, want, homes) for want, demand in enumerate(demands)]
    points, supply, wanted = _best(np.concatenate(scored, axis=1)).tolist()
    pairs = [
        Pair(one, other, score)
        for score, one, other in zip(points, supply, wanted, strict=True)
        if supplies[one].available >= max(supplies[one].least, 1) and wants[other].wanted
    ]
    return Problem(supplies, wants, pairs)


def _scored(
    offers: Offers, demand: DemandRow, want: int, homes: dict[str, str]
) -> NDArray[np.int64]:
    """Give score, offer and demand of each pair that qualifies, a column a pair."""
    chosen = offers.choose(demand, homes.get(demand.deliver_to))
    return np.stack([score(chosen.parts), chosen.at, np.full(len(chosen.at), want)])


def _best(scored: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the pairs that are among the best of their demand or of their offer, best first."""
    points, supply, want = scored
    scored = scored[:, np.lexsort((want, supply, -points))]
    kept = (_place(scored[1]) < CONSIDERED) | (_place(scored[2]) < CONSIDERED)
    return scored[:, kept]


def _place(names: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell of each element how many equal ones stand before it."""
    order = np.argsort(names, kind="stable")
    _, first, counts = np.unique(names[order], return_index=True, return_counts=True)
    found = np.empty(len(names), np.int64)
    found[order] = np.arange(len(names)) - np.repeat(first, counts)
    return found


def _group(prepared: Prepared, sharing: Sharing) -> Group:
    problem, lot = prepared.problem, LOT[prepared.unit]
    got = sold(problem, sharing.shares)
    sellers = [
        SellerShare(_party(seller), got.get(seller, 0) * lot, entitled * lot)
        for seller, entitled in entitlements(problem).items()
    ]
    return Group(
        prepared.category, prepared.unit, prepared.currency, len(problem.supplies),
        len(problem.wants), sum(want.wanted for want in problem.wants) * lot, sharing.moved * lot,
        sharing.floor, sellers,
    )  # fmt: skip


def _party(number: str) -> str:
    """Give a party's id back from its digits: the county's six, then its own."""
    return f"P{number[:6]}-{number[6:]}"


def _proposals(conn: Connection, prepared: Prepared, sharing: Sharing) -> Iterator[Proposal]:
    """Name each share; where so little costs more than the demand would pay, it is left out."""
    lot, problem = LOT[prepared.unit], prepared.problem
    rows = offers_at(conn, [int(problem.supplies[share.supply].offer) for share in sharing.shares])
    points = {(pair.supply, pair.want): pair.score for pair in problem.pairs}
    for share in sharing.shares:
        offer = rows.get(int(problem.supplies[share.supply].offer))
        demand = prepared.demands[share.want]
        if offer is None:
            continue
        price = price_of(offer, share.lots * lot)
        if within(price, ceiling_of(demand)):
            yield Proposal(
                offer.id, demand.id, offer.seller, demand.buyer, offer.batch, share.lots * lot,
                prepared.unit, price, points[share.supply, share.want], prepared.category,
            )  # fmt: skip


def price_of(offer: OfferRow, quantity: int) -> Price:
    """Give what an offer costs for so much at once."""
    tiers = msgspec.convert(offer.tiers, tuple[Tier, ...])
    return price_at(Price(offer.price_amount, offer.price_per, offer.currency), tiers, quantity)


def ceiling_of(demand: DemandRow) -> Price | None:
    """Give the most that a demand would pay; None where it named nothing."""
    if demand.ceiling_amount is None or demand.ceiling_per is None:
        return None
    return Price(
        demand.ceiling_amount, demand.ceiling_per, demand.ceiling_currency or DEFAULT_CURRENCY
    )
