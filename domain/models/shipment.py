"""Model of a shipment: what is on the way, to whom."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.events import movements as v
from domain.events.catalogue import AnyEvent
from domain.measures import Unit


class Shipment(Struct, frozen=True):
    """Goods on the way: quantity by batch, until received."""

    sender: str
    to: str
    to_place: str
    items: dict[str, int]
    units: dict[str, Unit]
    sent_at: datetime
    position: int
    received_by: str | None = None
    received_at: int | None = None


def evolve_shipment(model: Shipment | None, event: AnyEvent, position: int) -> Shipment | None:
    """Fold one event into a shipment's model."""
    if isinstance(event, v.ShipmentSent):
        items: dict[str, int] = {}
        for item in event.items:
            items[item.batch] = items.get(item.batch, 0) + item.quantity
        return Shipment(
            event.actor, event.to, event.to_place, items,
            {item.batch: item.unit for item in event.items}, event.occurred_at, position,
        )  # fmt: skip
    if isinstance(event, v.ShipmentReceived) and model:
        return replace(model, received_by=event.id, received_at=position)
    return model
