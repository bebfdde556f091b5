"""Makes the page of a batch, or of one unit of it, and keeps the batch's for who scans next."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import URL

from api.errors import Problem, not_found
from api.page_cache import CACHE_CONTROL, Kept, answered, packed, version_of
from api.pages import language, render, unit_scan
from api.pages.check_words import check_words
from api.pages.failure import failure
from api.pages.kin_view import NOBODY, family
from api.pages.naming import Naming, address, parts_of, persons_in
from api.pages.passport_view import passport_view
from api.pages.reader import Reader
from api.pages.standing import standing
from api.pages.unit_scan import UnitView
from api.services import Services
from ledger.fingerprint import fingerprint
from ledger.log import Connection
from projections import directory
from projections.kin import Kinship, kin
from projections.passport import Passport, decoded, document_json, is_withdrawn

HTML = "text/html; charset=utf-8"
JSON = "application/json"
_SHEET = "a4-24"


def batch_page(request: Request, services: Services, batch: str) -> Response:
    """Answer with a batch's page; where it is kept still, one look-up by key is all it takes."""
    who = render.reader_of(request)
    chosen = language.asked_for(request) or ""
    name = (batch, who.language, chosen)
    with services.connection() as conn:
        body = document_json(conn, batch)
        kept = None if body is None else _kept(services, conn, body, name, who)
    if body is None or kept is None:
        return unknown(request, services, batch)
    headers = {**render.headers(request, who), "Cache-Control": CACHE_CONTROL}
    if chosen:
        # It carries a cookie: nobody else's copy.
        headers["Cache-Control"] = "private, no-cache"
    return _gone_where_withdrawn(answered(request.headers, kept, HTML, headers), body)


def unit_page(request: Request, services: Services, batch: str, serial: str) -> Response:
    """Answer with the page of one unit, whose scan is counted: never kept.

    Raises:
        Problem: 429 for who looks up one unit after another.
    """
    who = render.reader_of(request)
    with services.connection() as conn:
        body = document_json(conn, batch)
    if body is None:
        return unknown(request, services, batch)
    found = decoded(body)
    with services.connection() as conn:
        told = unit_scan.told_of(conn, found.key, serial)
        unit = unit_scan.looked_at(request, services, conn, found, serial, told, who)
        text = _filled(services, conn, found, who, request.url, serial, unit)
    page = answered(
        request.headers, packed(text.encode()), HTML,
        {**render.headers(request, who), "Cache-Control": "no-store"},
    )  # fmt: skip
    page.raw_headers += [
        (name.lower().encode(), value.encode("latin-1"))
        for name, value in unit_scan.remembered(request, found.key, serial).items()
    ]
    if unit.gone:
        page.status_code = HTTPStatus.GONE
    return _gone_where_withdrawn(page, body)


def batch_data(request: Request, services: Services, batch: str) -> Response:
    """Answer with a batch's document as data."""
    with services.connection() as conn:
        body = document_json(conn, batch)
    if body is None:
        return unknown(request, services, batch)
    if _is_withdrawn(body):
        return failure(request, services, withdrawn(batch))
    name = (batch, JSON)
    version = version_of(body)
    kept: Kept = services.pages.get(name, version) or services.pages.put(name, version, body)
    return answered(request.headers, kept, JSON, {"Vary": "Accept", "Cache-Control": CACHE_CONTROL})


def unknown(request: Request, services: Services, batch: str) -> Response:
    """Say that there is no such batch, in a way that helps; the nearest is never guessed."""
    problem = not_found(f"台账里没有批次 {batch}。", f"The ledger has no batch {batch}.")
    return failure(request, services, problem, asked=batch)


def withdrawn(batch: str) -> Problem:
    """Say that a batch was recorded in error, and is gone."""
    return Problem(
        HTTPStatus.GONE, "gone", f"批次 {batch} 记错了，已经作废。",
        f"The batch {batch} was recorded in error and has been withdrawn.",
    )  # fmt: skip


def _is_withdrawn(body: bytes) -> bool:
    """Look into a document only where nothing made its batch: a scan need not read the rest."""
    return b'"made":null' in body and is_withdrawn(decoded(body))


def _gone_where_withdrawn(page: Response, body: bytes) -> Response:
    """Mark the page of a batch that was recorded in error; it says itself what happened."""
    if page.status_code == HTTPStatus.OK and _is_withdrawn(body):
        page.status_code = HTTPStatus.GONE
    return page


def _kept(
    services: Services, conn: Connection, body: bytes, name: tuple[str, str, str], who: Reader
) -> Kept:
    """Give a batch's page as it is kept, or make it; its name ends with the language asked for."""
    version = version_of(body)
    kept = services.pages.get(name, version)
    if kept is None:
        found = decoded(body)
        text = _filled(services, conn, found, who, _url(found, name[-1]), None, None)
        kept = services.pages.put(name, version, text.encode())
    return kept


def _filled(
    services: Services, conn: Connection, found: Passport, who: Reader, url: URL,
    serial: str | None, unit: UnitView | None,
) -> str:  # fmt: skip
    naming = Naming(who, services.vault.names(conn, persons_in(found)))
    kinship = kin(conn, found.key)
    products = directory.products(conn, _gtins(found, kinship))
    now = standing(conn)
    public_url = services.settings.public_url
    path = address(found.key)
    return render.filled(
        who, url, public_url, "passport.html", p=passport_view(found, naming, products),
        kin=family(kinship, products, naming) if kinship else NOBODY, serial=serial,
        standing=now, unit=unit, link=f"{public_url}{path}", key=found.key, path=path,
        bundle=_bundle(found), sheet=_sheet(found), files=_files(found),
        fingerprint=fingerprint(now.log_key) if now.log_key else None,
        check_words=check_words(who),
    )  # fmt: skip


def _url(found: Passport, chosen: str) -> URL:
    """Give the page's own address: whatever else stood in the query leads to the same page."""
    path = address(found.key)
    sign = "&" if "?" in path else "?"
    return URL(f"{path}{sign}lang={chosen}" if chosen else path)


def _gtins(found: Passport, kinship: Kinship | None) -> set[str]:
    """Give the GTINs of all batches that the page names."""
    keys = [step.batch for step in found.timeline]
    if kinship:
        keys += [link.source for link in kinship.links] + [link.target for link in kinship.links]
    return {gtin for key in keys if (gtin := parts_of(key)[0])}


def _bundle(found: Passport) -> str | None:
    """Give the path of what proves the batch; a foreign one is proved by the whole ledger alone."""
    path = address(found.key)
    if found.kind == "foreign" or not path.startswith("/01/"):
        return None
    gtin, lot = path.removeprefix("/01/").split("/10/")
    return f"/api/batches/{gtin}/{lot}/bundle"


def _sheet(found: Passport) -> str | None:
    """Give the path of a sheet of labels, of what is sold by the piece."""
    if found.kind == "foreign" or not found.product or found.product.content_quantity is None:
        return None
    return f"/labels{address(found.key)}.pdf?sheet={_SHEET}&count=24"


def _files(found: Passport) -> str | None:
    """Give the path of the batch's picture and paper, but for the ending."""
    path = address(found.key)
    return f"/passports{path}" if found.kind == "own" and path.startswith("/01/") else None
