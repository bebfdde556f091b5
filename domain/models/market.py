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
    """An offer, with what is left of it after the confirmed orders, and what these took."""

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
    tiers: tuple[m.Tier, ...] = ()
    window: m.Window | None = None
    ways: tuple[m.Way, ...] = m.BOTH_WAYS
    plot: str | None = None
    """Where it is to be harvested, of a harvest to come."""
    promised: int = 0
    withdrawn: bool = False

    @property
    def ends(self) -> datetime | None:
        """Until when an order may be placed: not after the goods are to be handed over."""
        last = self.window.until if self.window else None
        return min(filter(None, (self.until, last)), default=None)


class Demand(Struct, frozen=True):
    """A demand, until withdrawn."""

    buyer: str
    since: datetime
    position: int
    until: datetime | None = None
    withdrawn: bool = False


class OrderState(Enum):
    """Where an order stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"
    DISPUTED = "disputed"
    SETTLED = "settled"


class Order(Struct, frozen=True):
    """An order: both sides, of which batch and how much, and where it stands.

    `quantity` is what was ordered, and from its confirmation on what was promised of that.
    """

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
    confirmed_at: datetime | None = None
    shipment: str | None = None
    disputed_by: str | None = None


def evolve_offer(model: Offer | None, event: AnyEvent, position: int) -> Offer | None:
    """Fold one event into an offer's model."""
    match event:
        case m.OfferMade():
            return _offered(event, event.occurred_at, position, position)
        case m.OfferChanged() if model:
            anew = _offered(event, model.since, model.made_at, position)
            return replace(anew, promised=model.promised, withdrawn=model.withdrawn)
        case m.OrderConfirmed() if model:
            return _taken(model, event.quantity, event.id, position)
        case m.OrderCancelled(released=back) if model and back:
            return _taken(model, -back.quantity, event.id, position)
        case m.OfferWithdrawn() if model:
            return replace(model, withdrawn=True, position=position, event=event.id)
        case _:
            return model


def _offered(
    event: m.OfferMade | m.OfferChanged, since: datetime, made_at: int, position: int
) -> Offer:
    return Offer(
        event.actor, event.place, event.batch, event.unit, event.quantity, event.least or 1,
        event.price, event.until, since, made_at, position, event.id, event.tiers, event.window,
        event.ways, event.plot,
    )  # fmt: skip


def _taken(model: Offer, quantity: int, event_id: str, position: int) -> Offer:
    return replace(
        model, left=model.left - quantity, promised=model.promised + quantity,
        position=position, event=event_id,
    )  # fmt: skip


def evolve_demand(model: Demand | None, event: AnyEvent, position: int) -> Demand | None:
    """Fold one event into a demand's model."""
    if isinstance(event, m.DemandPosted):
        return Demand(event.actor, event.occurred_at, position, event.until)
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
                place=event.place, quantity=event.quantity, confirmed_at=event.occurred_at,
            )  # fmt: skip
        case m.OrderRefused():
            state = OrderState.REFUSED
        case m.OrderCancelled():
            state = OrderState.CANCELLED
        case m.OrderSettled():
            state = OrderState.SETTLED
        case _:
            return _after_confirming(model, event, position)
    return replace(model, state=state, position=position, event=event.id)


def _after_confirming(model: Order, event: AnyEvent, position: int) -> Order:
    match event:
        case v.ShipmentSent():
            return replace(
                model, state=OrderState.SHIPPED, position=position, event=event.id,
                shipment=event.id,
            )  # fmt: skip
        case m.OrderDisputed():
            return replace(
                model, state=OrderState.DISPUTED, position=position, event=event.id,
                disputed_by=event.actor,
            )  # fmt: skip
        case _:
            return model
