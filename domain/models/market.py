"""Models of offers, demands and orders."""

from datetime import datetime
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from domain.events import market as m
from domain.events import movements as v
from domain.events.catalogue import AnyEvent
from domain.measures import Price, Unit


class Offer(Struct, frozen=True):
    """An offer, with what is left of it after the confirmed orders."""

    seller: str
    place: str
    batch: str
    unit: Unit
    left: int
    least: int
    price: Price
    until: datetime | None
    since: datetime
    made_at: int
    """The offer's own position; `position` and `event` are of what last changed it."""
    position: int
    event: str
    withdrawn: bool = False


class Demand(Struct, frozen=True):
    """A demand, until withdrawn."""

    buyer: str
    since: datetime
    position: int
    withdrawn: bool = False


class OrderState(Enum):
    """Where an order stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"


class Order(Struct, frozen=True):
    """An order: both sides, of which batch and how much, and where it stands."""

    offer: str
    buyer: str
    seller: str
    batch: str
    quantity: int
    unit: Unit
    since: datetime
    state: OrderState
    position: int
    event: str
    place: str | None = None
    """Where the goods are reserved, once it is confirmed."""


def evolve_offer(model: Offer | None, event: AnyEvent, position: int) -> Offer | None:
    """Fold one event into an offer's model."""
    match event:
        case m.OfferMade():
            return Offer(
                event.actor, event.place, event.batch, event.unit, event.quantity,
                event.least or 1, event.price, event.until, event.occurred_at, position, position,
                event.id,
            )  # fmt: skip
        case m.OrderConfirmed() if model:
            left = model.left - event.quantity
            return replace(model, left=left, position=position, event=event.id)
        case m.OfferWithdrawn() if model:
            return replace(model, withdrawn=True, position=position, event=event.id)
        case _:
            return model


def evolve_demand(model: Demand | None, event: AnyEvent, position: int) -> Demand | None:
    """Fold one event into a demand's model."""
    if isinstance(event, m.DemandPosted):
        return Demand(event.actor, event.occurred_at, position)
    if isinstance(event, m.DemandWithdrawn) and model:
        return replace(model, withdrawn=True)
    return model


def evolve_order(model: Order | None, event: AnyEvent, position: int) -> Order | None:
    """Fold one event into an order's model."""
    if isinstance(event, m.OrderPlaced):
        return Order(
            event.offer, event.actor, event.seller, event.batch, event.quantity, event.unit,
            event.occurred_at, OrderState.PLACED, position, event.id,
        )  # fmt: skip
    if model is None:
        return None
    match event:
        case m.OrderConfirmed():
            return replace(
                model, state=OrderState.CONFIRMED, position=position, event=event.id,
                place=event.place,
            )  # fmt: skip
        case m.OrderRefused():
            state = OrderState.REFUSED
        case m.OrderCancelled():
            state = OrderState.CANCELLED
        case v.ShipmentSent():
            state = OrderState.SHIPPED
        case _:
            return model
    return replace(model, state=state, position=position, event=event.id)
