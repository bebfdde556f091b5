"""Model of what stands still now: the holds and recalls that are not lifted, over the ledger."""

from datetime import datetime
from enum import Enum

from msgspec import Struct

from domain.events import holds as h
from domain.events.catalogue import AnyEvent


class HaltKind(Enum):
    """Whether a batch is to stay where it is, or to come back."""

    HOLD = "hold"
    RECALL = "recall"


class Halt(Struct, frozen=True):
    """A hold or recall of a batch that is not lifted; `descendants`: of what it went into too."""

    kind: HaltKind
    batch: str
    by: str
    event: str
    position: int
    since: datetime
    descendants: bool


class Halts(Struct, frozen=True):
    """All that are not lifted, by the id of their event and by batch.

    `version` is the position that last changed them.
    """

    open: dict[str, Halt]
    of_batch: dict[str, tuple[str, ...]]
    version: int


NOTHING = Halts({}, {}, 0)


def evolve_halts(model: Halts | None, event: AnyEvent, position: int) -> Halts | None:
    """Fold one event into what stands still."""
    standing = model or NOTHING
    match event:
        case h.BatchHeld():
            kind, descendants = HaltKind.HOLD, event.descendants
        case h.BatchRecalled():
            kind, descendants = HaltKind.RECALL, True
        case h.BatchReleased():
            return _without(standing, event.hold, position)
        case h.RecallClosed():
            return _without(standing, event.recall, position)
        case _:
            return model
    halt = Halt(
        kind, event.batch, event.actor, event.id, position, event.occurred_at, descendants
    )  # fmt: skip
    of_batch = (*standing.of_batch.get(event.batch, ()), event.id)
    return Halts(
        {**standing.open, event.id: halt}, {**standing.of_batch, event.batch: of_batch}, position
    )


def _without(standing: Halts, event_id: str, position: int) -> Halts:
    still = {name: halt for name, halt in standing.open.items() if name != event_id}
    of_batch: dict[str, tuple[str, ...]] = {}
    for name, halt in still.items():
        of_batch[halt.batch] = (*of_batch.get(halt.batch, ()), name)
    return Halts(still, of_batch, position)
