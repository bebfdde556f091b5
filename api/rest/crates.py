"""A crate's Digital Link (AI 00) leads to the batch that its label was printed for."""

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.errors import Problem, not_found
from api.resolver.headers import open_to_all
from api.rest.context import CaughtUp, Use
from labels.errors import LabelError
from labels.link import checked_sscc, escape
from projections import papers

router = APIRouter(tags=["batches"], dependencies=[CaughtUp])


@router.get("/00/{sscc}", status_code=HTTPStatus.TEMPORARY_REDIRECT, response_model=None)
@router.head("/00/{sscc}", include_in_schema=False)
def open_crate(sscc: str, services: Use) -> Response:
    """Lead to the batch of a crate or pallet, by the SSCC on its label."""
    try:
        checked_sscc(sscc)
    except LabelError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, error.code, error.zh, error.en) from error
    with services.connection() as conn:
        batch = papers.batch_of_crate(conn, sscc)
        gone = batch is None and papers.crate_was_withdrawn(conn, sscc)
    if gone:
        raise Problem(
            HTTPStatus.GONE, "gone", f"箱码 {sscc} 的标签印错了，已经作废。",
            f"The label with the SSCC {sscc} was printed in error and has been withdrawn.",
        )  # fmt: skip
    if batch is None:
        raise not_found(
            f"没有印过箱码 {sscc} 的标签。请核对箱子上的号码。",
            f"No label with the SSCC {sscc} was printed. Check the number on the crate.",
        )
    gtin, _, lot = batch.partition("/")
    address = f"/01/{gtin}/10/{escape(lot)}"
    return open_to_all(RedirectResponse(address, HTTPStatus.TEMPORARY_REDIRECT))
