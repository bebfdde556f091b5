"""What a reader of the market gets: one struct a kind of row, states and times as of now."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class OfferRow(Struct, frozen=True):
    """An offer; `remaining` is its quantity less what confirmed orders took.

    `available` is what of that the seller holds and has not promised: what may be confirmed. Each
    of `tiers` is {quantity, price: {amount, per, currency}}; `plot` is that of a harvest to come,
    which has nothing available until it is in.

    `state` is `open`, `withdrawn`, `sold-out`, `expired`, or `halted`: its batch is held or
    recalled.

    The price is `price_amount` hundredths of `currency` for each `price_per` units. `key` is what
    the list was sorted by, as text: with `position` it marks the place in the list.
    """

    id: str
    position: int
    seller: str
    place: str
    batch: str
    gtin: str
    unit: str
    quantity: int
    remaining: int
    least: int
    price_amount: int
    price_per: int
    currency: str
    until: datetime | None
    occurred_at: datetime
    state: str
    key: str = ""
    available: int = 0
    tiers: list[dict[str, Any]] = []
    window_since: datetime | None = None
    window_until: datetime | None = None
    ways: list[str] = []
    plot: str | None = None


class DemandRow(Struct, frozen=True):
    """A demand; the ceiling's three columns are all null where none was named.

    `remaining` is what confirmed orders for it leave open; `state` is `open`, `met`, `withdrawn` or
    `expired`.
    """

    id: str
    position: int
    buyer: str
    category: str
    quantity: int
    unit: str
    deliver_to: str
    ceiling_amount: int | None
    ceiling_per: int | None
    ceiling_currency: str | None
    until: datetime | None
    occurred_at: datetime
    state: str
    key: str = ""
    remaining: int = 0
    product: str | None = None
    window_since: datetime | None = None
    window_until: datetime | None = None
    certificates: list[str] = []
    fetches: bool = False


class OrderRow(Struct, frozen=True):
    """An order; `changed_at` is the position of the event that brought it into its state.

    `halted`: its batch is held or recalled now, so that it can be neither confirmed nor sent.
    """

    id: str
    position: int
    offer: str
    buyer: str
    seller: str
    batch: str
    quantity: int
    unit: str
    price_amount: int
    price_per: int
    currency: str
    deliver_to: str
    occurred_at: datetime
    state: str
    changed_at: int
    halted: bool
    key: str = ""
    confirmed: int | None = None
    """How much the seller promised; None until it is confirmed."""
    way: str = "delivery"
    demand: str | None = None
    window_since: datetime | None = None
    window_until: datetime | None = None


class StepRow(Struct, frozen=True):
    """One event of an order's life; `corrected` is the position of a later correction of it."""

    event: str
    position: int
    order_id: str
    state: str
    actor: str
    quantity: int | None
    reason: str | None
    occurred_at: datetime
    admitted_at: datetime
    counts: bool
    corrected: int | None
