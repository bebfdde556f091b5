"""What an event says that begins or ends a hold or recall: the words of the read models. Pure."""

from msgspec import Struct

from domain.events import holds as h
from domain.events.catalogue import AnyEvent


class Said(Struct, frozen=True):
    """`kind`: `held`, `released`, `recalled`, `recall_closed`; `reason` is a hazard or an outcome.

    `instruction` is a recall's.
    """

    batch: str
    kind: str
    reason: str
    instruction: str | None = None


def said(event: AnyEvent) -> Said | None:
    """Give what an event says of a hold or recall; None where it is about neither."""
    match event:
        case h.BatchHeld():
            return Said(event.batch, "held", event.reason)
        case h.BatchReleased():
            return Said(event.batch, "released", event.reason)
        case h.BatchRecalled():
            return Said(event.batch, "recalled", event.hazard, event.instruction)
        case h.RecallClosed():
            return Said(event.batch, "recall_closed", event.outcome)
        case _:
            return None
