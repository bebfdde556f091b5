"""What changed on the market between two positions: orders, offers, recalls, keys.

The same query serves who watches live and who comes back after a cut, so that both see the same.
"""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from msgspec import Struct

from domain.events import governance as g
from domain.events import holds as h
from domain.events.catalogue import AnyEvent, wire_name
from ledger import log

Connection = psycopg.Connection[Any]

_DIGITS: Final = 15
LIMIT: Final = 500
"""Changes in one reading, at most (of one position there may be a few more)."""


class Place(Struct, frozen=True, order=True):
    """Where a change stands: the event's position, and the order or event that it is about."""

    position: int
    subject: str = "\U0010ffff"
    """Left out, it stands after all that happened at the position."""


class Change(Struct, frozen=True):
    """One thing that happened: `kind` is `order`, `offer`, `terms`, `recall` or `key`.

    `subject` is the order's or offer's id (`terms`: an offer whose terms were stated anew), the
    recall's event, or the key's `did:key`; `step` the event that did it; `parties` those whom an
    order concerns: its buyer and its seller. `recall` is the event of a recall that an open order
    fell under.
    """

    at: Place
    kind: str
    subject: str
    step: str
    parties: tuple[str, ...] = ()
    event: AnyEvent | None = None
    recall: str | None = None


# A step that a correction took out or replaced changed at the correction's position.
# A recall that was closed since is not told any more: the order may go on.
_ORDERS: Final = """
SELECT t.at, t.order_id, t.event, o.buyer, o.seller, t.recall
FROM (
    SELECT position AS at, order_id, event, NULL AS recall FROM market.steps
    WHERE position BETWEEN %(low)s AND %(high)s
    UNION ALL
    SELECT corrected, order_id, event, NULL FROM market.steps
    WHERE corrected BETWEEN %(low)s AND %(high)s
    UNION ALL
    SELECT h.position, o.id, h.event, h.event
    FROM trace.halt h
    JOIN trace.halted k ON k.halt = h.event
    JOIN market.orders o ON o.batch = k.key
    WHERE h.position BETWEEN %(low)s AND %(high)s AND h.kind = 'recall'
        AND o.position < h.position AND o.state NOT IN ('refused', 'cancelled', 'settled')
) AS t
JOIN market.orders o ON o.id = t.order_id
WHERE (t.at, t.order_id) > (%(low)s, %(subject)s)
    AND (%(party)s::text IS NULL OR %(party)s IN (o.buyer, o.seller))
ORDER BY t.at, t.order_id
LIMIT %(limit)s
"""
_OFFERS: Final = """
SELECT position, offer, event FROM market.terms
WHERE (position, offer) > (%(low)s, %(subject)s) AND position <= %(high)s
    AND (event = offer OR NOT %(new)s)
ORDER BY position LIMIT %(limit)s
"""
_EVENTS: Final = """
SELECT position, data FROM ledger.event
WHERE position BETWEEN %(low)s AND %(high)s AND type = ANY(%(types)s)
ORDER BY position LIMIT %(limit)s
"""
RECALLS: Final = (wire_name(h.BatchRecalled), wire_name(h.RecallClosed))
_KEYS: Final = (wire_name(g.KeyRevoked),)


class Span(Struct, frozen=True):
    """After one place, up to and including a position."""

    after: Place
    high: int

    def values(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401  of a query
        """Give what the queries are bound to."""
        after = self.after
        return {
            "low": after.position, "subject": after.subject, "high": self.high, "limit": LIMIT,
            **more,
        }  # fmt: skip


def orders(conn: Connection, span: Span, party: str | None = None) -> list[Change]:
    """Give what happened to the orders of a party, or to all."""
    rows = conn.execute(_ORDERS, span.values(party=party)).fetchall()
    return [
        Change(Place(at, order), "order", order, step, (buyer, seller), recall=recall)
        for at, order, step, buyer, seller, recall in rows
    ]


def offers(conn: Connection, span: Span) -> list[Change]:
    """Give what is newly offered."""
    return _offered(conn, span, new=True)


def terms(conn: Connection, span: Span) -> list[Change]:
    """Give what is newly offered, and which offers' terms were stated anew."""
    return _offered(conn, span, new=False)


def _offered(conn: Connection, span: Span, *, new: bool) -> list[Change]:
    rows = conn.execute(_OFFERS, span.values(new=new)).fetchall()
    return [
        Change(Place(at, offer), "offer" if event == offer else "terms", offer, event)
        for at, offer, event in rows
    ]


def recalls(conn: Connection, span: Span) -> list[Change]:
    """Give what was called back, and which recalls ended."""
    return _events(conn, "recall", span, RECALLS)


def keys(conn: Connection, span: Span) -> list[Change]:
    """Give which keys were revoked."""
    return _events(conn, "key", span, _KEYS)


def _events(conn: Connection, kind: str, span: Span, types: Sequence[str]) -> list[Change]:
    rows = conn.execute(_EVENTS, span.values(types=list(types))).fetchall()
    found = (_of_event(kind, position, log.event_of(bytes(data))) for position, data in rows)
    return [change for change in found if change.at > span.after]


def _of_event(kind: str, position: int, event: AnyEvent) -> Change:
    subject = event.id
    if isinstance(event, h.RecallClosed):
        subject = event.recall
    elif isinstance(event, g.KeyRevoked):
        subject = event.key
    return Change(Place(position, subject), kind, subject, event.id, event=event)


def written(place: Place) -> str:
    """Write a place as a cursor, such as `4711.0198…`."""
    return f"{place.position}.{place.subject}"


def read_place(text: str) -> Place:
    """Read a cursor, or a bare position: after all that happened there.

    Raises:
        ValueError: where it is neither.
    """
    position, dot, subject = text.partition(".")
    if not (position.isascii() and position.isdecimal() and len(position) <= _DIGITS):
        raise ValueError(text)
    return Place(int(position), subject) if dot else Place(int(position))
