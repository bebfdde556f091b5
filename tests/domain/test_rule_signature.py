"""Who signed, and may that key speak for the actor."""

from datetime import timedelta

from msgspec.structs import replace

from domain.events.governance import PartyKind, Role
from domain.refusals import Code
from tests.county import (
    AUTHORITY,
    COOP,
    ELDER,
    ELDERS_YARD,
    FARMER,
    MILL,
    NOBODY,
    OTHER_PLOT,
    key_of,
)
from tests.worlds import World


def test_a_key_that_the_ledger_does_not_know_is_refused() -> None:
    world = World.open()
    refusal = world.refuse(world.harvest(), "stranger")
    assert refusal.code is Code.UNKNOWN_KEY
    assert key_of("stranger").did in refusal.zh


def test_an_unknown_key_beside_a_good_one_is_refused_too() -> None:
    world = World.open()
    assert world.refuse(world.harvest(), FARMER, "stranger").code is Code.UNKNOWN_KEY


def test_a_revoked_key_is_refused_from_then_on_and_its_revocation_named() -> None:
    world = World.open()
    before = world.admit(world.harvest())
    revoked = world.admit(world.revoke_key(FARMER))
    refusal = world.refuse(world.harvest())
    assert refusal.code is Code.KEY_REVOKED
    assert (refusal.cause, refusal.position) == (revoked.id, world.position_of(revoked))
    assert world.memory.by_id(before.id)


def test_a_key_speaks_until_it_expires_by_the_ledgers_clock() -> None:
    world = World.open()
    expires = world.now + timedelta(days=30)
    world.admit(world.bind_key(FARMER, "second phone", expires=expires))
    world.now = expires - timedelta(seconds=1)
    world.admit(world.harvest(), "second phone")
    backdated = replace(world.harvest(), occurred_at=expires - timedelta(days=1))
    world.now = expires
    refusal = world.refuse(backdated, "second phone")
    assert refusal.code is Code.KEY_EXPIRED
    assert "2026年3月31日 08:31 到期" in refusal.zh
    assert "31 Mar 2026, 08:31" in refusal.en


def test_two_phones_of_one_farmer_both_speak_for_it() -> None:
    world = World.open()
    world.admit(world.bind_key(FARMER, "second phone", by=FARMER))
    world.admit(world.harvest(), FARMER)
    world.admit(world.harvest(), "second phone")


def test_nobody_signs_for_another_without_a_mandate() -> None:
    world = World.open()
    for other in (MILL, AUTHORITY, COOP):
        refusal = world.refuse(world.harvest(FARMER), other)
        assert refusal.code is Code.NOT_AUTHORISED
        assert f"没有替 {FARMER} 签名的授权" in refusal.zh
        assert other in refusal.en


def test_a_cooperative_signs_for_the_member_that_lets_it_until_they_part() -> None:
    world = World.open()
    world.admit(world.harvest(ELDER, OTHER_PLOT, place=ELDERS_YARD), COOP)
    world.admit(world.part(COOP, ELDER))
    refusal = world.refuse(world.harvest(ELDER, OTHER_PLOT, place=ELDERS_YARD), COOP)
    assert refusal.code is Code.NOT_AUTHORISED


def test_an_actor_that_was_never_admitted_says_nothing() -> None:
    world = World.open()
    refusal = world.refuse(world.harvest(NOBODY), FARMER)
    assert refusal.code is Code.UNKNOWN_PARTY
    assert NOBODY in refusal.zh


def test_a_member_with_a_key_signs_its_own_joining() -> None:
    world = World.open()
    grower = "P445381-000050"
    world.admit(world.admit_party(grower, PartyKind.PERSON, Role.FARMER))
    world.admit(world.bind_key(grower))
    refusal = world.refuse(world.take_member(COOP, grower, may_sign=True))
    assert refusal.code is Code.MEMBER_MUST_SIGN
    assert grower in refusal.zh
    world.admit(world.take_member(COOP, grower, may_sign=True), COOP, grower)


def test_a_member_without_a_key_joins_on_the_cooperatives_word() -> None:
    world = World.open()
    grower = "P445381-000050"
    world.admit(world.admit_party(grower, PartyKind.PERSON, Role.FARMER, by=COOP))
    world.admit(world.take_member(COOP, grower, may_sign=True))


def test_who_lost_its_only_key_is_not_taken_by_a_stranger() -> None:
    world = World.open()
    grower = "P445381-000050"
    world.admit(world.admit_party(grower, PartyKind.PERSON, Role.FARMER))
    world.admit(world.bind_key(grower))
    world.admit(world.revoke_key(grower))
    refusal = world.refuse(world.take_member(COOP, grower, may_sign=True))
    assert refusal.code is Code.MEMBER_MUST_SIGN


def test_another_cooperatives_farmer_is_not_taken_without_its_word() -> None:
    world = World.open()
    other, grower = "P445381-000051", "P445381-000050"
    world.admit(
        world.admit_party(other, PartyKind.ORGANISATION, Role.COOPERATIVE, name="另一家合作社")
    )
    world.admit(world.bind_key(other))
    world.admit(world.admit_party(grower, PartyKind.PERSON, Role.FARMER, by=other))
    refusal = world.refuse(world.take_member(COOP, grower, may_sign=True))
    assert refusal.code is Code.MEMBER_MUST_SIGN
    world.admit(world.take_member(other, grower, may_sign=True))


def test_a_member_does_not_make_itself_a_member() -> None:
    world = World.open()
    assert world.refuse(world.take_member(COOP, MILL), MILL).code is Code.NOT_AUTHORISED
