"""A bound on request bodies, before anything reads them whole (RFC 9110 §15.5.14)."""

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, problem_response
from api.reports.photo import MAX_UPLOAD

MAX_BODY: Final = 1024 * 1024
"""Bytes that may come to any address that is not named below."""

_OTHERWISE: Final = {
    "/api/events": None,
    "/report": MAX_UPLOAD + MAX_BODY,
    "/api/weighing": 9 * MAX_BODY,
}
"""Bytes that may come to the addresses that begin so; None where events are read line by line."""


class BodyLimit:
    """ASGI middleware: answers 413 where a body is larger than may be."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body counted."""
        limit = _limit(scope)
        if limit is None:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                await problem_response(_too_large(limit))(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


def _limit(scope: Scope) -> int | None:
    if scope["type"] != "http":
        return None
    path = scope["path"]
    return next((most for begins, most in _OTHERWISE.items() if path.startswith(begins)), MAX_BODY)


def _too_large(limit: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large",
        f"请求超过 {limit // 1024} KB，请分开发。",
        f"The request is over {limit // 1024} KB; send it in parts.",
    )  # fmt: skip
