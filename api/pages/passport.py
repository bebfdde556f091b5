"""The passport of a batch at its GS1 Digital Link: a page for people, JSON for machines."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.errors import Problem, not_found
from api.pages import render, unit_scan
from api.pages.accept import wants_json
from api.pages.failure import failure
from api.pages.kin_view import Family, family
from api.pages.naming import Naming, address, parts_of, persons_in
from api.pages.passport_view import passport_view
from api.pages.standing import standing
from api.pages.unit_scan import UnitView
from api.rest.context import CaughtUp, Use
from api.services import Services
from labels.errors import LabelError
from labels.link import Link, parse
from ledger.log import Connection
from projections import directory
from projections.passport import Passport, document, document_json
from projections.trace import Trace, trace

router = APIRouter(dependencies=[CaughtUp])

_SHEET = "a4-24"


@router.get("/01/{rest:path}", tags=["batches"])
@router.head("/01/{rest:path}", include_in_schema=False)
def passport(rest: str, request: Request, services: Use) -> Response:
    """Open a batch by its GS1 Digital Link: a page, or with `Accept: application/json` its data."""
    try:
        link = _link(request)
    except LabelError as error:
        problem = Problem(HTTPStatus.BAD_REQUEST, error.code, error.zh, error.en)
        return failure(request, services, problem)
    if link.lot is None:
        return RedirectResponse(f"/batches?q={link.gtin}", HTTPStatus.SEE_OTHER)
    try:
        return _show(request, services, f"{link.gtin}/{link.lot}", link.serial)
    except Problem as problem:
        return failure(request, services, problem)


@router.get("/batch", include_in_schema=False)
@router.head("/batch", include_in_schema=False)
def by_identifier(request: Request, services: Use, id: str = "") -> Response:  # noqa: A002
    """Open a batch by any identifier that a foreign document gave it."""
    if not id:
        return RedirectResponse("/batches", HTTPStatus.SEE_OTHER)
    with services.connection() as conn:
        found = document(conn, id.replace("\0", ""))
    if found is not None and address(found.key).startswith("/01/"):
        return RedirectResponse(address(found.key), HTTPStatus.SEE_OTHER)
    return _show(request, services, id.replace("\0", ""), None)


def _link(request: Request) -> Link:
    """Read the path as it was sent: decoded, a lot with a slash would look like two segments.

    Raises:
        LabelError: where it is no Digital Link of a GTIN.
    """
    raw: bytes = request.scope["raw_path"]
    return parse(f"http://host{raw.split(b'?')[0].decode('latin-1')}")


def _show(request: Request, services: Services, batch: str, serial: str | None) -> Response:
    if wants_json(request):
        with services.connection() as conn:
            body = document_json(conn, batch)
        if body is None:
            return failure(request, services, _unknown(batch))
        return Response(body, media_type="application/json", headers={"Vary": "Accept"})
    with services.connection() as conn:
        found = document(conn, batch)
        if found is None:
            return failure(request, services, _unknown(batch), asked=batch)
        cards = services.vault.names(conn, persons_in(found))
        naming = Naming(render.reader_of(request), cards)
        lineage = trace(conn, found.key)
        products = directory.products(conn, _gtins(found, lineage))
        now = standing(conn)
        unit = _unit(request, services, conn, found, serial, naming)
    view = passport_view(found, naming, products)
    kin = family(lineage, products, naming) if lineage else Family((), ())
    page = render.page(
        request, "passport.html", p=view, kin=kin, serial=serial, standing=now, unit=unit,
        link=f"{services.settings.public_url}{address(found.key)}", key=found.key,
        bundle=_bundle(found), sheet=_sheet(found),
    )  # fmt: skip
    if serial is not None:
        page.headers["Cache-Control"] = "no-store"
        page.raw_headers += [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in unit_scan.remembered(request, found.key, serial).items()
        ]
    return page


def _unit(
    request: Request, services: Services, conn: Connection, found: Passport, serial: str | None,
    naming: Naming,
) -> UnitView | None:  # fmt: skip
    if serial is None:
        return None
    told = unit_scan.Told(printed=None, sold=None)
    return unit_scan.looked_at(request, services, conn, found, serial, told, naming.reader)


def _gtins(found: Passport, lineage: Trace | None) -> set[str]:
    """Give the GTINs of all batches that the page names."""
    keys = [step.batch for step in found.timeline]
    keys += [node.key for node in lineage.nodes] if lineage else []
    return {gtin for key in keys if (gtin := parts_of(key)[0])}


def _bundle(found: Passport) -> str | None:
    """Give the path of what proves the batch; a foreign identifier alone has none."""
    path = address(found.key)
    if not path.startswith("/01/"):
        return None
    gtin, lot = path.removeprefix("/01/").split("/10/")
    return f"/api/batches/{gtin}/{lot}/bundle"


def _sheet(found: Passport) -> str | None:
    """Give the path of a sheet of labels, of what is sold by the piece."""
    if found.kind == "foreign" or not found.product or found.product.content_quantity is None:
        return None
    return f"/labels{address(found.key)}.pdf?sheet={_SHEET}&count=24"


def _unknown(batch: str) -> Problem:
    return not_found(
        f"台账里没有批次 {batch}。",
        f"The ledger has no batch {batch}.",
    )
