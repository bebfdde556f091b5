"""Offers, demands and orders, each of one call."""

from datetime import datetime
from typing import NamedTuple

from api.demo.builder import Builder
from api.demo.moves import Goods, Trip, hand_over, receive, send
from api.demo.parties import CARRIER
from api.demo.stock import Spot
from domain.events.market import (
    DemandPosted,
    DemandWithdrawn,
    OfferChanged,
    OfferMade,
    OfferWithdrawn,
    OrderCancelled,
    OrderConfirmed,
    OrderDisputed,
    OrderPlaced,
    OrderRefused,
    OrderSettled,
    Proof,
    Reservation,
    Tier,
    Window,
)
from domain.ids import EventId, PlaceId
from domain.measures import BatchQuantity, Money, Price, Unit, total_price
from domain.pricing import price_at


class Terms(NamedTuple):
    """At what price, at least how much, until when; and what a trade customer asks besides."""

    price: Price
    least: int | None = None
    until: datetime | None = None
    tiers: tuple[Tier, ...] = ()
    window: Window | None = None
    plot: PlaceId | None = None


class Offer(NamedTuple):
    """An offer that was made."""

    id: EventId
    seller: Spot
    goods: BatchQuantity
    terms: Terms


class Order(NamedTuple):
    """An order that was placed; `goods` is what was ordered."""

    id: EventId
    offer: Offer
    buyer: Spot
    goods: BatchQuantity


class Wanted(NamedTuple):
    """What a buyer looks for."""

    category: str
    quantity: int
    unit: Unit
    ceiling: Price | None = None
    until: datetime | None = None
    window: Window | None = None
    certificates: tuple[Proof, ...] = ()


def offer(b: Builder, seller: Spot, at: datetime, goods: BatchQuantity, terms: Terms) -> Offer:
    """Offer goods that lie at the seller's."""
    made = b.record(OfferMade(
        **b.common(seller.party, at, b.last(seller.place, goods.batch, at)), place=seller.place,
        batch=goods.batch, quantity=goods.quantity, unit=goods.unit, price=terms.price,
        least=terms.least, until=terms.until, tiers=terms.tiers, window=terms.window,
        plot=terms.plot,
    ))  # fmt: skip
    return Offer(made, seller, goods, terms)


def change(
    b: Builder, made: Offer, at: datetime, sale: tuple[int, Terms], *after: EventId
) -> Offer:
    """State an offer's terms anew (`sale`: so much is for sale, at these), after certain events."""
    seller, goods = made.seller, made.goods
    quantity, terms = sale
    b.record(OfferChanged(
        **b.common(seller.party, at, made.id, *after), place=seller.place, batch=goods.batch,
        quantity=quantity, unit=goods.unit, price=terms.price, least=terms.least,
        until=terms.until, tiers=terms.tiers, window=terms.window, plot=terms.plot, offer=made.id,
    ))  # fmt: skip
    return made._replace(terms=terms)


def withdraw(b: Builder, made: Offer, at: datetime, reason: str) -> EventId:
    """Take an offer back."""
    return b.record(OfferWithdrawn(
        **b.common(made.seller.party, at, made.id), offer=made.id, reason=reason
    ))  # fmt: skip


def demand(b: Builder, buyer: Spot, at: datetime, wanted: Wanted) -> EventId:
    """Say what is wanted."""
    return b.record(DemandPosted(
        **b.common(buyer.party, at), category=wanted.category, quantity=wanted.quantity,
        unit=wanted.unit, deliver_to=buyer.place, ceiling=wanted.ceiling, until=wanted.until,
        window=wanted.window, certificates=wanted.certificates,
    ))  # fmt: skip


def no_longer(b: Builder, buyer: Spot, at: datetime, posted: EventId, reason: str) -> EventId:
    """Take a demand back."""
    return b.record(DemandWithdrawn(
        **b.common(buyer.party, at, posted), demand=posted, reason=reason
    ))  # fmt: skip


def place_order(b: Builder, buyer: Spot, at: datetime, made: Offer, quantity: int) -> Order:
    """Order so much of an offer at its price."""
    goods = made.goods
    placed = b.record(OrderPlaced(
        **b.common(buyer.party, at, made.id), offer=made.id, seller=made.seller.party,
        batch=goods.batch, quantity=quantity, unit=goods.unit,
        price=price_at(made.terms.price, made.terms.tiers, quantity), deliver_to=buyer.place,
    ))  # fmt: skip
    return Order(placed, made, buyer, BatchQuantity(goods.batch, quantity, goods.unit))


def confirm(b: Builder, order: Order, at: datetime) -> EventId:
    """Promise what was ordered."""
    seller, goods = order.offer.seller, order.goods
    return b.record(
        OrderConfirmed(
            **b.common(seller.party, at, order.id, b.last(seller.place, goods.batch, at)),
            place=seller.place, order=order.id, offer=order.offer.id, batch=goods.batch,
            quantity=goods.quantity, unit=goods.unit,
        ),
        at=seller.place, of=(goods.batch,),
    )  # fmt: skip


def confirm_part(b: Builder, order: Order, at: datetime, quantity: int) -> Order:
    """Promise a part of what was ordered, and give the order as it is then."""
    goods = order.goods
    part = order._replace(goods=BatchQuantity(goods.batch, quantity, goods.unit))
    confirm(b, part, at)
    return part


def call_off(b: Builder, order: Order, at: datetime, reason: str) -> EventId:
    """Take back, as its seller, an order that was confirmed: what was reserved is free again."""
    made, goods = order.offer, order.goods
    released = Reservation(
        made.seller.party, made.seller.place, made.id, goods.batch, goods.quantity, goods.unit
    )
    return b.record(OrderCancelled(
        **b.common(made.seller.party, at, order.id), order=order.id, reason=reason,
        released=released,
    ))  # fmt: skip


def dispute(
    b: Builder, order: Order, at: datetime, said: tuple[EventId, str], quantity: int
) -> EventId:
    """Say that so much of a shipment (`said`: which, and why) is not as agreed, as the buyer."""
    shipment, reason = said
    return b.record(OrderDisputed(
        **b.common(order.buyer.party, at, shipment), order=order.id, shipment=shipment,
        reason=reason, quantity=quantity,
    ))  # fmt: skip


def settle(b: Builder, order: Order, at: datetime, shipment: EventId) -> EventId:
    """Say, as the seller, that it is paid."""
    made, goods = order.offer, order.goods
    price = price_at(made.terms.price, made.terms.tiers, goods.quantity)
    return b.record(OrderSettled(
        **b.common(made.seller.party, at, shipment), order=order.id, shipment=shipment,
        paid=Money(total_price(price, goods.quantity)),
    ))  # fmt: skip


def refuse(b: Builder, order: Order, at: datetime, reason: str) -> EventId:
    """Decline an order."""
    return b.record(OrderRefused(
        **b.common(order.offer.seller.party, at, order.id), order=order.id, reason=reason
    ))  # fmt: skip


def cancel(b: Builder, order: Order, at: datetime, reason: str) -> EventId:
    """Take an order back."""
    return b.record(OrderCancelled(
        **b.common(order.buyer.party, at, order.id), order=order.id, reason=reason
    ))  # fmt: skip


def fulfil(b: Builder, order: Order, left: datetime, arrived: datetime) -> Goods:
    """Ship what was confirmed, and have it received."""
    return hand_over(b, (order.goods,), _trip(order, left, arrived))


def dispatch(b: Builder, order: Order, left: datetime) -> EventId:
    """Ship what was confirmed; it is still on its way."""
    return send(b, (order.goods,), _trip(order, left, left))


def deliver(b: Builder, order: Order, left: datetime, arrived: datetime) -> EventId:
    """Ship what was confirmed, have all of it received, and name the shipment."""
    trip = _trip(order, left, arrived)
    shipment = send(b, (order.goods,), trip)
    receive(b, shipment, (order.goods,), trip)
    return shipment


def _trip(order: Order, left: datetime, arrived: datetime) -> Trip:
    return Trip(
        order.offer.seller, order.buyer, left, arrived, CARRIER, order.id, because=order.id
    )  # fmt: skip
