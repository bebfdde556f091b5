"""Who may say how a batch was found."""

import pytest

from domain.refusals import Code
from tests.county import (
    AUTHORITY,
    BUYER,
    FARMER,
    INSPECTOR,
    MILL,
    OFFICE,
    SHELF,
    SHOP,
    STORE,
    WORKSHOP,
    YARD,
    kg,
    of,
)
from tests.worlds import World


@pytest.mark.parametrize(
    ("actor", "place"), [(INSPECTOR, OFFICE), (AUTHORITY, OFFICE), (FARMER, YARD)]
)
def test_inspectors_the_authority_and_the_holder_may_say(actor: str, place: str) -> None:
    world = World.open()
    world.admit(world.inspect(world.admit(world.harvest()).batch, actor, place))


@pytest.mark.parametrize(("actor", "place"), [(SHOP, SHELF), (BUYER, STORE), (MILL, WORKSHOP)])
def test_a_party_that_never_held_the_batch_may_not(actor: str, place: str) -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    refusal = world.refuse(world.inspect(harvest.batch, actor, place))
    assert refusal.code is Code.NOT_AUTHORISED
    assert (refusal.cause, refusal.position) == (harvest.id, world.position_of(harvest))
    assert "检测机构" in refusal.zh


def test_a_receiver_may_once_it_has_the_goods_and_the_sender_still() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(100))]))
    world.refuse(world.inspect(batch, MILL, WORKSHOP))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100))]))
    world.admit(world.inspect(batch, MILL, WORKSHOP))
    world.admit(world.inspect(batch, FARMER, YARD))
