"""Which events are not for everybody: orders are their two sides', prices by quantity buyers'.

The line is drawn here for one event at a time. A whole export is not cut: who checks a ledger
replays its rules, and for that needs every event.
"""

from typing import NamedTuple

from api.audience import Audience
from domain.events import market as m
from domain.events.base import Event
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from ledger import log
from ledger.log import Connection

_OF_ORDERS = (
    m.OrderConfirmed, m.OrderRefused, m.OrderCancelled, m.OrderDisputed, m.OrderSettled
)  # fmt: skip
_TERMS = (m.OfferMade, m.OfferChanged)


class For(NamedTuple):
    """An audience, and the parties that the event is about."""

    audience: Audience
    concerns: tuple[str, ...] = ()


def for_whom(conn: Connection, event: AnyEvent) -> For:
    """Tell for whom an event's payload is."""
    told: Event = event
    if isinstance(event, EventCorrected) and event.replacement is not None:
        told = event.replacement
    if isinstance(told, m.OrderPlaced):
        return For(Audience.SIDES, (told.actor, told.seller))
    if isinstance(told, _OF_ORDERS):
        placed = log.find_stored(conn, told.order)
        order = log.decoded(placed).event if placed else None
        sides = (order.actor, order.seller) if isinstance(order, m.OrderPlaced) else ()
        return For(Audience.SIDES, (told.actor, *sides))
    if isinstance(told, _TERMS) and told.tiers:
        return For(Audience.BUYERS, (told.actor,))
    return For(Audience.PUBLIC)
