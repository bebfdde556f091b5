"""The field page, the way into a cooperative, and one's own code for handing over."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import not_found
from api.pages import field_release, render
from api.pages.failure import failure
from api.pages.field_words import words_for
from api.pages.render import HEADERS
from api.pages.standing import standing
from api.rest.context import Use
from api.services import Services
from domain.townships import TOWNSHIPS
from labels.qr import symbol
from projections import directory

router = APIRouter(include_in_schema=False)

_WITH_WASM: Final = HEADERS["Content-Security-Policy"].replace(
    "default-src 'self'",
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; media-src 'self' blob:;"
    " worker-src 'self'",
)
"""The decoder of QR codes is WebAssembly; only these pages run it."""
_QUIET: Final = 4
_SEATS: Final = [(seat.code, seat.zh, seat.en) for seat in TOWNSHIPS]


@router.get("/farm")
def farm(request: Request, services: Use) -> Response:
    """Show the field page; what is in it comes with the party's own key."""
    return _field(request, services, "farm.html", preloads=field_release.preloads())


@router.get("/coop")
def desk(request: Request, services: Use) -> Response:
    """Show the cooperative's desk."""
    return _field(request, services, "coop.html", townships=_SEATS)


@router.get("/join/{code}")
def join(request: Request, services: Use, code: str) -> Response:
    """Show an invitation to whoever has scanned its code."""
    return _field(request, services, "join.html", code=code, townships=_SEATS)


@router.get("/to/{party}/{place}")
def to(request: Request, services: Use, party: str, place: str) -> Response:
    """Say whose code this is, to whoever scans it outside the field page."""
    with services.connection() as conn:
        found, where = directory.party(conn, party), directory.place(conn, place)
        now = standing(conn)
    if found is None or where is None or where.holder != party:
        problem = not_found("没有这个收货点。", "There is no such place to hand over to.")
        return failure(request, services, problem)
    return render.page(
        request, "to.html", standing=now, name=found.name or "", place=where.name,
        address=f"/farm#hand_over={party}/{place}",
    )  # fmt: skip


@router.get("/qr/to/{party}/{place}.svg")
def code_of_place(services: Use, party: str, place: str) -> Response:
    """Draw the code that one shows to whoever hands over."""
    return _drawn(f"{services.settings.public_url}/to/{party}/{place}")


@router.get("/qr/join/{code}.svg")
def code_of_invitation(services: Use, code: str) -> Response:
    """Draw the code of an invitation."""
    return _drawn(f"{services.settings.public_url}/join/{code}")


@router.get("/worker.js")
def worker(services: Use) -> Response:
    """Give the service worker, from the root: it serves the field page without a line."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    script = field_release.worker(services.settings.public_url)
    return Response(script, media_type="text/javascript", headers=headers)


def _field(
    request: Request,
    services: Services,
    template: str,
    **more: str | list[str] | list[tuple[str, str, str]],
) -> Response:
    reader = render.reader_of(request)
    words = words_for(reader)
    with services.connection() as conn:
        now = standing(conn)
    page = render.page(request, template, HTTPStatus.OK, standing=now, words=words, **more)
    page.headers["Content-Security-Policy"] = _WITH_WASM
    return page


def _drawn(text: str) -> Response:
    made = symbol(text)
    side = made.side + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(made.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})
