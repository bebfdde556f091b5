"""What a request asks of an identifier: the Digital Link it names, compressed or not, and how."""

from typing import Final

import msgspec
from fastapi import Request

from api.pages.accept import ranges
from api.untp import MEDIA_TYPE
from labels import epc_binary
from labels.compression import NotCompressedError, expand
from labels.digital_link import DigitalLink, read
from labels.errors import AddressError

LONGEST: Final = 4096
"""Bytes of path and query that are read; the longest Digital Link of a batch has under 400."""
_LINKSET: Final = "application/linkset+json"
_ALL: Final = frozenset({"all", "linkset"})
_PARTIAL: Final = 3
"""Segments of a path whose key is plain and whose rest is compressed."""


class Asked(msgspec.Struct, frozen=True):
    """A request to the resolver.

    Attributes:
        link: what is identified.
        compressed: whether the address was compressed, in part or whole.
        link_type: what was asked for by `linkType`, as written; None where nothing was.
        context: what was asked for by `context`.
    """

    link: DigitalLink
    compressed: bool
    link_type: str | None
    context: str | None


def asked(request: Request) -> Asked:
    """Read a request's address as it was sent: decoded, a slash in a lot would part segments.

    Raises:
        LinkError: where it is no Digital Link.
    """
    path = request.scope["raw_path"].split(b"?")[0].decode("latin-1")
    query = query_of(request)
    segments = path.strip("/").split("/")
    if len(segments) == 1:
        of_tag = epc_binary.expand(segments[0], query)
        link, compressed = of_tag or expand(segments[0], query), True
    elif len(segments) == _PARTIAL:
        link, compressed = expand(segments[2], query, (segments[0], segments[1])), True
    else:
        link, compressed = read(path, query), False
    others = dict(reversed(link.others))
    return Asked(link, compressed, others.get("linkType"), others.get("context"))


def query_of(request: Request) -> str:
    """Give the query as it was sent."""
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")


def is_too_long(request: Request) -> bool:
    """Tell whether an address is longer than any that means something."""
    return len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST


def wants_linkset(request: Request, what: Asked) -> bool:
    """Tell whether all links are asked for: by `linkType`, else by `Accept`."""
    if what.link_type is not None:
        return what.link_type in _ALL
    weights = ranges(request)
    mine = weights.get(_LINKSET, 0.0)
    return mine > 0 and mine >= max(weights.get("text/html", 0.0), weights.get(_JSON, 0.0))


def wants_credential(request: Request, what: Asked) -> bool:
    """Tell whether the passport is asked for as a verifiable credential, by `Accept` alone."""
    if what.link_type is not None or what.link.qualifier("10") is None:
        return False
    weights = ranges(request)
    others = (weights.get(kind, 0.0) for kind in ("text/html", _JSON, _LINKSET))
    return weights.get(MEDIA_TYPE, 0.0) > max(others)


_JSON: Final = "application/json"


def linkset_type(request: Request) -> str:
    """Choose how a linkset is labelled: plain JSON only where that alone is asked for."""
    weights = ranges(request)
    return _JSON if weights.get(_JSON, 0.0) > weights.get(_LINKSET, 0.0) else _LINKSET


__all__ = [
    "AddressError", "Asked", "NotCompressedError", "asked", "is_too_long",
    "linkset_type", "query_of", "wants_credential", "wants_linkset",
]  # fmt: skip
