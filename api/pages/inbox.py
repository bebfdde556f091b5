"""What shoppers said and what their scans showed, for the producer and the county to answer."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.errors import Problem, not_found
from api.pages import render
from api.pages.failure import failure
from api.pages.naming import Naming, address
from api.pages.reader import Reader
from api.pages.standing import standing
from api.pages.words import REPORTED, SUSPECTED
from api.reports import store
from api.reports.store import Report
from api.rest.context import Use
from api.scans import suspected
from api.scans.suspected import Suspected
from api.services import Services
from api.signin.viewer import MaybeReading, MaybeWriting, Viewer, not_signed_in
from domain.authenticity import Suspicion
from domain.moments import CST
from ledger.log import Connection
from projections import directory
from projections.passport import documents

router = APIRouter(prefix="/inbox", include_in_schema=False)

_SHOWN: Final = 100
_LONGEST: Final = 500


class Line(NamedTuple):
    """One report or suspicion as it is shown."""

    number: int
    title: str
    product: str
    lot: str
    serial: str | None
    address: str
    when: str
    words: str | None
    photo: str | None
    outcome: str | None


@router.get("")
def inbox(request: Request, services: Use, viewer: MaybeReading) -> Response:
    """Show what waits for an answer first, then what was answered."""
    if viewer is None:
        return failure(request, services, not_signed_in())
    reader = render.reader_of(request)
    with services.connection() as conn:
        owners = _owners(conn, viewer)
        said = store.listed(conn, owners, _SHOWN)
        seen = suspected.listed(conn, owners, _SHOWN)
        names = _names(conn, [*said, *seen], reader)
        now = standing(conn)
    return render.page(
        request, "inbox.html", standing=now, longest=_LONGEST,
        reports=[_reported(one, names, reader) for one in said],
        suspicions=[_suspected(one, names, reader) for one in seen],
    )  # fmt: skip


@router.get("/photo/{number}.jpg")
def photo(request: Request, services: Use, viewer: MaybeReading, number: int) -> Response:
    """Give a report's photo to whom the report is for."""
    if viewer is None:
        return failure(request, services, not_signed_in())
    with services.connection() as conn:
        jpeg = store.photo(conn, number, _owners(conn, viewer))
    if jpeg is None:
        return failure(request, services, _gone())
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


@router.post("/report/{number}")
def answer(
    request: Request,
    services: Use,
    viewer: MaybeWriting,
    number: int,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Answer a report; its shopper can read it."""
    return _settle(
        request, services, viewer, text, lambda at: store.answer(at.conn, number, *at[1:])
    )


@router.post("/suspicion/{number}")
def close(
    request: Request,
    services: Use,
    viewer: MaybeWriting,
    number: int,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Close a suspicion with what came of it."""
    return _settle(
        request, services, viewer, text, lambda at: suspected.close(at.conn, number, *at[1:])
    )


class _Settling(NamedTuple):
    """Who settles with which words, among whose."""

    conn: Connection
    by: str
    words: str
    owners: list[str] | None


def _settle(
    request: Request,
    services: Services,
    viewer: Viewer | None,
    text: str,
    act: Callable[[_Settling], bool],
) -> Response:
    if viewer is None:
        return failure(request, services, not_signed_in())
    words = "".join(c for c in text if c.isprintable() or c == "\n").strip()[:_LONGEST]
    if not words:
        return failure(request, services, _empty())
    with services.connection() as conn:
        settled = act(_Settling(conn, viewer.party, words, _owners(conn, viewer)))
    if not settled:
        return failure(request, services, _gone())
    return RedirectResponse("/inbox", HTTPStatus.SEE_OTHER)


def _owners(conn: Connection, viewer: Viewer) -> list[str] | None:
    """Give whose batches a viewer answers for: its own and its members', the county for all."""
    if viewer.is_county:
        return None
    return [viewer.party, *(one.member for one in directory.members_of(conn, viewer.party))]


def _names(
    conn: Connection, about: Sequence[Report | Suspected], reader: Reader
) -> dict[str, tuple[str, str]]:
    """Give product and lot of the batches, by key."""
    naming = Naming(reader, {})
    found = documents(conn, list({one.batch for one in about}))
    return {
        key: (naming.product(one.product) or reader.say("外来批次"), one.lot or one.id)
        for key, one in found.items()
    }


def _reported(one: Report, names: dict[str, tuple[str, str]], reader: Reader) -> Line:
    title, lot = names.get(one.batch, ("", one.batch))
    return Line(
        number=one.number, title=reader.say(REPORTED[one.problem]), product=title, lot=lot,
        serial=one.serial, address=address(one.batch),
        when=reader.moment(one.made_at.astimezone(CST)), words=one.words,
        photo=f"/inbox/photo/{one.number}.jpg" if one.has_photo else None, outcome=one.answer,
    )  # fmt: skip


def _suspected(one: Suspected, names: dict[str, tuple[str, str]], reader: Reader) -> Line:
    title, lot = names.get(one.batch, ("", one.batch))
    return Line(
        number=one.number, title=reader.say(SUSPECTED[one.kind]), product=title, lot=lot,
        serial=one.serial or None, address=address(one.batch),
        when=reader.moment(one.last_at.astimezone(CST)), words=_evidence(one, reader), photo=None,
        outcome=one.outcome,
    )  # fmt: skip


def _evidence(one: Suspected, reader: Reader) -> str:
    found = one.evidence
    parts = [reader.say_count("又出现 %(n)s 次", one.times - 1)] if one.times > 1 else []
    if one.kind is not Suspicion.NEVER_PRINTED:
        parts.insert(0, reader.say("扫过 %(n)s 次", n=reader.number(found.scans)))
    if found.before and found.region:
        parts.append(f"{reader.place(found.before)} → {reader.place(found.region)}")
    return " · ".join(parts)


def _gone() -> Problem:
    return not_found("没有这一条，或者不归您管。", "There is none, or it is not yours.")


def _empty() -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST, "malformed", "请写一句怎么处理的。", "Say what came of it."
    )
