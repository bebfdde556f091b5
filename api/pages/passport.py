"""The passport of a batch at its GS1 Digital Link: a page for people, JSON for machines."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.pages.accept import wants_json
from api.pages.naming import address
from api.pages.passport_page import batch_data, batch_page, unit_page
from api.rest.context import CaughtUp, Use
from api.services import Services
from projections.passport import document

router = APIRouter(dependencies=[CaughtUp])


@router.get("/batch", include_in_schema=False)
@router.head("/batch", include_in_schema=False)
def by_identifier(request: Request, services: Use, id: str = "") -> Response:  # noqa: A002
    """Open a batch by any identifier that a foreign document gave it."""
    if not id:
        return RedirectResponse("/batches", HTTPStatus.SEE_OTHER)
    with services.connection() as conn:
        found = document(conn, id)
    if found is not None and address(found.key).startswith("/01/"):
        return RedirectResponse(address(found.key), HTTPStatus.SEE_OTHER)
    return show(request, services, id, None)


def show(request: Request, services: Services, batch: str, serial: str | None) -> Response:
    """Answer with a batch's passport: a page, or data where JSON is asked for."""
    if wants_json(request):
        return batch_data(request, services, batch)
    if serial is not None:
        return unit_page(request, services, batch, serial)
    return batch_page(request, services, batch)
