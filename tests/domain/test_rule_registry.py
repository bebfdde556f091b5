"""Places and products: registered once, and used only then."""

import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from domain.events.registry import PlaceKind
from domain.refusals import Code
from tests.county import (
    AUTHORITY,
    BUYER,
    COOP,
    ELDER,
    FARMER,
    MILL,
    NOBODY,
    NOWHERE,
    OTHER_PLOT,
    PADDY,
    PLOT,
    UNREGISTERED,
    WORKSHOP,
    YARD,
    of,
)
from tests.worlds import World


def test_a_place_is_registered_once() -> None:
    world = World.open()
    refusal = world.refuse(world.register_place(YARD, FARMER, PlaceKind.YARD))
    assert refusal.code is Code.EXISTS
    assert YARD in refusal.zh


def test_a_place_has_a_holder_that_exists() -> None:
    world = World.open()
    refusal = world.refuse(world.register_place(NOWHERE, NOBODY, PlaceKind.YARD))
    assert refusal.code is Code.UNKNOWN_PARTY


def test_a_plot_is_registered_by_the_authority_or_the_holders_cooperative() -> None:
    world = World.open()
    for by in (FARMER, MILL):
        refusal = world.refuse(world.register_place(NOWHERE, FARMER, PlaceKind.PLOT, by=by))
        assert refusal.code is Code.NOT_AUTHORISED
        assert "地块由所在合作社或主管部门登记" in refusal.zh
    world.admit(world.register_place("L445381-000101", FARMER, PlaceKind.PLOT, by=AUTHORITY))
    world.admit(world.register_place("L445381-000102", FARMER, PlaceKind.PLOT, by=COOP))
    world.admit(world.register_place("L445381-000103", COOP, PlaceKind.PLOT, by=COOP))


def test_a_party_registers_its_own_yard_and_not_anothers() -> None:
    world = World.open()
    world.admit(world.register_place("L445381-000101", MILL, PlaceKind.WAREHOUSE, by=MILL))
    refusal = world.refuse(
        world.register_place("L445381-000102", FARMER, PlaceKind.WAREHOUSE, by=MILL)
    )
    assert refusal.code is Code.NOT_AUTHORISED
    assert f"这是 {FARMER} 的地点" in refusal.zh


def test_a_product_is_registered_once() -> None:
    world = World.open()
    refusal = world.refuse(world.register_product(PADDY, by=MILL))
    assert refusal.code is Code.EXISTS
    assert PADDY in refusal.zh
    world.admit(world.register_product(UNREGISTERED, by=MILL))


def _nowhere(world: World, batch: str) -> list[AnyEvent]:
    offer = world.admit(world.offer(FARMER, YARD, of(batch, 1)))
    order = world.admit(world.order(offer, 1))
    return [
        world.harvest(place=NOWHERE),
        world.ship(FARMER, NOWHERE, [of(batch, 1)]),
        world.receive(MILL, NOWHERE, world.new_id(), [of(batch, 1)]),
        world.sell(FARMER, NOWHERE, of(batch, 1)),
        world.dispose(FARMER, NOWHERE, of(batch, 1)),
        world.inspect(batch, place=NOWHERE),
        world.offer(FARMER, NOWHERE, of(batch, 1)),
        world.transform(FARMER, NOWHERE, Process.SPLIT, [of(batch, 1)], [of(batch, 1)]),
        world.treat(plot=NOWHERE),
        world.harvest(plot=NOWHERE),
        world.order(offer, 1, to=NOWHERE),
        world.demand(BUYER, NOWHERE),
        replace(world.confirm(order), place=NOWHERE),
    ]


@pytest.mark.parametrize("which", range(12))
def test_nothing_happens_at_a_place_that_is_not_registered(which: int) -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    refusal = world.refuse(_nowhere(world, batch)[which])
    assert refusal.code is Code.UNKNOWN_PLACE
    assert NOWHERE in refusal.zh


def test_a_harvest_and_a_treatment_are_on_a_plot() -> None:
    world = World.open()
    for wrong in (world.harvest(plot=YARD), world.treat(plot=YARD)):
        refusal = world.refuse(wrong)
        assert refusal.code is Code.NOT_A_PLOT
        assert "晒谷坪 不是地块" in refusal.zh


def test_a_harvest_and_a_treatment_are_on_the_actors_own_plot() -> None:
    world = World.open()
    for wrong in (world.harvest(FARMER, OTHER_PLOT), world.treat(COOP, PLOT)):
        refusal = world.refuse(wrong)
        assert refusal.code is Code.NOT_AUTHORISED
        assert "的地块" in refusal.zh
    assert ELDER in world.refuse(world.harvest(FARMER, OTHER_PLOT)).en


def test_a_harvest_may_be_kept_at_anothers_place() -> None:
    world = World.open()
    world.admit(world.harvest(place=WORKSHOP))
