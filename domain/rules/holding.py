"""Nothing moves that is not held there: no batch is shipped, used up or sold twice."""

from collections.abc import Iterable

from domain.events.movements import BatchDisposed, BatchSold, BatchTransformed, ShipmentSent
from domain.lineage import halts_over
from domain.measures import show
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def held(
    state: State, event: BatchTransformed | ShipmentSent | BatchSold | BatchDisposed
) -> Refusal | None:
    """Refuse more than the actor holds at the place and has not promised to an order.

    A shipment against an order may use what is reserved for that order; what is held or recalled
    goes back or to disposal whoever it was promised to.
    """
    promised = event.order is not None if isinstance(event, ShipmentSent) else False
    for batch_id, quantity in _taken(event):
        batch = state.batch(batch_id)
        if batch is None:
            continue
        holding = batch.held(event.actor, event.place)
        available = holding.free + (quantity if promised else 0)
        available = min(available, holding.quantity)
        if quantity > available and halts_over(state, batch_id) and _may_leave(event):
            available = holding.quantity
        if quantity > available:
            place = state.place(event.place)
            return refuse(
                Code.NOT_HELD, batch=batch_id, place=place.name if place else event.place,
                held_zh=show(max(available, 0), batch.unit),
                held_en=show(max(available, 0), batch.unit, "en"),
                asked_zh=show(quantity, batch.unit), asked_en=show(quantity, batch.unit, "en"),
                cause=holding.event or batch.event, position=holding.position or batch.position,
            )  # fmt: skip
    return None


def _may_leave(event: BatchTransformed | ShipmentSent | BatchSold | BatchDisposed) -> bool:
    """Tell whether this is what a hold or recall admits: `not_halted` stands before `held`."""
    return isinstance(event, BatchDisposed | ShipmentSent)


def _taken(
    event: BatchTransformed | ShipmentSent | BatchSold | BatchDisposed,
) -> Iterable[tuple[str, int]]:
    """Sum what is taken by batch, so that two lines of one batch don't each pass alone."""
    match event:
        case BatchTransformed():
            items = event.inputs
        case ShipmentSent():
            items = event.items
        case _:
            return ((event.batch, event.quantity),)
    if len(items) == 1:
        return ((items[0].batch, items[0].quantity),)
    sums: dict[str, int] = {}
    for item in items:
        sums[item.batch] = sums.get(item.batch, 0) + item.quantity
    return sums.items()
