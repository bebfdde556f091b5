"""The links that there are of a product or batch: the owner's, and our own pages and data."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from api.untp import MEDIA_TYPE as CREDENTIAL
from domain.link_types import NAMESPACE, PREFIX
from labels.digital_link import DigitalLink
from labels.link import escape
from projections.directory import Product
from projections.links import Link
from projections.passport import Passport

DEFAULT: Final = "gs1:defaultLink"
_HTML: Final = "text/html"
_JSON: Final = "application/json"
_BOTH: Final = ("zh", "en")


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One link: its type (`gs1:pip`), where it leads, and what is said of the target.

    `here` is true of the page that the request's own address answers with.
    """

    kind: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media_type: str | None = None
    context: str | None = None
    here: bool = False


class Level(msgspec.Struct, frozen=True):
    """The links of one entity: of the batch, or of its product."""

    anchor: str
    description: str
    owners: tuple[Offer, ...]
    own: tuple[Offer, ...]


class Offered(msgspec.Struct, frozen=True):
    """All links for a request, the most specific entity first; which types were taken back."""

    levels: tuple[Level, ...]
    taken_back: frozenset[str]

    @property
    def default(self) -> Offer:
        """The one default link, of the most specific entity."""
        return self.levels[0].own[0]

    def of_kind(self, kind: str) -> list[Offer]:
        """Give the links of a type: the owner's before ours, the batch's before its product's."""
        owners = [offer for level in self.levels for offer in level.owners]
        own = [offer for level in self.levels for offer in level.own]
        return [offer for offer in (*owners, *own) if offer.kind == kind]


def compact(link_type: str) -> str:
    """Give a link type as `gs1:pip`, however it was written."""
    for namespace in (NAMESPACE, "https://gs1.org/voc/", "https://www.gs1.org/voc/"):
        if link_type.startswith(namespace):
            return PREFIX + link_type.removeprefix(namespace)
    return link_type


def of_batch(
    base: str, link: DigitalLink, found: Passport, product: Product | None, links: Sequence[Link]
) -> Offered:
    """Give the links of a batch together with its product's."""
    gtin, lot = link.key[1], link.qualifier("10") or ""
    data = f"{base}/api/batches/{gtin}/{escape(lot)}"
    title = f"{_name(found.product, gtin)} {lot}"
    page = base + link.path
    own = (
        Offer(
            kind="gs1:pip", href=page, title=f"溯源档案 {title}", languages=_BOTH,
            media_type=_HTML, here=True,
        ),
        Offer(
            kind="gs1:dpp", href=page, title=f"溯源档案 {title}", languages=_BOTH,
            media_type=_HTML, here=True,
        ),
        Offer(kind="gs1:dpp", href=data, title=f"Passport {title}", media_type=_JSON),
        Offer(
            kind="gs1:dpp", href=f"{data}/untp", title=f"UNTP passport {title}",
            media_type=CREDENTIAL,
        ),
        Offer(
            kind="gs1:traceability", href=f"{data}/trace", title=f"Genealogy {title}",
            media_type=_JSON,
        ),
    )  # fmt: skip
    batch = f"{gtin}/{lot}"
    levels = [Level(page, title, _owners(links, batch), own)]
    levels.append(_product_level(base, gtin, product, found.product, links))
    return Offered(tuple(levels), _taken_back(links))


def of_product(base: str, link: DigitalLink, product: Product, links: Sequence[Link]) -> Offered:
    """Give the links of a product."""
    level = _product_level(base, link.key[1], product, product, links)
    return Offered((level,), _taken_back(links))


def of_crate(base: str, link: DigitalLink, inside: Offered) -> Offered:
    """Give the links of a crate or pallet: to the batch in it, whose links follow with it."""
    levels = tuple(_from_elsewhere(level) for level in inside.levels)
    page = levels[0].own[0]
    crate = Level(base + link.path, f"{link.key[1]} · {levels[0].description}", (), (page,))
    return Offered((crate, *levels), inside.taken_back)


def _from_elsewhere(level: Level) -> Level:
    own = tuple(msgspec.structs.replace(offer, here=False) for offer in level.own)
    return msgspec.structs.replace(level, own=own)


def linkset(offered: Offered) -> bytes:
    """Write the links as a linkset (RFC 9264 §4.2, and the resolver standard's JSON schema)."""
    contexts = [_context(level) for level in offered.levels]
    default = offered.default
    contexts[0][f"{NAMESPACE}defaultLink"] = [{"href": default.href, "title": default.title}]
    return msgspec.json.encode({"linkset": contexts})


def _context(level: Level) -> dict[str, Any]:
    told: dict[str, Any] = {"anchor": level.anchor, "itemDescription": level.description}
    for offer in (*level.owners, *level.own):
        told.setdefault(NAMESPACE + offer.kind.removeprefix(PREFIX), []).append(_target(offer))
    return told


def _target(offer: Offer) -> dict[str, Any]:
    target: dict[str, Any] = {"href": offer.href, "title": offer.title}
    if offer.languages:
        target["hreflang"] = list(offer.languages)
    if offer.media_type:
        target["type"] = offer.media_type
    if offer.context:
        target["context"] = [offer.context]
    return target


def _product_level(
    base: str, gtin: str, product: Product | None, named: Any, links: Sequence[Link]  # noqa: ANN401
) -> Level:  # fmt: skip
    name = _name(product or named, gtin)
    page = Offer(
        kind="gs1:pip", href=f"{base}/batches?q={gtin}", title=f"批次 {name}", languages=_BOTH,
        media_type=_HTML,
    )  # fmt: skip
    return Level(f"{base}/01/{gtin}", name, _owners(links, gtin), (page,))


def _name(product: Any, gtin: str) -> str:  # noqa: ANN401  a product of the directory or a passport
    for field in ("zh", "name_zh", "en", "name_en"):
        name = getattr(product, field, None)
        if name:
            return str(name)
    return gtin


def _owners(links: Sequence[Link], identifier: str) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            kind=link.link_type, href=link.target, title=link.title, languages=(link.language,),
            media_type=link.media_type, context=link.context,
        )
        for link in links if link.identifier == identifier and not link.withdrawn
    )  # fmt: skip


def _taken_back(links: Sequence[Link]) -> frozenset[str]:
    return frozenset(link.link_type for link in links if link.withdrawn)
