"""Who may use which geographical-indication mark, and how much of the quota is used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

_GRANTS: Final = """
    SELECT g.id, g.position, g.mark, g.zh, g.en, g.party, g.categories, g.townships,
           g.quota, g.unit,
           coalesce(h.used, 0)::bigint AS used, coalesce(h.batches, 0)::bigint AS batches,
           g.granted_at, g.until, g.revoked_by, g.revoked_at, g.reason
    FROM marks.granted g
    LEFT JOIN (
        SELECT grant_id, sum(quantity) AS used, count(*) AS batches
        FROM marks.harvest GROUP BY grant_id
    ) AS h ON h.grant_id = g.id
    WHERE %(parties)s::text[] IS NULL OR g.party = ANY(%(parties)s)
    ORDER BY g.mark, g.position
"""


class Granted(Struct, frozen=True, kw_only=True):
    """A grant; its id is that of its event.

    `quota` and `used` are in `unit`, None where it covers no harvest; `batches` were harvested
    under it. It ends at `until`, or when it is revoked.
    """

    id: str
    position: int
    mark: str
    zh: str
    en: str
    party: str
    categories: list[str]
    townships: list[str]
    quota: int | None
    unit: str | None
    used: int
    batches: int
    granted_at: datetime
    until: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None
    reason: str | None


def grants(conn: psycopg.Connection[Any], parties: Sequence[str] | None = None) -> list[Granted]:
    """Give the grants to these parties, or all, by mark and in the order in which they came."""
    values = {"parties": None if parties is None else list(parties)}
    with conn.cursor(row_factory=class_row(Granted)) as cursor:
        return cursor.execute(_GRANTS, values).fetchall()
