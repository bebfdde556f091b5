"""The rule set in force where an event is decided."""

from domain.produce import RULE_SETS, RuleSet
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def rule_set(state: State) -> RuleSet | Refusal:
    """Give the rule set in force, or refuse: no ledger yet, or one from a later release."""
    ledger = state.ledger()
    if ledger is None:
        return refuse(Code.LEDGER_NOT_OPEN)
    return RULE_SETS.get(ledger.rules) or refuse(Code.UNKNOWN_RULES, rules=ledger.rules)
