"""Orders are confirmed in part, cancelled by whom and while they may be, disputed and settled."""

import pytest

from domain.events import market as m
from domain.events import movements as v
from domain.refusals import Code
from tests.county import AUTHORITY, BUYER, FARMER, MILL, STORE, YARD, kg, of
from tests.worlds import World


def _ordered(world: World, kilograms: int = 100) -> m.OrderPlaced:
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100))))
    return world.admit(world.order(offer, kg(kilograms)))


def _sent(world: World) -> tuple[m.OrderPlaced, v.ShipmentSent]:
    order = _ordered(world)
    world.admit(world.confirm(order, quantity=kg(60)))
    goods = [of(order.batch, kg(60))]
    return order, world.admit(world.ship(FARMER, YARD, goods, BUYER, STORE, order.id))


def test_an_order_is_confirmed_in_part_and_sent_so() -> None:
    world = World.open()
    order = _ordered(world)
    world.admit(world.confirm(order, quantity=kg(60)))
    whole = world.ship(FARMER, YARD, [of(order.batch, kg(100))], BUYER, STORE, order.id)
    assert world.refuse(whole).code is Code.ORDER_MISMATCH
    world.admit(world.ship(FARMER, YARD, [of(order.batch, kg(60))], BUYER, STORE, order.id))


def test_of_two_buyers_of_the_last_sack_the_second_is_told_that_it_went() -> None:
    world = World.open()
    order = _ordered(world)
    offer = world.memory.by_id(order.offer)
    assert offer
    assert isinstance(offer.event, m.OfferMade)
    second = world.admit(world.order(offer.event, kg(100)))
    world.admit(world.confirm(order))
    refusal = world.refuse(world.confirm(second))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    assert "已经先答应给别的订单" in refusal.zh
    assert "went to orders that were confirmed before" in refusal.en


@pytest.mark.parametrize("by", [BUYER, FARMER, AUTHORITY])
def test_what_a_cancellation_gives_back_is_for_sale_again(by: str) -> None:
    world = World.open()
    order = _ordered(world)
    confirmed = world.admit(world.confirm(order))
    assert world.refuse(world.sell(FARMER, YARD, of(order.batch, 1))).code is Code.NOT_HELD
    world.admit(world.cancel(order, by, confirmed))
    world.admit(world.sell(FARMER, YARD, of(order.batch, kg(100))))


def test_an_order_is_cancelled_once_and_by_its_sides() -> None:
    world = World.open()
    order = _ordered(world)
    confirmed = world.admit(world.confirm(order))
    assert world.refuse(world.cancel(order, MILL, confirmed)).code is Code.NOT_AUTHORISED
    assert world.refuse(world.cancel(order)).code is Code.ORDER_MISMATCH
    world.admit(world.cancel(order, confirmed=confirmed))
    again = world.refuse(world.cancel(order, confirmed=confirmed))
    assert again.code is Code.ORDER_NOT_OPEN
    assert "已取消" in again.zh


def test_before_it_is_confirmed_only_the_buyer_cancels_and_nothing_goes_back() -> None:
    world = World.open()
    order = _ordered(world)
    assert world.refuse(world.cancel(order, FARMER)).code is Code.NOT_AUTHORISED
    never = world.cancel(order, confirmed=world.confirm(order))
    assert world.refuse(never).code is Code.ORDER_MISMATCH
    world.admit(world.cancel(order))


def test_a_buyer_cancels_within_a_day_and_a_seller_until_it_is_sent() -> None:
    world = World.open()
    order = _ordered(world)
    confirmed = world.admit(world.confirm(order))
    world.later(hours=25)
    refusal = world.refuse(world.cancel(order, confirmed=confirmed))
    assert (refusal.code, refusal.cause) == (Code.TOO_LATE_TO_CANCEL, confirmed.id)
    assert "24 小时" in refusal.zh
    world.admit(world.cancel(order, FARMER, confirmed))


def test_what_is_sent_is_not_cancelled() -> None:
    world = World.open()
    order, _ = _sent(world)
    assert world.refuse(world.cancel(order, FARMER)).code is Code.ORDER_NOT_OPEN


def test_a_seller_settles_what_was_received() -> None:
    world = World.open()
    order, sent = _sent(world)
    assert world.refuse(world.settle(order, sent.id)).code is Code.ORDER_NOT_OPEN
    world.admit(world.receive(BUYER, STORE, sent.id, [of(order.batch, kg(60))]))
    assert world.refuse(world.settle(order, sent.id, by=BUYER)).code is Code.NOT_AUTHORISED
    assert world.refuse(world.settle(order, world.new_id())).code is Code.ORDER_MISMATCH
    world.admit(world.settle(order, sent.id))
    assert world.refuse(world.settle(order, sent.id)).code is Code.ORDER_NOT_OPEN
    assert world.refuse(world.dispute(order, sent.id)).code is Code.ORDER_NOT_OPEN


@pytest.mark.parametrize("by", [BUYER, AUTHORITY])
def test_a_dispute_ends_with_who_began_it_or_the_authority(by: str) -> None:
    world = World.open()
    order, sent = _sent(world)
    world.admit(world.receive(BUYER, STORE, sent.id, [of(order.batch, kg(60))]))
    assert world.refuse(world.dispute(order, sent.id, by=MILL)).code is Code.NOT_AUTHORISED
    too_much = world.dispute(order, sent.id, quantity=kg(61))
    assert world.refuse(too_much).code is Code.ORDER_MISMATCH
    world.admit(world.dispute(order, sent.id, quantity=kg(5)))
    assert world.refuse(world.dispute(order, sent.id)).code is Code.ORDER_NOT_OPEN
    assert world.refuse(world.settle(order, sent.id)).code is Code.NOT_AUTHORISED
    world.admit(world.settle(order, sent.id, by=by))


def test_a_receipt_that_a_settlement_rests_on_is_not_undone() -> None:
    world = World.open()
    order, sent = _sent(world)
    received = world.admit(world.receive(BUYER, STORE, sent.id, [of(order.batch, kg(60))]))
    settled = world.admit(world.settle(order, sent.id))
    refusal = world.refuse(world.correct(received))
    assert (refusal.code, refusal.cause) == (Code.CORRECTION_COLLIDES, settled.id)


def test_a_confirmed_order_of_a_recalled_batch_is_not_sent_but_may_be_cancelled() -> None:
    world = World.open()
    order = _ordered(world)
    confirmed = world.admit(world.confirm(order))
    world.admit(world.recall(order.batch))
    goods = [of(order.batch, kg(100))]
    sending = world.ship(FARMER, YARD, goods, BUYER, STORE, order.id)
    assert world.refuse(sending).code is Code.RECALLED
    world.admit(world.cancel(order, FARMER, confirmed))
