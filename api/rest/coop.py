"""What a cooperative's desk needs: its members with their keys, and what was printed for them."""

from typing import Final

import msgspec
from fastapi import APIRouter, Response
from msgspec import Struct

from api.rest.context import CaughtUp, Use
from api.signin.viewer import SignedIn, forbidden
from domain.events.governance import Role
from projections import directory, papers
from projections.papers import PrintRun

router = APIRouter(prefix="/api/coop", tags=["coop"], dependencies=[CaughtUp])

_RUNS: Final = 100


class Key(Struct, frozen=True):
    """A member's key: who keeps it, and whether it still speaks for the member."""

    key: str
    custody: str
    revoked: bool


class Member(Struct, frozen=True):
    """A member by name, whom the cooperative may sign for or not, with the member's keys."""

    party: str
    name: str
    township: str | None
    may_sign: bool
    keys: list[Key]


@router.get("/members")
def members(services: Use, viewer: SignedIn) -> Response:
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
            )
            for one in found
        ]  # fmt: skip
    return _private(body)


@router.get("/prints")
def prints(services: Use, viewer: SignedIn) -> Response:
    """Give the print runs of who is signed in and of those it may sign for, the newest first."""
    with services.connection() as conn:
        parties = [viewer.party, *(one.member for one in directory.members_of(conn, viewer.party))]
        body: list[PrintRun] = papers.runs_of_parties(conn, parties, _RUNS)
    return _private(body)


def _private(body: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)
