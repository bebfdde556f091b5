"""Not ahead of the clock, not before what it follows from."""

from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.refusals import Code
from tests.county import BUYER, FARMER, MILL, START, STORE, WORKSHOP, YARD, kg, of
from tests.worlds import World

SECOND = timedelta(seconds=1)


def test_ten_minutes_ahead_are_admitted_and_not_a_second_more() -> None:
    world = World.open()
    limit = world.now + timedelta(minutes=10)
    refusal = world.refuse(replace(world.harvest(), occurred_at=limit + SECOND))
    assert refusal.code is Code.TIME_AHEAD
    assert "10 分钟" in refusal.zh
    assert "2026年3月1日 08:41:01" in refusal.zh
    world.admit(replace(world.harvest(), occurred_at=limit))


def test_what_happened_long_ago_is_late_and_not_refused() -> None:
    world = World.open()
    world.admit(replace(world.harvest(), occurred_at=START - timedelta(days=400)))


def test_a_reference_to_nothing_or_to_itself_is_refused() -> None:
    world = World.open()
    ghost = world.new_id()
    refusal = world.refuse(replace(world.harvest(), refs=(ghost,)))
    assert refusal.code is Code.REF_MISSING
    assert ghost in refusal.zh
    harvest = world.harvest()
    assert world.refuse(replace(harvest, refs=(harvest.id,))).code is Code.REF_MISSING


def test_a_cause_is_not_later_than_what_follows_from_it() -> None:
    world = World.open()
    first = world.admit(world.harvest())
    second = replace(world.harvest(), refs=(first.id,))
    refusal = world.refuse(replace(second, occurred_at=first.occurred_at - SECOND))
    assert refusal.code is Code.TIME_BEFORE_CAUSE
    assert (refusal.cause, refusal.position) == (first.id, world.position_of(first))
    assert "2026年3月1日 08:31" in refusal.zh
    world.admit(replace(second, occurred_at=first.occurred_at))


def test_moments_are_compared_across_offsets() -> None:
    world = World.open()
    first = world.admit(world.harvest())
    tokyo = timezone(timedelta(hours=9))
    earlier = (first.occurred_at - SECOND).astimezone(tokyo)
    late = replace(world.sell(FARMER, YARD, of(first.batch, 1)), occurred_at=earlier)
    refusal = world.refuse(late)
    assert refusal.code is Code.TIME_BEFORE_CAUSE
    assert "09:30:59 (UTC+09:00)" in refusal.zh
    world.admit(replace(late, occurred_at=first.occurred_at.astimezone(tokyo)))


def _first_moves(world: World, batch: str) -> list[AnyEvent]:
    return [
        world.ship(FARMER, YARD, [of(batch, 1)]),
        world.sell(FARMER, YARD, of(batch, 1)),
        world.dispose(FARMER, YARD, of(batch, 1)),
        world.offer(FARMER, YARD, of(batch, 1)),
        world.inspect(batch, FARMER, YARD),
    ]


@pytest.mark.parametrize("way", range(5))
def test_a_batch_is_not_moved_before_it_came_to_be(way: int) -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    move = _first_moves(world, harvest.batch)[way]
    refusal = world.refuse(replace(move, occurred_at=harvest.occurred_at - SECOND))
    assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, harvest.id)
    assert refusal.position == world.position_of(harvest)
    world.admit(move)


def test_nothing_is_received_before_it_was_sent() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(1))]))
    receipt = world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(1))])
    refusal = world.refuse(replace(receipt, occurred_at=sent.occurred_at - SECOND))
    assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, sent.id)
    assert refusal.position == world.position_of(sent)
    world.admit(receipt)


def test_offers_and_orders_are_answered_after_they_were_made() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(9))))
    before = offer.occurred_at - SECOND
    for early in (world.order(offer, kg(1)), world.withdraw(offer)):
        refusal = world.refuse(replace(early, occurred_at=before))
        assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, offer.id)
        assert refusal.position == world.position_of(offer)
    order = world.admit(world.order(offer, kg(1), BUYER, to=STORE))
    for answer in (world.confirm(order), world.decline(order), world.cancel(order)):
        refusal = world.refuse(replace(answer, occurred_at=before))
        assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, order.id)
        assert refusal.position == world.position_of(order)


def test_a_demand_is_not_withdrawn_before_it_was_posted() -> None:
    world = World.open()
    demand = world.admit(world.demand())
    early = replace(world.withdraw_demand(demand), occurred_at=demand.occurred_at - SECOND)
    refusal = world.refuse(early)
    assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, demand.id)
    assert refusal.position == world.position_of(demand)
