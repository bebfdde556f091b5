"""A client as anybody could write it: HTTP, JSON, and nothing of ours."""

import urllib.error
import urllib.request
from typing import Any, Final, NamedTuple

import msgspec

from api.cli.failures import Unreachable

_TIMEOUT_S: Final = 30
_JSON: Final = "application/json"


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    kind: str
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  whatever the server says
        """Read the body as JSON."""
        return msgspec.json.decode(self.body)


def get(url: str, accept: str = "*/*", timeout_s: float = _TIMEOUT_S) -> Answer:
    """Fetch a URL; an answer of any status is an answer.

    Raises:
        Unreachable: where there is no answer.
    """
    return _send(urllib.request.Request(url, headers={"Accept": accept}), timeout_s)  # noqa: S310


def post(url: str, body: bytes) -> Answer:
    """Send JSON.

    Raises:
        Unreachable: where there is no answer.
    """
    headers = {"Content-Type": _JSON, "Accept": _JSON}
    return _send(urllib.request.Request(url, body, headers), _TIMEOUT_S)  # noqa: S310


def _send(request: urllib.request.Request, timeout_s: float) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
            kind = answer.headers.get_content_type()
            return Answer(answer.status, kind, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get_content_type(), error.read())
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise Unreachable(
            "unreachable", f"连不上 {request.full_url}：{reason}。",
            f"Can't reach {request.full_url}: {reason}.",
        ) from error  # fmt: skip
