"""Units with serials: sold once, and only what was printed of that batch."""

from domain.events.movements import BatchSold
from domain.models.papers import all_printed, sold_among
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def serials_printed(state: State, event: BatchSold) -> Refusal | None:
    """Refuse to sell a unit whose serial was never printed for the batch.

    Where none was, its labels were made elsewhere, and nobody can tell.
    """
    batch = state.batch(event.batch)
    for numbers in event.serials if batch else ():
        if batch and not all_printed(batch.papers, numbers):
            return refuse(
                Code.SERIAL_NOT_PRINTED, batch=event.batch, first=numbers.first,
                last=numbers.last,
            )  # fmt: skip
    return None


def serials_sold_once(state: State, event: BatchSold) -> Refusal | None:
    """Refuse to sell a unit twice; serials are compared as numbers."""
    batch = state.batch(event.batch)
    for numbers in event.serials if batch else ():
        sold = sold_among(batch.papers, numbers) if batch else None
        if sold:
            return refuse(
                Code.SERIAL_SOLD, batch=event.batch, first=numbers.first, last=numbers.last,
                cause=sold.event, position=sold.position,
            )  # fmt: skip
    return None
