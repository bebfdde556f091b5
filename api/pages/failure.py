"""What did not work, said so that it helps: a page for people, a problem for machines."""

from http import HTTPStatus
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from api.errors import Problem, problem_response
from api.pages import render
from api.pages.accept import wants_json
from api.pages.standing import UNKNOWN, standing
from api.services import Services

_UNASKED: Final = frozenset({"unavailable", "fault"})
"""Where the database itself may have failed: it is not asked how the ledger stands."""


def failure(
    request: Request, services: Services, problem: Problem, asked: str | None = None
) -> Response:
    """Answer with a problem; `asked` is the batch that was asked for, to search by."""
    if wants_json(request):
        return problem_response(problem)
    now = UNKNOWN
    if problem.code not in _UNASKED:
        with services.connection() as conn:
            now = standing(conn)
    response = render.page(
        request, "failure.html", problem.status, problem=problem, asked=asked, standing=now,
        missing=problem.status is HTTPStatus.NOT_FOUND,
    )  # fmt: skip
    response.headers.update(problem.headers)
    return response
