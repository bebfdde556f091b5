"""Errors as RFC 9457 problems: one table from what went wrong to a status."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import Response
from fastapi.responses import JSONResponse

from domain.refusals import Code, Refusal
from ledger.outcome import Busy, WriteFailed

PROBLEM_JSON: Final = "application/problem+json"

_FORBIDDEN: Final = {
    Code.UNKNOWN_KEY, Code.KEY_REVOKED, Code.KEY_EXPIRED, Code.NOT_AUTHORISED,
    Code.MEMBER_MUST_SIGN, Code.NOT_ADDRESSEE,
}  # fmt: skip
_BAD_REQUEST: Final = {
    Code.MALFORMED,
    Code.UNKNOWN_TYPE,
    Code.BAD_SIGNATURE,
    Code.PERSONAL_DATA,
    Code.WRONG_LOG_KEY,
}
_NOT_FOUND: Final = {
    Code.UNKNOWN_BATCH,
    Code.UNKNOWN_PARTY,
    Code.UNKNOWN_PLACE,
    Code.UNKNOWN_PRODUCT,
}


class Problem(Exception):
    """An answer that is not what was asked for; the handlers turn it into RFC 9457 JSON."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        zh: str,
        en: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Say it in both languages, with what to do."""
        super().__init__(en)
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en
        self.headers = headers or {}


def status_of(refusal: Refusal) -> HTTPStatus:
    """Give the HTTP status of a refusal: what collides with the ledger's state is a conflict."""
    if refusal.code is Code.TOO_LARGE:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if refusal.code in _BAD_REQUEST:
        return HTTPStatus.BAD_REQUEST
    if refusal.code in _FORBIDDEN:
        return HTTPStatus.FORBIDDEN
    if refusal.code in _NOT_FOUND:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.CONFLICT


def refusal_members(refusal: Refusal) -> dict[str, Any]:
    """Write a refusal as the members of a problem (RFC 9457 §3)."""
    members = {
        "type": f"/problems/{refusal.code.value}",
        "title": refusal.code.value,
        "status": int(status_of(refusal)),
        "detail": refusal.zh,
        "code": refusal.code.value,
        "message": {"zh": refusal.zh, "en": refusal.en},
        "cause": refusal.cause,
        "position": refusal.position,
        "path": refusal.path,
    }
    return {name: value for name, value in members.items() if value is not None}


def refusal_response(refusal: Refusal) -> Response:
    """Answer with a refusal."""
    members = refusal_members(refusal)
    return Response(msgspec.json.encode(members), int(members["status"]), media_type=PROBLEM_JSON)


def problem_response(problem: Problem) -> Response:
    """Answer with a problem."""
    body = {
        "type": f"/problems/{problem.code}",
        "title": problem.code,
        "status": int(problem.status),
        "detail": problem.zh,
        "code": problem.code,
        "message": {"zh": problem.zh, "en": problem.en},
    }
    return JSONResponse(body, int(problem.status), problem.headers, media_type=PROBLEM_JSON)


def busy(retry_after: int) -> Problem:
    """Say that more waits than can be taken (RFC 9110 §15.6.4)."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy",
        f"台账正忙，请 {retry_after} 秒后再送。", f"The ledger is busy; try in {retry_after} s.",
        headers={"Retry-After": str(retry_after)},
    )  # fmt: skip


def unavailable() -> Problem:
    """Say that nothing was recorded because the database failed."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "unavailable",
        "台账暂时写不了，这一条没有记下，请稍后原样再送。",
        "The ledger can't be written now; nothing was recorded. Send the same again later.",
        headers={"Retry-After": "5"},
    )  # fmt: skip


def not_taken(error: Busy | WriteFailed) -> Problem:
    """Say why the ledger took nothing in; the same may be sent again."""
    return busy(error.retry_after) if isinstance(error, Busy) else unavailable()


def fault() -> Problem:
    """Say that the fault is ours; what was sent may be sent again, as no event counts twice."""
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "fault",
        "这里出了故障，不是您的错，原因已经写进日志。要是正在送记录，请原样再送一次，"
        "台账不会重复记；还是不行，请告诉县里。",
        "Something failed here, through no fault of yours; the log says what. If you were sending a"
        " record, send the same again: the ledger never records it twice. Tell the county if it"
        " goes on.",
    )  # fmt: skip


def not_found(what_zh: str, what_en: str) -> Problem:
    """Say that there is no such thing here."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", what_zh, what_en)
