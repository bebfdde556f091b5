"""The step from events to grants of marks and what was harvested under them."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import psycopg

from domain.events.marks import MarkGranted, MarkRevoked
from domain.events.movements import BatchHarvested
from ledger.log import Recorded
from projections.corrections import Effect, resolve
from projections.rows import insert

_GRANTED: Final = {
    "id": "text", "position": "int8", "mark": "text", "zh": "text", "en": "text", "party": "text",
    "categories": "text[]", "townships": "text[]", "quota": "int8", "unit": "text",
    "until": "timestamptz", "granted_at": "timestamptz",
}  # fmt: skip
_HARVEST: Final = {"position": "int8", "grant_id": "text", "batch": "text", "quantity": "int8"}
_UNDO: Final = "DELETE FROM harvest WHERE position = ANY(%s)"
_REVOKE: Final = """
    UPDATE granted SET revoked_by = %s, revoked_at = %s, reason = %s WHERE id = %s
"""


class MarksProjection:
    """Keeps the tables that `projections.marks` reads."""

    name: Final = "marks"
    version: Final = 2
    sql: Final = files("projections").joinpath("marks.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write a run: take out what was corrected, then add, then take grants back."""
        changes = resolve(cursor, events)
        if changes.undone:
            cursor.execute(_UNDO, [[effect.position for effect in changes.undone]])
        rows: dict[str, list[tuple[Any, ...]]] = {"granted": [], "harvest": []}
        for effect in changes.live:
            for table, row in _rows(effect):
                rows[table].append(row)
        insert(cursor, "granted", _GRANTED, rows["granted"])
        insert(cursor, "harvest", _HARVEST, rows["harvest"])
        for effect in changes.live:
            if isinstance(event := effect.event, MarkRevoked):
                cursor.execute(_REVOKE, [event.id, event.occurred_at, event.reason, event.grant])


def _rows(effect: Effect) -> Sequence[tuple[str, tuple[Any, ...]]]:
    event, at = effect.event, effect.position
    match event:
        case MarkGranted():
            quota = event.quota
            grant = (
                event.id, at, event.mark, event.names.zh, event.names.en, event.party,
                list(event.categories), list(event.townships), quota.quantity if quota else None,
                quota.unit.value if quota else None, event.until, event.occurred_at,
            )  # fmt: skip
            return (("granted", grant),)
        case BatchHarvested() if event.mark:
            return (("harvest", (at, event.mark.grant, event.batch, event.quantity)),)
        case _:
            return ()
