"""Rendered pages, kept for as long as what they were made of stays the same.

A page is made anew when its document changed, which each request finds out with one look-up, and
after a few seconds anyway: names that a person took back, and what became of a batch further down
its genealogy, stand in no document.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from http import HTTPStatus
from threading import Lock
from typing import Final

from msgspec import Struct
from starlette.datastructures import Headers
from starlette.responses import Response

FRESH_S: Final = 4.0
"""How long a page counts without being made again; with `Cache-Control` on top, a recall reaches a
page that somebody keeps within 10 seconds."""
CACHE_CONTROL: Final = f"public, max-age={int(FRESH_S)}, must-revalidate"
_MOST: Final = 512
_LEVEL: Final = 6
_SMALL: Final = 512
"""Below so many bytes, compressing gains nothing."""


class Kept(Struct, frozen=True):
    """A body as it is sent: plain, compressed, and its entity tag."""

    body: bytes
    packed: bytes | None
    tag: str


class _Entry(Struct, frozen=True):
    version: bytes
    until: float
    kept: Kept


class PageCache:
    """The pages made last; safe to use from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._clock = clock
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, name: tuple[str, ...], version: bytes) -> Kept | None:
        """Give a page of that version, while it is fresh."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or entry.version != version or self._clock() >= entry.until:
                return None
            self._entries.move_to_end(name)
            return entry.kept

    def put(self, name: tuple[str, ...], version: bytes, body: bytes) -> Kept:
        """Keep a page; the one that was not asked for longest makes room."""
        kept = packed(body)
        with self._lock:
            self._entries[name] = _Entry(version, self._clock() + FRESH_S, kept)
            self._entries.move_to_end(name)
            while len(self._entries) > _MOST:
                self._entries.popitem(last=False)
        return kept


def version_of(body: bytes) -> bytes:
    """Give what tells one document's bytes from another's."""
    return blake2b(body, digest_size=16).digest()


def packed(body: bytes) -> Kept:
    """Compress a body and tag it; the tag is weak, as both forms carry it."""
    compressed = gzip.compress(body, _LEVEL, mtime=0) if len(body) > _SMALL else None
    return Kept(body, compressed, f'W/"{version_of(body).hex()}"')


def answered(asked: Headers, kept: Kept, media_type: str, headers: Mapping[str, str]) -> Response:
    """Send a body, compressed where the client takes it; nothing where it has it already."""
    extra = {**headers, "ETag": kept.tag, "Vary": _vary(headers.get("Vary", ""))}
    if _has(asked.get("if-none-match", ""), kept.tag):
        return Response(None, HTTPStatus.NOT_MODIFIED, extra)
    if kept.packed is not None and takes_gzip(asked.get("accept-encoding", "")):
        extra["Content-Encoding"] = "gzip"
        return Response(kept.packed, HTTPStatus.OK, extra, media_type)
    return Response(kept.body, HTTPStatus.OK, extra, media_type)


def takes_gzip(header: str) -> bool:
    """Tell whether an `Accept-Encoding` takes gzip (RFC 9110 §12.5.3)."""
    for part in header.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding in {"gzip", "*"} and weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00"}:
            return True
    return False


def _vary(names: str) -> str:
    return f"{names}, Accept-Encoding" if names else "Accept-Encoding"


def _has(if_none_match: str, tag: str) -> bool:
    """Compare weakly (RFC 9110 §13.1.2)."""
    if not if_none_match:
        return False
    tags = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
