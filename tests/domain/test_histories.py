"""The domain against a plain reference, over random histories with corrections."""

from collections import defaultdict

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from typing_extensions import override

from domain import tags
from domain.events import movements as v
from domain.events.catalogue import AnyEvent
from domain.history import fold, in_effect, substitutes
from domain.models.batch import Batch
from domain.models.shipment import Shipment
from tests.histories import Histories


class DomainHistories(Histories):
    """Checks the domain's models after every step."""

    @override
    def check(self) -> None:
        """Compare models, sums and trace with the reference."""
        self._models_are_the_folds_of_their_tags()
        self._holdings_are_the_references()
        self._nothing_is_lost()
        self._traces_are_the_references()

    def _models_are_the_folds_of_their_tags(self) -> None:
        memory = self.world.memory
        for tag in memory.all_tags():
            assert memory.models.get(tag) == fold(tag, memory.by_tag(tag)), tag

    def _batches(self) -> dict[str, Batch]:
        models = self.world.memory.models.items()
        return {tag[6:]: model for tag, model in models if isinstance(model, Batch)}

    def _holdings_are_the_references(self) -> None:
        story = self.reference.story
        held, reserved = {}, {}
        for name, batch in self._batches().items():
            for (party, place), holding in batch.holdings.items():
                assert min(holding.reserved, holding.quantity) >= 0, (name, holding)
                was_halted = tags.HALTS in self.world.memory.models
                assert was_halted or holding.reserved <= holding.quantity, (name, holding)
                held[name, party, place] = holding.quantity
                reserved[name, party, place] = holding.reserved
        assert _without_noughts(held) == _without_noughts(story.held)
        assert _without_noughts(reserved) == _without_noughts(story.reserved)

    def _nothing_is_lost(self) -> None:
        made, gone = _tally(self._in_effect())
        travelling: dict[str, int] = defaultdict(int)
        for model in self.world.memory.models.values():
            if isinstance(model, Shipment) and not model.received_by:
                for name, quantity in model.items.items():
                    travelling[name] += quantity
        batches = self._batches()
        assert set(batches) == set(made)
        for name, batch in batches.items():
            held = sum(holding.quantity for holding in batch.holdings.values())
            assert made[name] == held + travelling[name] + gone[name], name
            assert made[name] == held + sum(self.reference.story.gone[name].values())

    def _traces_are_the_references(self) -> None:
        children: dict[str, set[str]] = defaultdict(set)
        for event in self._in_effect():
            if isinstance(event, v.BatchTransformed):
                for item in event.inputs:
                    children[item.batch] |= {output.batch for output in event.outputs}
        for name in self._batches():
            below = _closure(name, children)
            assert below == self.reference.story.descendants(name)
            for other in below:
                assert name in self.reference.story.ancestors(other)

    def _in_effect(self) -> list[AnyEvent]:
        events = self.world.memory.events
        return [event for _, event in in_effect(events, substitutes(events))]


def _without_noughts(numbers: dict[tuple[str, str, str], int]) -> dict[tuple[str, str, str], int]:
    return {spot: number for spot, number in numbers.items() if number}


def _tally(events: list[AnyEvent]) -> tuple[dict[str, int], dict[str, int]]:
    """Sum what was made of each batch, and what of it was used, sold, disposed of or lost."""
    made: dict[str, int] = {}
    gone: dict[str, int] = defaultdict(int)
    for event in events:
        if isinstance(event, v.BatchHarvested):
            made[event.batch] = event.quantity
        elif isinstance(event, v.BatchSold | v.BatchDisposed):
            gone[event.batch] += event.quantity
        for output in getattr(event, "outputs", ()):
            made[output.batch] = output.quantity
        for item in (*getattr(event, "inputs", ()), *getattr(event, "differences", ())):
            gone[item.batch] += item.quantity
    return made, gone


def _closure(name: str, children: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = set(children[name])
    while waiting:
        child = waiting.pop()
        if child not in found:
            found.add(child)
            waiting |= children[child]
    return found


def test_random_histories_agree_with_the_reference() -> None:
    run_state_machine_as_test(
        DomainHistories, settings=settings(max_examples=40, stateful_step_count=40)
    )


# What the short one covers is walked over again here; counting lines would take twice the time.
@pytest.mark.slow
@pytest.mark.no_cover
def test_long_random_histories_agree_with_the_reference() -> None:
    run_state_machine_as_test(
        DomainHistories, settings=settings(max_examples=150, stateful_step_count=100)
    )
