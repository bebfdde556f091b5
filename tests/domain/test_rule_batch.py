"""New batches are new, moved ones exist, and units fit."""

import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from domain.measures import BatchQuantity, Unit
from domain.refusals import Code
from tests.county import (
    ELDER,
    ELDERS_YARD,
    FARMER,
    MILL,
    OFFICE,
    OTHER_PLOT,
    PADDY,
    RICE,
    UNREGISTERED,
    WORKSHOP,
    YARD,
    kg,
    lot,
    of,
)
from tests.worlds import World


def test_a_lot_that_is_taken_is_refused_to_everybody_and_names_the_harvest() -> None:
    world = World.open()
    first = world.admit(world.harvest(batch=lot(PADDY, "L7")))
    for again in (
        world.harvest(batch=lot(PADDY, "L7")),
        world.harvest(ELDER, OTHER_PLOT, batch=lot(PADDY, "L7"), place=ELDERS_YARD),
    ):
        refusal = world.refuse(again)
        assert refusal.code is Code.BATCH_EXISTS
        assert (refusal.cause, refusal.position) == (first.id, world.position_of(first))
        assert lot(PADDY, "L7") in refusal.zh


def test_the_same_lot_of_another_product_is_another_batch() -> None:
    world = World.open()
    world.admit(world.harvest(batch=lot(PADDY, "L7")))
    world.admit(world.harvest(batch=lot(RICE, "L7")))


def test_an_output_of_a_transformation_must_be_new_too() -> None:
    world = World.open()
    first, second = (world.admit(world.harvest()) for _ in range(2))
    refusal = world.refuse(
        world.transform(
            FARMER, YARD, Process.SPLIT, [of(first.batch, kg(1))], [of(second.batch, kg(1))]
        )
    )
    assert (refusal.code, refusal.cause) == (Code.BATCH_EXISTS, second.id)


def test_a_batch_of_a_product_that_is_not_registered_is_refused() -> None:
    world = World.open()
    refusal = world.refuse(world.harvest(batch=lot(UNREGISTERED, "L1")))
    assert refusal.code is Code.UNKNOWN_PRODUCT
    assert UNREGISTERED in refusal.zh


def test_a_batch_is_made_in_its_products_unit() -> None:
    world = World.open()
    refusal = world.refuse(replace(world.harvest(), unit=Unit.PIECE))
    assert refusal.code is Code.UNIT_MISMATCH
    assert "按克计量，这里写的是件" in refusal.zh
    assert "counted in grams; this says pieces" in refusal.en


def _moves(world: World, item: BatchQuantity) -> dict[str, AnyEvent]:
    rest = [of(world.new_lot(PADDY), 1)]
    return {
        "ship": world.ship(FARMER, YARD, [item]),
        "sell": world.sell(FARMER, YARD, item),
        "dispose": world.dispose(FARMER, YARD, item),
        "offer": world.offer(FARMER, YARD, item),
        "transform": world.transform(FARMER, YARD, Process.SPLIT, [item], rest),
    }


@pytest.mark.parametrize("way", ["ship", "sell", "dispose", "offer", "transform"])
def test_a_batch_that_is_not_there_does_not_move(way: str) -> None:
    world = World.open()
    refusal = world.refuse(_moves(world, of(lot(PADDY, "GHOST"), 1))[way])
    assert refusal.code is Code.UNKNOWN_BATCH
    assert "GHOST" in refusal.zh


@pytest.mark.parametrize("way", ["ship", "sell", "dispose", "offer", "transform"])
def test_a_batch_moves_in_its_own_unit(way: str) -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    refusal = world.refuse(_moves(world, BatchQuantity(batch, 1, Unit.PIECE))[way])
    assert refusal.code is Code.UNIT_MISMATCH
    world.admit(_moves(world, BatchQuantity(batch, 1, Unit.GRAM))[way])


def test_a_receipt_is_counted_in_the_batchs_unit_differences_too() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, 2)]))
    wrong = BatchQuantity(batch, 1, Unit.PIECE)
    for items, short in (([wrong], [of(batch, 1)]), ([of(batch, 1)], [wrong])):
        refusal = world.refuse(world.receive(MILL, WORKSHOP, sent.id, items, short))
        assert refusal.code is Code.UNIT_MISMATCH
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, 1)], [of(batch, 1)]))


def test_only_a_batch_that_exists_is_inspected() -> None:
    world = World.open()
    assert world.refuse(world.inspect(lot(PADDY, "GHOST"))).code is Code.UNKNOWN_BATCH
    world.admit(world.inspect(world.admit(world.harvest()).batch, place=OFFICE))
