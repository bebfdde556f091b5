"""A batch to take along: one page for a buyer's file, and a picture for a chat."""

from collections.abc import Callable, Iterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import Problem, not_found
from api.page_cache import CACHE_CONTROL, answered, version_of
from api.pages import render
from api.pages.catalogue import marked
from api.pages.naming import Naming, persons_in
from api.pages.passport_view import PassportView, passport_view
from api.pages.reader import Reader
from api.pages.standing import standing
from api.pages.way_view import GroupView, StepView
from api.rest.context import CaughtUp, Use
from api.services import Services
from domain.moments import CST
from labels.dossier import Dossier, Line
from labels.link import digital_link
from labels.render.card import card_png
from labels.render.dossier import dossier_pdf
from ledger.fingerprint import fingerprint
from ledger.log import Connection
from projections import directory
from projections.passport import Passport, decoded, document_json

router = APIRouter(prefix="/passports", tags=["batches"], dependencies=[CaughtUp])

_CHECK: Final = marked(
    "扫右上角的码，能看到最新的档案，也能自己验一验每一步的签名。"
    "纸上的是打印时的样子，之后有没有召回，以扫码为准。"
)
_HEADERS: Final = {"Vary": "Accept-Language, Cookie", "Cache-Control": CACHE_CONTROL}


@router.get("/01/{gtin}/10/{lot:path}.pdf")
@router.head("/01/{gtin}/10/{lot:path}.pdf", include_in_schema=False)
def paper(gtin: str, lot: str, request: Request, services: Use) -> Response:
    """Give a batch on one A4 page, with the symbol that leads to its page."""
    return _made(request, services, f"{gtin}/{lot}", "application/pdf", dossier_pdf)


@router.get("/01/{gtin}/10/{lot:path}.png")
@router.head("/01/{gtin}/10/{lot:path}.png", include_in_schema=False)
def picture(gtin: str, lot: str, request: Request, services: Use) -> Response:
    """Give a batch as a picture of 1200 × 630 pixels, as a chat shows it."""
    return _made(request, services, f"{gtin}/{lot}", "image/png", card_png)


def _made(
    request: Request, services: Services, batch: str, media_type: str,
    draw: Callable[[Dossier], bytes],
) -> Response:  # fmt: skip
    who = render.reader_of(request)
    name = (batch, who.language, media_type)
    with services.connection() as conn:
        body = document_json(conn, batch)
        if body is None:
            raise _unknown(batch)
        version = version_of(body)
        kept = services.pages.get(name, version)
        if kept is None:
            dossier = _dossier(services, conn, decoded(body), who)
            kept = services.pages.put(name, version, draw(dossier))
    return answered(request.headers, kept, media_type, _HEADERS)


def _dossier(services: Services, conn: Connection, found: Passport, who: Reader) -> Dossier:
    if found.kind != "own" or found.gtin is None or found.lot is None:
        raise _unknown(found.id)
    naming = Naming(who, services.vault.names(conn, persons_in(found)))
    gtins = {step.batch[:14] for step in found.timeline}
    view = passport_view(found, naming, directory.products(conn, gtins))
    now, say = standing(conn), who.say
    when = now.changed.astimezone(CST) if now.changed else None
    return Dossier(
        brand=say("溯源") + (f" · {now.authority}" if now.authority else ""),
        title=view.title, lot=f"{say('批号')} {view.lot}", alarms=view.alarms,
        facts=tuple(_facts(view, say)), steps=tuple(_steps(view)), steps_left_out=view.way_left_out,
        url=digital_link(services.settings.public_url, found.gtin, found.lot),
        words={
            "way": say("它是怎么来的"),
            "more": say("另有 {n} 步，扫码看全部。"),
            "check": say(_CHECK),
            "key": say("台账公钥指纹："),
            "asof": say("截至 %(when)s，台账第 %(position)s 条", position=who.number(now.position),
                        when=who.moment(when) if when else ""),
            "seal": say("每一步都有签名，扫码可查"),
        },
        fingerprint=fingerprint(now.log_key) if now.log_key else None,
    )  # fmt: skip


def _facts(view: PassportView, say: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for fact in view.facts:
        lines = [_joined(value, small or fact.note) for value, small in fact.values]
        yield fact.term, "；".join(lines)
    for one in view.findings:
        yield say("检测"), f"{one.text} · {_joined(one.standard or '', one.who)}"


def _joined(value: str, small: str | None) -> str:
    return " · ".join(part for part in (value, small) if part)


def _steps(view: PassportView) -> Iterator[Line]:
    for entry in view.way.entries:
        if isinstance(entry, GroupView):
            title = f"{entry.title} × {len(entry.steps)}"
            yield Line(entry.when, title, entry.amount or "", entry.where or "")
        elif not entry.withdrawn:
            yield _step(entry)


def _step(entry: StepView) -> Line:
    where = " · ".join(part for part in (entry.batch, entry.where, entry.who, entry.note) if part)
    return Line(entry.when, entry.title, entry.amount or "", where)


def _unknown(batch: str) -> Problem:
    return not_found(f"台账里没有批次 {batch}。", f"The ledger has no batch {batch}.")
