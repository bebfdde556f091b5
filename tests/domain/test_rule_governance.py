"""Parties, keys, members and rule sets."""

import pytest
from msgspec.structs import replace

from domain.events.governance import PartyKind, Role, RulesAdopted
from domain.produce import RULES_2026_1, tables_digest
from domain.refusals import Code
from tests.county import AUTHORITY, COOP, ELDER, FARMER, INSPECTOR, MILL, NOBODY, key_of
from tests.worlds import World

NEW = "P445381-000050"


def test_a_party_is_admitted_once() -> None:
    world = World.open()
    refusal = world.refuse(world.admit_party(FARMER, PartyKind.PERSON, Role.FARMER))
    assert refusal.code is Code.EXISTS
    assert FARMER in refusal.zh


def test_a_persons_name_does_not_go_into_the_ledger_an_organisations_does() -> None:
    world = World.open()
    named = world.admit_party(NEW, PartyKind.PERSON, Role.FARMER, name="陈三")
    refusal = world.refuse(named)
    assert (refusal.code, refusal.path) == (Code.PERSONAL_DATA, "$.name")
    assert "陈三" not in refusal.zh + refusal.en
    world.admit(replace(named, kind=PartyKind.ORGANISATION, name="三家村农场"))


@pytest.mark.parametrize(
    "roles",
    [(Role.PROCESSOR,), (Role.AUTHORITY,), (Role.FARMER, Role.INSPECTOR), (Role.FARMER,) * 2],
)
def test_a_cooperative_admits_farmers_and_nobody_else(roles: tuple[Role, ...]) -> None:
    world = World.open()
    refusal = world.refuse(world.admit_party(NEW, PartyKind.PERSON, *roles, by=COOP))
    assert refusal.code is Code.NOT_AUTHORISED
    assert "只能登记农户" in refusal.zh
    world.admit(world.admit_party(NEW, PartyKind.PERSON, Role.FARMER, by=COOP))


def test_others_admit_nobody() -> None:
    world = World.open()
    refusal = world.refuse(world.admit_party(NEW, PartyKind.PERSON, Role.FARMER, by=MILL))
    assert refusal.code is Code.NOT_AUTHORISED
    assert "要有主管部门、合作社的身份才行" in refusal.zh
    assert "authority, cooperative" in refusal.en


def test_a_key_is_bound_to_a_party_that_exists() -> None:
    world = World.open()
    refusal = world.refuse(world.bind_key(NOBODY))
    assert refusal.code is Code.UNKNOWN_PARTY


def test_a_key_is_bound_once_and_a_revoked_one_does_not_come_back() -> None:
    world = World.open()
    refusal = world.refuse(world.bind_key(MILL, FARMER))
    assert refusal.code is Code.EXISTS
    assert key_of(FARMER).did in refusal.zh
    world.admit(world.revoke_key(FARMER))
    assert world.refuse(world.bind_key(FARMER)).code is Code.EXISTS


@pytest.mark.parametrize("by", [AUTHORITY, COOP, FARMER])
def test_the_party_its_cooperative_and_the_authority_manage_its_keys(by: str) -> None:
    world = World.open()
    world.admit(world.bind_key(FARMER, "second phone", by=by))
    world.admit(world.revoke_key(FARMER, "second phone", by=by))


def test_nobody_else_manages_a_partys_keys() -> None:
    world = World.open()
    for wrong in (
        world.bind_key(FARMER, "thief", by=MILL),
        world.revoke_key(FARMER, by=MILL),
        world.bind_key(MILL, "thief", by=COOP),
    ):
        refusal = world.refuse(wrong)
        assert refusal.code is Code.NOT_AUTHORISED
        assert wrong.party in refusal.zh


def test_a_cooperative_that_has_parted_with_a_member_manages_its_keys_no_more() -> None:
    world = World.open()
    world.admit(world.part(COOP, FARMER))
    refusal = world.refuse(world.bind_key(FARMER, "thief", by=COOP))
    assert refusal.code is Code.NOT_AUTHORISED


def test_only_a_key_of_that_party_that_is_in_force_is_revoked() -> None:
    world = World.open()
    unknown = world.refuse(world.revoke_key(FARMER, "stranger"))
    assert unknown.code is Code.UNKNOWN_KEY
    assert world.refuse(world.revoke_key(MILL, FARMER)).code is Code.UNKNOWN_KEY
    revoked = world.admit(world.revoke_key(FARMER))
    again = world.refuse(world.revoke_key(FARMER))
    assert (again.code, again.cause) == (Code.KEY_REVOKED, revoked.id)
    assert again.position == world.position_of(revoked)


def test_a_member_is_taken_once_and_may_come_back() -> None:
    world = World.open()
    refusal = world.refuse(world.take_member(COOP, ELDER))
    assert refusal.code is Code.EXISTS
    assert f"{COOP} 的社员 {ELDER} 已经登记过了" in refusal.zh
    world.admit(world.part(COOP, ELDER))
    world.admit(world.take_member(COOP, ELDER))


def test_nobody_becomes_a_member_who_does_not_exist() -> None:
    world = World.open()
    assert world.refuse(world.take_member(COOP, NOBODY)).code is Code.UNKNOWN_PARTY


def test_a_cooperative_parts_only_with_a_member() -> None:
    world = World.open()
    refusal = world.refuse(world.part(COOP, INSPECTOR))
    assert refusal.code is Code.NOT_AUTHORISED
    assert f"{INSPECTOR} 现在不是它的社员" in refusal.zh
    world.admit(world.part(COOP, ELDER))
    assert world.refuse(world.part(COOP, ELDER)).code is Code.NOT_AUTHORISED


def _adopted(world: World, rules: str, tables: str, by: str = AUTHORITY) -> RulesAdopted:
    return RulesAdopted(**world.common(by), rules=rules, tables=tables)


def test_a_rule_set_is_adopted_by_name_and_digest_by_the_authority() -> None:
    world = World.open()
    digest = tables_digest(RULES_2026_1)
    for rules, tables in (("2027.1", digest), ("2026.1", "0" * 64)):
        refusal = world.refuse(_adopted(world, rules, tables))
        assert refusal.code is Code.UNKNOWN_RULES
        assert rules in refusal.zh
    assert world.refuse(_adopted(world, "2026.1", digest, COOP)).code is Code.NOT_AUTHORISED
    world.admit(_adopted(world, "2026.1", digest))
