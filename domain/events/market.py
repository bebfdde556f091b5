"""What is for sale, wanted and agreed; each offer is bound to a real batch."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from domain.events.base import Event, Movement, Text
from domain.ids import BatchId, EventId, PartyId, PlaceId
from domain.measures import Amount, Price, Unit


class OfferMade(Movement, frozen=True, kw_only=True, tag="offer.made.v1"):
    """A holder offers so much of a batch that it holds at the place; its id names the offer."""

    batch: BatchId
    quantity: Amount
    unit: Unit
    price: Price
    least: Amount | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class OfferWithdrawn(Event, frozen=True, kw_only=True, tag="offer.withdrawn.v1"):
    """The seller takes an offer back; orders already confirmed stand."""

    offer: EventId
    reason: Text


class DemandPosted(Event, frozen=True, kw_only=True, tag="demand.posted.v1"):
    """A buyer wants so much of a category of produce; its id names the demand."""

    category: Annotated[str, Meta(pattern=r"^[a-z][a-z-]{1,30}\Z")]
    quantity: Amount
    unit: Unit
    deliver_to: PlaceId
    ceiling: Price | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class DemandWithdrawn(Event, frozen=True, kw_only=True, tag="demand.withdrawn.v1"):
    """The buyer no longer wants it."""

    demand: EventId
    reason: Text


class OrderPlaced(Event, frozen=True, kw_only=True, tag="order.placed.v1"):
    """A buyer orders from an offer at the price it saw; its id names the order."""

    offer: EventId
    seller: PartyId
    batch: BatchId
    quantity: Amount
    unit: Unit
    price: Price
    deliver_to: PlaceId


class OrderConfirmed(Movement, frozen=True, kw_only=True, tag="order.confirmed.v1"):
    """The seller agrees; the quantity is reserved out of what it holds at the place."""

    order: EventId
    offer: EventId
    batch: BatchId
    quantity: Amount
    unit: Unit


class OrderRefused(Event, frozen=True, kw_only=True, tag="order.refused.v1"):
    """The seller declines an order."""

    order: EventId
    reason: Text


class OrderCancelled(Event, frozen=True, kw_only=True, tag="order.cancelled.v1"):
    """The buyer takes an order back before it is confirmed."""

    order: EventId
    reason: Text
