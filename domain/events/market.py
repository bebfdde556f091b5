"""What is for sale, wanted and agreed; each offer is bound to a real batch or a harvest to come."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

from msgspec import Meta, Struct

from domain.events.base import Event, Movement, Text
from domain.ids import BatchId, EventId, Gtin, PartyId, PlaceId
from domain.measures import Amount, Money, Price, Unit

MAX_TIERS: Final = 8
"""The most steps of a price by quantity."""

Moment = Annotated[datetime, Meta(tz=True)]


class Way(Enum):
    """How goods come from the seller to the buyer."""

    PICK_UP = "pick_up"
    DELIVERY = "delivery"


class Proof(Enum):
    """What a buyer may ask a batch to have: a certificate of commitment, or a passed inspection."""

    COMMITMENT = "commitment"
    INSPECTION = "inspection"


class Tier(Struct, frozen=True, forbid_unknown_fields=True):
    """From so much at once on, another price."""

    quantity: Amount
    price: Price


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """From when until when goods are handed over."""

    since: Moment
    until: Moment


class Reservation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a confirmation reserved: with whom, where, out of which offer."""

    seller: PartyId
    place: PlaceId
    offer: EventId
    batch: BatchId
    quantity: Amount
    unit: Unit


Ways = Annotated[tuple[Way, ...], Meta(min_length=1, max_length=len(Way))]
BOTH_WAYS: Final = (Way.PICK_UP, Way.DELIVERY)


class _Terms(Movement, frozen=True, kw_only=True):
    """What is offered at which terms; `plot` where the batch is yet to be harvested from it."""

    batch: BatchId
    quantity: Amount
    unit: Unit
    price: Price
    tiers: Annotated[tuple[Tier, ...], Meta(max_length=MAX_TIERS)] = ()
    least: Amount | None = None
    until: Moment | None = None
    window: Window | None = None
    ways: Ways = BOTH_WAYS
    plot: PlaceId | None = None


class OfferMade(_Terms, frozen=True, kw_only=True, tag="offer.made.v1"):
    """A holder offers so much of a batch that it holds at the place; its id names the offer.

    With a `plot` it offers a coming harvest: the batch is named before it is there.
    """


class OfferChanged(_Terms, frozen=True, kw_only=True, tag="offer.changed.v1"):
    """The seller states an offer's terms anew, all of them; orders already placed stand.

    `quantity` is how much is for sale from now on, what is promised already not counted.
    """

    offer: EventId


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
    until: Moment | None = None
    product: Gtin | None = None
    window: Window | None = None
    certificates: Annotated[tuple[Proof, ...], Meta(max_length=len(Proof))] = ()
    fetches: bool = False


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
    way: Way = Way.DELIVERY
    window: Window | None = None
    demand: EventId | None = None


class OrderConfirmed(Movement, frozen=True, kw_only=True, tag="order.confirmed.v1"):
    """The seller agrees, to all of it or a part; that is reserved out of what it holds there."""

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
    """An order is taken back; `released` is what goes back on sale, where it was confirmed."""

    order: EventId
    reason: Text
    released: Reservation | None = None


class OrderDisputed(Event, frozen=True, kw_only=True, tag="order.disputed.v1"):
    """A side does not accept what was sent or paid."""

    order: EventId
    shipment: EventId
    reason: Text
    quantity: Amount | None = None


class OrderSettled(Event, frozen=True, kw_only=True, tag="order.settled.v1"):
    """What was received is paid for, and nothing is open between the two any more."""

    order: EventId
    shipment: EventId
    paid: Money
    outcome: Text | None = None
