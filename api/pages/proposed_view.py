"""What the county's desk proposed, as each of the two sides sees it."""

from typing import Any, NamedTuple

from api.pages.market_view import Known, party_name
from api.pages.naming import Naming
from api.proposals.store import Standing
from domain.events.market import Way
from domain.measures import Unit, total_price


class ProposedView(NamedTuple):
    """A proposal; `data` is what the buyer's tap signs, None for the seller."""

    product: str
    other: str
    quantity: str
    price: str
    total: str
    score: int
    deliver_to: str
    address: str
    data: dict[str, Any] | None


def proposed_view(one: Standing, known: Known, naming: Naming, viewer: str) -> ProposedView:
    """Turn a proposal into what one of its sides is shown."""
    reader, unit, row = naming.reader, Unit(one.offer.unit), one.row
    place = known.places.get(one.demand.deliver_to)
    buys = viewer == row.buyer
    yuan, fen = divmod(total_price(one.price, row.quantity), 100)
    sign = "¥" if one.price.currency == "CNY" else f"{one.price.currency} "
    return ProposedView(
        product=naming.registered(known.products.get(one.offer.gtin)) or one.offer.batch,
        other=party_name(row.seller if buys else row.buyer, known, naming),
        quantity=reader.amount(row.quantity, unit), price=reader.price(one.price, unit),
        total=f"{sign}{yuan:,}.{fen:02d}", score=row.score,
        deliver_to=place.name if place else one.demand.deliver_to,
        address=f"/market/offers/{row.offer}", data=_order(one) if buys else None,
    )  # fmt: skip


def _order(one: Standing) -> dict[str, Any]:
    """Give the fields of the order that the proposal comes to."""
    price, row = one.price, one.row
    fields: dict[str, Any] = {
        "offer": row.offer, "seller": row.seller, "batch": one.offer.batch,
        "quantity": row.quantity, "unit": one.offer.unit, "deliver_to": one.demand.deliver_to,
        "demand": row.demand,
        "price": {"amount": price.amount, "currency": price.currency, "per": price.per},
    }  # fmt: skip
    if Way.DELIVERY.value not in one.offer.ways:
        fields["way"] = Way.PICK_UP.value
    return fields
