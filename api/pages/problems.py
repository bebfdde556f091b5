"""What each refusal means, in both languages: the page that a problem's `type` leads to."""

import re
from http import HTTPStatus
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import not_found, status_of
from api.pages import render
from api.pages.failure import failure
from api.pages.standing import standing
from api.rest.context import Use
from domain.refusals import Code, Refusal
from domain.sentences import SENTENCES

router = APIRouter(include_in_schema=False)

_BLANK: Final = re.compile(r"\{(\w+)\}")


class Explained(NamedTuple):
    """A refusal's code, its HTTP status, and its sentence with the facts left open."""

    code: str
    status: int
    zh: str
    en: str


def explained(code: Code) -> Explained:
    """Explain a refusal; `…` stands for each fact that the real one names."""
    zh, en = (_BLANK.sub("…", text) for text in SENTENCES[code.value])
    return Explained(code.value, int(status_of(Refusal(code, zh, en))), zh, en)


@router.get("/problems")
@router.head("/problems")
def problems(request: Request, services: Use) -> Response:
    """List every reason for which the ledger refuses a record."""
    with services.connection() as conn:
        now = standing(conn)
    return render.page(
        request,
        "problems.html",
        standing=now,
        problems=[explained(code) for code in Code],
        one=None,
    )


@router.get("/problems/{code}")
@router.head("/problems/{code}")
def problem(code: str, request: Request, services: Use) -> Response:
    """Explain one reason."""
    known = {one.value: one for one in Code}
    if code not in known:
        return failure(
            request, services,
            not_found(f"没有“{code}”这个编号。", f'There is no code "{code}".'),
        )  # fmt: skip
    with services.connection() as conn:
        now = standing(conn)
    return render.page(
        request, "problems.html", HTTPStatus.OK, standing=now, problems=[],
        one=explained(known[code]),
    )  # fmt: skip
