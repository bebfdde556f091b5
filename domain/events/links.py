"""Links that the owner of a product or batch hangs on it, for the resolver to lead to."""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from domain.events.base import Event, Text
from domain.ids import CHARSET_82, EventId

LinkedId = Annotated[
    str,
    Meta(
        pattern=rf"^[0-9]{{14}}(/[{CHARSET_82}]{{1,20}})?\Z",
        description="GTIN-14 of a product, or GTIN-14, a slash and the lot of a batch",
    ),
]
"""What a link is hung on."""

Target = Annotated[
    str,
    Meta(
        max_length=1000,
        pattern=(
            r"^https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"
            r"(:[0-9]{1,5})?([/?][!#-;=?-\[\]_a-z~]*)?\Z"
        ),
        description="https address: host in lower case, no user, at most 1000 characters",
    ),
]
"""Where a link leads; neither user nor IP literal, so that what is read is where one goes."""

LinkTypeName = Annotated[
    str, Meta(pattern=r"^gs1:[A-Za-z]{1,40}\Z", description="GS1 link type, such as gs1:pip")
]
LanguageTag = Annotated[
    str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?\Z", description="ISO 639-1, with or without country")
]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z", description="ISO 3166-1, two letters")]


class MediaType(Enum):
    """What a target is served as, of the types that IANA has registered."""

    HTML = "text/html"
    PLAIN = "text/plain"
    CSV = "text/csv"
    PDF = "application/pdf"
    JSON = "application/json"
    JSON_LD = "application/ld+json"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    MP4 = "video/mp4"


class LinkSet(Event, frozen=True, kw_only=True, tag="link.set.v1"):
    """A link from a product or batch to what is told of it elsewhere.

    It takes the place of the one with the same identifier, link type, language, context and
    media type.
    """

    identifier: LinkedId
    link_type: LinkTypeName
    target: Target
    title: Text
    language: LanguageTag
    media_type: MediaType | None = None
    context: Country | None = None


class LinkWithdrawn(Event, frozen=True, kw_only=True, tag="link.withdrawn.v1"):
    """A link is taken back; its target is led to no more."""

    link: EventId
    identifier: LinkedId
    reason: Text
