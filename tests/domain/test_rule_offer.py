"""Offers within what is held; offers and demands withdrawn by whoever made them."""

from msgspec.structs import replace

from domain.refusals import Code
from tests.county import BUYER, ELDER, FARMER, MILL, NOWHERE, SHOP, YARD, kg, of
from tests.worlds import World


def test_an_offer_reaches_what_is_held_and_no_further() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    refusal = world.refuse(world.offer(FARMER, YARD, of(harvest.batch, kg(100) + 1)))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    assert (refusal.cause, refusal.position) == (harvest.id, world.position_of(harvest))
    assert "可供 100 公斤，不够 100.001 公斤" in refusal.zh
    world.admit(world.offer(FARMER, YARD, of(harvest.batch, kg(100))))


def test_nobody_offers_what_another_holds() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    refusal = world.refuse(world.offer(MILL, YARD, of(batch, 1)))
    assert refusal.code is Code.OFFER_EXCEEDS_HOLDING
    assert "0 公斤" in refusal.zh


def test_what_is_reserved_is_not_offered_again() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100))))
    confirmed = world.admit(world.confirm(world.admit(world.order(offer, kg(70)))))
    refusal = world.refuse(world.offer(FARMER, YARD, of(batch, kg(31))))
    assert (refusal.code, refusal.cause) == (Code.OFFER_EXCEEDS_HOLDING, confirmed.id)
    world.admit(world.offer(FARMER, YARD, of(batch, kg(30))))


def test_an_offer_is_withdrawn_once_by_its_seller() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(1))))
    refusal = world.refuse(world.withdraw(offer, by=ELDER))
    assert refusal.code is Code.NOT_AUTHORISED
    assert "只能改动或撤回自己的供应" in refusal.zh
    withdrawn = world.admit(world.withdraw(offer))
    again = world.refuse(world.withdraw(offer))
    assert (again.code, again.cause) == (Code.OFFER_NOT_OPEN, withdrawn.id)
    assert again.position == world.position_of(withdrawn)
    never = world.refuse(replace(world.withdraw(offer), offer=world.new_id()))
    assert (never.code, never.cause) == (Code.OFFER_NOT_OPEN, None)


def test_a_demand_is_withdrawn_once_by_its_buyer() -> None:
    world = World.open()
    demand = world.admit(world.demand())
    refusal = world.refuse(world.withdraw_demand(demand, by=SHOP))
    assert refusal.code is Code.NOT_AUTHORISED
    assert "求购" in refusal.zh
    world.admit(world.withdraw_demand(demand))
    assert world.refuse(world.withdraw_demand(demand)).code is Code.DEMAND_NOT_OPEN
    never = replace(world.withdraw_demand(demand), demand=world.new_id())
    assert world.refuse(never).code is Code.DEMAND_NOT_OPEN


def test_a_demand_is_delivered_to_a_known_place() -> None:
    world = World.open()
    refusal = world.refuse(world.demand(BUYER, NOWHERE))
    assert refusal.code is Code.UNKNOWN_PLACE
    assert NOWHERE in refusal.zh
