"""A request's body, read no further than it may go."""

from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from fastapi import Request

from api.errors import Problem

JSON_BODY: Final[dict[str, Any]] = {
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}
}
"""What OpenAPI is told of a body that is read here."""

Kind = TypeVar("Kind", bound=msgspec.Struct)


async def body_up_to(request: Request, most: int) -> bytes:
    """Read a body; of one that is longer than `most` bytes no more than shows it to be."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            break
    return bytes(raw)


async def json_up_to(request: Request, most: int, kind: type[Kind]) -> Kind:
    """Read a body of JSON as a struct; no body counts as an empty object.

    Raises:
        Problem: 400 `malformed`, where it is none, or longer than `most` bytes.
    """
    raw = await body_up_to(request, most)
    if len(raw) > most:
        raise malformed("内容太长了。", "Too long.")
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(f"填得不对：{error}。", f"{error}.") from error


def malformed(zh: str, en: str) -> Problem:
    """Say that a body can't be taken (RFC 9110 §15.5.1)."""
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", zh, en)
