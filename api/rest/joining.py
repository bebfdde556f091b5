"""Joining with a phone: the clerk's invitation, the phone's answer, and how far it is."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from msgspec import Struct
from starlette.concurrency import run_in_threadpool

from api.errors import Problem, not_found
from api.joining import invitations, statement
from api.joining.card import Card
from api.rate_limit import RateLimit
from api.rest.body import JSON_BODY, json_up_to, malformed
from api.rest.context import Use
from api.services import Services
from api.signin.origin import accepted
from api.signin.viewer import MayRead, MayWrite, Viewer, forbidden
from domain.events.governance import Role
from domain.ids import PartyId
from domain.townships import LUODING, TOWNSHIPS
from ledger.log import Connection
from ledger.standing import ledger_now, party_now
from projections import directory

router = APIRouter(prefix="/api/joining", tags=["joining"])

LIMIT: Final = RateLimit(per_minute=20, burst=20)

_MAX_BODY: Final = 64 * 1024
_TOWNSHIPS: Final = frozenset(seat.code for seat in TOWNSHIPS)


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom an invitation is for: nobody yet, or a member with a new phone."""

    party: PartyId | None = None


class Asked(Card, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a phone answers: its signed statement, and the card of its owner, for the vault."""

    envelope: msgspec.Raw
    township: str = ""


@router.post("", status_code=201, openapi_extra=JSON_BODY)
async def invite(request: Request, services: Use, viewer: MayWrite) -> Response:
    """Invite somebody to join, or a member with a new phone (`{"party": …}`); gives the code."""
    _clerk(viewer)
    wanted = await json_up_to(request, _MAX_BODY, Wanted)
    return await run_in_threadpool(_invited, services, viewer, wanted)


def _invited(services: Services, viewer: Viewer, wanted: Wanted) -> Response:
    with services.connection() as conn:
        if wanted.party is not None:
            _member(conn, viewer, wanted.party)
        ledger = ledger_now(conn)
        county = ledger.county if ledger else LUODING
        party = wanted.party or invitations.new_number("P", county)
        again = wanted.party is not None
        invitations.sweep(conn, services.vault)
        code, expires = invitations.invite(conn, viewer.party, party, again=again)
    url = f"{services.settings.public_url}/join/{code}"
    body = {
        "code": code,
        "url": url,
        "party": party,
        "again": again,
        "expires": expires.isoformat(),
    }
    return JSONResponse(body, HTTPStatus.CREATED, {"Cache-Control": "no-store"})


@router.get("")
def waiting(services: Use, viewer: MayRead) -> Response:
    """Give who has asked to join the cooperative and waits for its clerk."""
    _clerk(viewer)
    with services.connection() as conn:
        found = invitations.waiting(conn, viewer.party, datetime.now(UTC))
        cards = services.vault.names(conn, [one.party for one in found])
    body = [
        {
            "party": one.party, "again": one.again, "key": one.did, "check": one.checked,
            "township": one.township, "name": cards[one.party].name if one.party in cards else "",
            "phone": cards[one.party].phone if one.party in cards else None,
            "asked_at": one.asked_at.isoformat() if one.asked_at else None,
        }
        for one in found
    ]  # fmt: skip
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.delete("/{did}", status_code=204)
def refuse(services: Use, viewer: MayWrite, did: str) -> Response:
    """Send somebody away who has asked; what they said of themselves is erased."""
    _clerk(viewer)
    with services.connection() as conn:
        asked = invitations.waiting(conn, viewer.party, datetime.now(UTC))
        one = next((one for one in asked if one.did == did), None)
        if one is None or not invitations.refuse(conn, viewer.party, did):
            raise _unknown()
        if not one.again and party_now(conn, one.party) is None:
            services.vault.erase(conn, one.party)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/{code}")
def look(services: Use, code: str) -> Response:
    """Say how far an invitation is, to the phone that has its code."""
    with services.connection() as conn:
        found = invitations.find(conn, code)
        if found is None:
            raise _unknown()
        cooperative = directory.party(conn, found.cooperative)
        body = {
            "state": found.state(conn, datetime.now(UTC)), "party": found.party,
            "again": found.again, "check": found.checked, "key": found.did,
            "cooperative": (cooperative.name if cooperative else None) or found.cooperative,
            "township": cooperative.township if cooperative else None,
        }  # fmt: skip
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.post("/{code}", status_code=202, openapi_extra=JSON_BODY)
async def ask(request: Request, services: Use, code: str) -> Response:
    """Answer an invitation with this phone's key; gives the digits to compare at the desk."""
    LIMIT.check(request)
    asked = await json_up_to(request, _MAX_BODY, Asked)
    try:
        said, did = statement.read(asked.envelope)
    except statement.NotASignIn as error:
        raise malformed("这份申请的签名不对，请再试一次。", f"Not signed well: {error}.") from error
    if said.origin not in accepted(request, services.settings):
        raise Problem(
            HTTPStatus.FORBIDDEN, "wrong-origin", "这份申请是签给别的网站的，没有放行。",
            f"It was signed for {said.origin[:100]!r}, not for this site.",
        )  # fmt: skip
    if said.code != code or asked.township not in _TOWNSHIPS:
        raise malformed("这份申请对不上，请重新扫码。", "Signed for another code, or no township.")
    return await run_in_threadpool(_asked, services, code, did, asked)


def _asked(services: Services, code: str, did: str, asked: Asked) -> Response:
    with services.connection() as conn, conn.transaction():
        found = invitations.find(conn, code)
        if found is None:
            raise _unknown()
        checked = invitations.ask(conn, code, did, asked.township)
        if checked is None:
            raise Problem(
                HTTPStatus.CONFLICT, "invitation-over", "这个码用过或者过时了，请社里再给一个。",
                "The code was used or is over; ask for another.",
            )  # fmt: skip
        _keep_card(services, conn, found, asked)
    return JSONResponse({"check": checked, "party": found.party}, HTTPStatus.ACCEPTED)


def _keep_card(
    services: Services, conn: Connection, found: invitations.Invitation, asked: Asked
) -> None:
    if not found.again:
        services.vault.put(conn, found.party, asked.kept())


def _clerk(viewer: Viewer) -> None:
    if not viewer.has(Role.COOPERATIVE):
        raise forbidden()


def _member(conn: Connection, viewer: Viewer, party: str) -> None:
    if all(one.member != party for one in directory.members_of(conn, viewer.party)):
        raise forbidden()


def _unknown() -> Problem:
    return not_found("没有这份邀请，请社里再给一个码。", "There is no such invitation.")
