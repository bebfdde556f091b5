"""One offer: its terms for whoever looks, how well it suits the viewer's demand, how to order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audience import Audience, may
from api.errors import not_found
from api.pages import render
from api.pages.door import door
from api.pages.failure import failure
from api.pages.field_words import words_for
from api.pages.market import known_of
from api.pages.market_view import Known, offer_view
from api.pages.naming import Naming
from api.pages.ordering import order_example
from api.pages.standing import standing
from api.pages.words import MATCH_PARTS
from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MaybeViewer, Viewer
from domain.measures import Price, Unit
from domain.moments import CST
from ledger.log import Connection
from projections import market_queries as queries
from projections.market_queries import DemandFilter, Page
from projections.market_rows import DemandRow, OfferRow
from projections.matching import Match, matches_of
from projections.passport import documents

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_DEMANDS: Final = 3
"""So many of the viewer's open demands are held against the offer; each is a ranking."""


class PartView(NamedTuple):
    """A part of a score, 0 to 1000, and its weight of 100."""

    name: str
    value: int
    weight: int


class Suits(NamedTuple):
    """What the offer is to a demand of the viewer's: the score, why, and its parts."""

    demand: str
    wanted: str
    score: int
    why: str
    parts: tuple[PartView, ...]


class Contact(NamedTuple):
    """Whom to ask, for those who buy: a person who agreed to it."""

    name: str
    phone: str | None


@router.get("/market/offers/{offer_id}")
@router.head("/market/offers/{offer_id}")
def offer(
    offer_id: str, request: Request, services: Use, viewer: MaybeViewer, sign: str = ""
) -> Response:
    """Show one offer, and how to order from it; with `?sign=in`, the door to that first."""
    with services.connection() as conn:
        row = queries.offers_by_id(conn, [offer_id]).get(offer_id)
    if row is None:
        problem = not_found(
            "没有这个供应，可能网址抄错了。", "There is no such offer; check the address."
        )
        return failure(request, services, problem)
    with services.connection() as conn:
        known, naming = known_of(request, services, conn, [row], [])
        known = known._replace(passports=documents(conn, [row.batch]))
        buys = may(viewer, Audience.BUYERS, (row.seller,))
        suits = _suits(conn, viewer, row, known, naming)
        contact = _contact(services, conn, row.seller) if buys else None
        now = standing(conn)
    if sign and viewer is None:
        return door(request, services, f"/market/offers/{row.id}")
    view = offer_view(row, known, naming, datetime.now(CST).date())
    page = render.page(
        request, "offer.html", HTTPStatus.OK, standing=now, o=view, example=order_example(row),
        graphiql=services.settings.dev, terms=_terms(row, buys=buys), suits=suits, buys=buys,
        contact=contact, viewer=viewer.party if viewer else "", words=words_for(naming.reader),
        tiers=_tiers(row, naming) if buys else (),
    )  # fmt: skip
    page.headers["Cache-Control"] = "private, no-cache"
    return page


def _terms(row: OfferRow, *, buys: bool) -> dict[str, object]:
    """Give what an order of this offer says of it."""
    price = {"amount": row.price_amount, "per": row.price_per, "currency": row.currency}
    return {
        "id": row.id, "seller": row.seller, "batch": row.batch, "unit": row.unit,
        "least": row.least, "price": price, "tiers": list(row.tiers) if buys else [],
        "ways": list(row.ways),
    }  # fmt: skip


def _tiers(row: OfferRow, naming: Naming) -> Sequence[tuple[str, str]]:
    """Give from how much on what is paid, the offer's own price first."""
    if not row.tiers:
        return ()
    unit, say = Unit(row.unit), naming.reader
    own = Price(row.price_amount, row.price_per, row.currency)
    steps = [(row.least, own)]
    steps += [(tier["quantity"], Price(**tier["price"])) for tier in row.tiers]
    return [(say.amount(quantity, unit), say.price(price, unit)) for quantity, price in steps]


def _contact(services: Services, conn: Connection, seller: str) -> Contact | None:
    card = services.vault.names(conn, [seller]).get(seller)
    return Contact(card.name, card.phone) if card and card.consent else None


def _suits(
    conn: Connection, viewer: Viewer | None, row: OfferRow, known: Known, naming: Naming
) -> list[Suits]:
    """Hold the offer against the viewer's open demands for such goods."""
    product = known.products.get(row.gtin)
    if viewer is None or product is None or "read" not in viewer.scopes:
        return []
    mine = DemandFilter(category=product.category, buyer=viewer.party)
    pairs = [f"{demand.id}.{row.id}" for demand in queries.demands(conn, mine, Page(_DEMANDS))]
    found = matches_of(conn, pairs, datetime.now(UTC))
    return [
        suits_view(found[one].match, found[one].demand, naming) for one in pairs if one in found
    ]


def suits_view(match: Match, demand: DemandRow, naming: Naming) -> Suits:
    """Put a match into the reader's words."""
    reader = naming.reader
    wanted = reader.say(
        "%(what)s %(q)s", what=naming.category(demand.category) or demand.category,
        q=reader.amount(demand.remaining, Unit(demand.unit)),
    )  # fmt: skip
    parts = tuple(
        PartView(reader.say(MATCH_PARTS[one.part]), one.value, one.weight) for one in match.parts
    )
    why = match.zh if reader.language == "zh" else match.en
    return Suits(demand.id, wanted, match.score, why, parts)
