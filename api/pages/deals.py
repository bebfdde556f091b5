"""Orders as their two sides see them: the inbox, one order's life, and files for the office."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec.structs import replace

from api.errors import not_found
from api.pages import render
from api.pages.deal_files import delivery_note, orders_csv, orders_xlsx
from api.pages.deal_view import OrderView, order_view
from api.pages.door import door
from api.pages.failure import failure
from api.pages.field_words import words_for
from api.pages.market_view import Known, persons_in
from api.pages.naming import Naming
from api.pages.proposed_view import ProposedView, proposed_view
from api.pages.standing import standing
from api.proposals import store as proposals
from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MaybeReading, Viewer
from ledger.log import Connection
from projections import directory
from projections import market_queries as queries
from projections.market_queries import OrderFilter, Page
from projections.market_rows import OrderRow

router = APIRouter(prefix="/market/orders", dependencies=[CaughtUp], include_in_schema=False)

_SHOWN: Final = 50
_MOST_IN_A_FILE: Final = 10_000
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
def inbox(request: Request, services: Use, viewer: MaybeReading) -> Response:
    """Show the orders of who is signed in: what waits for an answer first."""
    if viewer is None:
        return door(request, services, _address(request))
    with services.connection() as conn:
        rows = queries.orders(conn, OrderFilter(party=viewer.party), Page(_SHOWN))
        views = _views(request, services, conn, viewer, rows)
        proposed = _proposed(request, services, conn, viewer)
        now = standing(conn)
    waiting = [one for one in views if one.awaited]
    others = [one for one in views if not one.awaited]
    return render.page(
        request, "deals.html", HTTPStatus.OK, standing=now, viewer=viewer.party, waiting=waiting,
        others=others, words=words_for(render.reader_of(request)), proposed=proposed,
        is_county=viewer.is_county,
    )  # fmt: skip


@router.get(".csv")
def as_csv(request: Request, services: Use, viewer: MaybeReading) -> Response:
    """Give all one's orders as CSV, in UTF-8 with a mark that office programs need."""
    if viewer is None:
        return door(request, services, _address(request))
    return _file(orders_csv(_all(request, services, viewer)), "text/csv; charset=utf-8", "csv")


@router.get(".xlsx")
def as_xlsx(request: Request, services: Use, viewer: MaybeReading) -> Response:
    """Give all one's orders as a spreadsheet."""
    if viewer is None:
        return door(request, services, _address(request))
    return _file(orders_xlsx(_all(request, services, viewer)), _XLSX, "xlsx")


@router.get("/{order_id}/note.pdf")
def note(request: Request, services: Use, viewer: MaybeReading, order_id: str) -> Response:
    """Give the delivery note of an order, to its two sides and the county."""
    view = _one(request, services, viewer, order_id)
    if isinstance(view, Response):
        return view
    pdf = delivery_note(view, services.settings.public_url)
    headers = {"Content-Disposition": f'inline; filename="{order_id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/{order_id}")
def life(request: Request, services: Use, viewer: MaybeReading, order_id: str) -> Response:
    """Show an order's life, and what one may do about it."""
    view = _one(request, services, viewer, order_id)
    if isinstance(view, Response):
        return view
    with services.connection() as conn:
        now = standing(conn)
    return render.page(
        request, "deal.html", HTTPStatus.OK, standing=now, o=view,
        words=words_for(render.reader_of(request)),
        viewer=viewer.party if viewer else "",
    )  # fmt: skip


def _address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}".rstrip("?")


def _one(
    request: Request, services: Services, viewer: Viewer | None, order_id: str
) -> OrderView | Response:
    """Give an order to whom it concerns; to anybody else there is none."""
    if viewer is None:
        return door(request, services, _address(request))
    with services.connection() as conn:
        row = queries.orders_by_id(conn, [order_id]).get(order_id)
    if row is None or not (viewer.is_county or viewer.party in {row.buyer, row.seller}):
        problem = not_found("没有这个订单，或者与您无关。", "No such order of yours.")
        return failure(request, services, problem)
    with services.connection() as conn:
        return _views(request, services, conn, viewer, [row])[0]


def _all(request: Request, services: Services, viewer: Viewer) -> list[OrderView]:
    with services.connection() as conn:
        page = Page(_MOST_IN_A_FILE)
        rows = queries.orders(conn, OrderFilter(party=viewer.party), page)
        return _views(request, services, conn, viewer, rows)


def _views(
    request: Request, services: Services, conn: Connection, viewer: Viewer, rows: Sequence[OrderRow]
) -> list[OrderView]:
    parties = {party for row in rows for party in (row.buyer, row.seller)}
    known = Known(
        directory.products(conn, {row.batch[:14] for row in rows}),
        directory.places(conn, {row.deliver_to for row in rows}),
        directory.parties(conn, parties),
    )
    offers = queries.offers_by_id(conn, [row.offer for row in rows])
    steps = queries.steps_of(conn, [row.id for row in rows])
    cards = services.vault.names(conn, persons_in(known))
    # The two sides of an order know each other: they deal under their names.
    open_cards = {party: replace(card, consent=True) for party, card in cards.items()}
    naming = Naming(render.reader_of(request), open_cards)
    return [
        order_view(row, steps.get(row.id, []), offers.get(row.offer), known, naming, viewer.party)
        for row in rows
    ]


def _proposed(
    request: Request, services: Services, conn: Connection, viewer: Viewer
) -> list[ProposedView]:
    """Give what the county's desk proposed to the viewer and still stands."""
    found = proposals.standing(conn, viewer.party)
    known = Known(
        directory.products(conn, {one.offer.gtin for one in found}),
        directory.places(conn, {one.demand.deliver_to for one in found}),
        directory.parties(conn, {of for one in found for of in (one.row.buyer, one.row.seller)}),
    )
    cards = services.vault.names(conn, persons_in(known))
    naming = Naming(render.reader_of(request), cards)
    return [proposed_view(one, known, naming, viewer.party) for one in found]


def _file(body: bytes, media: str, ending: str) -> Response:
    disposition = f'attachment; filename="orders.{ending}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(body, media_type=media, headers=headers)
