"""What the writer does when something of its own fails: callers are told, and it goes on."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typing_extensions import override

from api.demo.season import Season
from domain.admission import admit
from domain.refusals import Code, Refusal
from domain.state import Signed, State
from ledger import intake
from ledger.group import Group
from ledger.outcome import Admission, Outcome, WriteFailed
from ledger.parcel import Parcel
from ledger.pipeline import Ahead, Pipeline, Steps
from tests.ledger.conftest import LedgerUnderTest
from tests.ledger.sequenced import Sequenced

WAIT_S = 30.0


def test_an_event_that_breaks_a_rule_s_code_is_refused_alone(
    ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = Sequenced.open(ledger)
    good, bad, other = (county.world.harvest() for _ in range(3))

    def breaking(state: State, signed: Signed, now: datetime, position: int) -> object:
        if signed.event.id == bad.id:
            raise ZeroDivisionError
        return admit(state, signed, now, position)

    monkeypatch.setattr("ledger.group.admit", breaking)
    raws = [county.sealed(event) for event in (good, bad, other)]
    outcomes = county.sequencer.submit(raws).result(WAIT_S)
    assert [type(outcome) for outcome in outcomes] == [Admission, Refusal, Admission]
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].code is Code.MALFORMED


def test_where_no_process_can_be_begun_the_writer_reads_by_itself(
    ledger: LedgerUnderTest, told: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(intake, "ReadingProcess", refused)
    monkeypatch.setattr(intake, "_WORTH", 10)
    outcomes = ledger.sequencer.submit(told.envelopes).result(WAIT_S)
    assert all(isinstance(outcome, Admission) for outcome in outcomes)


def test_a_fault_while_reading_is_told_to_all_who_wait_and_the_writer_goes_on(
    ledger: LedgerUnderTest, told: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = threading.Event()
    read_here = intake.Intake.read_here

    def breaking(self: intake.Intake) -> list[Parcel]:
        if not broken.is_set():
            broken.set()
            raise KeyError("a fault of ours")
        return read_here(self)

    monkeypatch.setattr(intake.Intake, "read_here", breaking)
    first = ledger.sequencer.submit(told.envelopes[:3])
    with pytest.raises(WriteFailed):
        first.result(WAIT_S)
    again = ledger.sequencer.submit(told.envelopes).result(WAIT_S)
    assert all(isinstance(outcome, Admission) for outcome in again)


class _Recorded(Steps):
    """Notes what it is asked for: the second group breaks, and the first must be decided again."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent = threading.Event()
        self.groups = 0

    @override
    def full(self) -> bool:
        return False

    @override
    def begin(self) -> Group:
        self.groups += 1
        return Group(self.groups, datetime.now(UTC))

    @override
    def decide(self, group: Group, parcels: list[Parcel]) -> None:
        self.asked.append(f"decide {group.base}")
        if group.base == 2:
            raise ZeroDivisionError
        group.verdicts += [candidate for one in parcels for candidate in _refusals(one)]

    @override
    def send(self, group: Group) -> int | None:
        self.asked.append(f"send {group.base}")
        self.sent.set()
        return os.pipe()[0]

    @override
    def arrived(self) -> bool:
        return False

    @override
    def written(self, group: Group) -> list[Outcome] | None:
        return None

    @override
    def write_again(self, under_way: list[Ahead]) -> list[list[Outcome]]:
        self.asked.append(f"again {[ahead.group.base for ahead in under_way]}")
        return [[c for one in ahead.parcels for c in _refusals(one)] for ahead in under_way]

    @override
    def take_back(self, group: Group) -> None:
        self.asked.append(f"take back {group.base}")

    @override
    def failed(self, error: Exception) -> Exception:
        self.asked.append("failed")
        return WriteFailed(str(error))


def _refusals(parcel: Parcel) -> list[Refusal]:
    return [one for one in parcel.candidates if isinstance(one, Refusal)]


def test_what_broke_is_taken_back_before_what_it_rested_on_is_decided_again() -> None:
    steps = _Recorded()
    pipeline = Pipeline(steps, 0)
    pipeline.start()
    answers: dict[str, list[Outcome] | Exception] = {}
    done = {name: threading.Event() for name in ("first", "second")}

    def keep(name: str) -> Callable[[list[Outcome] | Exception], None]:
        def deliver(answer: list[Outcome] | Exception) -> None:
            answers[name] = answer
            done[name].set()

        return deliver

    pipeline.put(Parcel([b"{"], keep("first")))
    assert steps.sent.wait(WAIT_S)
    pipeline.put(Parcel([b"{"], keep("second")))
    assert all(event.wait(WAIT_S) for event in done.values())
    pipeline.join()
    assert isinstance(answers["second"], WriteFailed)
    assert isinstance(answers["first"], list)
    assert steps.asked == [
        "decide 1", "send 1", "decide 2", "take back 2", "again [1]", "failed",
    ]  # fmt: skip
