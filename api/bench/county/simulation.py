"""Runs the county's stories side by side, in the order of time, and gives their events."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice
from typing import Final

from api.bench.county.hub import Hub
from api.bench.county.people import People
from api.bench.county.scribe import Draft, Scribe
from api.bench.county.spec import LEAST_EVENTS, Spec
from api.bench.county.stories import Stories, Story

_SPAN_HOURS: Final = 400 * 24.0
_EVENTS_A_SEASON: Final = 8.5
"""About how many events a harvest leads to; it sets the pace."""


class Simulation:
    """One county; its events come once, in order."""

    def __init__(self, spec: Spec) -> None:
        """Think up the county of a spec."""
        if spec.events < LEAST_EVENTS:
            raise ValueError(f"a county has at least {LEAST_EVENTS} events, not {spec.events}")
        self._spec = spec
        self._scribe = Scribe(spec.seed)
        self._people = People(spec, self._scribe)
        self._hub = Hub(self._people, self._scribe, spec.descendants)
        self._stories = Stories(self._people, self._scribe, self._begin)
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._numbers = count()

    @property
    def hub(self) -> str:
        """The batch with the many descendants; empty where the spec asks for none."""
        return self._hub.batch

    def drafts(self) -> Iterator[Draft]:
        """Give as many events as the spec says, valid in this order."""
        return islice(self._all(), self._spec.events)

    def _all(self) -> Iterator[Draft]:
        yield from self._people.founding()
        if self._spec.descendants:
            yield from self._hub.story()
        self._begin(self._seasons())
        while True:
            at, _, story = heappop(self._waiting)
            self._scribe.now = max(self._scribe.now, at)
            for step in story:
                if isinstance(step, Draft):
                    yield step
                else:
                    self._wait(story, step)
                    break

    def _seasons(self) -> Story:
        pause = _SPAN_HOURS * _EVENTS_A_SEASON / self._spec.events
        while True:
            self._begin(self._stories.season())
            yield pause

    def _begin(self, story: Story) -> None:
        self._wait(story, 0.0)

    def _wait(self, story: Story, hours: float) -> None:
        wake = self._scribe.now + timedelta(hours=hours)
        heappush(self._waiting, (wake, next(self._numbers), story))
