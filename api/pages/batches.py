"""The list of batches, and the way from what somebody typed to a batch's page."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.pages import batch_list, render
from api.pages.naming import Naming, address
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from projections.batches import listed
from projections.passport import document

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_SHOWN: Final = 30
_LONGEST: Final = 400
_DIGITS: Final = 18
"""The digits of a number that PostgreSQL's bigint surely holds."""


@router.get("/batches")
@router.head("/batches")
def batches(
    request: Request,
    services: Use,
    q: str = "",
    before: str = "",
) -> Response:
    """List batches; what names one batch exactly leads straight to it."""
    asked = "".join(c for c in q if c.isprintable())[:_LONGEST].strip()
    last = _number(before)
    with services.connection() as conn:
        if asked and (exact := document(conn, asked)):
            return RedirectResponse(address(exact.key), HTTPStatus.SEE_OTHER)
        found = listed(conn, asked, last, _SHOWN + 1)
        if asked and len(found) == 1 and last is None:
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


def _number(text: str) -> int | None:
    """Read a place in the list; what is none counts as the start."""
    sound = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    return int(text) if sound else None
