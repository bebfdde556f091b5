"""The addresses of signing in and out, and of who one is."""

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Cookie, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from api.errors import Problem
from api.rest.body import body_up_to
from api.rest.context import Use
from api.services import Services
from api.signin import challenge, sessions, statement
from api.signin.origin import accepted, own_origin
from api.signin.viewer import COOKIE, SignedIn
from ledger.envelope import MAX_ENVELOPE
from ledger.log import Connection
from ledger.standing import key_now

router = APIRouter(prefix="/api/signin", tags=["signin"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": [
                "payload", "payloadType", "signatures",
            ]}},
        },
    }
}  # fmt: skip


@router.get("/challenge")
def get_challenge(request: Request, services: Use) -> Response:
    """Give a challenge to sign, for which payload type, and at which origin."""
    body = {
        "challenge": challenge.make(services.signin_secret, int(time.time())),
        "expires_in": challenge.LIFETIME_S,
        "origin": own_origin(request, services.settings),
        "payloadType": statement.PAYLOAD_TYPE,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.post("", status_code=201, openapi_extra=_BODY)
async def sign_in(request: Request, services: Use) -> Response:
    """Sign in with a DSSE envelope over a `signin.v1` statement; 201, a cookie and who one is."""
    raw = await body_up_to(request, MAX_ENVELOPE)
    origins = accepted(request, services.settings)
    return await run_in_threadpool(_begin, services, raw, origins)


@router.get("")
def who_am_i(viewer: SignedIn) -> Response:
    """Say who is signed in: party, roles, means and key."""
    body = {
        "party": viewer.party, "roles": sorted(viewer.roles), "means": viewer.means,
        "key": viewer.did, "scopes": sorted(viewer.scopes),
    }  # fmt: skip
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.delete("", status_code=204)
def sign_out(
    services: Use, session: Annotated[str | None, Cookie(alias=COOKIE)] = None
) -> Response:
    """Sign out; fine where nobody was signed in."""
    if session:
        with services.connection() as conn:
            sessions.end(conn, session)
    answer = Response(status_code=HTTPStatus.NO_CONTENT)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _begin(services: Services, raw: bytes, origins: frozenset[str]) -> Response:
    try:
        said, did = statement.read(raw)
    except statement.NotASignIn as error:
        raise _refused("malformed", "登录的签名读不出来。", f"Not a sign-in: {error}.") from error
    if said.origin not in origins:
        raise _refused(
            "wrong-origin", "这个登录是签给别的网站的，没有放行。",
            f"It was signed for {said.origin[:100]!r}, not for this site.",
        )  # fmt: skip
    if not challenge.holds(services.signin_secret, said.challenge, int(time.time())):
        raise _refused("challenge-expired", "登录过时了，请再试一次。", "The challenge is over.")
    with services.connection() as conn:
        if not _may_speak(conn, did, said.party):
            raise _refused(
                "key-not-valid", "这把密钥不能代表这个主体：没有登记、已经撤销或者过期。",
                "The key does not speak for this party: not bound, revoked or expired.",
            )  # fmt: skip
        secret = sessions.begin(conn, said.party, "signature", said.challenge, did)
    if secret is None:
        raise _refused("challenge-used", "这次登录已经用过了，请再试一次。", "Already used.")
    return with_session(JSONResponse({"party": said.party}, HTTPStatus.CREATED), services, secret)


def with_session(answer: Response, services: Services, secret: str) -> Response:
    """Put a session's secret into an answer's cookie: not for scripts, not for other sites."""
    answer.set_cookie(
        COOKIE, secret, max_age=int(sessions.LIFETIME.total_seconds()), path="/", httponly=True,
        samesite="lax", secure=services.settings.public_url.startswith("https://"),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _may_speak(conn: Connection, did: str, party: str) -> bool:
    key = key_now(conn, did)
    if key is None or key.party != party or key.revoked_by is not None:
        return False
    return key.expires is None or datetime.now(UTC) < key.expires


def _refused(code: str, zh: str, en: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST if code == "malformed" else HTTPStatus.FORBIDDEN,
                   code, zh, en)  # fmt: skip
