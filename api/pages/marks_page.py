"""The county's marks: who may use which, for everybody to see; the office grants and takes back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.audience import Audience, may
from api.authoring.new_event import common
from api.errors import Problem, not_found
from api.pages import render
from api.pages.door import shut
from api.pages.failure import failure
from api.pages.market_view import Known, party_name, persons_in
from api.pages.naming import Naming, listed
from api.pages.office_signature import recorded
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MaybeViewer, MaybeWriting, Viewer
from api.weighing.cells import BadCell, day, grams
from domain.events.governance import Role
from domain.events.marks import MarkGranted, MarkRevoked, Quota
from domain.events.registry import Names
from domain.measures import Unit
from domain.moments import CST
from domain.taxonomy import BY_CODE, CATEGORIES
from domain.townships import COUNTY_SEAT, TOWNSHIPS
from ledger.log import Connection
from projections import directory, marks
from projections.marks import Granted

router = APIRouter(prefix="/marks", dependencies=[CaughtUp], include_in_schema=False)

_PER_MILLE: Final = 1000
_GRANTEES: Final = (Role.COOPERATIVE, Role.PROCESSOR)


class Wanted(BaseModel):
    """The form by which a mark is granted, as it was filled in."""

    mark: str = ""
    zh: str = ""
    en: str = ""
    party: str = ""
    category: list[str] = []
    township: list[str] = []
    quota: str = ""
    until: str = ""


class GrantView(NamedTuple):
    """A grant as its card shows it; `share` of the quota in thousandths, None without one."""

    id: str
    name: str
    party: str
    produce: str
    area: str
    since: str
    ended: str | None
    used: str | None
    share: int | None
    revocable: bool


@router.get("")
def show(request: Request, services: Use, viewer: MaybeViewer) -> Response:
    """Show every grant, and to the county's office the form for another."""
    return _page(request, services, viewer)


@router.post("")
def grant(
    request: Request, services: Use, viewer: MaybeWriting, wanted: Annotated[Wanted, Form()]
) -> Response:
    """Let a party use a mark."""
    if viewer is None or not viewer.is_county:
        return shut(request, services, viewer, "/marks")
    try:
        event = MarkGranted(
            **common(viewer.party, datetime.now(UTC)), mark=wanted.mark.strip(),
            names=Names(zh=wanted.zh.strip(), en=wanted.en.strip()), party=wanted.party.strip(),
            categories=tuple(dict.fromkeys(wanted.category)),
            townships=tuple(dict.fromkeys(wanted.township)),
            quota=_quota(wanted.quota), until=_until(wanted.until),
        )  # fmt: skip
        at = recorded(services, viewer, event)
    except Problem as problem:
        return _page(request, services, viewer, wanted, problem)
    return RedirectResponse(f"/marks?at={at}#g-{event.id}", HTTPStatus.SEE_OTHER)


@router.post("/{grant_id}/revoked")
def revoke(
    grant_id: str, request: Request, services: Use, viewer: MaybeWriting,
    reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Take a grant back; what bears the mark keeps it."""
    if viewer is None or not viewer.is_county:
        return shut(request, services, viewer, "/marks")
    with services.connection() as conn:
        found = next((one for one in marks.grants(conn) if one.id == grant_id), None)
    if found is None:
        return failure(request, services, not_found("没有这份授权。", "There is no such grant."))
    try:
        event = MarkRevoked(
            **common(viewer.party, datetime.now(UTC), found.id), mark=found.mark, grant=found.id,
            reason=reason.strip(),
        )  # fmt: skip
        at = recorded(services, viewer, event)
    except Problem as problem:
        return _page(request, services, viewer, Wanted(), problem)
    return RedirectResponse(f"/marks?at={at}#g-{grant_id}", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, services: Services, viewer: Viewer | None, wanted: Wanted | None = None,
    problem: Problem | None = None,
) -> Response:  # fmt: skip
    office = viewer is not None and viewer.is_county and may(viewer, Audience.COUNTY)
    with services.connection() as conn:
        found = marks.grants(conn)
        grantees = _grantees(conn) if office else {}
        known = Known({}, {}, directory.parties(conn, {one.party for one in found}))
        names = services.vault.names(conn, persons_in(known))
        now = standing(conn)
    naming = Naming(render.reader_of(request), names)
    page = render.page(
        request, "marks.html", HTTPStatus(problem.status) if problem else HTTPStatus.OK,
        standing=now, office=office, wanted=wanted or Wanted(), problem=_said(problem, naming),
        grants=[_view(one, known, naming) for one in found], grantees=grantees,
        categories=[(one.code, _produce(one.code, naming)) for one in CATEGORIES],
        townships=[
            (one.code, naming.reader.place(one.code)) for one in (COUNTY_SEAT, *TOWNSHIPS)
        ],
    )  # fmt: skip
    if office:
        page.headers["Cache-Control"] = "private, no-store"
    return page


def _grantees(conn: Connection) -> Mapping[str, str]:
    found = [one for role in _GRANTEES for one in directory.parties_in_role(conn, role.value)]
    return {one.id: one.name or one.id for one in found if one.kind == "organisation"}


def _view(one: Granted, known: Known, naming: Naming) -> GrantView:
    reader = naming.reader
    unit = Unit(one.unit) if one.unit else None
    used = share = None
    if unit and one.quota:
        used = reader.say(
            "采收 %(used)s，额度 %(quota)s", used=reader.amount(one.used, unit),
            quota=reader.amount(one.quota, unit),
        )  # fmt: skip
        share = min(_PER_MILLE, one.used * _PER_MILLE // one.quota)
    return GrantView(
        one.id, one.zh if reader.language == "zh" else one.en,
        party_name(one.party, known, naming),
        listed(reader, (_produce(code, naming) for code in one.categories)),
        listed(reader, (reader.place(code) for code in one.townships)),
        reader.day(one.granted_at.astimezone(CST).date()), _ended(one, naming), used, share,
        one.revoked_by is None,
    )  # fmt: skip


def _produce(code: str, naming: Naming) -> str:
    kind = BY_CODE.get(code)
    if kind is None:
        return code
    return kind.zh if naming.reader.language == "zh" else kind.en


def _ended(one: Granted, naming: Naming) -> str | None:
    reader = naming.reader
    if one.revoked_at:
        day = reader.day(one.revoked_at.astimezone(CST).date())
        return reader.say("%(day)s 收回：%(reason)s", day=day, reason=one.reason or "")
    if one.until:
        return reader.say("到 %(day)s 为止", day=reader.day(one.until.astimezone(CST).date()))
    return None


def _said(problem: Problem | None, naming: Naming) -> str | None:
    if problem is None:
        return None
    return problem.zh if naming.reader.language == "zh" else problem.en


def _quota(text: str) -> Quota | None:
    if not text.strip():
        return None
    try:
        return Quota(grams(text, "公斤"), Unit.GRAM)
    except BadCell as error:
        raise _wrong(error) from error


def _until(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(day(text, date.max), time.min, CST)
    except BadCell as error:
        raise _wrong(error) from error


def _wrong(error: BadCell) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", error.zh, error.en)
