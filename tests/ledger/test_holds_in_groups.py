"""Holds and recalls through the sequencer: within one group, after a restart, side by side."""

from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from domain.refusals import Code, Refusal
from ledger.outcome import Admission
from ledger.verifier import Verified, verify
from tests.county import FARMER, YARD, of
from tests.ledger.conftest import LedgerUnderTest
from tests.ledger.sequenced import Sequenced


def _line_of_descent(made: Sequenced, length: int) -> list[str]:
    world = made.world
    harvest = world.harvest()
    made.admit(harvest)
    line = [harvest.batch]
    for _ in range(length):
        part = world.new_lot(line[-1][:14])
        split = (Process.SPLIT, [of(line[-1], 1000)], [of(part, 1000)])
        made.admit(world.transform(FARMER, YARD, *split))
        line.append(part)
    return line


def _codes(outcomes: list[Admission | Refusal]) -> list[Code | None]:
    return [outcome.code if isinstance(outcome, Refusal) else None for outcome in outcomes]


def test_a_hold_binds_what_comes_after_it_in_the_same_group(ledger: LedgerUnderTest) -> None:
    made = Sequenced.open(ledger)
    world = made.world
    first, *_, last = _line_of_descent(made, 5)
    hold = world.hold(first)
    group: list[AnyEvent] = [
        world.sell(FARMER, YARD, of(last, 1)), hold, world.sell(FARMER, YARD, of(last, 2)),
        world.release(hold), world.sell(FARMER, YARD, of(last, 3)),
    ]  # fmt: skip
    outcomes = made.sequencer.submit([made.sealed(event) for event in group]).result()
    assert _codes(outcomes) == [None, None, Code.ON_HOLD, None, None]
    assert isinstance(verify(ledger.export()), Verified)


def test_a_sequencer_that_starts_anew_reads_what_is_held_and_what_a_batch_was_made_of(
    ledger: LedgerUnderTest,
) -> None:
    made = Sequenced.open(ledger)
    world = made.world
    first, *_, last = _line_of_descent(made, 5)
    made.admit(world.recall(first))
    for _ in range(2):
        refusal = ledger.another().admit(made.sealed(world.sell(FARMER, YARD, of(last, 1))))
        assert isinstance(refusal, Refusal)
        assert refusal.code is Code.RECALLED


def test_a_hold_that_another_process_wrote_binds_this_one(ledger: LedgerUnderTest) -> None:
    made = Sequenced.open(ledger)
    world = made.world
    first, *_, last = _line_of_descent(made, 3)
    other = ledger.another()
    hold = world.hold(first)
    assert isinstance(other.admit(made.sealed(hold)), Admission)
    assert made.refuse(world.sell(FARMER, YARD, of(last, 1))).code is Code.ON_HOLD
    assert isinstance(other.admit(made.sealed(world.release(hold))), Admission)
    made.admit(world.sell(FARMER, YARD, of(last, 1)))
