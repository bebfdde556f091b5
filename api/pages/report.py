"""A word from a shopper: say what is wrong in two taps, and look up the answer later."""

from http import HTTPStatus
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from api.errors import Problem, not_found
from api.pages import render
from api.pages.failure import failure
from api.pages.naming import Naming, address
from api.pages.standing import standing
from api.pages.words import REPORTED
from api.rate_limit import RateLimit
from api.reports import store
from api.reports.photo import NotAPhoto, redrawn
from api.reports.store import LONGEST_WORDS, Said
from api.rest.context import Use
from api.services import Services
from domain.moments import CST
from projections.passport import Passport, document

router = APIRouter(include_in_schema=False)

LIMIT: Final = RateLimit(per_minute=6, burst=6)
"""Reports from one address."""

_LONGEST: Final = 400
_MOST_SERIAL: Final = 20


class About(NamedTuple):
    """What a report is about, as its page shows it."""

    title: str
    lot: str
    address: str


class Sent(BaseModel):
    """The form as it is sent; `website` is for robots: no person sees it."""

    batch: str = Field("", max_length=_LONGEST)
    serial: str = ""
    problem: str = ""
    words: str = ""
    website: str = ""
    photo: UploadFile | None = None


@router.get("/report")
def ask(request: Request, services: Use, batch: str = "", serial: str = "") -> Response:
    """Show the form; who names no batch is led to where one is found."""
    if not batch:
        return RedirectResponse("/batches", HTTPStatus.SEE_OTHER)
    with services.connection() as conn:
        found = document(conn, batch[:_LONGEST])
        now = standing(conn)
    if found is None:
        return failure(request, services, _unknown())
    return render.page(
        request, "report.html", standing=now, about=_about(request, found), key=found.key,
        serial=serial[:_MOST_SERIAL], problems=list(REPORTED.items()), longest=LONGEST_WORDS,
    )  # fmt: skip


@router.post("/report")
def make(request: Request, services: Use, sent: Annotated[Sent, Form()]) -> Response:
    """Keep a report, and lead to where its answer will stand."""
    try:
        LIMIT.check(request)
        said = _read(services, sent)
        if sent.website:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        with services.connection() as conn:
            secret = store.make(conn, said)
    except Problem as error:
        return failure(request, services, error)
    if secret is None:
        return failure(request, services, _flooded())
    return RedirectResponse(f"/report/{secret}", HTTPStatus.SEE_OTHER)


@router.get("/report/{secret}")
def look(request: Request, services: Use, secret: str) -> Response:
    """Show a report to who made it, with its answer."""
    with services.connection() as conn:
        report = store.by_secret(conn, secret)
        found = document(conn, report.batch) if report else None
        now = standing(conn)
    if report is None or found is None:
        return failure(request, services, not_found("没有这条反馈。", "There is no such report."))
    return render.page(
        request, "reported.html", standing=now, about=_about(request, found), report=report,
        problem=REPORTED[report.problem], made=report.made_at.astimezone(CST),
    )  # fmt: skip


def _read(services: Services, sent: Sent) -> Said:
    kind = next((one for one in store.Problem if one.value == sent.problem), None)
    if kind is None:
        raise _wrong("请点一下是哪种问题。", "Say which kind of problem it is.")
    with services.connection() as conn:
        found = document(conn, sent.batch)
    if found is None:
        raise _unknown()
    return Said(
        batch=found.key, owner=found.made.actor.id if found.made else None,
        serial=_text(sent.serial, _MOST_SERIAL), problem=kind,
        words=_text(sent.words, LONGEST_WORDS), photo=_photo(sent.photo),
    )  # fmt: skip


def _photo(photo: UploadFile | None) -> bytes | None:
    raw = photo.file.read() if photo is not None else b""
    if not raw:
        return None
    try:
        return redrawn(raw)
    except NotAPhoto as error:
        raise _wrong(
            "照片打不开，请换一张 JPEG、PNG 或 WebP 照片，或者不带照片再交一次。",
            f"The photo can't be opened ({error}); send a JPEG, PNG or WebP, or none.",
        ) from error


def _text(text: str, longest: int) -> str | None:
    printable = "".join(c for c in text if c.isprintable() or c == "\n")
    return printable.strip()[:longest] or None


def _about(request: Request, found: Passport) -> About:
    naming = Naming(render.reader_of(request), {})
    title = naming.product(found.product) or naming.reader.say("外来批次")
    return About(title, found.lot or found.id, address(found.key))


def _unknown() -> Problem:
    return not_found("没有这个批次，请再扫一次码。", "There is no such batch; scan the code again.")


def _wrong(zh: str, en: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", zh, en)


def _flooded() -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests",
        "这一批一小时内收到的反馈太多，请晚些再交。",
        "Too many reports about this batch within the hour; send it later.",
        headers={"Retry-After": "3600"},
    )  # fmt: skip
