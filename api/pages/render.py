"""Templates into answers: escaped, in the reader's language, loading nothing from elsewhere."""

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.pages import language
from api.pages.catalogue import LANGUAGES, TAGS
from api.pages.reader import Reader, reader
from api.rest.context import services_of

TEMPLATES: Final = Path(__file__).parents[1] / "web" / "templates"

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept, Accept-Language, Cookie",
    "Cache-Control": "no-cache",
}
"""What every page carries: nothing from elsewhere, no inline script or style."""


@cache
def environment() -> Environment:
    """Give the templates; whatever stands in a field is shown as text."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def reader_of(request: Request) -> Reader:
    """Give the reader of a request."""
    return reader(language.of_request(request))


def page(
    request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **context: object
) -> HTMLResponse:
    """Answer with a template, filled in for the request's reader."""
    who = reader_of(request)
    public_url = services_of(request).settings.public_url
    body = filled(who, request.url, public_url, template, **context)
    return HTMLResponse(body, status, headers(request, who))


def filled(who: Reader, url: URL, public_url: str, template: str, **context: object) -> str:
    """Fill in a template for a reader: the page at `url`."""
    shared = {
        "r": who, "say": who.say, "say_count": who.say_count, "here": url.path,
        "languages": _switch(url, who), "any_language": language.address_in_any(url),
        "public_url": public_url,
    }  # fmt: skip
    return environment().get_template(template).render(**shared, **context)


def headers(request: Request, who: Reader) -> dict[str, str]:
    """Give the headers of a page for a reader; a language that was asked for is remembered."""
    shown = {**HEADERS, "Content-Language": who.tag}
    chosen = language.asked_for(request)
    return {**shown, **language.cookie(chosen)} if chosen else shown


def _switch(url: URL, who: Reader) -> list[tuple[str, str, bool]]:
    """Give each language's tag, this page's address in it, and whether it is the one shown."""
    return [(TAGS[one], language.address_in(url, one), one == who.language) for one in LANGUAGES]
