"""Whether a request wants a page or data (RFC 9110 §12.5.1): a page, unless JSON weighs more."""

from typing import Final

from starlette.requests import Request

_JSON: Final = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/ld+json",
        "application/linkset+json",
    }
)
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})


def wants_json(request: Request) -> bool:
    """Tell whether JSON is asked for above HTML; `*/*`, as of a browser's image tag, is a page."""
    weights = ranges(request)
    rest = weights.get("*/*", 0.0)
    json = max((weights[kind] for kind in _JSON & weights.keys()), default=0.0)
    html = max((weights[kind] for kind in _HTML & weights.keys()), default=rest)
    return json > 0 and json >= html if not _HTML & weights.keys() else json > html


def wants_page(request: Request) -> bool:
    """Tell whether HTML is asked for by name above JSON, as a browser's address bar does.

    `*/*` alone, as of a script or a command line, is no such wish.
    """
    weights = ranges(request)
    html = max((weights[kind] for kind in _HTML & weights.keys()), default=0.0)
    return html > 0 and html > max((weights[kind] for kind in _JSON & weights.keys()), default=0.0)


def ranges(request: Request) -> dict[str, float]:
    """Give the weight of each range of media types that is asked for; 0 of one that is garbled."""
    return dict(_range(part) for part in request.headers.get("accept", "").split(","))


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (item.strip().lower() for item in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
    return kind, 1.0
