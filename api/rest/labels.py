"""Label sheets as PDF, straight from a batch's passport."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.errors import Problem, not_found
from api.label_content import label_content
from api.rest.context import CaughtUp, Use
from labels.errors import LabelError
from labels.job import render_pdf
from labels.sheets import SHEETS

router = APIRouter(prefix="/labels", tags=["labels"], dependencies=[CaughtUp])

_SHEETS = "one of " + ", ".join(SHEETS)


@router.get("/01/{gtin}/10/{lot:path}.pdf")
def labels(
    gtin: str,
    lot: str,
    services: Use,
    sheet: Annotated[str, Query(description=_SHEETS)] = "a4-24",
    count: Annotated[int, Query(description="how many labels")] = 1,
    start: Annotated[int, Query(description="the first free label of a sheet, from 1")] = 1,
) -> Response:
    """Print labels of a batch: a QR with its GS1 Digital Link, and what it is, in Chinese."""
    with services.connection() as conn:
        content = label_content(conn, services.vault, services.settings.public_url, f"{gtin}/{lot}")
    if content is None:
        raise not_found(
            f"没有批次 {gtin}/{lot}，印不了标签。请核对批号。",
            f"There is no batch {gtin}/{lot} to print labels of. Check the lot.",
        )
    try:
        pdf = render_pdf(content, sheet, count, start)
    except LabelError as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, error.zh, error.en) from error
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": "inline"})
