"""What a cooperative's desk needs: its members, their keys and plots, and what was printed."""

from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from msgspec import Struct
from starlette.concurrency import run_in_threadpool

from api.joining.card import Card
from api.joining.invitations import invite, new_number, sweep
from api.rest.body import JSON_BODY, json_up_to
from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MayRead, MayWrite, forbidden
from domain.events.governance import Role
from domain.events.registry import PlaceKind
from domain.townships import LUODING
from ledger.standing import ledger_now
from projections import directory, papers
from projections.papers import PrintRun

router = APIRouter(prefix="/api/coop", tags=["coop"], dependencies=[CaughtUp])

_RUNS: Final = 100
_MOST: Final = 4 * 1024


class Key(Struct, frozen=True):
    """A member's key: who keeps it, and whether it still speaks for the member."""

    key: str
    custody: str
    revoked: bool


class Plot(Struct, frozen=True):
    """A member's plot."""

    id: str
    name: str
    area_m2: int | None


class Member(Struct, frozen=True):
    """A member by name, whom the cooperative may sign for or not, with keys and plots."""

    party: str
    name: str
    township: str | None
    may_sign: bool
    keys: list[Key]
    plots: list[Plot]


@router.get("/members")
def members(services: Use, viewer: MayRead) -> Response:
    """Give the cooperative's members; their names are for it alone."""
    if not viewer.has(Role.COOPERATIVE):
        raise forbidden()
    with services.connection() as conn:
        found = directory.members_of(conn, viewer.party)
        ids = [one.member for one in found]
        cards = services.vault.names(conn, ids)
        parties = directory.parties(conn, ids)
        body = [
            Member(
                one.member, cards[one.member].name if one.member in cards else one.member,
                parties[one.member].township if one.member in parties else None, one.may_sign,
                [
                    Key(key.did, key.custody, key.revoked is not None)
                    for key in directory.keys_of(conn, one.member)
                ],
                [
                    Plot(plot.id, plot.name, plot.area_m2)
                    for plot in directory.places_of(conn, one.member)
                    if plot.kind == PlaceKind.PLOT.value
                ],
            )
            for one in found
        ]  # fmt: skip
    return _private(body)


@router.post("/members", status_code=201, openapi_extra=JSON_BODY)
async def take_in(request: Request, services: Use, viewer: MayWrite) -> Response:
    """Keep the card of somebody without a phone in the vault; gives the number to admit under.

    The ledger takes the person in by the events that the clerk signs next.
    """
    if not viewer.has(Role.COOPERATIVE):
        raise forbidden()
    card = await json_up_to(request, _MOST, Card)
    return await run_in_threadpool(_kept, services, viewer.party, card)


def _kept(services: Services, cooperative: str, card: Card) -> Response:
    with services.connection() as conn, conn.transaction():
        sweep(conn, services.vault)
        ledger = ledger_now(conn)
        party = new_number("P", ledger.county if ledger else LUODING)
        services.vault.put(conn, party, card.kept())
        # Nobody gets the code: the invitation is what the sweep finds the card by.
        invite(conn, cooperative, party, again=False)
    return JSONResponse({"party": party}, HTTPStatus.CREATED, {"Cache-Control": "no-store"})


@router.get("/prints")
def prints(services: Use, viewer: MayRead) -> Response:
    """Give the print runs of who is signed in and of those it may sign for, the newest first."""
    with services.connection() as conn:
        parties = [viewer.party, *(one.member for one in directory.members_of(conn, viewer.party))]
        body: list[PrintRun] = papers.runs_of_parties(conn, parties, _RUNS)
    return _private(body)


def _private(body: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)
