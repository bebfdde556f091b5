"""A way into the demo county: a browser's key bound to one of its made-up parties."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from msgspec import Struct
from starlette.concurrency import run_in_threadpool

from api.authoring.new_event import common, signed
from api.demo.demo_keys import unsafe_demo_key
from api.demo.parties import AUTHORITY, BUYER, CHEN_XIULAN, CHENWU, MILL
from api.demo.seeding import SEED, is_demo
from api.errors import not_found, refusal_response
from api.rest.body import json_up_to, malformed
from api.rest.context import Use
from api.rest.submitting import submitted
from api.services import Services
from domain.events.governance import Custody, KeyBound
from domain.ids import DidKey
from domain.refusals import Refusal

router = APIRouter(prefix="/api/demo", include_in_schema=False)

_MAX_BODY: Final = 4 * 1024

ENTRANCES: Final = {
    "farmer": CHEN_XIULAN.party, "cooperative": CHENWU, "buyer": BUYER, "mill": MILL,
}  # fmt: skip
"""Who a visitor of the demo county may be."""


class Visitor(Struct, frozen=True, forbid_unknown_fields=True):
    """Who a visitor wants to be, and the key of the visitor's browser."""

    role: str
    key: DidKey


@router.post("/enter", status_code=201)
async def enter(request: Request, services: Use) -> Response:
    """Let a browser's key speak for a party of the demo county; there is no such way elsewhere."""
    if not await run_in_threadpool(_is_demo, services):
        raise not_found("这里不是示范县。", "This is no demonstration.")
    visitor = await json_up_to(request, _MAX_BODY, Visitor)
    party = ENTRANCES.get(visitor.role)
    if party is None:
        raise malformed("没有这样的角色。", "There is no such role.")
    event = KeyBound(
        **common(AUTHORITY, datetime.now(UTC)), party=party, key=visitor.key, custody=Custody.DEVICE
    )
    raw = signed(event, unsafe_demo_key(SEED, AUTHORITY))
    outcome = (await submitted(services, [raw]))[0]
    if isinstance(outcome, Refusal):
        return refusal_response(outcome)
    body = {"party": party, "position": outcome.receipt.position}
    return JSONResponse(body, HTTPStatus.CREATED)


def _is_demo(services: Services) -> bool:
    with services.connection() as conn:
        return is_demo(conn)
