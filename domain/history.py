"""Folding a tag's events into its model, corrections taken into account."""

from collections.abc import Iterable, Sequence

from domain.events.catalogue import AnyEvent
from domain.events.correction import Correctable, EventCorrected
from domain.state import Model, Numbered, evolve
from domain.tags import touched

Substitutes = dict[str, Correctable | None]


def substitutes(events: Iterable[Numbered]) -> Substitutes:
    """Give what stands in place of each corrected event; the latest correction counts."""
    return {
        item.event.event: item.event.replacement
        for item in events
        if isinstance(item.event, EventCorrected)
    }


def in_effect(
    events: Iterable[Numbered], substitute: Substitutes
) -> Iterable[tuple[int, AnyEvent]]:
    """Give the events that count, each at its own position, corrected ones replaced or left out."""
    for item in events:
        event = substitute.get(item.event.id, item.event)
        if event is not None and not isinstance(event, EventCorrected):
            yield item.position, event


def fold(tag: str, events: Sequence[Numbered], before: int | None = None) -> Model | None:
    """Fold the events of a tag, in order, into its model as of before a position (or now).

    Every correction counts, later ones too: what was wrong was wrong from the beginning.
    """
    earlier = [item for item in events if before is None or item.position < before]
    model: Model | None = None
    for position, event in in_effect(earlier, substitutes(events)):
        if tag in touched(event):
            model = evolve(model, tag, event, position)
    return model
