"""Which roles may record which events."""

import pytest

from domain.events.catalogue import TYPES, AnyEvent
from domain.events.governance import LedgerOpened, Role
from domain.events.movements import Process
from domain.refusals import Code
from domain.rules.role import MAY, ROLE_ZH
from tests.county import AUTHORITY, CARRIER, ELDER, INSPECTOR, MILL, PADDY, WORKSHOP, YARD, of
from tests.worlds import World


def test_every_type_but_the_genesis_says_who_may_record_it() -> None:
    assert set(MAY) == set(TYPES.values()) - {LedgerOpened}


def test_every_role_has_a_chinese_name() -> None:
    assert set(ROLE_ZH) == set(Role)


def _beyond_role(world: World) -> list[AnyEvent]:
    item, new = of(world.new_lot(PADDY), 1), of(world.new_lot(PADDY), 1)
    return [
        world.harvest(MILL),
        world.treat(CARRIER),
        world.take_member(MILL, ELDER),
        world.part(MILL, CARRIER),
        world.register_product(PADDY, by=CARRIER),
        world.sell(AUTHORITY, YARD, item),
        world.dispose(INSPECTOR, YARD, item),
        world.ship(INSPECTOR, YARD, [item]),
        world.receive(AUTHORITY, WORKSHOP, world.new_id(), [item]),
        world.offer(INSPECTOR, YARD, item),
        world.transform(AUTHORITY, YARD, Process.SPLIT, [item], [new]),
    ]


@pytest.mark.parametrize("which", range(11))
def test_an_actor_without_the_role_is_refused_whatever_else_is_wrong(which: int) -> None:
    world = World.open()
    event = _beyond_role(world)[which]
    refusal = world.refuse(event)
    assert refusal.code is Code.NOT_AUTHORISED
    assert event.actor in refusal.zh
    assert "的身份才行" in refusal.zh
    assert "one of the roles" in refusal.en
