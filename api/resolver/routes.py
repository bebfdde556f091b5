"""The addresses of the GS1-Conformant Resolver: an identifier in, a page, a link or a linkset out.

Source: GS1-Conformant Resolver Standard 1.2; `docs/digital-link.md` lists its demands.
"""

import asyncio
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.convertors import StringConvertor, register_url_convertor

from api.errors import Problem, not_found
from api.pages import passport
from api.pages.accept import wants_json
from api.pages.failure import failure
from api.resolver import found
from api.resolver.asked import (
    Asked,
    NotCompressedError,
    asked,
    is_too_long,
    linkset_type,
    query_of,
    wants_credential,
    wants_linkset,
)
from api.resolver.choice import choose
from api.resolver.description import description
from api.resolver.headers import METHODS, linked, open_to_all
from api.resolver.offered import DEFAULT, Offer, Offered, compact, linkset
from api.rest.context import CaughtUp, Use
from api.services import Services
from labels.application_identifiers import QUALIFIERS
from labels.errors import LinkError


class _Code(StringConvertor):
    """A path segment that may be a compressed Digital Link: the shortest has ten characters."""

    regex = "[A-Za-z0-9_-]{10,}"


register_url_convertor("gs1code", _Code())

router = APIRouter(dependencies=[CaughtUp])
described = APIRouter(include_in_schema=False)

_UNSAFE: Final = "!#$%&'()*+,/:;=?@[]~"
"""What `quote` leaves alone in a query that was escaped already."""


@described.get("/.well-known/gs1resolver")
@described.head("/.well-known/gs1resolver")
def resolver_description(services: Use) -> Response:
    """Tell what this resolver supports."""
    return open_to_all(JSONResponse(description(services.settings.public_url)))


@described.options("/.well-known/gs1resolver")
@described.options("/{code:gs1code}")
def options_of_code() -> Response:
    """Tell what may be asked of an address, and by whom: by anyone."""
    return _options()


@router.get("/{code:gs1code}", include_in_schema=False)
@router.head("/{code:gs1code}", include_in_schema=False)
async def compressed(code: str, request: Request, services: Use) -> Response:
    """Open a compressed Digital Link as what it stands for."""
    return await _in_turn(request, services)


async def _in_turn(request: Request, services: Services) -> Response:
    """Answer in the threads that are kept for look-ups."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(services.lookups, resolve, request, services)


def resolve(request: Request, services: Services) -> Response:
    """Answer for an identifier: its page by default, else what is asked for."""
    try:
        return _resolved(request, services)
    except Problem as problem:
        return open_to_all(failure(request, services, problem))


def _resolved(request: Request, services: Services) -> Response:
    what = _asked(request)
    base = services.settings.public_url
    if what.link.short:
        address = base + what.link.path
        return linked(_redirect(request, address, HTTPStatus.PERMANENT_REDIRECT), base, what)
    if wants_credential(request, what):
        return _follow(request, services, _as_credential(what), _offered(services, what))
    if _is_scan(request, what):
        batch = f"{what.link.key[1]}/{what.link.qualifier('10')}"
        return linked(
            passport.show(request, services, batch, what.link.qualifier("21")), base, what
        )
    offered = _offered(services, what)
    if wants_linkset(request, what) or (what.link_type is None and wants_json(request)):
        kind = linkset_type(request)
        answer = Response(linkset(offered), media_type=kind, headers={"Vary": "Accept"})
        return linked(answer, base, what)
    return _follow(request, services, what, offered)


def _as_credential(what: Asked) -> Asked:
    """Ask for the passport by its type: the request's `Accept` then chooses the credential."""
    return msgspec.structs.replace(what, link_type="gs1:dpp")


def _is_scan(request: Request, what: Asked) -> bool:
    """Tell whether a batch's default is asked for: its page or data, at this very address."""
    if what.link.qualifier("10") is None or wants_linkset(request, what):
        return False
    return what.link_type is None or compact(what.link_type) == DEFAULT


def _follow(request: Request, services: Services, what: Asked, offered: Offered) -> Response:
    offer = _wanted(request, what, offered)
    base = services.settings.public_url
    if offer.here:
        batch = f"{what.link.key[1]}/{what.link.qualifier('10')}"
        return linked(
            passport.show(request, services, batch, what.link.qualifier("21")), base, what
        )
    answer = _redirect(request, offer.href, HTTPStatus.TEMPORARY_REDIRECT)
    return linked(answer, base, what)


def _wanted(request: Request, what: Asked, offered: Offered) -> Offer:
    kind = compact(what.link_type) if what.link_type is not None else DEFAULT
    if kind == DEFAULT:
        return offered.default
    offers = offered.of_kind(kind)
    if offers:
        return choose(request, offers, what.context)
    shown = kind[:60]
    if kind in offered.taken_back:
        raise Problem(
            HTTPStatus.GONE, "gone", f"这里的 {shown} 链接已经撤下。",
            f"The {shown} link that was here has been taken back.",
        )  # fmt: skip
    raise not_found(
        f"这里没有 {shown} 这种链接。全部链接见 ?linkType=linkset。",
        f"There is no {shown} link here. All links: ?linkType=linkset.",
    )


def _offered(services: Services, what: Asked) -> Offered:
    with services.connection() as conn:
        return found.offered(conn, services.settings.public_url, what.link)


def _asked(request: Request) -> Asked:
    if is_too_long(request):
        raise Problem(
            HTTPStatus.REQUEST_URI_TOO_LONG, "label-address", "网址太长了，不是标签上的网址。",
            "The address is longer than any that stands on a label.",
        )  # fmt: skip
    try:
        return asked(request)
    except NotCompressedError as error:
        if request.url.path.strip("/").count("/"):
            raise Problem(HTTPStatus.BAD_REQUEST, error.code, error.zh, error.en) from error
        raise not_found("没有这一页。请核对网址。", "There is no such page.") from error
    except LinkError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, error.code, error.zh, error.en) from error


def _redirect(request: Request, href: str, status: HTTPStatus) -> Response:
    """Lead to an address, with all that the query had: the target's own pairs come first."""
    parts = urlsplit(href)
    query = quote(query_of(request), safe=_UNSAFE)
    joined = "&".join(text for text in (parts.query, query) if text)
    return RedirectResponse(urlunsplit(parts._replace(query=joined)), status)


def _options() -> Response:
    return open_to_all(Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS}))


def _serve(key: str) -> None:
    """Answer under a primary key's AI; keys that we don't know are checked all the same."""

    async def identifier(rest: str, request: Request, services: Use) -> Response:
        return await _in_turn(request, services)

    def options(rest: str) -> Response:
        return _options()

    identifier.__doc__ = f"Open what an address under AI {key} identifies."
    path = f"/{key}/{{rest:path}}"
    shown = key in found.SERVED
    router.add_api_route(
        path, identifier, methods=["GET"], include_in_schema=shown, tags=["batches"],
        name="identifier", operation_id=f"identifier_{key}", response_model=None,
    )  # fmt: skip
    router.add_api_route(path, identifier, methods=["HEAD"], include_in_schema=False)
    described.add_api_route(path, options, methods=["OPTIONS"], include_in_schema=False)


for _key in QUALIFIERS:
    _serve(_key)
