"""The step from events to holdings and shipments."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Final

import psycopg

from domain.events.movements import ShipmentReceived, ShipmentSent
from domain.measures import BatchQuantity
from ledger.log import Recorded
from projections import stock
from projections.corrections import Changes, resolve
from projections.rows import insert

_UNDO_SENT: Final = """
WITH gone AS (DELETE FROM shipment WHERE id = ANY(%s) RETURNING id)
DELETE FROM shipment_item i USING gone WHERE i.shipment = gone.id
"""
_UNDO_RECEIVED: Final = "DELETE FROM receipt WHERE shipment = ANY(%s)"
_CLOSE: Final = """
UPDATE shipment s SET received = r.position
FROM unnest(%s::text[]) AS touched (id) LEFT JOIN receipt r ON r.shipment = touched.id
WHERE s.id = touched.id AND s.received IS DISTINCT FROM r.position
"""

_SHIPMENT: Final = {
    "id": "text", "position": "int8", "sender": "text", "from_place": "text",
    "recipient": "text", "to_place": "text", "carrier": "text", "order_id": "text",
    "sent_at": "timestamptz",
}  # fmt: skip
_ITEM: Final = {
    "shipment": "text", "batch": "text", "quantity": "int8", "unit": "text",
}  # fmt: skip
_RECEIPT: Final = {
    "shipment": "text", "event": "text", "position": "int8", "place": "text",
    "received_at": "timestamptz",
}  # fmt: skip


class HoldingsProjection:
    """Keeps the tables that `projections.holdings` reads."""

    name: Final = "holdings"
    version: Final = 1
    sql: Final = stock.SQL + files("projections").joinpath("holdings.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write a run: one merge of summed changes, then shipments and their receipts."""
        run = resolve(cursor, events)
        stock.merge(cursor, stock.moved(run))
        _write_shipments(cursor, run)


def _write_shipments(cursor: psycopg.Cursor[Any], run: Changes) -> None:
    no_longer_sent = [e.event.id for e in run.undone if isinstance(e.event, ShipmentSent)]
    no_longer_received = [
        e.event.shipment for e in run.undone if isinstance(e.event, ShipmentReceived)
    ]
    if no_longer_sent:
        cursor.execute(_UNDO_SENT, [no_longer_sent])
    if no_longer_received:
        cursor.execute(_UNDO_RECEIVED, [no_longer_received])
    sent = [(e.position, e.event) for e in run.live if isinstance(e.event, ShipmentSent)]
    received = [(e.position, e.event) for e in run.live if isinstance(e.event, ShipmentReceived)]
    insert(cursor, "shipment", _SHIPMENT, (_shipment(at, event) for at, event in sent))
    insert(
        cursor, "shipment_item", _ITEM,
        ((event.id, *item) for _, event in sent for item in _summed(event.items)),
    )  # fmt: skip
    insert(cursor, "receipt", _RECEIPT, (_receipt(at, event) for at, event in received))
    touched = {event.shipment for _, event in received} | set(no_longer_received)
    # A shipment that was replaced keeps its receipt.
    touched |= set(no_longer_sent)
    if touched:
        cursor.execute(_CLOSE, [list(touched)])


def _shipment(at: int, event: ShipmentSent) -> tuple[Any, ...]:
    return (
        event.id, at, event.actor, event.place, event.to, event.to_place, event.carrier,
        event.order, event.occurred_at,
    )  # fmt: skip


def _receipt(at: int, event: ShipmentReceived) -> tuple[Any, ...]:
    return (event.shipment, event.id, at, event.place, event.occurred_at)


def _summed(items: Iterable[BatchQuantity]) -> list[tuple[str, int, str]]:
    """Sum lines of one batch."""
    sums: dict[tuple[str, str], int] = {}
    for item in items:
        name = (item.batch, item.unit.value)
        sums[name] = sums.get(name, 0) + item.quantity
    return [(batch, quantity, unit) for (batch, unit), quantity in sums.items()]
