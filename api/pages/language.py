"""The language of an answer: `?lang=`, else the cookie, else what the browser asks for."""

from collections.abc import Iterator, Mapping
from typing import Final

from starlette.datastructures import URL
from starlette.requests import Request

from api.pages.catalogue import LANGUAGES, Language

PARAMETER: Final = "lang"
COOKIE: Final = "lang"
_YEAR_S: Final = 365 * 24 * 3600


def asked_for(request: Request) -> Language | None:
    """Give the language that the address asks for, if it does."""
    return _known(request.query_params.get(PARAMETER))


def of_request(request: Request) -> Language:
    """Choose the language; Chinese where nothing else is asked for."""
    return (
        asked_for(request)
        or _known(request.cookies.get(COOKIE))
        or _preferred(request.headers.get("accept-language", ""))
    )


def cookie(language: Language) -> Mapping[str, str]:
    """Give the header that remembers a language for a year; it says nothing about the person."""
    value = f"{COOKIE}={language}; Max-Age={_YEAR_S}; Path=/; SameSite=Lax; HttpOnly"
    return {"Set-Cookie": value}


def address_in(url: URL, language: Language) -> str:
    """Give the same page's path and query in a language."""
    other = url.include_query_params(**{PARAMETER: language})
    return f"{other.path}?{other.query}"


def address_in_any(url: URL) -> str:
    """Give the same page's path and query in no language of its own."""
    plain = url.remove_query_params(PARAMETER)
    return f"{plain.path}?{plain.query}" if plain.query else plain.path


def _known(text: str | None) -> Language | None:
    return next((one for one in LANGUAGES if one == text), None)


def _preferred(header: str) -> Language:
    """Read Accept-Language (RFC 9110 §12.5.4); the heaviest of ours, Chinese on a tie or none."""
    weights: dict[Language, float] = {"zh": 0.0, "en": 0.0}
    for tag, weight in weighed(header):
        language = _known(tag.split("-")[0].lower())
        if language:
            weights[language] = max(weights[language], weight)
    return "en" if weights["en"] > weights["zh"] else "zh"


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """Give the ranges of Accept-Language with their weights, in lower case."""
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        _, _, quality = parameter.strip().partition("q=")
        try:
            yield tag.strip().lower(), float(quality) if quality else 1.0
        except ValueError:
            continue
