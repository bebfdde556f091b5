"""Who holds how much of what, where; and what is on the way."""

from datetime import datetime
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

_HELD: Final = "SELECT batch, party, place, quantity, reserved, unit FROM holdings.holding"
_ON_THE_WAY: Final = """
    SELECT s.id AS shipment, s.position, s.sender, s.from_place, s.recipient, s.to_place,
           s.carrier, s.order_id AS "order", s.sent_at, i.batch, i.quantity, i.unit
    FROM holdings.shipment s
    JOIN holdings.shipment_item i ON i.shipment = s.id
    WHERE s.received IS NULL
"""


class Holding(Struct, frozen=True, kw_only=True):
    """How much of a batch a party holds at a place, in the smallest unit (UN/ECE Rec 20 code).

    `reserved` is promised to confirmed orders.
    """

    batch: str
    party: str
    place: str
    quantity: int
    reserved: int
    unit: str

    @property
    def free(self) -> int:
        """What no confirmed order has a claim on."""
        return self.quantity - self.reserved


class OnTheWay(Struct, frozen=True, kw_only=True):
    """So much of a batch in a shipment that is not received yet; `shipment` is the event's id."""

    shipment: str
    position: int
    sender: str
    from_place: str
    recipient: str
    to_place: str
    carrier: str | None
    order: str | None
    sent_at: datetime
    batch: str
    quantity: int
    unit: str


def of_party(conn: psycopg.Connection[Any], party: str, place: str | None = None) -> list[Holding]:
    """Give what a party holds, at all its places or at one, by place and batch."""
    return _held(
        conn, "WHERE party = %s AND (%s::text IS NULL OR place = %s) ORDER BY place, batch",
        [party, place, place],
    )  # fmt: skip


def of_batch(conn: psycopg.Connection[Any], batch: str) -> list[Holding]:
    """Give where a batch (`GTIN/LOT`) is held, the largest holding first."""
    return _held(conn, "WHERE batch = %s ORDER BY quantity DESC, party, place", [batch])


def of_batches(conn: psycopg.Connection[Any], batches: list[str]) -> dict[str, list[Holding]]:
    """Give where each of several batches is held."""
    found: dict[str, list[Holding]] = {batch: [] for batch in batches}
    for holding in _held(conn, "WHERE batch = ANY(%s) ORDER BY batch, party, place", [batches]):
        found[holding.batch].append(holding)
    return found


def held(conn: psycopg.Connection[Any], batch: str, party: str, place: str) -> Holding | None:
    """Give one holding; None where the party has none of the batch there."""
    rows = _held(conn, "WHERE batch = %s AND party = %s AND place = %s", [batch, party, place])
    return rows[0] if rows else None


def on_the_way_to(conn: psycopg.Connection[Any], party: str) -> list[OnTheWay]:
    """Give what is on the way to a party: what it has still to receive, the oldest first."""
    return _on_the_way(conn, "AND s.recipient = %s", party)


def on_the_way_from(conn: psycopg.Connection[Any], party: str) -> list[OnTheWay]:
    """Give what a party has sent and nobody has received yet, the oldest first."""
    return _on_the_way(conn, "AND s.sender = %s", party)


def on_the_way_of(conn: psycopg.Connection[Any], batch: str) -> list[OnTheWay]:
    """Give what of a batch is on the way, the oldest first."""
    return _on_the_way(conn, "AND i.batch = %s", batch)


def shipment(conn: psycopg.Connection[Any], shipment_id: str) -> list[OnTheWay]:
    """Give the items of a shipment that is on the way; none where it is received or unknown."""
    return _on_the_way(conn, "AND s.id = %s", shipment_id)


def _held(conn: psycopg.Connection[Any], where: str, values: list[Any]) -> list[Holding]:
    with conn.cursor(row_factory=class_row(Holding)) as cursor:
        return cursor.execute(f"{_HELD} {where}".encode(), values).fetchall()


def _on_the_way(conn: psycopg.Connection[Any], which: str, value: str) -> list[OnTheWay]:
    statement = f"{_ON_THE_WAY} {which} ORDER BY s.position, i.batch"
    with conn.cursor(row_factory=class_row(OnTheWay)) as cursor:
        return cursor.execute(statement.encode(), [value]).fetchall()
