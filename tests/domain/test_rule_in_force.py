"""The rule set in force."""

from domain.events.governance import LedgerOpened
from domain.models.governance import Ledger
from domain.produce import RULES_2026_1, tables_digest
from domain.refusals import Code, Refusal
from domain.rules.in_force import rule_set
from domain.state import State
from tests.memory_ledger import MemoryLedger
from tests.worlds import World


def test_the_ledgers_rule_set_is_in_force() -> None:
    state = State({"ledger": Ledger("445381", "P445381-000001", "2026.1")}, {}, MemoryLedger())
    assert rule_set(state) is RULES_2026_1


def test_a_ledger_of_a_later_release_is_refused_not_guessed() -> None:
    world = World.open()
    world.memory.models["ledger"] = Ledger("445381", "P445381-000001", "2031.4")
    refusal = world.refuse(world.harvest())
    assert refusal.code is Code.UNKNOWN_RULES
    assert "2031.4" in refusal.zh


def test_without_a_ledger_nothing_is_in_force() -> None:
    refusal = rule_set(State({}, {}, MemoryLedger()))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.LEDGER_NOT_OPEN


def test_the_digest_of_a_rule_set_never_changes_once_it_is_released() -> None:
    pinned = "a3bf675d"
    assert tables_digest(RULES_2026_1)[:8] == pinned
    assert LedgerOpened.__struct_config__.tag == "ledger.opened.v1"
