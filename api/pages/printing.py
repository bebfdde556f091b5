"""Printing a batch's labels: kind and stock, as it will come out, recorded by who prints."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import Problem, not_found
from api.label_order import recalled
from api.pages import render
from api.pages.failure import failure
from api.pages.field_words import words_for
from api.pages.naming import Naming, address
from api.pages.standing import standing
from api.pages.words import COMMITMENTS, GROUNDS
from api.rest.context import CaughtUp, Use
from domain.events.papers import LabelKind
from labels.errors import LinkError
from labels.link import Link, parse
from projections import holdings, papers
from projections.passport import document

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_USUAL: Final = "a4-24"
_KINDS: Final = (LabelKind.BATCH, LabelKind.UNIT, LabelKind.CERTIFICATE)


@router.get("/print/01/{rest:path}")
def printing(request: Request, services: Use) -> Response:
    """Show what can be printed of a batch."""
    try:
        link = _link(request)
    except LinkError as error:
        problem = Problem(HTTPStatus.BAD_REQUEST, error.code, error.zh, error.en)
        return failure(request, services, problem)
    batch = f"{link.gtin}/{link.lot}"
    with services.connection() as conn:
        found = document(conn, batch)
        held = holdings.of_batch(conn, batch)
        issued = [
            one
            for one in papers.certificates_of(conn, batch)
            if not (one.withdrawn_by or one.replaced_by)
        ]
        last = papers.last_number(conn, batch, LabelKind.UNIT.value)
        now = standing(conn)
    if found is None or found.kind != "own":
        problem = not_found(
            "没有这个批次，打不了标签。", "There is no such batch to print labels of."
        )
        return failure(request, services, problem)
    refusal = recalled(found)
    if refusal:
        problem = Problem(HTTPStatus.CONFLICT, refusal.code.value, refusal.zh, refusal.en)
        return failure(request, services, problem)
    reader = render.reader_of(request)
    return render.page(
        request, "print.html", HTTPStatus.OK, standing=now, batch=batch, lot=found.lot,
        product=Naming(reader, {}).product(found.product) or batch, passport=address(found.key),
        words=words_for(reader),
        kinds=[kind.value for kind in _KINDS], usual=_USUAL,
        holders={one.party: [one.place, one.quantity, one.unit] for one in held if one.quantity},
        certificate=issued[0].id if issued else None, next=str(int(last) + 1) if last else "1",
        commitments=list(COMMITMENTS.items()), grounds=list(GROUNDS.items()),
    )  # fmt: skip


def _link(request: Request) -> Link:
    """Read the batch's address as it came, with its escapes."""
    raw: bytes = request.scope["raw_path"]
    return parse(f"http://host{raw.split(b'?')[0].decode('latin-1').removeprefix('/print')}")
