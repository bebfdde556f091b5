"""The law as a whole: the opening, ids, and that nothing in a well-formed event breaks it."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from domain.decide import RULES, decide
from domain.events.catalogue import TYPES, AnyEvent
from domain.events.governance import LedgerOpened
from domain.events.movements import Process
from domain.refusals import Code, Refusal
from domain.rules.role import MAY
from domain.state import Signed, State
from domain.tags import begun, needed, touched
from tests.county import AUTHORITY, FARMER, PLOT, RICE, YARD, key_of, of
from tests.memory_ledger import MemoryLedger
from tests.worlds import World


def test_every_type_has_its_rules_and_tags() -> None:
    assert set(get_args(AnyEvent)) == set(TYPES.values())
    assert set(RULES) == set(TYPES.values()) - {LedgerOpened}
    assert set(MAY) == set(RULES)


def test_before_the_opening_nothing_is_recorded() -> None:
    world = World()
    refusal = world.refuse(world.harvest())
    assert refusal.code is Code.LEDGER_NOT_OPEN


def test_a_ledger_is_opened_once() -> None:
    world = World.open()
    assert world.refuse(world.genesis()).code is Code.LEDGER_OPEN


def test_a_ledger_is_opened_under_a_rule_set_that_is_known() -> None:
    world = World()
    refusal = world.refuse(replace(world.genesis(), rules="2031.4"))
    assert refusal.code is Code.UNKNOWN_RULES


def test_the_opening_is_signed_by_the_key_that_it_names() -> None:
    world = World()
    refusal = world.refuse(world.genesis(), FARMER)
    assert refusal.code is Code.UNKNOWN_KEY
    assert key_of(FARMER).did in refusal.zh
    world.admit(world.genesis(), AUTHORITY)


def test_other_content_under_a_known_id_is_refused_and_names_the_first() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    refusal = world.refuse(replace(world.harvest(), id=harvest.id))
    assert refusal.code is Code.ID_REUSED
    assert (refusal.cause, refusal.position) == (harvest.id, world.position_of(harvest))


def test_a_refused_event_leaves_no_trace() -> None:
    world = World.open()
    before = (dict(world.memory.models), dict(world.memory.facts), len(world.memory.events))
    world.refuse(world.harvest(FARMER, PLOT), "stranger")
    world.refuse(replace(world.harvest(), refs=(world.new_id(),)))
    assert (world.memory.models, world.memory.facts, len(world.memory.events)) == before


def test_what_an_event_touches_is_among_what_it_needs() -> None:
    world = World.open()
    for numbered in world.memory.events:
        assert set(touched(numbered.event)) <= set(needed(numbered.event))


def test_what_an_event_begins_was_not_there_and_is_among_what_it_touches() -> None:
    world = World.open()
    harvest = world.harvest()
    milled = world.transform(
        FARMER, YARD, Process.MILLED, [of(harvest.batch, 9)], [of(world.new_lot(RICE), 1)]
    )
    offer = world.offer(FARMER, YARD, of(harvest.batch, 9))
    sent = world.ship(FARMER, YARD, [of(harvest.batch, 9)])
    story = (harvest, milled, sent, offer, world.order(offer, 1), world.demand(), world.treat())
    for event in story:
        begins = begun(event)
        assert set(begins) <= set(touched(event))
        assert all(world.memory.models.get(tag) is None for tag in begins)
        world.admit(event)
        assert all(world.memory.models[tag] for tag in begins)
    assert [len(begun(event)) for event in story] == [1, 1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-23:59", "1969-12-31T23:59:59+14:00",
    ],
)  # fmt: skip
def test_odd_moments_are_admitted_or_refused_and_never_break(moment: str) -> None:
    world = World.open()
    at = datetime.fromisoformat(moment)
    for event in (
        world.harvest(), world.treat(days=365), world.bind_key(FARMER, "second", expires=at),
    ):  # fmt: skip
        world.submit(replace(event, occurred_at=at))
    harvest = world.admit(world.harvest(quantity=2**53 - 1))
    answer = world.submit(world.correct(harvest, replace(harvest, occurred_at=at)))
    if at.year == 9999:
        assert isinstance(answer, Refusal)


def test_an_empty_state_refuses() -> None:
    world = World.open()
    signed = Signed(world.harvest(), (key_of(FARMER).did,), b"")
    state = State({}, {}, MemoryLedger())
    refusal = decide(state, signed, datetime.now(UTC) + timedelta(days=1))
    assert refusal
    assert refusal.code is Code.LEDGER_NOT_OPEN
