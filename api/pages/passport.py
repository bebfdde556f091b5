"""The passport of a batch at its GS1 Digital Link: a page for people, JSON for machines."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.errors import Problem
from api.pages.accept import wants_json
from api.pages.failure import failure
from api.pages.naming import address
from api.pages.passport_page import batch_data, batch_page, unit_page
from api.rest.context import CaughtUp, Use
from api.services import Services
from labels.errors import LabelError
from labels.link import Link, parse
from projections.passport import document

router = APIRouter(dependencies=[CaughtUp])


@router.get("/01/{rest:path}", tags=["batches"])
@router.head("/01/{rest:path}", include_in_schema=False)
async def passport(rest: str, request: Request, services: Use) -> Response:
    """Open a batch by its GS1 Digital Link: a page, or with `Accept: application/json` its data."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(services.lookups, _answer, request, services)


def _answer(request: Request, services: Services) -> Response:
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
        return batch_data(request, services, batch)
    if serial is not None:
        return unit_page(request, services, batch, serial)
    return batch_page(request, services, batch)
