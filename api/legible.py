"""An address that holds a NUL is refused before anything reads it: no text can be kept with it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Problem

_NUL: Final = Problem(
    HTTPStatus.BAD_REQUEST, "malformed", "网址里有不能用的字符（NUL）。",
    "The address holds a character that can't be used (NUL).",
)  # fmt: skip


class Legible:
    """ASGI middleware: answers 400 where the path or the query holds a NUL."""

    def __init__(
        self, app: ASGIApp, answer: Callable[[Request, Problem], Awaitable[Response]]
    ) -> None:
        """Wrap an application; `answer` makes an answer of a problem."""
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on where its address can be read."""
        if scope["type"] != "http" or not _has_nul(scope):
            await self._app(scope, receive, send)
            return
        answer = await self._answer(Request(scope), _NUL)
        await answer(scope, receive, send)


def _has_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"%00" in scope["query_string"]
