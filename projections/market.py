"""The market read model: offers, demands, and orders with their lives, folded from events.

Everything that stands in a row is a function of the events in effect: quantities promised and the
states of orders are worked out anew from the steps that count, so that a correction leaves no trace
but its own mark.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import msgspec
import psycopg

from domain.events import governance as g
from domain.events import market as m
from domain.events import movements as v
from domain.events import registry as r
from domain.events.correction import EventCorrected
from ledger.log import Recorded
from projections import market_facts, stock
from projections import market_statements as write
from projections.corrections import resolve

Cursor = psycopg.Cursor[Any]

_STEP_TYPES: Final = (
    m.OrderPlaced, m.OrderConfirmed, m.OrderRefused, m.OrderCancelled, m.OrderDisputed,
    m.OrderSettled, v.ShipmentSent,
)  # fmt: skip
_TERMS: Final = (m.OfferMade, m.OfferChanged)
_WRITES: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((g.LedgerOpened,), write.AUTHORITY),
    ((g.PartyAdmitted,), write.PARTIES),
    ((r.PlaceRegistered,), write.PLACES),
    ((r.ProductRegistered,), write.PRODUCTS),
    ((m.OfferMade,), write.OFFERS),
    (_TERMS, write.TERMS),
    ((m.OfferWithdrawn,), write.OFFERS_WITHDRAWN),
    ((m.DemandPosted,), write.DEMANDS),
    ((m.DemandWithdrawn,), write.DEMANDS_WITHDRAWN),
    ((m.OrderPlaced,), write.ORDERS),
    (_STEP_TYPES, write.STEPS),
    ((v.ShipmentReceived,), write.RECEIVED),
)
"""Which events each statement takes, in an order in which causes come first."""
_OF_ORDERS: Final = (*_STEP_TYPES, v.ShipmentReceived)


class Market:
    """Keeps the market's tables."""

    name: Final = "market"
    version: Final = 6
    sql: Final = stock.SQL + files("projections").joinpath("market.sql").read_text("utf-8")

    def apply(self, cursor: Cursor, events: Sequence[Recorded]) -> None:
        """Fold a run of events, in order of position, into the tables on the search path."""
        moved = stock.moved(resolve(cursor, events))
        stock.merge(cursor, moved)
        for correction, run in groupby(events, lambda one: isinstance(one.event, EventCorrected)):
            if correction:
                for recorded in run:
                    _correct(cursor, recorded)
            else:
                _fold(cursor, list(run))
        market_facts.settle(cursor, (batch for batch, _, _ in moved))


def _fold(cursor: Cursor, run: Sequence[Recorded]) -> None:
    for types, statement in _WRITES:
        found = [one for one in run if isinstance(one.event, types)]
        if found:
            cursor.execute(statement, [_rows(found)])
    _settle(cursor, [one.event.id for one in run if isinstance(one.event, _OF_ORDERS)])
    _state_terms(cursor, [one.event.id for one in run if isinstance(one.event, _TERMS)])
    market_facts.fold(cursor, [(one.position, one.event) for one in run])


def _correct(cursor: Cursor, recorded: Recorded) -> None:
    """Take an event out, or put its replacement in its place."""
    correction = recorded.event
    if not isinstance(correction, EventCorrected):
        return
    market_facts.correct(cursor, correction)
    match correction.replacement:
        case None:
            of = {"event": correction.event, "position": recorded.position}
            cursor.execute(write.VOID, of)
            cursor.execute(write.DROP, of)
        case m.OfferMade() as offer:
            for statement in (write.OFFERS, write.TERMS):
                cursor.execute(statement, [_rows([_as(recorded, offer)])])
            _state_terms(cursor, [offer.id])
        case v.ShipmentSent() | v.ShipmentReceived() as step:
            cursor.execute(write.REPLACED, [_rows([_as(recorded, step)])])
        case _:
            return
    _settle(cursor, [correction.event])


def _settle(cursor: Cursor, events: list[str]) -> None:
    """Work out anew the orders that these events are steps of, and what is left of their offers."""
    if events:
        cursor.execute(write.SETTLE_ORDERS, {"events": events})
        cursor.execute(write.SETTLE_OFFERS, {"events": events})
        cursor.execute(write.SETTLE_DEMANDS, {"events": events})
        cursor.execute(write.SETTLE_RECORDS, {"events": events})


def _state_terms(cursor: Cursor, events: list[str]) -> None:
    """Give offers the terms that were stated last, where these events state some."""
    if events:
        cursor.execute(write.SETTLE_TERMS, {"events": events})


def _as(recorded: Recorded, event: m.OfferMade | v.ShipmentSent | v.ShipmentReceived) -> Recorded:
    return Recorded(recorded.position, event, recorded.keyids, recorded.admitted_at)


def _rows(found: Iterable[Recorded]) -> str:
    return msgspec.json.encode(list(_pairs(found))).decode()


def _pairs(found: Iterable[Recorded]) -> Iterator[dict[str, Any]]:
    for one in found:
        yield {"position": one.position, "admitted_at": one.admitted_at, "e": one.event}
