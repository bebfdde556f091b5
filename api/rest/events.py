"""Recording events, one or many, and reading one back with its receipt."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from api.audience import Audience, may
from api.errors import (
    Problem,
    not_found,
    refusal_members,
    refusal_response,
)
from api.rest.body import body_up_to
from api.rest.context import Use
from api.rest.discretion import For, for_whom
from api.rest.submitting import submitted
from api.services import Services
from api.signin.viewer import MaybeViewer
from domain.events.catalogue import type_of
from domain.refusals import Refusal
from ledger import log, receipt, rehearsal
from ledger.envelope import MAX_ENVELOPE
from ledger.outcome import Admission, Outcome
from ledger.receipts import receipt_for

router = APIRouter(prefix="/api/events", tags=["events"])

NDJSON: Final = "application/x-ndjson"
_PRIVATE: Final = {"Cache-Control": "private, no-store", "Vary": "Authorization, Cookie"}
_WITHHELD: Final = {
    "code": "for-buyers",
    "zh": "阶梯价给登录的买家看，请登录后再查。",
    "en": "Prices by quantity are for signed-in buyers; sign in and ask again.",
}
_CHUNK: Final = 500
_CHUNK_BYTES: Final = 1024 * 1024
"""What a request that is recorded in chunks holds of itself at a time, and one line more."""
_REHEARSED: Final = 16 * 1024 * 1024
"""Bytes of all the lines that are rehearsed together."""
_ENOUGH: Final = MAX_ENVELOPE + 1
"""Bytes of a line that show it to be too long."""
_IN_MEMORY: Final = 4 * 1024 * 1024
"""The bytes of answers from which on they are kept in a file."""
_PART: Final = 64 * 1024

_ENVELOPE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": [
                "payload", "payloadType", "signatures",
            ]}},
            NDJSON: {"schema": {"type": "string", "description": "an envelope a line"}},
        },
    }
}  # fmt: skip
_ENVELOPES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {NDJSON: {"schema": {"type": "string", "description": "an envelope a line"}}},
    }
}


@router.post("", status_code=201, openapi_extra=_ENVELOPE)
async def record(request: Request, services: Use) -> Response:
    """Record a signed event (a DSSE envelope), or many as NDJSON, answered line by line.

    One: 201 with its receipt, 200 where it was there already, or a problem. Many: a line of answer
    for each line, in order; what is refused is refused alone.
    """
    if request.headers.get("content-type", "").startswith(NDJSON):
        return _Kept(await _record_many(request, services))
    raw = await body_up_to(request, MAX_ENVELOPE)
    outcome = (await submitted(services, [raw]))[0]
    if isinstance(outcome, Refusal):
        return refusal_response(outcome)
    status = HTTPStatus.OK if outcome.already else HTTPStatus.CREATED
    headers = {"Location": f"/api/events/{outcome.event_id}"}
    return Response(
        receipt.to_json(outcome.receipt), status, headers, media_type="application/json"
    )


@router.post("/rehearsal", openapi_extra=_ENVELOPES)
async def rehearse(request: Request, services: Use) -> Response:
    """Say what the ledger would answer to these events (NDJSON), together; nothing is recorded.

    A line of answer for each line: `{"line", "code", …}` for what would be refused, else
    `{"line", "admissible": true}`.
    """
    lines: list[bytes] = []
    size = 0
    async for line in _lines(request):
        size += len(line)
        if len(lines) == rehearsal.MAX_EVENTS or size > _REHEARSED:
            raise _too_many()
        lines.append(line)
    return await run_in_threadpool(_rehearsed, services, lines)


@router.get("/{event_id}")
def read(event_id: str, services: Use, viewer: MaybeViewer) -> Response:
    """Give an event as it was signed, with the receipt of its admission.

    An order's events are for its two sides and the county: to anybody else there is none. Of an
    offer with prices by quantity whoever does not buy gets the receipt alone.
    """
    with services.connection() as conn:
        stored = log.find_stored(conn, event_id)
        recorded = log.decoded(stored) if stored else None
        wanted = for_whom(conn, recorded.event) if recorded else For(Audience.PUBLIC)
        shown = may(viewer, *wanted)
        if stored is None or recorded is None or not (shown or wanted.audience is Audience.BUYERS):
            raise not_found(f"台账里没有记录 {event_id}。", f"No event {event_id} is recorded.")
        body: dict[str, Any] = {
            "position": stored.position,
            "type": type_of(recorded.event),
            "receipt": msgspec.Raw(receipt.to_json(receipt_for(conn, stored))),
        }
        payload = {"event": recorded.event, "envelope": msgspec.Raw(stored.data)}
        body |= payload if shown else {"withheld": _WITHHELD}
    headers = {} if wanted.audience is Audience.PUBLIC else _PRIVATE
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)


def _rehearsed(services: Services, lines: list[bytes]) -> Response:
    with services.connection() as conn:
        refusals = rehearsal.rehearse(conn, lines, datetime.now(UTC))
    answers = [
        _line({"line": number, **(refusal_members(one) if one else {"admissible": True})})
        for number, one in enumerate(refusals, 1)
    ]
    return Response(b"".join(answers), media_type=NDJSON)


def _too_many() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large",
        f"一次最多试 {rehearsal.MAX_EVENTS} 条、{_REHEARSED >> 20} MB，这里不止，请分几次。",
        f"At most {rehearsal.MAX_EVENTS} events and {_REHEARSED >> 20} MB are rehearsed together;"
        " send them in parts.",
    )  # fmt: skip


async def _record_many(request: Request, services: Services) -> IO[bytes]:
    """Record chunk by chunk and keep the answers, in a file where they are many.

    They are not given while the request is still coming in: a client that sends all of it before
    it reads would wait for a server that waits for its answers to be read.

    Raises:
        Problem: where nothing could be recorded at all.
    """
    answers: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  `_Kept` closes it
    try:
        await _answer_all(request, services, answers)
    except BaseException:  # the client has gone, or nothing could be recorded
        answers.close()
        raise
    answers.seek(0)
    return answers


async def _answer_all(request: Request, services: Services, answers: IO[bytes]) -> None:
    number = 0
    failed: Problem | None = None
    async for lines in _chunks(request):
        outcomes: list[Outcome] = []
        if failed is None:
            try:
                outcomes = await submitted(services, lines)
            except Problem as problem:
                if number == 0:
                    raise
                failed = problem
        for at in range(len(lines)):
            number += 1
            answers.write(_answer(number, failed or outcomes[at]))


class _Kept(StreamingResponse):
    """Gives the answers that were kept, and lets go of them, whether the client is there or not."""

    def __init__(self, answers: IO[bytes]) -> None:
        parts = iter(partial(answers.read, _PART), b"")
        super().__init__(parts, HTTPStatus.CREATED, media_type=NDJSON)
        self._answers = answers

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answers.close()


async def _chunks(request: Request) -> AsyncIterator[list[bytes]]:
    lines: list[bytes] = []
    size = 0
    async for line in _lines(request):
        lines.append(line)
        size += len(line)
        if len(lines) == _CHUNK or size >= _CHUNK_BYTES:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


async def _lines(request: Request) -> AsyncIterator[bytes]:
    """Give the lines that are not blank; of one that is too long, enough to be refused for it."""
    line = bytearray()
    async for chunk in _stream(request):
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            line += part[: _ENOUGH - len(line)]
            if line.strip():
                yield bytes(line)
            line.clear()
        line += rest[: _ENOUGH - len(line)]
    if line.strip():
        yield bytes(line)


async def _stream(request: Request) -> AsyncIterator[bytes]:
    """Give what comes, as long as the client is there."""
    with suppress(ClientDisconnect):
        async for chunk in request.stream():
            yield chunk


def _answer(number: int, outcome: Outcome | Problem) -> bytes:
    if isinstance(outcome, Problem):
        return _line({"line": number, "code": outcome.code, "detail": outcome.en})
    if isinstance(outcome, Admission):
        return _line({
            "line": number,
            "id": outcome.event_id,
            "already": outcome.already,
            "receipt": msgspec.Raw(receipt.to_json(outcome.receipt)),
        })  # fmt: skip
    return _line({"line": number, **refusal_members(outcome)})


def _line(body: dict[str, Any]) -> bytes:
    return msgspec.json.encode(body) + b"\n"
