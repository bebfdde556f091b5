"""What a product or batch links to, as its owner has set it."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from msgspec import Struct

_OF: Final = """
    SELECT identifier, link_type, target, title, language, media_type, context, id, withdrawn
    FROM links.link WHERE identifier = ANY(%s) ORDER BY position
"""


class Link(Struct, frozen=True):
    """A link: where it hangs, what it leads to, and whether it was taken back.

    `identifier` is a GTIN or `GTIN/LOT`; `media_type` and `context` are None where not said.
    """

    identifier: str
    link_type: str
    target: str
    title: str
    language: str
    media_type: str | None
    context: str | None
    event: str
    withdrawn: bool


def links_of(conn: psycopg.Connection[Any], identifiers: Sequence[str]) -> list[Link]:
    """Give the links of products and batches in the order in which they were set."""
    rows = conn.execute(_OF, [list(identifiers)]).fetchall()
    return [
        Link(where, kind, target, title, language, media or None, context or None, event, gone)
        for where, kind, target, title, language, media, context, event, gone in rows
    ]
