"""A party's tokens for its programs: make one, list them, end one."""

from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from api.errors import Problem, not_found
from api.rest.body import body_up_to
from api.rest.context import Use
from api.services import Services
from api.signin import tokens
from api.signin.viewer import SignedIn, Viewer, forbidden

router = APIRouter(prefix="/api/tokens", tags=["tokens"])

_MAX_BODY: Final = 4096
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "example": "采购系统"},
                "scopes": {"type": "array", "items": {"enum": list(tokens.SCOPES)}},
                "days": {"type": "integer", "minimum": 1, "maximum": tokens.LONGEST_DAYS},
            }}},
        },
    }
}  # fmt: skip


@router.post("", status_code=201, openapi_extra=_BODY)
async def make(request: Request, services: Use, viewer: SignedIn) -> Response:
    """Make a token; its secret is in this answer and nowhere else."""
    _in_person(viewer)
    return await run_in_threadpool(
        _made, services, viewer, _wanted(await body_up_to(request, _MAX_BODY))
    )


def _made(services: Services, viewer: Viewer, wanted: tokens.Wanted) -> Response:
    with services.connection() as conn:
        try:
            secret, token = tokens.make(conn, viewer.party, wanted, viewer.did, viewer.credential)
        except tokens.TooMany as error:
            raise Problem(
                HTTPStatus.CONFLICT, "too-many-tokens",
                f"有效的令牌已有 {tokens.MAX_TOKENS} 个，请先撤销不用的。",
                f"{tokens.MAX_TOKENS} tokens are in force; revoke some first.",
            ) from error  # fmt: skip
    return _json({**msgspec.to_builtins(token), "token": secret}, HTTPStatus.CREATED)


@router.get("")
def list_tokens(services: Use, viewer: SignedIn) -> Response:
    """List the party's tokens, the newest first, without their secrets."""
    _in_person(viewer)
    with services.connection() as conn:
        return _json({"tokens": tokens.listed(conn, viewer.party)})


@router.delete("/{token}", status_code=204)
def revoke(
    token: Annotated[str, Path(max_length=40, pattern="^[0-9a-f]+$")], services: Use,
    viewer: SignedIn,
) -> Response:  # fmt: skip
    """End a token, at once and for good."""
    _in_person(viewer)
    with services.connection() as conn:
        if not tokens.revoke(conn, token, viewer.party):
            raise not_found("没有这个令牌，或已经撤销。", "No such token in force.")
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _in_person(viewer: Viewer) -> None:
    """Refuse a program: a stolen token must not make itself successors."""
    if viewer.means == "token":
        raise forbidden()


def _wanted(raw: bytes) -> tokens.Wanted:
    try:
        wanted = msgspec.json.decode(raw, type=tokens.Wanted)
        fault = wanted.faults()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fault, wanted = str(error), tokens.Wanted("")
    if fault:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", f"令牌的要求不对：{fault}。", f"{fault}."
        )
    return wanted


def _json(body: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(
        msgspec.json.encode(body), status, {"Cache-Control": "no-store"},
        media_type="application/json",
    )  # fmt: skip
