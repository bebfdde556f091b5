"""Headers of what the resolver answers: links to the linkset and canonical address, and CORS."""

from typing import Final

from fastapi.responses import Response

from api.resolver.asked import Asked
from labels.application_identifiers import QUALIFIERS

METHODS: Final = "GET, HEAD, OPTIONS"
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
    "Access-Control-Expose-Headers": "Link, Location, Content-Language",
    "Access-Control-Max-Age": "86400",
}
"""Anyone may ask, from anywhere: what is answered is public, and no cookie is needed."""
_CONTEXT: Final = (
    "<https://ref.gs1.org/standards/resolver/linkset-context>;"
    ' rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
)


def is_identifier(path: str) -> bool:
    """Tell whether a path begins as a Digital Link does, or is the resolver's description."""
    first = path.lstrip("/").split("/")[0]
    return first in QUALIFIERS or path == "/.well-known/gs1resolver"


def open_to_all(response: Response) -> Response:
    """Let scripts of any site read an answer."""
    response.headers.update(CORS)
    return response


def linked(response: Response, base: str, what: Asked) -> Response:
    """Name the linkset, and of a compressed address what it stands for."""
    plain = base + what.link.path
    links = [
        f'<{plain}?linkType=linkset>; rel="linkset"; type="application/linkset+json"',
        f'<{plain}>; rel="canonical"',
    ]
    if what.compressed:
        links.append(f'<{base}{what.link.uri}>; rel="owl:sameAs"')
    if response.headers.get("content-type") in {"application/linkset+json", "application/json"}:
        links.append(_CONTEXT)
    response.headers["Link"] = ", ".join(links)
    return open_to_all(response)
