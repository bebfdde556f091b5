"""Sending to somebody who exists, and receiving what was sent, once, by the addressee."""

from domain.events.movements import ShipmentReceived, ShipmentSent
from domain.measures import Unit, show
from domain.models.shipment import Shipment
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def addressee_known(state: State, event: ShipmentSent) -> Refusal | None:
    """Refuse a shipment to, or by, a party or place that is not registered."""
    for party in (event.to, event.carrier):
        if party and state.party(party) is None:
            return refuse(Code.UNKNOWN_PARTY, party=party)
    if state.place(event.to_place) is None:
        return refuse(Code.UNKNOWN_PLACE, place=event.to_place)
    return None


def shipment_open(state: State, event: ShipmentReceived) -> Refusal | None:
    """Refuse to receive what was not sent, or was received already."""
    shipment = state.shipment(event.shipment)
    if shipment is None:
        return refuse(Code.SHIPMENT_NOT_OPEN, shipment=event.shipment)
    if shipment.received_by:
        return refuse(
            Code.SHIPMENT_NOT_OPEN, shipment=event.shipment,
            cause=shipment.received_by, position=shipment.received_at,
        )  # fmt: skip
    return None


def by_addressee(state: State, event: ShipmentReceived) -> Refusal | None:
    """Refuse anyone but the addressee."""
    shipment = state.shipment(event.shipment)
    if shipment and shipment.to != event.actor:
        return refuse(
            Code.NOT_ADDRESSEE, shipment=event.shipment, to=shipment.to, who=event.actor,
            cause=event.shipment, position=shipment.position,
        )  # fmt: skip
    return None


def counted_in_full(state: State, event: ShipmentReceived) -> Refusal | None:
    """Refuse more than was sent, and less where the difference has no reason."""
    shipment = state.shipment(event.shipment)
    if shipment is None:
        return None
    counted: dict[str, int] = {}
    explained: dict[str, int] = {}
    for item in event.items:
        counted[item.batch] = counted.get(item.batch, 0) + item.quantity
    for short in event.differences:
        explained[short.batch] = explained.get(short.batch, 0) + short.quantity
    for batch_id in dict.fromkeys((*shipment.items, *counted, *explained)):
        sent, came = shipment.items.get(batch_id, 0), counted.get(batch_id, 0)
        unit = _unit(state, shipment, batch_id)
        if unit is None:
            return refuse(Code.UNKNOWN_BATCH, batch=batch_id)
        code = Code.DIFFERENCE_UNEXPLAINED if came <= sent else Code.NOT_HELD
        total = came + explained.get(batch_id, 0)
        if came > sent or total != sent:
            place = state.place(event.place)
            return refuse(
                code, batch=batch_id, cause=event.shipment, position=shipment.position,
                place=place.name if place else event.place,
                sent_zh=show(sent, unit), sent_en=show(sent, unit, "en"),
                held_zh=show(sent, unit), held_en=show(sent, unit, "en"),
                asked_zh=show(came, unit), asked_en=show(came, unit, "en"),
                counted_zh=show(total, unit), counted_en=show(total, unit, "en"),
            )  # fmt: skip
    return None


def _unit(state: State, shipment: Shipment, batch_id: str) -> Unit | None:
    """Give a batch's unit; one that was sent but is not named in the receipt is not in reach."""
    if batch_id in shipment.units:
        return shipment.units[batch_id]
    batch = state.batch(batch_id)
    return batch.unit if batch else None
