"""Whoever is neither side of an order learns nothing of it from a refusal, whatever its state."""

from collections.abc import Callable

import pytest

from domain.events.market import OrderPlaced
from domain.models.market import OrderState
from domain.refusals import Code, Refusal
from tests.county import AUTHORITY, BUYER, FARMER, INSPECTOR, MILL, SHOP, STORE, YARD, kg, of
from tests.worlds import World


def _placed(world: World) -> OrderPlaced:
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100))))
    return world.admit(world.order(offer, kg(60)))


def _sent(world: World, order: OrderPlaced) -> str:
    world.admit(world.confirm(order))
    goods = [of(order.batch, kg(60))]
    return world.admit(world.ship(FARMER, YARD, goods, BUYER, STORE, order.id)).id


def _settled(world: World, order: OrderPlaced) -> None:
    shipment = _sent(world, order)
    world.admit(world.receive(BUYER, STORE, shipment, [of(order.batch, kg(60))]))
    world.admit(world.settle(order, shipment))


def _disputed(world: World, order: OrderPlaced) -> None:
    world.admit(world.dispute(order, _sent(world, order)))


LIVES: dict[OrderState, Callable[[World, OrderPlaced], object]] = {
    OrderState.PLACED: lambda world, order: None,
    OrderState.CONFIRMED: lambda world, order: world.admit(world.confirm(order)),
    OrderState.REFUSED: lambda world, order: world.admit(world.decline(order)),
    OrderState.CANCELLED: lambda world, order: world.admit(world.cancel(order)),
    OrderState.SHIPPED: _sent,
    OrderState.DISPUTED: _disputed,
    OrderState.SETTLED: _settled,
}


def _said(world: World, order: OrderPlaced, who: str) -> list[Refusal]:
    """Try all that can be done with an order."""
    shipment = world.new_id()
    return [
        world.refuse(event)
        for event in (
            world.confirm(order, by=who), world.decline(order, by=who), world.cancel(order, who),
            world.dispute(order, shipment, who), world.settle(order, shipment, who),
            world.ship(who, YARD, [of(order.batch, kg(60))], BUYER, STORE, order.id),
        )
    ]  # fmt: skip


def test_every_state_of_an_order_is_tried() -> None:
    assert set(LIVES) == set(OrderState)


@pytest.mark.parametrize("who", [MILL, SHOP])
def test_a_third_party_is_told_the_same_whatever_became_of_the_order(who: str) -> None:
    told = []
    for live in LIVES.values():
        world = World.open()
        order = _placed(world)
        live(world, order)
        said = _said(world, order, who)
        assert {one.code for one in said} == {Code.NOT_AUTHORISED}
        told.append([(one.zh, one.en, one.cause, one.position) for one in said])
    assert all(one == told[0] for one in told)
    assert {(cause, position) for _, _, cause, position in told[0]} == {(None, None)}
    assert "订单的买方或卖方" in told[0][0][0]


def test_an_inspector_is_a_third_party_too() -> None:
    world = World.open()
    order = _placed(world)
    before = world.refuse(world.cancel(order, INSPECTOR))
    world.admit(world.decline(order))
    after = world.refuse(world.cancel(order, INSPECTOR))
    assert (before.code, before.zh) == (after.code, after.zh) == (Code.NOT_AUTHORISED, after.zh)


@pytest.mark.parametrize("who", [BUYER, FARMER, AUTHORITY])
def test_the_sides_and_the_county_are_told_what_became_of_it(who: str) -> None:
    world = World.open()
    order = _placed(world)
    world.admit(world.decline(order))
    refusal = world.refuse(world.cancel(order, who))
    assert refusal.code is Code.ORDER_NOT_OPEN
    assert "已谢绝" in refusal.zh
