"""The home page: what this is in one breath, a way in for each role, and how the ledger stands."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages import render
from api.pages.naming import Naming, address
from api.pages.sample import sample
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from projections import market_queries as queries
from projections.batches import count
from projections.market_queries import OfferFilter, Page

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_SHEET: Final = "?sheet=a4-24&count=24"
_MANY: Final = 500


@router.get("/")
@router.head("/")
def home(request: Request, services: Use) -> Response:
    """Show the home page."""
    with services.connection() as conn:
        now = standing(conn)
        shown = sample(conn, services.vault)
        offers = queries.offers(conn, OfferFilter(), Page(_MANY))
        batches = count(conn)
    naming = Naming(render.reader_of(request), {})
    return render.page(
        request, "home.html", standing=now, batches=batches, offers=len(offers),
        many=len(offers) == _MANY, graphiql=services.settings.dev,
        sample=address(shown.key) if shown else None,
        sample_name=naming.product(shown.product) if shown else None,
        labels=f"/labels{address(shown.key)}.pdf{_SHEET}" if shown else None,
        lot=shown.id if shown else "GTIN/LOT",
    )  # fmt: skip
