"""Keeping what the county's desk proposed, and giving each side what still stands of it."""

from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from domain.measures import Price
from domain.pricing import within
from ledger.log import Connection
from projections import market_queries as market
from projections.allocation import Preview, ceiling_of, price_of
from projections.market_rows import DemandRow, OfferRow

MOST_SHOWN: Final = 50
_LOOKED_AT: Final = 1000
"""Proposals that are held against how things stand: of many some can no longer be ordered."""
_ROUND: Final = "INSERT INTO proposals.round (made_by) VALUES (%s) RETURNING number"
_CLEAR: Final = "DELETE FROM proposals.proposal WHERE category = ANY(%s)"
_ADD: Final = """
    INSERT INTO proposals.proposal
        (round, category, offer, demand, seller, buyer, quantity, score)
    SELECT %(round)s, x.category, x.offer, x.demand, x.seller, x.buyer, x.quantity, x.score
    FROM jsonb_to_recordset(%(rows)s) AS x (category text, offer text, demand text, seller text,
        buyer text, quantity bigint, score int)
    ON CONFLICT (offer, demand) DO UPDATE SET round = excluded.round, quantity = excluded.quantity,
        score = excluded.score
"""
_OF_PARTY: Final = """
    SELECT offer, demand, seller, buyer, quantity, score FROM proposals.proposal
    WHERE %(party)s::text IS NULL OR %(party)s IN (buyer, seller)
    ORDER BY round DESC, score DESC, offer, demand LIMIT %(limit)s
"""
_LAST: Final = """
    SELECT r.made_at, r.made_by, count(p.offer) FROM proposals.round r
    LEFT JOIN proposals.proposal p ON p.round = r.number
    GROUP BY r.number ORDER BY r.number DESC LIMIT 1
"""


class Row(Struct, frozen=True):
    """So much of an offer for a demand, as it was proposed."""

    offer: str
    demand: str
    seller: str
    buyer: str
    quantity: int
    score: int


class Standing(NamedTuple):
    """A proposal that can be ordered as it stands, at the price that the offer has now."""

    row: Row
    offer: OfferRow
    demand: DemandRow
    price: Price


class Last(NamedTuple):
    """The newest round: when, by whom, and how many of its proposals were not taken back."""

    made_at: datetime
    made_by: str
    proposals: int


def digest(preview: Preview) -> str:
    """Give what two previews have in common if, and only if, they propose the same."""
    raw = msgspec.json.encode(sorted(preview.proposals, key=lambda one: (one.offer, one.demand)))
    return sha256(raw).hexdigest()


def propose(conn: Connection, by: str, preview: Preview) -> int:
    """Propose what a preview shows to both sides of each pair; give how many."""
    rows = [
        {
            "category": one.category, "offer": one.offer, "demand": one.demand,
            "seller": one.seller, "buyer": one.buyer, "quantity": one.quantity, "score": one.score,
        }
        for one in preview.proposals
    ]  # fmt: skip
    with conn.transaction():
        made = conn.execute(_ROUND, [by]).fetchone()
        conn.execute(_CLEAR, [[group.category for group in preview.groups]])
        given = {"round": made and made[0], "rows": msgspec.json.encode(rows).decode()}
        conn.execute(_ADD, given)
    return len(rows)


def standing(conn: Connection, party: str | None, most: int = MOST_SHOWN) -> list[Standing]:
    """Give what was proposed to a party and can still be ordered as it was, the newest first.

    None is everybody. What was ordered already, is sold, met, withdrawn, or costs more than the
    demand would pay, is left out.
    """
    values = {"party": party, "limit": _LOOKED_AT}
    rows = [Row(*row) for row in conn.execute(_OF_PARTY, values).fetchall()]
    if not rows:
        return []
    offers = market.offers_by_id(conn, [row.offer for row in rows])
    demands = market.demands_by_id(conn, [row.demand for row in rows])
    ordered = market.ordered_pairs(conn, [row.demand for row in rows])
    found = []
    for row in rows:
        offer, demand = offers.get(row.offer), demands.get(row.demand)
        if offer is None or demand is None or (row.offer, row.demand) in ordered:
            continue
        price = price_of(offer, row.quantity)
        if _holds(row, offer, demand) and within(price, ceiling_of(demand)):
            found.append(Standing(row, offer, demand, price))
    return found[:most]


def last(conn: Connection) -> Last | None:
    """Give the newest round; None where nothing was proposed yet."""
    row = conn.execute(_LAST).fetchone()
    return Last(*row) if row else None


def _holds(row: Row, offer: OfferRow, demand: DemandRow) -> bool:
    to_come = offer.plot is not None and offer.available == 0
    has = offer.remaining if to_come else offer.available
    return (
        offer.state == demand.state == "open"
        and offer.least <= row.quantity <= min(has, demand.remaining)
    )  # fmt: skip
