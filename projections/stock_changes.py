"""What an event adds to and takes from accounts of a batch, by double entry. Pure.

What is made of a batch is at every moment the sum of what is held, on the way, used up, sold,
disposed of and lost, to the gram.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

from msgspec import Struct

from domain.events import movements as v
from domain.events.catalogue import AnyEvent
from domain.events.market import OrderCancelled, OrderConfirmed
from domain.measures import BatchQuantity


class Account(Enum):
    """Where some of a batch is, or what became of it."""

    MADE = "made"
    HELD = "held"
    ON_THE_WAY = "on_the_way"
    USED = "used"
    SOLD = "sold"
    DISPOSED = "disposed"
    LOST = "lost"


class Change(Struct, frozen=True):
    """An account of a batch changes by so much; only what is held has a party and a place.

    `reserved` changes what of a holding is promised to orders.
    """

    batch: str
    account: Account
    quantity: int
    unit: str
    party: str = ""
    place: str = ""
    reserved: int = 0


def changes(event: AnyEvent) -> Sequence[Change]:
    """Give an event's changes; nothing for an event that moves nothing of our own."""
    match event:
        case v.BatchHarvested():
            return _made(event, (BatchQuantity(event.batch, event.quantity, event.unit),))
        case v.BatchTransformed():
            return (*_gone(event, event.inputs, Account.USED), *_made(event, event.outputs))
        case v.ShipmentSent():
            return _sent(event)
        case v.ShipmentReceived():
            return _received(event)
        case v.BatchSold():
            item = BatchQuantity(event.batch, event.quantity, event.unit)
            return _gone(event, (item,), Account.SOLD)
        case v.BatchDisposed():
            item = BatchQuantity(event.batch, event.quantity, event.unit)
            return _gone(event, (item,), Account.DISPOSED)
        case _:
            return _promised(event)


def _promised(event: AnyEvent) -> Sequence[Change]:
    match event:
        case OrderConfirmed():
            unit = event.unit.value
            return (_held(event.batch, 0, unit, event.actor, event.place, event.quantity),)
        case OrderCancelled(released=back) if back:
            unit, free = back.unit.value, -back.quantity
            return (_held(back.batch, 0, unit, back.seller, back.place, free),)
        case _:
            return ()


def _made(
    event: v.BatchHarvested | v.BatchTransformed, items: Iterable[BatchQuantity]
) -> Sequence[Change]:
    found: list[Change] = []
    for item in items:
        unit = item.unit.value
        found.append(Change(item.batch, Account.MADE, item.quantity, unit))
        found.append(_held(item.batch, item.quantity, unit, event.actor, event.place))
    return found


def _gone(
    event: v.BatchTransformed | v.BatchSold | v.BatchDisposed,
    items: Iterable[BatchQuantity],
    account: Account,
) -> Sequence[Change]:
    found: list[Change] = []
    for item in items:
        unit = item.unit.value
        found.append(_held(item.batch, -item.quantity, unit, event.actor, event.place))
        found.append(Change(item.batch, account, item.quantity, unit))
    return found


def _sent(event: v.ShipmentSent) -> Sequence[Change]:
    found: list[Change] = []
    for item in event.items:
        unit, out = item.unit.value, -item.quantity
        promised = out if event.order else 0
        found.append(_held(item.batch, out, unit, event.actor, event.place, promised))
        found.append(Change(item.batch, Account.ON_THE_WAY, item.quantity, unit))
    return found


def _received(event: v.ShipmentReceived) -> Sequence[Change]:
    found: list[Change] = []
    for item in event.items:
        unit = item.unit.value
        found.append(Change(item.batch, Account.ON_THE_WAY, -item.quantity, unit))
        found.append(_held(item.batch, item.quantity, unit, event.actor, event.place))
    for short in event.differences:
        unit = short.unit.value
        found.append(Change(short.batch, Account.ON_THE_WAY, -short.quantity, unit))
        found.append(Change(short.batch, Account.LOST, short.quantity, unit))
    return found


def _held(
    batch: str, quantity: int, unit: str, party: str, place: str, reserved: int = 0
) -> Change:
    return Change(batch, Account.HELD, quantity, unit, party, place, reserved)
