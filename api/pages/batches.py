"""The list of batches, and the way from what somebody typed to a batch's page."""

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.pages import batch_list, render
from api.pages.naming import Naming, address
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from projections.passport import document

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_SHOWN: Final = 30


@router.get("/batches")
@router.head("/batches")
def batches(
    request: Request,
    services: Use,
    q: Annotated[str, Query(max_length=400)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """List batches; what names one batch exactly leads straight to it."""
    asked = q.strip().replace("\0", "")
    with services.connection() as conn:
        if asked and (exact := document(conn, asked)):
            return RedirectResponse(address(exact.key), HTTPStatus.SEE_OTHER)
        found = batch_list.listed(conn, asked, before, _SHOWN + 1)
        if asked and len(found) == 1 and before is None:
            return RedirectResponse(address(found[0].key), HTTPStatus.SEE_OTHER)
        naming = Naming(render.reader_of(request), {})
        shown = [one.key for one in found[:_SHOWN]]
        lines = batch_list.rows(conn, shown, naming)
        now = standing(conn)
    further = None
    if len(found) > _SHOWN:
        further = "/batches?" + urlencode({"q": asked, "before": found[_SHOWN - 1].number})
    return render.page(
        request, "batches.html", standing=now, asked=asked, rows=lines, further=further
    )
