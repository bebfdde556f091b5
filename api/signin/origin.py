"""The origins that a sign-in may be signed for: this site's own, never what a request claims.

The `Host` of a request is whatever its sender wrote. Where the operator has named the public
address only that counts, but for a browser on this machine, served over loopback.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from api.settings import Settings

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def own_origin(request: HTTPConnection, settings: Settings) -> str:
    """Give the origin (scheme, host, port) at which who asks is to sign in."""
    asked = f"{request.url.scheme}://{request.url.netloc}"
    at_home = settings.host in _LOOPBACK and request.url.hostname in _LOOPBACK
    return asked if at_home or not settings.public_url_set else _public(settings)


def accepted(request: HTTPConnection, settings: Settings) -> frozenset[str]:
    """Give the origins that a statement may name."""
    return frozenset({own_origin(request, settings), _public(settings)})


def _public(settings: Settings) -> str:
    parts = urlsplit(settings.public_url)
    return f"{parts.scheme}://{parts.netloc}"
