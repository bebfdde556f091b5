"""Offers and demands agree with themselves; offers change, also those of a harvest to come."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from domain.events import market as m
from domain.measures import Price, Unit
from domain.refusals import Code
from tests.county import BUYER, ELDER, FARMER, NOWHERE, PADDY, PLOT, SHELF, SHOP, YARD, kg, lot, of
from tests.worlds import World

NINE = Price(900, 1000)
EIGHT = Price(800, 1000)


def _offer(world: World, **terms: Any) -> m.OfferMade:  # noqa: ANN401
    return world.offer(FARMER, YARD, of(world.admit(world.harvest()).batch, kg(100)), **terms)


@pytest.mark.parametrize(
    "terms",
    [
        {"least": kg(101)},
        {"tiers": (m.Tier(kg(1), NINE), m.Tier(kg(1), EIGHT))},
        {"tiers": (m.Tier(kg(50), NINE), m.Tier(kg(20), EIGHT))},
        {"tiers": (m.Tier(kg(10), Price(1000, 1000)),)},
        {"tiers": (m.Tier(kg(10), Price(500, 1000, "USD")),)},
        {"least": kg(10), "tiers": (m.Tier(kg(10), NINE),)},
        {"ways": (m.Way.PICK_UP, m.Way.PICK_UP)},
    ],
)
def test_an_offer_s_terms_agree_with_each_other(terms: dict[str, Any]) -> None:
    world = World.open()
    refusal = world.refuse(_offer(world, **terms))
    assert refusal.code is Code.TERMS_INCONSISTENT


def test_a_least_above_the_offer_is_refused_with_both_numbers() -> None:
    world = World.open()
    refusal = world.refuse(_offer(world, least=kg(101)))
    assert "起订量 101 公斤 超过供应量 100 公斤" in refusal.zh
    assert "101 kg, is above the offer of 100 kg" in refusal.en


def test_what_is_over_already_is_neither_offered_nor_asked_for() -> None:
    world = World.open()
    before = world.now - timedelta(days=1)
    window = m.Window(before - timedelta(days=1), before)
    reversed_window = m.Window(world.now + timedelta(days=2), world.now + timedelta(days=1))
    for terms in ({"until": before}, {"window": window}, {"window": reversed_window}):
        assert world.refuse(_offer(world, **terms)).code is Code.TERMS_INCONSISTENT
        assert world.refuse(world.demand(**terms)).code is Code.TERMS_INCONSISTENT


def test_an_order_after_the_window_comes_too_late() -> None:
    world = World.open()
    window = m.Window(world.now, world.now + timedelta(days=2))
    offer = world.admit(_offer(world, window=window))
    world.later(days=3)
    assert world.refuse(world.order(offer, kg(1))).code is Code.OFFER_NOT_OPEN


def test_the_price_is_that_of_the_quantity() -> None:
    world = World.open()
    offer = world.admit(_offer(world, tiers=(m.Tier(kg(20), NINE), m.Tier(kg(50), EIGHT))))
    for quantity, price in ((kg(20) - 1, offer.price), (kg(20), NINE), (kg(50), EIGHT)):
        wrong = EIGHT if price != EIGHT else NINE
        refusal = world.refuse(world.order(offer, quantity, price=wrong))
        assert refusal.code is Code.PRICE_MISMATCH
        world.admit(world.order(offer, quantity, price=price))


def test_a_price_that_changed_between_look_and_order_is_told() -> None:
    world = World.open()
    offer = world.admit(_offer(world))
    changed = world.admit(world.change(offer, price=Price(1200, 1000)))
    refusal = world.refuse(world.order(offer, kg(1)))
    assert (refusal.code, refusal.cause) == (Code.PRICE_MISMATCH, changed.id)
    assert "现在是 ¥12.00/公斤" in refusal.zh
    world.admit(world.order(offer, kg(1), price=Price(1200, 1000)))


def test_a_change_is_the_seller_s_and_keeps_to_the_goods() -> None:
    world = World.open()
    offer = world.admit(_offer(world))
    assert world.refuse(world.change(offer, by=ELDER)).code is Code.NOT_AUTHORISED
    elsewhere = world.refuse(world.change(offer, place=SHELF))
    assert (elsewhere.code, elsewhere.cause) == (Code.OFFER_MISMATCH, offer.id)
    more = world.refuse(world.change(offer, quantity=kg(101)))
    assert more.code is Code.OFFER_EXCEEDS_HOLDING
    world.admit(world.withdraw(offer))
    assert world.refuse(world.change(offer)).code is Code.OFFER_NOT_OPEN


def test_a_change_says_what_is_for_sale_beside_what_is_promised() -> None:
    world = World.open()
    offer = world.admit(_offer(world))
    confirmed = world.admit(world.confirm(order := world.admit(world.order(offer, kg(60)))))
    assert world.refuse(world.change(offer, quantity=kg(41))).code is Code.OFFER_EXCEEDS_HOLDING
    world.admit(world.change(offer, quantity=kg(10)))
    assert world.refuse(world.order(offer, kg(11))).code is Code.OFFER_EXCEEDS_HOLDING
    world.admit(world.cancel(order, confirmed=confirmed))
    world.admit(world.order(offer, kg(70)))


def test_a_harvest_to_come_is_ordered_at_once_and_confirmed_when_it_is_in() -> None:
    world = World.open()
    batch = lot(PADDY, "NEXT")
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100)), plot=PLOT))
    order = world.admit(world.order(offer, kg(80)))
    assert world.refuse(world.order(offer, kg(101))).code is Code.OFFER_EXCEEDS_HOLDING
    assert world.refuse(world.confirm(order)).code is Code.OFFER_EXCEEDS_HOLDING
    world.admit(world.harvest(batch=batch, quantity=kg(70)))
    refusal = world.refuse(world.confirm(order))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    assert "70 公斤" in refusal.zh
    world.admit(world.confirm(order, quantity=kg(70)))


def test_a_harvest_to_come_is_of_one_s_own_plot_and_not_in_yet() -> None:
    world = World.open()
    item = of(lot(PADDY, "NEXT"), kg(1))
    assert world.refuse(world.offer(ELDER, YARD, item, plot=PLOT)).code is Code.NOT_AUTHORISED
    assert world.refuse(world.offer(FARMER, YARD, item, plot=YARD)).code is Code.NOT_A_PLOT
    assert world.refuse(world.offer(FARMER, YARD, item, plot=NOWHERE)).code is Code.UNKNOWN_PLACE
    wrong = replace(world.offer(FARMER, YARD, item, plot=PLOT), unit=Unit.PIECE)
    assert world.refuse(wrong).code is Code.UNIT_MISMATCH
    world.admit(world.harvest(batch=item.batch))
    refusal = world.refuse(world.offer(FARMER, YARD, item, plot=PLOT))
    assert refusal.code is Code.BATCH_EXISTS


def test_a_demand_for_one_product_is_of_its_category_and_unit() -> None:
    world = World.open()
    assert world.refuse(world.demand(product=PADDY)).code is Code.TERMS_INCONSISTENT
    unknown = world.demand(category="soybean", product="02000000000992")
    assert world.refuse(unknown).code is Code.UNKNOWN_PRODUCT
    world.admit(world.demand(category="soybean", product=PADDY))


def test_an_order_keeps_to_the_ways_and_the_window_of_the_offer() -> None:
    world = World.open()
    window = m.Window(world.now, world.now + timedelta(days=5))
    offer = world.admit(_offer(world, ways=(m.Way.PICK_UP,), window=window))
    assert world.refuse(world.order(offer, kg(1))).code is Code.ORDER_MISMATCH
    late = m.Window(world.now, world.now + timedelta(days=6))
    wrong = world.order(offer, kg(1), way=m.Way.PICK_UP, window=late)
    assert world.refuse(wrong).code is Code.ORDER_MISMATCH
    world.admit(world.order(offer, kg(1), way=m.Way.PICK_UP, window=window))


def test_an_order_serves_only_a_demand_of_the_buyer_s_own_that_is_open() -> None:
    world = World.open()
    offer = world.admit(_offer(world))
    demand = world.admit(world.demand(until=world.now + timedelta(days=1)))
    wrong = world.order(offer, kg(1), SHOP, to=SHELF, demand=demand.id)
    assert world.refuse(wrong).code is Code.NOT_AUTHORISED
    unknown = world.order(offer, kg(1), demand=offer.id)
    assert world.refuse(unknown).code is Code.DEMAND_NOT_OPEN
    world.admit(world.order(offer, kg(1), BUYER, demand=demand.id))
    world.later(days=2)
    assert world.refuse(world.order(offer, kg(1), demand=demand.id)).code is Code.DEMAND_NOT_OPEN
