"""The step from events to the links of products and batches."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import psycopg

from domain.events.links import LinkSet, LinkWithdrawn
from ledger.log import Recorded

_SET: Final = """
    INSERT INTO link (
        identifier, link_type, language, media_type, context, id, target, title, actor, position
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (identifier, link_type, language, media_type, context) DO UPDATE SET
        id = excluded.id, target = excluded.target, title = excluded.title,
        actor = excluded.actor, position = excluded.position, withdrawn = false
"""
_WITHDRAW: Final = "UPDATE link SET withdrawn = true WHERE identifier = %s AND id = %s"


class LinksProjection:
    """Keeps the table that `projections.links` reads; links are never corrected, but taken back."""

    name: Final = "links"
    version: Final = 1
    sql: Final = files("projections").joinpath("links.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Set and take back, in order; both are rare."""
        for recorded in events:
            match recorded.event:
                case LinkSet() as event:
                    media = event.media_type.value if event.media_type else ""
                    cursor.execute(_SET, [
                        event.identifier, event.link_type, event.language, media,
                        event.context or "", event.id, event.target, event.title, event.actor,
                        recorded.position,
                    ])  # fmt: skip
                case LinkWithdrawn() as event:
                    cursor.execute(_WITHDRAW, [event.identifier, event.link])
                case _:
                    pass
