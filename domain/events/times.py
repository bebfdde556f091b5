"""The years that an event may speak of: outside of them databases and calendars break.

A moment is valid at one offset and overflows at another, so the bound stands well within what any
reader can hold: Python's years end at 9999, and a phone with an empty battery says 1970.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from domain.events import market as m
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.governance import KeyBound
from domain.events.marks import MarkGranted

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199


def time_out_of_range(event: AnyEvent) -> str | None:
    """Name the first field whose moment is not of the years 2000 to 2199, as it is written."""
    if not FIRST_YEAR <= event.occurred_at.year <= LAST_YEAR:
        return "occurred_at"
    if type(event) not in _WITH_FURTHER:
        return None
    for path, moment in _further(event):
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return path
    return None


def _further(event: AnyEvent) -> Iterator[tuple[str, datetime | None]]:
    match event:
        case KeyBound():
            yield "expires", event.expires
        case MarkGranted():
            yield "until", event.until
        case m.OfferMade() | m.OfferChanged() | m.DemandPosted():
            yield "until", event.until
            yield from _window(event.window)
        case m.OrderPlaced():
            yield from _window(event.window)
        case EventCorrected():
            if event.replacement:
                yield "replacement.occurred_at", event.replacement.occurred_at
                for path, moment in _further(event.replacement):
                    yield f"replacement.{path}", moment
        case _:
            pass


_WITH_FURTHER: Final = frozenset(
    {KeyBound, MarkGranted, m.OfferMade, m.OfferChanged, m.DemandPosted, m.OrderPlaced}
    | {EventCorrected}
)


def _window(window: m.Window | None) -> Iterator[tuple[str, datetime | None]]:
    if window:
        yield "window.since", window.since
        yield "window.until", window.until
