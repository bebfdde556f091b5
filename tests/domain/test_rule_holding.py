"""Nothing moves that is not held there."""

import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from domain.refusals import Code
from tests.county import (
    BUYER,
    ELDER,
    ELDERS_YARD,
    FARMER,
    MILL,
    PADDY,
    RICE,
    SHELF,
    SHOP,
    STORE,
    WORKSHOP,
    YARD,
    kg,
    of,
)
from tests.worlds import World


def _takes(world: World, batch: str, quantity: int) -> list[AnyEvent]:
    return [
        world.ship(FARMER, YARD, [of(batch, quantity)]),
        world.sell(FARMER, YARD, of(batch, quantity)),
        world.dispose(FARMER, YARD, of(batch, quantity)),
        world.transform(
            FARMER, YARD, Process.SPLIT, [of(batch, quantity)], [of(world.new_lot(PADDY), 1)]
        ),
    ]


@pytest.mark.parametrize("way", range(4))
def test_all_that_is_held_can_be_moved(way: int) -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    world.admit(_takes(world, batch, kg(100))[way])


@pytest.mark.parametrize("way", range(4))
def test_one_gram_more_is_refused_and_names_the_last_event_of_the_holding(way: int) -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    sold = world.admit(world.sell(FARMER, YARD, of(harvest.batch, kg(1))))
    refusal = world.refuse(_takes(world, harvest.batch, kg(99) + 1)[way])
    assert refusal.code is Code.NOT_HELD
    assert (refusal.cause, refusal.position) == (sold.id, world.position_of(sold))
    assert "99 公斤" in refusal.zh
    assert "99.001 公斤" in refusal.zh
    assert "99.001 kg" in refusal.en
    assert "晒谷坪" in refusal.zh


def test_two_lines_of_one_batch_are_summed() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    refusal = world.refuse(world.ship(FARMER, YARD, [of(batch, kg(60)), of(batch, kg(60))]))
    assert refusal.code is Code.NOT_HELD
    assert "120 公斤" in refusal.zh


def test_the_same_batch_is_not_shipped_twice() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    shipped = world.admit(world.ship(FARMER, YARD, [of(batch, kg(100))]))
    refusal = world.refuse(world.ship(FARMER, YARD, [of(batch, kg(100))]))
    assert (refusal.code, refusal.cause) == (Code.NOT_HELD, shipped.id)


def test_what_another_holds_or_lies_elsewhere_is_not_held_and_the_batch_is_named() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    for sale in (
        world.sell(ELDER, YARD, of(harvest.batch, 1)),
        world.sell(FARMER, ELDERS_YARD, of(harvest.batch, 1)),
    ):
        refusal = world.refuse(sale)
        assert refusal.code is Code.NOT_HELD
        assert (refusal.cause, refusal.position) == (harvest.id, world.position_of(harvest))


def test_goods_on_the_way_are_nobodys_to_sell() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(100))]))
    world.refuse(world.sell(FARMER, YARD, of(batch, 1)))
    world.refuse(world.sell(MILL, WORKSHOP, of(batch, 1)))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100))]))
    world.admit(world.sell(MILL, WORKSHOP, of(batch, kg(100))))


def test_what_an_order_has_reserved_goes_only_to_that_order() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100))))
    order = world.admit(world.order(offer, kg(80)))
    world.admit(world.confirm(order))
    refusal = world.refuse(world.sell(FARMER, YARD, of(batch, kg(21))))
    assert refusal.code is Code.NOT_HELD
    assert "20 公斤" in refusal.zh
    world.admit(world.sell(FARMER, YARD, of(batch, kg(20))))
    world.admit(world.ship(FARMER, YARD, [of(batch, kg(80))], BUYER, STORE, order.id))


def test_every_input_of_a_transformation_is_held_in_full() -> None:
    world = World.open()
    first, second = (world.admit(world.harvest()).batch for _ in range(2))
    world.admit(world.sell(FARMER, YARD, of(second, kg(100))))
    blend = world.transform(
        FARMER, YARD, Process.MILLED, [of(first, kg(1)), of(second, 1)],
        [of(world.new_lot(RICE), 1)],
    )  # fmt: skip
    refusal = world.refuse(blend)
    assert refusal.code is Code.NOT_HELD
    assert second in refusal.zh
    world.admit(replace(blend, inputs=blend.inputs[:1]))


def test_a_receiver_may_sell_what_came_and_no_more() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(10))], SHOP, SHELF))
    world.admit(world.receive(SHOP, SHELF, sent.id, [of(batch, kg(9))], [of(batch, kg(1))]))
    assert world.refuse(world.sell(SHOP, SHELF, of(batch, kg(10)))).code is Code.NOT_HELD
    world.admit(world.sell(SHOP, SHELF, of(batch, kg(9))))
