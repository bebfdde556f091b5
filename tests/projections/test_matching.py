"""Offers for a demand: what is asked for filters, what is offered is scored, each part shows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.events import market as m
from domain.matching.filters import ALWAYS
from domain.matching.parts import WEIGHTS, Part
from domain.measures import Price
from projections import matching
from projections.holdings_projection import HoldingsProjection
from projections.market import Market
from projections.matching_offers import Offers
from projections.runner import Runner
from projections.trace_projection import TraceProjection
from tests import county as c
from tests.county import kg, of
from tests.recorded_world import RecordedLedger, RecordedWorld, recorded_world


class Fair:
    """A county, and offers ranked in it."""

    def __init__(self, world: RecordedWorld, ledger: RecordedLedger) -> None:
        self.world = world
        self.runner = Runner(ledger.url, [TraceProjection(), HoldingsProjection(), Market()])
        self.conn = ledger.connect()

    def offer(self, kilograms: int = 100, **terms: Any) -> m.OfferMade:  # noqa: ANN401
        """Harvest so much, and offer all of it."""
        harvested = self.world.admit(self.world.harvest(quantity=kg(kilograms)))
        goods = of(harvested.batch, harvested.quantity)
        return self.world.admit(self.world.offer(c.FARMER, c.YARD, goods, **terms))

    def demand(self, kilograms: int = 100, **wanted: Any) -> m.DemandPosted:  # noqa: ANN401
        """Ask for so much."""
        return self.world.admit(
            self.world.demand(category="soybean", quantity=kg(kilograms), **wanted)
        )

    def rank(self, demand: m.DemandPosted) -> matching.Ranking:
        """Catch up and rank."""
        self.runner.catch_up()
        found = matching.rank(self.conn, demand.id, self.world.now)
        assert found is not None
        return found

    def ids(self, demand: m.DemandPosted) -> list[str]:
        """Give the offers that qualify, best first."""
        return [match.offer.id for match in self.rank(demand).matches]


@pytest.fixture
def fair(database_url: str) -> Iterator[Fair]:
    with recorded_world(database_url) as (world, ledger):
        found = Fair(world, ledger)
        yield found
        found.conn.close()


def test_of_equal_offers_the_cheaper_comes_first_and_its_parts_show(fair: Fair) -> None:
    dear, cheap = fair.offer(), fair.offer(price=Price(500, 1000))
    ranking = fair.rank(fair.demand())
    assert [match.offer.id for match in ranking.matches] == [cheap.id, dear.id]
    first, second = ranking.matches
    values = {row.part: row.value for row in first.parts}
    assert set(values) == {part.value for part in Part}
    assert values["price"] == values["quantity"] == values["distance"] == 1000
    assert values["record"] == 500
    assert {row.part: row.value for row in second.parts}["price"] == 500
    whole = sum(row.value * row.weight for row in first.parts) // 100
    assert (first.score, sum(WEIGHTS.values())) == (whole, 100)
    assert f"{first.score} 分" in first.zh
    assert "¥5.00/公斤" in first.zh
    assert "¥5.00/kg" in first.en


def test_what_is_asked_for_is_a_filter(fair: Fair) -> None:
    world = fair.world
    good = fair.offer(price=Price(900, 1000))
    fair.offer(price=Price(1001, 1000))
    fair.offer(price=Price(900, 1000, "USD"))
    fair.offer(200, least=kg(150))
    fair.offer(ways=(m.Way.PICK_UP,))
    late = m.Window(world.now + timedelta(days=30_000), world.now + timedelta(days=40_000))
    fair.offer(window=late)
    soon = m.Window(world.now, world.now + timedelta(days=20_000))
    demand = fair.demand(ceiling=c.TEN_YUAN, window=soon)
    assert fair.ids(demand) == [good.id]
    fetched = fair.demand(ceiling=c.TEN_YUAN, window=soon, fetches=True)
    assert len(fair.ids(fetched)) == 2


def test_a_certificate_that_is_asked_for_must_be_in_force(fair: Fair) -> None:
    world = fair.world
    offer = fair.offer()
    demand = fair.demand(certificates=(m.Proof.COMMITMENT, m.Proof.INSPECTION))
    assert fair.ids(demand) == []
    paper = world.admit(world.certify(c.FARMER, c.YARD, of(offer.batch, kg(100))))
    world.admit(world.inspect(offer.batch))
    assert fair.ids(demand) == [offer.id]
    world.admit(world.withdraw_certificate(c.FARMER, c.YARD, offer.batch, paper.id))
    assert fair.ids(demand) == []


def test_an_inspection_that_is_declared_in_error_counts_no_longer(fair: Fair) -> None:
    world = fair.world
    offer = fair.offer()
    inspected = world.admit(world.inspect(offer.batch))
    demand = fair.demand(certificates=(m.Proof.INSPECTION,))
    assert fair.ids(demand) == [offer.id]
    world.admit(world.correct(inspected))
    assert fair.ids(demand) == []


def test_goods_that_are_gone_or_recalled_are_not_found(fair: Fair) -> None:
    world = fair.world
    gone, recalled = fair.offer(), fair.offer()
    demand = fair.demand()
    world.admit(world.sell(c.FARMER, c.YARD, of(gone.batch, kg(100))))
    recall = world.admit(world.recall(recalled.batch))
    assert fair.ids(demand) == []
    world.admit(world.close(recall))
    assert fair.ids(demand) == [recalled.id]


def test_nobody_is_offered_its_own_and_a_harvest_to_come_is_found(fair: Fair) -> None:
    own = fair.demand(actor=c.FARMER, to=c.YARD)
    fair.offer()
    assert fair.ids(own) == []
    batch = c.lot(c.PADDY, "NEXT")
    coming = fair.world.admit(fair.world.offer(c.FARMER, c.YARD, of(batch, kg(500)), plot=c.PLOT))
    best = fair.rank(fair.demand(400)).matches[0]
    assert best.offer.id == coming.id


def test_a_price_by_quantity_is_that_of_what_would_be_sold(fair: Fair) -> None:
    tier = m.Tier(kg(50), Price(700, 1000))
    fair.offer(100, tiers=(tier,))
    assert fair.rank(fair.demand(49)).matches[0].price == c.TEN_YUAN
    assert fair.rank(fair.demand(50)).matches[0].price == tier.price
    assert fair.ids(fair.demand(49, ceiling=Price(700, 1000))) == []


def test_a_seller_that_lets_buyers_down_falls_behind(fair: Fair) -> None:
    world = fair.world
    demand = fair.demand()
    offer = fair.offer()
    order = world.admit(world.order(offer, kg(10)))
    confirmed = world.admit(world.confirm(order))
    world.admit(world.cancel(order, c.FARMER, confirmed))
    parts = {row.part: row.value for row in fair.rank(demand).matches[0].parts}
    assert parts["record"] == 333


def test_a_demand_that_is_over_or_unknown_has_no_offers(fair: Fair) -> None:
    fair.offer()
    demand = fair.demand()
    fair.world.admit(fair.world.withdraw_demand(demand))
    assert fair.ids(demand) == []
    assert matching.rank(fair.conn, fair.world.new_id(), fair.world.now) is None


def test_prices_by_quantity_of_what_is_recalled_are_nobody_elses(fair: Fair) -> None:
    tiers = (m.Tier(kg(50), Price(100, 1000)),)
    recalled = [fair.offer(tiers=tiers) for _ in range(2)]
    offer = fair.offer()
    last = fair.offer(tiers=tiers)
    for one in (*recalled, last):
        fair.world.admit(fair.world.recall(one.batch))
    [match] = fair.rank(fair.demand()).matches
    assert (match.offer.id, match.price) == (offer.id, c.TEN_YUAN)
    fair.world.admit(fair.world.recall(offer.batch))
    assert fair.rank(fair.demand()).matches == []


def test_what_ranking_compares_is_what_the_offers_say(fair: Fair) -> None:
    window = m.Window(fair.world.now, fair.world.now + timedelta(days=20_000))
    fair.offer(window=window, ways=(m.Way.PICK_UP,), least=kg(3))
    tiers = (m.Tier(kg(50), Price(700, 1000)), m.Tier(kg(80), Price(650, 1000)))
    inspected = fair.offer(300, tiers=tiers)
    fair.world.admit(fair.world.inspect(inspected.batch))
    fair.runner.catch_up()
    now = fair.world.now
    found = Offers.load(fair.conn, "soybean", "GRM", "CNY", now).found
    rows = fair.conn.execute("""
        SELECT o.position, translate(seller, 'P-', '')::bigint, gtin::bigint, l.township::bigint,
            least, price_amount, price_per, ('delivery' = ANY(ways))::int,
            ('pick_up' = ANY(ways))::int, extract(epoch FROM window_since)::bigint,
            extract(epoch FROM window_until)::bigint, extract(epoch FROM made_at)::bigint,
            certified::int, inspected::int, jsonb_array_length(tiers), quantity
        FROM market.offers o JOIN market.places l ON l.id = o.place ORDER BY o.position
    """).fetchall()
    names = ("position", "seller", "product", "township", "least", "amount", "per", "delivers",
             "picked_up", "since", "until", "made_at", "certified", "inspected", "tiers",
             "available")  # fmt: skip
    assert len(rows) == 2
    for at, row in enumerate(rows):
        for name, value in zip(names, row, strict=True):
            if value is not None:
                assert found[name][at] == value, name
    assert rows[1][13] == 1
    assert found["since"][1] < 0
    assert found["until"][1] > ALWAYS
    for quantity, price in ((49, 1000), (50, 700), (79, 700), (80, 650), (300, 650)):
        assert fair.rank(fair.demand(quantity)).matches[0].price.amount == price, quantity
