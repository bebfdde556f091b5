"""A market day made up from a seed: sellers in every township, their offers, and buyers' demands.

The events go straight to the read models, which is what is measured; no ledger admits them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.ids import gtin_check_digit, uuid7
from domain.measures import Price, Unit
from domain.townships import TOWNSHIPS
from ledger.log import Connection, Recorded
from projections import schemas
from projections.holdings_projection import HoldingsProjection
from projections.market import Market
from projections.trace_projection import TraceProjection

NOW: Final = datetime.now(UTC).replace(microsecond=0)
CATEGORIES: Final = ("cinnamon", "rice", "douchi", "longan")
_SELLERS: Final = 400
_BUYERS: Final = 40
_RUN: Final = 1000

_HELD: Final = """
INSERT INTO market.holding (batch, party, place, quantity, reserved, unit)
SELECT left(batch, 15) || 'H' || n || substr(batch, 16), party, place, quantity, reserved, unit
FROM market.holding, generate_series(1, %s) n
"""
_WITHDRAWN: Final = """
INSERT INTO market.offers (position, id, withdrawn, quantity, least, price_amount, price_per,
    free, certified, inspected, batch, seller, place, unit, currency, made_at, township, tiers,
    tiers_ranked, ways, occurred_at)
SELECT position + n * (SELECT max(position) FROM market.offers), id || n, true, quantity, least,
    price_amount, price_per, free, certified, inspected, batch, seller, place, unit, currency,
    made_at, township, tiers, tiers_ranked, ways, occurred_at
FROM market.offers, generate_series(1, %s) n
"""


class Fair:
    """Makes the events of a market day."""

    def __init__(self, seed: int, categories: int) -> None:
        """Begin with a seed; so many categories are traded."""
        self._random: Final = Random(seed)  # noqa: S311  a seeded simulation
        self._numbers: Final = count(1)
        self._categories: Final = CATEGORIES[:categories]

    def events(self, offers: int, demands: int) -> Iterator[AnyEvent]:
        """Give places and products, then so many offers and demands."""
        for number in range(_SELLERS + _BUYERS):
            yield self._place(number)
        for number, category in enumerate(self._categories):
            yield r.ProductRegistered(
                **self._common(0), gtin=_gtin(number), names=r.Names(category, category),
                category=category, unit=Unit.GRAM, shelf_life_days=180,
            )  # fmt: skip
        for number in range(offers):
            yield from self._offer(number)
        for number in range(demands):
            yield self._demand(number)

    def _common(self, party: int) -> dict[str, Any]:
        at = NOW - timedelta(days=self._random.randrange(1, 120))
        return {
            "id": uuid7(next(self._numbers), self._random.randbytes(10)), "occurred_at": at,
            "actor": _party(party), "nonce": bytes(16),
        }  # fmt: skip

    def _place(self, number: int) -> r.PlaceRegistered:
        township = TOWNSHIPS[number % (len(TOWNSHIPS) - 1)].code
        return r.PlaceRegistered(
            **self._common(number), place=_place(number), holder=_party(number),
            kind=r.PlaceKind.YARD, township=township, name=f"晒场 {number}",
        )  # fmt: skip

    def _offer(self, number: int) -> Iterator[AnyEvent]:
        seller = number % _SELLERS
        gtin = _gtin(number % len(self._categories))
        quantity = self._random.randrange(20, 800) * 1000
        batch = f"{gtin}/F{number}"
        yield v.BatchHarvested(
            **self._common(seller), place=_place(seller), batch=batch, plot=_place(seller),
            quantity=quantity, unit=Unit.GRAM,
        )  # fmt: skip
        if number % 2:
            yield p.CommitmentIssued(
                **self._common(seller), place=_place(seller), batch=batch, quantity=quantity,
                unit=Unit.GRAM, basis=(p.Basis.OWN_TEST,), commitments=tuple(p.Commitment),
            )  # fmt: skip
        price = Price(self._random.randrange(600, 1400), 1000)
        tiers = (
            (m.Tier(quantity // 2 + 1, Price(price.amount - 50, 1000)),) if not number % 5 else ()
        )
        yield m.OfferMade(
            **self._common(seller), place=_place(seller), batch=batch, quantity=quantity,
            unit=Unit.GRAM, price=price, tiers=tiers, least=5000,
        )  # fmt: skip

    def _demand(self, number: int) -> m.DemandPosted:
        buyer = _SELLERS + number % _BUYERS
        return m.DemandPosted(
            **self._common(buyer), category=self._categories[number % len(self._categories)],
            quantity=self._random.randrange(20, 800) * 1000, unit=Unit.GRAM,
            deliver_to=_place(buyer), ceiling=Price(self._random.randrange(900, 1500), 1000),
        )  # fmt: skip


def stage(conn: Connection, seed: int, offers: int, demands: int, categories: int) -> None:
    """Fold a market day into read models that are made for it."""
    events = list(Fair(seed, categories).events(offers, demands))
    for model in (TraceProjection(), HoldingsProjection(), Market()):
        schemas.install(conn, model)
        for start in range(0, len(events), _RUN):
            run = [
                Recorded(start + at + 1, event, (), NOW)
                for at, event in enumerate(events[start : start + _RUN])
            ]
            with conn.transaction(), conn.cursor() as cursor:
                schemas.enter(conn, model.name)
                model.apply(cursor, run)
    conn.execute("ANALYZE")


def crowd(conn: Connection, times: int) -> None:
    """Add what a market has besides: for each offer so many withdrawn ones and batches held."""
    conn.execute(_HELD, [times])
    conn.execute(_WITHDRAWN, [times])
    conn.execute("ANALYZE")


def _party(number: int) -> str:
    return f"P445381-{number + 1:06d}"


def _place(number: int) -> str:
    return f"L445381-{number + 1:06d}"


def _gtin(number: int) -> str:
    digits = f"02{number + 1:011d}"
    return digits + gtin_check_digit(digits)
