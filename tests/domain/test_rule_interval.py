"""The pre-harvest interval."""

from datetime import timedelta

from msgspec.structs import replace

from domain.refusals import Code
from tests.county import ELDER, ELDERS_YARD, OTHER_PLOT
from tests.worlds import World


def test_a_harvest_inside_the_interval_is_refused_and_names_the_treatment() -> None:
    world = World.open()
    treated = world.admit(world.treat(days=7))
    world.later(days=6)
    refusal = world.refuse(world.harvest())
    assert refusal.code is Code.INTERVAL_NOT_ELAPSED
    assert (refusal.cause, refusal.position) == (treated.id, world.position_of(treated))
    assert "塘边田 用过 吡虫啉" in refusal.zh
    assert "2026年3月8日 08:31" in refusal.zh
    assert "8 Mar 2026, 08:31" in refusal.en


def test_a_harvest_at_the_very_end_of_the_interval_is_admitted() -> None:
    world = World.open()
    treated = world.admit(world.treat(days=7))
    world.now = treated.occurred_at + timedelta(days=7)
    world.admit(world.harvest())


def test_a_harvest_that_lay_before_the_treatment_may_be_recorded_after_it() -> None:
    world = World.open()
    before = world.now
    world.later(hours=1)
    world.admit(world.treat())
    world.admit(replace(world.harvest(), occurred_at=before))


def test_any_of_several_treatments_binds() -> None:
    world = World.open()
    long = world.admit(world.treat(days=30))
    world.admit(world.treat(days=1))
    world.later(days=2)
    assert world.refuse(world.harvest()).cause == long.id


def test_an_interval_of_no_days_and_a_treatment_of_another_plot_bind_nothing() -> None:
    world = World.open()
    world.admit(world.treat(days=0))
    world.admit(world.treat(ELDER, OTHER_PLOT, days=30))
    world.admit(world.harvest())
    assert world.refuse(world.harvest(ELDER, OTHER_PLOT, place=ELDERS_YARD)).code is (
        Code.INTERVAL_NOT_ELAPSED
    )
