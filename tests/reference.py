"""What a ledger must do, predicted without the domain: admitted or refused, holdings, trace.

It knows the simulated county of `tests.county` and nothing else; a correction is judged by telling
the whole history again without the error.
"""

from typing import Any

from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events.correction import EventCorrected
from tests.county import AUTHORITY
from tests.story import Story, things

MOVEMENTS = (
    v.PlotTreated, v.BatchHarvested, v.BatchTransformed, v.ShipmentSent, v.ShipmentReceived,
    v.BatchInspected, v.BatchSold, v.BatchDisposed, m.OfferMade, p.CommitmentIssued,
    p.CommitmentWithdrawn, p.LabelPrinted,
)  # fmt: skip


class Reference:
    """Predicts what a ledger answers, and remembers what it admitted."""

    def __init__(self) -> None:
        """Begin where the county's founding ends."""
        self.story: Story = Story()
        self._first: list[Any] = []
        """The events as they were first told."""
        self._now: list[Any] = []
        """What counts of each of them: itself, a replacement, or None."""

    def expect(self, event: Any) -> str | None:  # noqa: ANN401
        """Give the code by which an event will be refused; None: it is admitted, and told."""
        if any(event.id == told.id for told in self._first):
            return "id-reused"
        if isinstance(event, EventCorrected):
            return self._correct(event)
        code = self.story.judge(event)
        if code is None:
            self.story.tell(event)
            self._first.append(event)
            self._now.append(event)
        return code

    def told(self) -> list[Any]:
        """Give the events that count, in order."""
        return [event for event in self._now if event is not None]

    def _correct(self, event: EventCorrected) -> str | None:
        index = next((i for i, told in enumerate(self._first) if told.id == event.event), None)
        if index is None:
            return "ref-missing"
        target = self._first[index]
        if event.actor not in {target.actor, AUTHORITY}:
            return "not-authorised"
        if not isinstance(target, MOVEMENTS) or self._now[index] is None:
            return "not-correctable"
        new = event.replacement
        if new is not None and not (
            type(new) is type(target)
            and new.actor == target.actor
            and things(new) <= things(target)
        ):
            return "not-correctable"
        return self._halted(event, target) or self._tell_again(event, index)

    def _halted(self, event: EventCorrected, target: Any) -> str | None:  # noqa: ANN401
        if event.actor == AUTHORITY or isinstance(target, v.BatchInspected):
            return None
        codes = {self.story.halted([batch]) for batch in things(target) & set(self.story.made)}
        return "recalled" if "recalled" in codes else next(filter(None, codes), None)

    def _tell_again(self, event: EventCorrected, index: int) -> str | None:
        history = [*self._now[:index], event.replacement, *self._now[index + 1 :]]
        affected = things(self._first[index])
        story = Story()
        for i, told in enumerate(history):
            if told is None:
                continue
            leans = i >= index and not isinstance(told, EventCorrected) and things(told) & affected
            code = story.judge(told) if leans else None
            if code:
                return code if i == index else "correction-collides"
            if not isinstance(told, EventCorrected):
                story.tell(told)
        self.story = story
        self._first.append(event)
        self._now = [*history, event]
        return None
