"""An order as its page shows it: what, how much, for how much, how far, and what one may do."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from api.pages.market_view import Known, party_name
from api.pages.naming import Naming, address
from api.pages.words import ORDER_STATES
from domain.measures import Price, Unit
from domain.moments import CST
from projections.market_rows import OfferRow, OrderRow, StepRow

_SELLER: Final[dict[str, tuple[str, ...]]] = {
    "placed": ("confirm", "refuse"), "confirmed": ("ship", "cancel"), "received": ("settle",),
}  # fmt: skip
_BUYER: Final[dict[str, tuple[str, ...]]] = {
    "placed": ("cancel",),
    "confirmed": ("cancel",),
    "shipped": ("receive",),
    "received": ("dispute",),
}
_AWAITED: Final = {"confirm", "ship", "receive", "settle", "resolve"}
"""What the other side waits for; the rest one may do, or leave."""
_BACK_OUT: Final = {"refuse", "cancel"}
"""What may be done with goods that are held or recalled."""
_OVER: Final = {"refused", "cancelled", "settled"}
_PATH: Final = ("placed", "confirmed", "shipped", "received", "settled")
"""An order's usual life."""


class Stage(NamedTuple):
    """A stage of an order's life: done, when, by whom, with how much and why."""

    name: str
    done: bool
    when: str | None
    who: str | None
    amount: str | None
    reason: str | None
    proof: str | None
    counts: bool


class OrderView(NamedTuple):
    """An order; `acts` are what the viewer may do now, `data` what its script needs for that.

    `awaited`: the other side waits for the viewer. `halted` is said while the order is not over.
    """

    id: str
    product: str
    lot: str
    passport: str
    state: str
    state_name: str
    buyer: str
    seller: str
    mine: str
    quantity: str
    price: str
    total: str
    deliver_to: str
    when: str
    stages: tuple[Stage, ...]
    acts: tuple[str, ...]
    data: dict[str, Any]
    halted: bool
    address: str
    awaited: bool = False


def order_view(
    row: OrderRow, steps: Sequence[StepRow], offer: OfferRow | None, known: Known, naming: Naming,
    viewer: str,
) -> OrderView:  # fmt: skip
    """Turn an order into what its page shows to one of its sides."""
    reader, unit = naming.reader, Unit(row.unit)
    product = known.products.get(row.batch[:14])
    place = known.places.get(row.deliver_to)
    mine = "seller" if viewer == row.seller else "buyer" if viewer == row.buyer else "county"
    price = Price(row.price_amount, row.price_per, row.currency)
    acts = _acts(row, mine, _disputed_by(steps) == viewer)
    return OrderView(
        id=row.id, product=naming.registered(product) or row.batch, lot=row.batch[15:],
        passport=address(row.batch), state=row.state,
        state_name=reader.say(ORDER_STATES.get(row.state, row.state)),
        buyer=party_name(row.buyer, known, naming), seller=party_name(row.seller, known, naming),
        mine=mine, quantity=reader.amount(row.quantity, unit), price=reader.price(price, unit),
        total=_total(row), deliver_to=place.name if place else row.deliver_to,
        when=reader.moment(row.occurred_at.astimezone(CST)),
        stages=tuple(_stages(row, steps, known, naming)), acts=acts,
        data={
            "order": row.id, "offer": row.offer, "batch": row.batch, "quantity": _agreed(row),
            "unit": row.unit, "place": offer.place if offer else None, "buyer": row.buyer,
            "deliver_to": row.deliver_to, "total": _total_fen(row), "currency": row.currency,
            "shipment": _shipment(steps), "released": _released(row, offer),
        },
        halted=row.halted and row.state not in _OVER, address=f"/market/orders/{row.id}",
        awaited=not _AWAITED.isdisjoint(acts),
    )  # fmt: skip


def _acts(row: OrderRow, mine: str, disputed_it: bool) -> tuple[str, ...]:  # noqa: FBT001
    if mine == "county":
        return ()
    if row.state == "disputed":
        return ("resolve",) if disputed_it else ()
    acts = (_SELLER if mine == "seller" else _BUYER).get(row.state, ())
    return tuple(act for act in acts if act in _BACK_OUT) if row.halted else acts


def _disputed_by(steps: Sequence[StepRow]) -> str | None:
    found = (step.actor for step in reversed(steps) if step.state == "disputed" and step.counts)
    return next(found, None)


def _stages(
    row: OrderRow, steps: Sequence[StepRow], known: Known, naming: Naming
) -> Iterable[Stage]:
    reader, unit = naming.reader, Unit(row.unit)
    for step in steps:
        yield Stage(
            name=reader.say(ORDER_STATES.get(step.state, step.state)), done=True,
            when=reader.moment(step.occurred_at.astimezone(CST)),
            who=party_name(step.actor, known, naming),
            amount=reader.amount(step.quantity, unit) if step.quantity else None,
            reason=step.reason, proof=f"/api/events/{step.event}", counts=step.counts,
        )  # fmt: skip
    if row.state not in _PATH:
        return
    for state in _PATH[_PATH.index(row.state) + 1 :]:
        name = reader.say(ORDER_STATES[state])
        yield Stage(name, False, None, None, None, None, None, True)  # noqa: FBT003  a row


def _shipment(steps: Sequence[StepRow]) -> str | None:
    return next((step.event for step in reversed(steps) if step.state == "shipped"), None)


def _agreed(row: OrderRow) -> int:
    """Give how much was promised, and before that how much was ordered."""
    return row.confirmed or row.quantity


def _released(row: OrderRow, offer: OfferRow | None) -> dict[str, Any] | None:
    """Give what a cancellation puts back on sale: what the confirmation reserved."""
    if row.state != "confirmed" or offer is None:
        return None
    return {
        "seller": row.seller, "place": offer.place, "offer": row.offer, "batch": row.batch,
        "quantity": _agreed(row), "unit": row.unit,
    }  # fmt: skip


def _total_fen(row: OrderRow) -> int:
    return -(-_agreed(row) * row.price_amount // row.price_per)


def _total(row: OrderRow) -> str:
    yuan, fen = divmod(_total_fen(row), 100)
    sign = "¥" if row.currency == "CNY" else f"{row.currency} "
    return f"{sign}{yuan:,}.{fen:02d}"
