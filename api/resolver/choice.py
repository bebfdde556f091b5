"""Which of several links of one type fits a request best: by context, language, media type."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import Request

from api.pages.accept import ranges
from api.pages.language import weighed
from api.resolver.offered import Offer


def choose(request: Request, offers: Sequence[Offer], context: str | None) -> Offer:
    """Choose; where nothing tells two apart, the first. `offers` must not be empty."""
    left = _in_context(list(offers), context)
    languages = dict(weighed(request.headers.get("accept-language", "")))
    left = _best(left, lambda offer: _language_weight(languages, offer))
    media = ranges(request)
    return _best(left, lambda offer: _media_weight(media, offer))[0]


def _in_context(offers: list[Offer], context: str | None) -> list[Offer]:
    wanted = context.upper() if context else None
    return (
        [offer for offer in offers if offer.context == wanted]
        or [offer for offer in offers if offer.context is None]
        or offers
    )


def _best(offers: list[Offer], weight: Callable[[Offer], float]) -> list[Offer]:
    most = max(weight(offer) for offer in offers)
    return [offer for offer in offers if weight(offer) == most] or offers


def _language_weight(weights: Mapping[str, float], offer: Offer) -> float:
    """Weigh by the closest range: `en-GB`, then `en` (RFC 4647 §3.4), then `*`."""
    found = [
        next((weights[tag] for tag in (name.lower(), name.lower()[:2], "*") if tag in weights), 0.0)
        for name in offer.languages
    ]
    return max(found, default=0.0)


def _media_weight(weights: Mapping[str, float], offer: Offer) -> float:
    kind = offer.media_type or "*/*"
    family = kind.partition("/")[0] + "/*"
    return next((weights[one] for one in (kind, family, "*/*") if one in weights), 0.0)
