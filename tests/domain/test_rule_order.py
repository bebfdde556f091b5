"""Orders: on an open offer at its price, answered once by the right side, and kept to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.events.market import (
    OfferMade,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRefused,
)
from domain.measures import Price, Unit
from domain.refusals import Code
from tests.county import (
    BUYER,
    ELDER,
    FARMER,
    MILL,
    NOWHERE,
    SHELF,
    SHOP,
    STORE,
    TEN_YUAN,
    WORKSHOP,
    YARD,
    kg,
    of,
)
from tests.worlds import World

AnyAnswer = OrderConfirmed | OrderRefused | OrderCancelled


def _offered(world: World, kilograms: int = 100) -> OfferMade:
    batch = world.admit(world.harvest()).batch
    return world.admit(world.offer(FARMER, YARD, of(batch, kg(kilograms))))


def _ordered(world: World, kilograms: int = 60) -> OrderPlaced:
    return world.admit(world.order(_offered(world), kg(kilograms)))


def test_an_offer_that_was_never_made_or_is_withdrawn_is_not_ordered_from() -> None:
    world = World.open()
    offer = _offered(world)
    never = world.refuse(replace(world.order(offer, kg(1)), offer=world.new_id()))
    assert (never.code, never.cause, never.position) == (Code.OFFER_NOT_OPEN, None, None)
    withdrawn = world.admit(world.withdraw(offer))
    refusal = world.refuse(world.order(offer, kg(1)))
    assert (refusal.code, refusal.cause) == (Code.OFFER_NOT_OPEN, withdrawn.id)
    assert refusal.position == world.position_of(withdrawn)


def test_an_offer_lasts_until_its_end() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    until = world.now + timedelta(days=3)
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(9)), until=until))
    world.now = until
    world.admit(world.order(offer, kg(1)))
    assert world.refuse(world.order(offer, kg(1))).code is Code.OFFER_NOT_OPEN


def test_seller_batch_and_unit_are_the_offers() -> None:
    world = World.open()
    offer = _offered(world)
    good = world.order(offer, kg(1))
    other = world.admit(world.harvest()).batch
    for wrong in (
        replace(good, seller=ELDER),
        replace(good, batch=other),
        replace(good, unit=Unit.PIECE),
    ):
        refusal = world.refuse(wrong)
        assert (refusal.code, refusal.cause) == (Code.ORDER_MISMATCH, offer.id)
        assert refusal.position == world.position_of(offer)
    world.admit(good)


@pytest.mark.parametrize("price", [Price(999, 1000), Price(1000, 1), Price(1000, 1000, "USD")])
def test_an_order_is_at_the_offers_price_whatever_is_cheaper_or_dearer(price: Price) -> None:
    world = World.open()
    offer = _offered(world)
    refusal = world.refuse(world.order(offer, kg(1), price=price))
    assert (refusal.code, refusal.cause) == (Code.PRICE_MISMATCH, offer.id)
    assert "现在是 ¥10.00/公斤" in refusal.zh
    assert "¥10.00/kg now" in refusal.en
    world.admit(world.order(offer, kg(1), price=TEN_YUAN))


def test_an_order_reaches_the_least_quantity() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100)), least=kg(10)))
    refusal = world.refuse(world.order(offer, kg(10) - 1))
    assert (refusal.code, refusal.cause) == (Code.BELOW_LEAST, offer.id)
    assert "10 公斤 起订，这里只有 9.999 公斤" in refusal.zh
    world.admit(world.order(offer, kg(10)))


def test_an_order_is_within_what_is_left_of_the_offer() -> None:
    world = World.open()
    offer = _offered(world, 90)
    assert world.refuse(world.order(offer, kg(91))).code is Code.OFFER_EXCEEDS_HOLDING
    confirmed = world.admit(world.confirm(world.admit(world.order(offer, kg(60)))))
    refusal = world.refuse(world.order(offer, kg(31)))
    assert (refusal.code, refusal.cause) == (Code.OFFER_EXCEEDS_HOLDING, confirmed.id)
    assert "30 公斤" in refusal.zh
    world.admit(world.order(offer, kg(30)))


def test_an_order_is_within_what_is_still_held() -> None:
    world = World.open()
    offer = _offered(world)
    world.admit(world.sell(FARMER, YARD, of(offer.batch, kg(70))))
    refusal = world.refuse(world.order(offer, kg(31)))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    assert "30 公斤" in refusal.zh


def test_an_order_is_delivered_to_a_known_place() -> None:
    world = World.open()
    refusal = world.refuse(world.order(_offered(world), kg(1), to=NOWHERE))
    assert refusal.code is Code.UNKNOWN_PLACE


def test_the_last_sack_is_promised_once() -> None:
    world = World.open()
    offer = _offered(world)
    first = world.admit(world.order(offer, kg(60)))
    second = world.admit(world.order(offer, kg(60), SHOP, to=SHELF))
    confirmed = world.admit(world.confirm(first))
    refusal = world.refuse(world.confirm(second))
    assert (refusal.code, refusal.cause) == (Code.OFFER_EXCEEDS_HOLDING, confirmed.id)
    assert "40 公斤" in refusal.zh


def test_only_the_seller_confirms_and_only_what_was_ordered() -> None:
    world = World.open()
    order = _ordered(world)
    other = world.admit(world.offer(FARMER, YARD, of(order.batch, kg(100))))
    refusal = world.refuse(world.confirm(order, by=ELDER))
    assert refusal.code is Code.NOT_AUTHORISED
    assert "卖方" in refusal.zh
    good = world.confirm(order)
    for wrong in (
        replace(good, quantity=kg(61)),
        replace(good, unit=Unit.PIECE),
        replace(good, offer=other.id),
        replace(good, place=WORKSHOP),
    ):
        refusal = world.refuse(wrong)
        assert (refusal.code, refusal.cause) == (Code.ORDER_MISMATCH, order.id)
        assert refusal.position == world.position_of(order)
    world.admit(good)


def test_an_order_that_was_never_placed_is_not_answered() -> None:
    world = World.open()
    order = replace(_ordered(world), id=world.new_id())
    for answer in (world.confirm(order), world.decline(order), world.cancel(order)):
        refusal = world.refuse(answer)
        assert (refusal.code, refusal.cause) == (Code.ORDER_NOT_OPEN, None)
        assert "不存在" in refusal.zh


@pytest.mark.parametrize("first", ["confirm", "decline", "cancel"])
@pytest.mark.parametrize("second", ["confirm", "decline", "cancel"])
def test_an_order_is_answered_once(first: str, second: str) -> None:
    world = World.open()
    order = _ordered(world)
    answers: dict[str, Callable[[OrderPlaced], AnyAnswer]] = {
        "confirm": world.confirm,
        "decline": world.decline,
        "cancel": world.cancel,
    }
    states = {"confirm": "已确认", "decline": "已谢绝", "cancel": "已取消"}
    answered = world.admit(answers[first](order))
    answer = answers[second](order)
    if isinstance(answered, OrderConfirmed) and isinstance(answer, OrderCancelled):
        world.admit(world.cancel(order, confirmed=answered))
        return
    refusal = world.refuse(answer)
    assert refusal.code is Code.ORDER_NOT_OPEN
    assert refusal.position == world.position
    assert states[first] in refusal.zh


def test_the_seller_declines_and_the_buyer_cancels_not_the_other_way_round() -> None:
    world = World.open()
    order = _ordered(world)
    declined = world.refuse(world.decline(order, by=BUYER))
    assert declined.code is Code.NOT_AUTHORISED
    assert "卖方" in declined.zh
    cancelled = world.refuse(world.cancel(order, by=FARMER))
    assert cancelled.code is Code.NOT_AUTHORISED
    assert "买方" in cancelled.zh


def test_goods_are_shipped_against_an_order_exactly_as_ordered_and_once() -> None:
    world = World.open()
    order = _ordered(world)
    good = world.ship(FARMER, YARD, [of(order.batch, kg(60))], BUYER, STORE, order.id)
    assert world.refuse(good).code is Code.ORDER_NOT_OPEN
    confirmed = world.admit(world.confirm(order))
    world.admit(world.sell(FARMER, YARD, of(order.batch, kg(1))))
    half = of(order.batch, kg(30))
    for wrong in (
        replace(good, items=(half,)),
        replace(good, items=(half, half)),
        replace(good, to=SHOP),
    ):
        refusal = world.refuse(wrong)
        assert (refusal.code, refusal.cause) == (Code.ORDER_MISMATCH, confirmed.id)
        assert refusal.position == world.position_of(confirmed)
    assert world.refuse(replace(good, actor=MILL)).code is Code.NOT_AUTHORISED
    shipped = world.admit(good)
    again = world.refuse(replace(good, id=world.new_id()))
    assert (again.code, again.cause) == (Code.ORDER_NOT_OPEN, shipped.id)
    assert "已发货" in again.zh


def test_shipping_against_an_order_gives_back_nothing_to_sell() -> None:
    world = World.open()
    order = _ordered(world)
    world.admit(world.confirm(order))
    world.admit(world.ship(FARMER, YARD, [of(order.batch, kg(60))], BUYER, STORE, order.id))
    assert world.refuse(world.sell(FARMER, YARD, of(order.batch, kg(41)))).code is Code.NOT_HELD
    world.admit(world.sell(FARMER, YARD, of(order.batch, kg(40))))


def test_an_order_that_does_not_exist_is_not_shipped() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    ghost = world.new_id()
    refusal = world.refuse(world.ship(FARMER, YARD, [of(batch, 1)], BUYER, STORE, ghost))
    assert (refusal.code, refusal.cause) == (Code.ORDER_NOT_OPEN, None)
