"""The market read model: an order's life, corrections undone exactly, exactly once, and lists."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from domain.events import market as m
from domain.events import movements as v
from domain.measures import Price
from domain.refusals import Code
from projections import market_queries as query
from projections.holdings_projection import HoldingsProjection
from projections.market import Market
from projections.market_rows import OfferRow, OrderRow
from projections.runner import Runner
from projections.trace_projection import TraceProjection
from tests import county as c
from tests.author import Author
from tests.county import kg, of
from tests.recorded_world import RecordedLedger, RecordedWorld, recorded_world

CATEGORY = Author().register_product(c.PADDY).category
TABLES = (
    "parties", "places", "products", "offers", "terms", "demands", "orders", "steps", "facts",
    "records", "holding",
)  # fmt: skip


class MarketUnderTest:
    """A county, and its market brought up to the ledger's head."""

    def __init__(self, world: RecordedWorld, ledger: RecordedLedger) -> None:
        self.world = world
        self.ledger = ledger
        self.runner = Runner(ledger.url, [TraceProjection(), HoldingsProjection(), Market()])
        self.conn = ledger.connect()

    def catch_up(self) -> None:
        """Fold what is new."""
        self.runner.catch_up()

    def offer(self, kilograms: int = 100, **terms: Any) -> m.OfferMade:  # noqa: ANN401
        """Harvest so much, and offer all of it."""
        harvested = self.world.admit(self.world.harvest(quantity=kg(kilograms)))
        goods = of(harvested.batch, harvested.quantity)
        return self.world.admit(self.world.offer(c.FARMER, c.YARD, goods, **terms))

    def one(self, offer: m.OfferMade) -> OfferRow:
        """Give an offer's row."""
        return query.offers_by_id(self.conn, [offer.id])[offer.id]

    def order(self, order: m.OrderPlaced) -> OrderRow:
        """Give an order's row."""
        return query.orders_by_id(self.conn, [order.id])[order.id]

    def life(self, order: m.OrderPlaced) -> list[tuple[str, bool]]:
        """Give an order's steps, and whether each counts."""
        steps = query.steps_of(self.conn, [order.id])[order.id]
        return [(step.state, step.counts) for step in steps]

    def tables(self, schema: str = "market") -> dict[str, list[Any]]:
        """Give all rows of all tables."""
        found = {}
        for table in TABLES:
            rows = self.conn.execute(
                f"SELECT to_jsonb(t) FROM {schema}.{table} t ORDER BY t::text".encode()  # noqa: S608
            )
            found[table] = rows.fetchall()
        return found


@pytest.fixture
def market(database_url: str) -> Iterator[MarketUnderTest]:
    with recorded_world(database_url) as (world, ledger):
        under_test = MarketUnderTest(world, ledger)
        yield under_test
        under_test.conn.close()


def test_an_order_goes_from_placed_to_received_and_its_offer_sells_out(
    market: MarketUnderTest,
) -> None:
    world = market.world
    offer = market.offer(100, least=kg(10))
    order = world.admit(world.order(offer, kg(95)))
    market.catch_up()
    assert (market.one(offer).remaining, market.one(offer).state) == (kg(100), "open")
    world.admit(world.confirm(order))
    market.catch_up()
    assert (market.one(offer).remaining, market.one(offer).state) == (kg(5), "sold-out")
    goods = of(order.batch, kg(95))
    sent = world.admit(
        world.ship(c.FARMER, c.YARD, [goods], to=c.BUYER, to_place=c.STORE, order=order.id)
    )
    market.catch_up()
    assert market.order(order).state == "shipped"
    counted, short = of(order.batch, kg(94)), of(order.batch, kg(1))
    received = world.admit(world.receive(c.BUYER, c.STORE, sent.id, [counted], [short]))
    market.catch_up()
    assert (market.order(order).state, market.order(order).changed_at) == (
        "received", world.position,
    )  # fmt: skip
    steps = query.steps_of(market.conn, [order.id])[order.id]
    assert [(step.state, step.actor, step.quantity) for step in steps] == [
        ("placed", c.BUYER, kg(95)), ("confirmed", c.FARMER, kg(95)),
        ("shipped", c.FARMER, kg(95)), ("received", c.BUYER, kg(94)),
    ]  # fmt: skip
    assert steps[-1].event == received.id
    assert steps[-1].occurred_at == received.occurred_at


def test_refused_and_cancelled_orders_leave_the_offer_as_it_was(market: MarketUnderTest) -> None:
    world = market.world
    offer = market.offer(100)
    refused = world.admit(world.order(offer, kg(60)))
    cancelled = world.admit(world.order(offer, kg(70)))
    world.admit(world.decline(refused))
    world.admit(world.cancel(cancelled))
    market.catch_up()
    assert (market.order(refused).state, market.order(cancelled).state) == ("refused", "cancelled")
    assert market.one(offer).remaining == kg(100)
    step = query.steps_of(market.conn, [refused.id])[refused.id][-1]
    assert (step.state, step.reason) == ("refused", "没有了")


def test_of_two_orders_for_the_last_sack_one_is_confirmed(market: MarketUnderTest) -> None:
    world = market.world
    offer = market.offer(100)
    first, second = (world.admit(world.order(offer, kg(100))) for _ in range(2))
    world.admit(world.confirm(first))
    refusal = world.refuse(world.confirm(second))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    market.catch_up()
    assert (market.order(first).state, market.order(second).state) == ("confirmed", "placed")
    assert market.one(offer).state == "sold-out"


def test_a_change_of_terms_shows_and_says_what_is_for_sale_beside_what_is_promised(
    market: MarketUnderTest,
) -> None:
    world = market.world
    offer = market.offer(100)
    order = world.admit(world.order(offer, kg(60)))
    confirmed = world.admit(world.confirm(order, quantity=kg(50)))
    tier = m.Tier(kg(20), Price(800, 1000))
    world.admit(world.change(offer, quantity=kg(30), price=Price(900, 1000), tiers=(tier,)))
    market.catch_up()
    row = market.one(offer)
    assert (row.price_amount, row.remaining, row.available) == (900, kg(30), kg(30))
    assert row.tiers[0]["quantity"] == kg(20)
    assert market.order(order).confirmed == kg(50)
    world.admit(world.cancel(order, confirmed=confirmed))
    market.catch_up()
    assert (market.one(offer).remaining, market.order(order).state) == (kg(80), "cancelled")
    world.admit(world.correct(offer, replace(offer, quantity=kg(90))))
    market.catch_up()
    assert (market.one(offer).price_amount, market.one(offer).remaining) == (900, kg(80))


def test_goods_that_spoil_are_no_longer_available(market: MarketUnderTest) -> None:
    offer = market.offer(100, least=kg(10))
    market.world.admit(market.world.dispose(c.FARMER, c.YARD, of(offer.batch, kg(85))))
    market.catch_up()
    assert (market.one(offer).remaining, market.one(offer).available) == (kg(100), kg(15))
    market.world.admit(market.world.sell(c.FARMER, c.YARD, of(offer.batch, kg(6))))
    market.catch_up()
    assert market.one(offer).state == "sold-out"


def test_a_harvest_to_come_is_open_and_has_nothing_available_until_it_is_in(
    market: MarketUnderTest,
) -> None:
    world = market.world
    goods = of(c.lot(c.PADDY, "NEXT"), kg(100))
    offer = world.admit(world.offer(c.FARMER, c.YARD, goods, plot=c.PLOT))
    market.catch_up()
    assert (market.one(offer).state, market.one(offer).available) == ("open", 0)
    world.admit(world.harvest(batch=goods.batch, quantity=kg(70)))
    market.catch_up()
    assert (market.one(offer).state, market.one(offer).available) == ("open", kg(70))


def test_a_demand_is_met_by_confirmed_orders_for_it(market: MarketUnderTest) -> None:
    world = market.world
    offer = market.offer(100)
    demand = world.admit(world.demand(category="soybean", quantity=kg(60)))
    order = world.admit(world.order(offer, kg(60), demand=demand.id))
    confirmed = world.admit(world.confirm(order, quantity=kg(40)))
    market.catch_up()
    row = query.demands_by_id(market.conn, [demand.id])[demand.id]
    assert (row.remaining, row.state) == (kg(20), "open")
    world.admit(world.cancel(order, confirmed=confirmed))
    order = world.admit(world.order(offer, kg(60), demand=demand.id))
    world.admit(world.confirm(order))
    market.catch_up()
    assert query.demands_by_id(market.conn, [demand.id])[demand.id].state == "met"


def test_a_dispute_stands_when_the_goods_arrive_until_it_is_settled(
    market: MarketUnderTest,
) -> None:
    world = market.world
    order, sent = _shipped(market)
    world.admit(world.dispute(order, sent.id))
    goods = of(order.batch, kg(40))
    world.admit(world.receive(c.BUYER, c.STORE, sent.id, [goods]))
    market.catch_up()
    assert market.order(order).state == "disputed"
    world.admit(world.settle(order, sent.id, by=c.BUYER))
    market.catch_up()
    assert market.order(order).state == "settled"
    assert [state for state, _ in market.life(order)] == [
        "placed", "confirmed", "shipped", "disputed", "received", "settled",
    ]  # fmt: skip


def test_withdrawn_offers_and_demands_are_no_longer_open(market: MarketUnderTest) -> None:
    world = market.world
    offer, demand = market.offer(), world.admit(world.demand())
    market.catch_up()
    assert [row.id for row in query.demands(market.conn, query.DemandFilter(), query.Page(9))] == [
        demand.id
    ]
    world.admit(world.withdraw(offer))
    world.admit(world.withdraw_demand(demand))
    market.catch_up()
    assert market.one(offer).state == "withdrawn"
    assert query.offers(market.conn, query.OfferFilter(), query.Page(9)) == []
    assert query.demands(market.conn, query.DemandFilter(), query.Page(9)) == []
    assert query.demands_by_id(market.conn, [demand.id])[demand.id].state == "withdrawn"


def test_an_offer_whose_time_is_over_has_expired(market: MarketUnderTest) -> None:
    offer = market.offer(until=market.world.now + timedelta(days=1))
    market.catch_up()
    assert market.one(offer).state == "expired"
    wanted = query.OfferFilter(states=("expired",))
    assert len(query.offers(market.conn, wanted, query.Page(9))) == 1


def test_a_corrected_offer_has_its_new_terms_at_its_old_position(market: MarketUnderTest) -> None:
    offer = market.offer(100)
    market.catch_up()
    before = market.one(offer)
    dearer = replace(offer, price=Price(1200, 1000), quantity=kg(80))
    market.world.admit(market.world.correct(offer, dearer))
    market.catch_up()
    after = market.one(offer)
    assert (after.price_amount, after.quantity, after.remaining) == (1200, kg(80), kg(80))
    assert after.position == before.position


def test_an_offer_declared_in_error_is_gone_as_if_it_had_never_been(
    market: MarketUnderTest,
) -> None:
    kept = market.offer(100)
    market.catch_up()
    before = market.tables()
    offer = market.offer(50)
    market.catch_up()
    market.world.admit(market.world.correct(offer))
    market.catch_up()
    after = market.tables()
    # The goods that were harvested for it are there all the same.
    for of_goods in ("facts", "holding"):
        assert len(after.pop(of_goods)) > len(before.pop(of_goods))
    assert after == before
    assert market.one(kept).state == "open"


def _shipped(market: MarketUnderTest) -> tuple[m.OrderPlaced, v.ShipmentSent]:
    world = market.world
    order = world.admit(world.order(market.offer(100), kg(40)))
    world.admit(world.confirm(order))
    goods = of(order.batch, kg(40))
    sent = world.ship(c.FARMER, c.YARD, [goods], to=c.BUYER, to_place=c.STORE, order=order.id)
    return order, world.admit(sent)


def test_a_shipment_or_receipt_in_error_takes_the_order_one_step_back(
    market: MarketUnderTest,
) -> None:
    world = market.world
    order, sent = _shipped(market)
    goods = of(order.batch, kg(40))
    received = world.admit(world.receive(c.BUYER, c.STORE, sent.id, [goods]))
    market.catch_up()
    world.admit(world.correct(received))
    market.catch_up()
    assert market.order(order).state == "shipped"
    world.admit(world.correct(sent))
    market.catch_up()
    assert market.order(order).state == "confirmed"
    assert market.life(order) == [
        ("placed", True), ("confirmed", True), ("shipped", False), ("received", False),
    ]  # fmt: skip
    corrected = query.steps_of(market.conn, [order.id])[order.id][2].corrected
    assert corrected == world.position


def test_a_shipment_corrected_to_be_for_no_order_leaves_the_order_confirmed(
    market: MarketUnderTest,
) -> None:
    order, sent = _shipped(market)
    market.world.admit(market.world.correct(sent, replace(sent, order=None)))
    market.catch_up()
    assert market.order(order).state == "confirmed"
    market.world.admit(market.world.correct(sent, sent))
    market.catch_up()
    assert market.order(order).state == "shipped"


def _busy_season(market: MarketUnderTest, seed: int) -> None:
    """Do some thirty things at random, some of them corrected later."""
    world, random = market.world, Random(seed)  # noqa: S311  a seeded simulation
    for _ in range(6):
        offer = market.offer(100)
        if random.random() < 0.3:
            world.admit(world.correct(offer, replace(offer, price=Price(900, 1000))))
            offer = replace(offer, price=Price(900, 1000))
        order = world.admit(world.order(offer, kg(random.randint(1, 100))))
        answer = random.choice((world.confirm, world.decline, world.cancel))(order)
        world.admit(answer)
        if isinstance(answer, m.OrderConfirmed) and random.random() < 0.8:
            goods = of(order.batch, order.quantity)
            sent = world.admit(
                world.ship(c.FARMER, c.YARD, [goods], to=c.BUYER, to_place=c.STORE, order=order.id)
            )
            if random.random() < 0.5:
                world.admit(world.correct(sent))
            else:
                world.admit(world.receive(c.BUYER, c.STORE, sent.id, [goods]))
        if random.random() < 0.3:
            world.admit(world.withdraw(offer))
        world.admit(world.demand())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_however_the_events_are_cut_into_runs_the_tables_are_the_same(
    market: MarketUnderTest, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _busy_season(market, seed)
    monkeypatch.setattr("projections.runner.RUN", 1)
    market.catch_up()
    by_one = market.tables()
    for size in (7, 1000):
        market.conn.execute("DROP SCHEMA market CASCADE")
        monkeypatch.setattr("projections.runner.RUN", size)
        runner = Runner(market.ledger.url, [TraceProjection(), HoldingsProjection(), Market()])
        runner.catch_up()
        assert market.tables() == by_one
    market.runner.rebuild("market")
    assert market.tables() == by_one


class Crash(Exception):
    """The process dies."""


class Crashing(Market):
    """Writes its rows, and dies before they are committed."""

    def apply(self, cursor: psycopg.Cursor[Any], events: Any) -> None:  # type: ignore[explicit-override]  # noqa: ANN401
        super().apply(cursor, events)
        raise Crash


def test_a_crash_between_rows_and_commit_neither_loses_nor_doubles(
    market: MarketUnderTest,
) -> None:
    order, _ = _shipped(market)
    with pytest.raises(Crash):
        Runner(market.ledger.url, [Crashing()]).catch_up()
    assert market.tables()["orders"] == []
    market.catch_up()
    market.catch_up()
    assert market.order(order).state == "shipped"
    assert len(market.tables()["steps"]) == 3


def _pages(
    market: MarketUnderTest, sort: query.Sort, size: int, wanted: query.OfferFilter
) -> Iterator[list[OfferRow]]:
    after = None
    while rows := query.offers(market.conn, wanted, query.Page(size, after, sort)):
        yield rows
        after = query.Mark(rows[-1].key, rows[-1].position)


OFFER_SORTS = [sort for sort in query.Sort if sort is not query.Sort.CHANGED]


@pytest.mark.parametrize("sort", OFFER_SORTS)
def test_pages_backwards_are_the_same_list(market: MarketUnderTest, sort: query.Sort) -> None:
    for number in range(7):
        market.offer(100 - number, price=Price(1000 + number // 2, 1000))
    market.catch_up()
    wanted = query.OfferFilter()
    whole = query.offers(market.conn, wanted, query.Page(100, sort=sort))
    before: query.Mark | None = None
    found: list[str] = []
    while rows := query.offers(
        market.conn, wanted, query.Page(3, sort=sort, before=before, back=True)
    ):
        found[:0] = [row.id for row in rows]
        before = query.Mark(rows[0].key, rows[0].position)
    assert found == [row.id for row in whole]
    between = query.Page(
        10, query.Mark(whole[1].key, whole[1].position), sort,
        query.Mark(whole[4].key, whole[4].position), back=True,
    )  # fmt: skip
    assert query.offers(market.conn, wanted, between) == whole[2:4]


@pytest.mark.parametrize("sort", OFFER_SORTS)
def test_every_page_size_gives_the_same_list(market: MarketUnderTest, sort: query.Sort) -> None:
    until = market.world.now + timedelta(days=20_000)
    for number in range(7):
        price = Price(1000 + number // 2, 1000)
        market.offer(100 - number, price=price, until=until if number % 2 else None)
    market.catch_up()
    wanted = query.OfferFilter()
    whole = [row.id for page in _pages(market, sort, 100, wanted) for row in page]
    assert len(set(whole)) == 7
    for size in (1, 2, 3):
        assert [row.id for page in _pages(market, sort, size, wanted) for row in page] == whole


def test_what_comes_in_between_moves_no_later_page(market: MarketUnderTest) -> None:
    first = [market.offer() for _ in range(4)]
    market.catch_up()
    pages = _pages(market, query.Sort.NEWEST, 2, query.OfferFilter())
    assert [row.id for row in next(pages)] == [first[3].id, first[2].id]
    market.offer()
    market.world.admit(market.world.withdraw(first[3]))
    market.catch_up()
    assert [row.id for row in next(pages)] == [first[1].id, first[0].id]


def test_a_mark_of_another_list_is_refused(market: MarketUnderTest) -> None:
    market.catch_up()
    page = query.Page(5, query.Mark("not a number", 3), query.Sort.CHEAPEST)
    with pytest.raises(query.BadMark):
        query.offers(market.conn, query.OfferFilter(), page)


def test_offers_are_found_by_what_they_are_and_where_and_for_how_much(
    market: MarketUnderTest,
) -> None:
    cheap = market.offer(price=Price(500, 1000))
    dear = market.offer(price=Price(2001, 2000))
    market.catch_up()

    def found(**wanted: Any) -> set[str]:  # noqa: ANN401
        rows = query.offers(market.conn, query.OfferFilter(**wanted), query.Page(50))
        return {row.id for row in rows}

    both = {cheap.id, dear.id}
    assert found() == found(category=CATEGORY) == found(gtin=c.PADDY) == both
    assert found(townships=["445381111"]) == found(seller=c.FARMER) == both
    assert found(words=["某产品", "晒谷"]) == found(words=["SOME"]) == both
    assert found(words=[cheap.batch[15:]]) == {cheap.id}
    assert found(ceiling=query.Ceiling(1000, 1000, "GRM")) == {cheap.id}
    assert found(ceiling=query.Ceiling(10_005, 10_000, "GRM")) == both
    nothing: dict[str, Any]
    for nothing in (
        {"category": "rice"}, {"gtin": c.RICE}, {"townships": []}, {"seller": c.MILL},
        {"words": ["%"]}, {"words": ["某产品", "没有"]}, {"states": ["sold-out"]},
        {"ceiling": query.Ceiling(9999, 1, "H87")},
        {"ceiling": query.Ceiling(9999, 1, "GRM", "USD")},
    ):  # fmt: skip
        assert found(**nothing) == set()


def test_orders_are_found_by_either_side(market: MarketUnderTest) -> None:
    order, _ = _shipped(market)
    market.catch_up()

    def found(party: str, **narrower: Any) -> list[str]:  # noqa: ANN401
        wanted = query.OrderFilter(party, **narrower)
        return [row.id for row in query.orders(market.conn, wanted, query.Page(5))]

    for party, other in ((c.BUYER, c.FARMER), (c.FARMER, c.BUYER)):
        assert found(party) == found(party, counterparty=other, gtin=c.PADDY) == [order.id]
        assert found(party, offer=order.offer, states=["shipped"]) == [order.id]
    assert found(c.MILL) == found(c.BUYER, counterparty=c.MILL) == []
    assert found(c.BUYER, states=["placed"]) == found(c.BUYER, gtin=c.RICE) == []
