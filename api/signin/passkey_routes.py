"""The addresses at which an office registers a passkey, and signs in with it."""

import time
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from api.errors import Problem, not_found
from api.rest.body import JSON_BODY, json_up_to
from api.rest.context import Use
from api.services import Services
from api.signin import challenge, passkeys, sessions
from api.signin.origin import own_origin
from api.signin.passkeys import NotAPasskey, Site
from api.signin.routes import with_session
from api.signin.viewer import MaybeViewer, MayRead, SignedIn, Viewer, forbidden, not_signed_in
from ledger.log import Connection
from projections import directory

router = APIRouter(prefix="/api/signin/passkey", tags=["signin"])

_MAX_BODY: Final = 64 * 1024


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends: the browser's credential, and for a first passkey the invitation."""

    credential: dict[str, Any] | None = None
    invitation: str | None = None
    name: str = "passkey"


@router.post("/registration/options", openapi_extra=JSON_BODY)
async def offer_registration(request: Request, services: Use, viewer: MaybeViewer) -> Response:
    """Give the options for `navigator.credentials.create`, to who is invited or signed in."""
    sent = await json_up_to(request, _MAX_BODY, Sent)
    return await run_in_threadpool(_offer, services, request, viewer, sent)


@router.post("/registration", status_code=201, openapi_extra=JSON_BODY)
async def register(request: Request, services: Use, viewer: MaybeViewer) -> Response:
    """Register the passkey that the browser made; an invitation is used up."""
    sent = await json_up_to(request, _MAX_BODY, Sent)
    return await run_in_threadpool(_register, services, request, viewer, sent)


@router.post("/options")
def offer_sign_in(request: Request, services: Use) -> Response:
    """Give the options for `navigator.credentials.get`."""
    made = challenge.make(services.signin_secret, int(time.time()))
    return _json(passkeys.request(site_of(services, request), made))


@router.post("", status_code=201, openapi_extra=JSON_BODY)
async def sign_in(request: Request, services: Use) -> Response:
    """Sign in with a passkey; 201, a cookie and who one is."""
    sent = await json_up_to(request, _MAX_BODY, Sent)
    return await run_in_threadpool(_begin, services, request, sent)


@router.get("")
def list_passkeys(services: Use, viewer: MayRead) -> Response:
    """List the party's passkeys."""
    with services.connection() as conn:
        found = passkeys.listed(conn, viewer.party)
    return _json(msgspec.json.encode({"passkeys": found}))


@router.delete("/{credential}", status_code=204)
def forget(
    credential: Annotated[str, Path(max_length=2000, pattern="^[A-Za-z0-9_-]+$")], services: Use,
    viewer: SignedIn,
) -> Response:  # fmt: skip
    """Forget a passkey: sessions begun with the party's passkeys end."""
    _in_person(viewer)
    with services.connection() as conn, conn.transaction():
        if not passkeys.forget(conn, viewer.party, credential):
            raise not_found("没有这把通行密钥。", "No such passkey.")
    return Response(status_code=HTTPStatus.NO_CONTENT)


def site_of(services: Services, request: Request) -> Site:
    """Give the site that passkeys are for: the public address, whatever a proxy made of it."""
    return Site(own_origin(request, services.settings))


def _offer(services: Services, request: Request, viewer: Viewer | None, sent: Sent) -> Response:
    with services.connection() as conn:
        office = _office(conn, viewer, sent, use=False)
        made = challenge.make(services.signin_secret, int(time.time()))
        options = passkeys.registration(
            conn, office.id, office.name or office.id, site_of(services, request), made
        )
    return _json(options)


def _register(services: Services, request: Request, viewer: Viewer | None, sent: Sent) -> Response:
    name = sent.name.strip()
    if not 0 < len(name) <= passkeys.MAX_NAME or not name.isprintable():
        raise _malformed(f"name: 1 to {passkeys.MAX_NAME} printable characters")
    _fresh(services, sent)
    with services.connection() as conn, conn.transaction():
        office = _office(conn, viewer, sent, use=True)
        try:
            made = passkeys.register(
                conn, office.id, name, site_of(services, request), sent.credential
            )
        except NotAPasskey as error:
            raise _refused(error) from error
    return _json(msgspec.json.encode(made), HTTPStatus.CREATED)


def _begin(services: Services, request: Request, sent: Sent) -> Response:
    given = _fresh(services, sent)
    with services.connection() as conn, conn.transaction():
        try:
            party = passkeys.party_of(conn, site_of(services, request), sent.credential)
        except NotAPasskey as error:
            raise _refused(error) from error
        secret = sessions.begin(
            conn, party, "passkey", given, credential=passkeys.id_of(sent.credential)
        )
    if secret is None:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "challenge-used",
            "这次登录已经用过了，请再试一次。",
            "Already used.",
        )
    return with_session(JSONResponse({"party": party}, HTTPStatus.CREATED), services, secret)


def _office(conn: Connection, viewer: Viewer | None, sent: Sent, *, use: bool) -> directory.Party:
    """Give the office that registers: the invited, or who is signed in."""
    if sent.invitation is not None:
        party = passkeys.invited(conn, sent.invitation, use=use)
        if party is None:
            raise Problem(
                HTTPStatus.FORBIDDEN, "invitation-over", "邀请码不对、用过了或者过期了。",
                "The invitation is unknown, used or over.",
            )  # fmt: skip
    elif viewer is None:
        raise not_signed_in()
    else:
        _in_person(viewer)
        party = viewer.party
    office = directory.party(conn, party)
    if office is None or office.kind != "organisation":
        raise forbidden()
    return office


def _fresh(services: Services, sent: Sent) -> str:
    """Give the challenge that was answered, which must be one of ours and not over."""
    try:
        given = passkeys.challenge_of(sent.credential)
    except NotAPasskey as error:
        raise _malformed(str(error)) from error
    if not challenge.holds(services.signin_secret, given, int(time.time())):
        raise Problem(
            HTTPStatus.FORBIDDEN, "challenge-expired", "登录过时了，请再试一次。",
            "The challenge is over.",
        )  # fmt: skip
    return given


def _in_person(viewer: Viewer) -> None:
    if viewer.means == "token":
        raise forbidden()


def _malformed(what: str) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "malformed",
        f"通行密钥的请求读不出来：{what}。",
        f"Not read: {what}.",
    )


def _refused(error: NotAPasskey) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN, "passkey-not-valid", "这把通行密钥没有通过，请再试一次。",
        f"The passkey does not hold: {error}.",
    )  # fmt: skip


def _json(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers, media_type="application/json")
