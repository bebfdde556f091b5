"""Which holds and recalls a batch lies under, through all that it was made of.

Nothing is looked at while nothing is held. Else a batch's ancestors are walked up, each model
knowing its inputs, and the verdict on each is remembered for as long as no hold or recall comes or
goes: what a batch was made of does not change, but by a correction.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from domain import tags
from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events.catalogue import AnyEvent
from domain.models.halts import Halt, HaltKind, Halts

if TYPE_CHECKING:
    from domain.state import State

MOST_VERDICTS: Final = 200_000

Known = dict[str, tuple[str, ...]]
"""By batch, the events of the holds and recalls that it lies under."""


class Verdicts:
    """What was found of batches, while the same is held."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._version = 0
        self._known: Known = {}

    def under(self, halts: Halts) -> Known:
        """Give what is known under what is held now."""
        if self._version != halts.version or len(self._known) > MOST_VERDICTS:
            self.forget()
            self._version = halts.version
        return self._known

    def forget(self) -> None:
        """Forget all: a correction, or a group that was taken back, may have changed ancestors."""
        self._known = {}


def moved(event: AnyEvent) -> tuple[str, ...]:
    """Give the batches that an event would move, promise or certify: whether they may is asked."""
    match event:
        case v.BatchTransformed():
            return tuple(item.batch for item in event.inputs)
        case v.ShipmentSent():
            return tuple(item.batch for item in event.items)
        case v.BatchSold() | v.BatchDisposed() | p.CommitmentIssued():
            return (event.batch,)
        case m.OfferMade() | m.OfferChanged() | m.OrderPlaced() | m.OrderConfirmed():
            return (event.batch,)
        case _:
            return ()


def halts_over(state: "State", batch_id: str) -> list[Halt]:
    """Give the holds and recalls that a batch lies under, recalls first, the oldest first."""
    halts = state.halts()
    if halts is None or not halts.open:
        return []
    known = state.verdicts.under(halts)
    if batch_id not in known:
        _walk(state, halts, known, batch_id)
    found = [halts.open[event_id] for event_id in known[batch_id]]
    return sorted(found, key=lambda halt: (halt.kind is HaltKind.HOLD, halt.position))


def out_of_reach(state: "State", batches: Sequence[str]) -> list[str]:
    """Give tags of ancestors that the verdict on batches needs and `state` lacks, some or all.

    To be asked again once these are there; nothing left means that the verdict can be given.
    """
    halts = state.halts() if batches else None
    if halts is None or not halts.open:
        return []
    known = state.verdicts.under(halts)
    waiting = [batch_id for batch_id in batches if batch_id not in known]
    seen = set(waiting)
    missing = []
    while waiting:
        batch_id = waiting.pop()
        if tags.batch(batch_id) not in state.models:
            missing.append(tags.batch(batch_id))
            continue
        for parent in _inputs(state, batch_id):
            if parent not in seen and parent not in known:
                seen.add(parent)
                waiting.append(parent)
    return missing


def _walk(state: "State", halts: Halts, known: Known, batch_id: str) -> None:
    """Find the verdict on a batch, after those on all that it was made of."""
    waiting, entered = [batch_id], set()
    while waiting:
        name = waiting[-1]
        inputs = _inputs(state, name)
        unknown = [parent for parent in inputs if parent not in known and parent not in entered]
        if unknown and name not in entered:
            entered.add(name)
            waiting += unknown
            continue
        waiting.pop()
        if name not in known:
            known[name] = _verdict(halts, known, name, inputs)


def _verdict(halts: Halts, known: Known, name: str, inputs: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(halts.of_batch.get(name, ()))
    for parent in inputs:
        for event_id in known.get(parent, ()):
            if halts.open[event_id].descendants:
                found[event_id] = None
    return tuple(found)


def _inputs(state: "State", batch_id: str) -> tuple[str, ...]:
    batch = state.batch(batch_id)
    return batch.inputs if batch else ()
