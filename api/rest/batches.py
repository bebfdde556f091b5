"""Batches as data: the passport's document, the genealogy, and the bundle that proves it."""

from http import HTTPStatus
from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from api.audience import Audience, may
from api.errors import Problem, not_found
from api.recall_lists import ask, names_of, sheet, told
from api.rest.context import CaughtUp, Use
from api.signin.viewer import viewer_of
from api.untp import MEDIA_TYPE, Issuer
from ledger import exporter
from projections import directory
from projections.passport import document, document_json
from projections.recall import Unsettled
from projections.trace import Trace, trace

router = APIRouter(prefix="/api/batches", tags=["batches"], dependencies=[CaughtUp])

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
Direction = Literal["back", "forward", "both"]
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
"""What is said depends on who asks."""


@router.get("/{gtin}/{lot:path}/trace")
def read_trace(
    gtin: str,
    lot: str,
    services: Use,
    direction: Annotated[Direction, Query(description="ancestors, descendants, or both")] = "both",
) -> Response:
    """Give a batch's genealogy: nodes and edges with quantities, as of a position."""
    return Response(msgspec.json.encode(_trace(services, gtin, lot, direction)), media_type=JSON)


@router.get("/{gtin}/{lot:path}/recall")
def read_recall(
    gtin: str,
    lot: str,
    request: Request,
    services: Use,
    form: Annotated[
        Literal["json", "text"], Query(alias="format", description="data, or a sheet to print")
    ] = "json",
) -> Response:
    """Give what came of a batch, where it is, and that it adds up; contacts for the county only."""
    viewer = viewer_of(request)
    with services.connection() as conn:
        try:
            found = ask(conn, f"{gtin}/{lot}")
        except Unsettled as error:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "behind", "正在整理新记录，请稍后再查。",
                "New events are being sorted in; try again.", headers={"Retry-After": "1"},
            ) from error  # fmt: skip
        if found is None:
            raise _unknown(gtin, lot)
        if may(viewer, Audience.COUNTY):
            found = told(conn, services.vault, found)
        if form == "text":
            lines = "\n".join(sheet(found, names_of(conn, found)))
            return PlainTextResponse(f"{lines}\n", headers=_PRIVATE)
    return Response(msgspec.json.encode(found), media_type=JSON, headers=_PRIVATE)


@router.get("/{gtin}/{lot:path}/bundle")
def read_bundle(gtin: str, lot: str, services: Use) -> Response:
    """Give what proves this batch alone, for `suyuan verify`: no database, no trust."""
    lineage = _trace(services, gtin, lot, "back")
    batches = [f"{gtin}/{lot}", *(node.key for node in lineage.nodes)]
    with services.connection() as conn:
        try:
            lines = list(exporter.export_batch(conn, list(dict.fromkeys(batches))))
        except exporter.NothingToExport as error:
            raise _unknown(gtin, lot) from error
    return StreamingResponse(iter(lines), media_type=NDJSON)


@router.get("/{gtin}/{lot:path}/untp")
def read_untp(gtin: str, lot: str, services: Use) -> Response:
    """Give the batch's UNTP digital product passport: a credential that this server signs."""
    with services.connection() as conn:
        found = document(conn, f"{gtin}/{lot}")
        ledger = directory.ledger(conn)
        if found is None or ledger is None:
            raise _unknown(gtin, lot)
        products = directory.products(conn, {origin.batch[:14] for origin in found.origins})
    public_url = services.settings.public_url
    issuer = Issuer(services.passport_key, ledger.authority_name, public_url)
    credential = issuer.passport(found, products)
    if credential is None:
        raise not_found(
            f"{gtin}/{lot} 是别家文件里的批次，我们不替它开护照。",
            f"{gtin}/{lot} is a batch of a foreign document: we issue no passport for it.",
        )
    return Response(msgspec.json.encode(credential), media_type=MEDIA_TYPE)


@router.get("/{gtin}/{lot:path}")
def read_batch(gtin: str, lot: str, services: Use) -> Response:
    """Give a batch's passport as data."""
    with services.connection() as conn:
        body = document_json(conn, f"{gtin}/{lot}")
    if body is None:
        raise _unknown(gtin, lot)
    return Response(body, media_type=JSON)


def _trace(services: Use, gtin: str, lot: str, direction: Direction) -> Trace:
    with services.connection() as conn:
        found = trace(conn, f"{gtin}/{lot}", direction)
    if found is None:
        raise _unknown(gtin, lot)
    return found


def _unknown(gtin: str, lot: str) -> Problem:
    return not_found(
        f"台账里没有批次 {gtin}/{lot}。请核对标签上的批号。",
        f"There is no batch {gtin}/{lot}. Check the lot on the label.",
    )
