"""Which mark a batch bears, and by whose authorisation: kept beside the passports that tell it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from msgspec import Raw

from domain.events.marks import MarkClaim, MarkGranted, MarkRevoked
from domain.events.movements import BatchHarvested, BatchTransformed
from domain.moments import CST
from projections.corrections import Effect
from projections.passport import Mark, Revoked, Who
from projections.rows import insert

_GRANT: Final = {
    "id": "text", "position": "int8", "mark": "text", "zh": "text", "en": "text", "party": "text",
    "townships": "text[]", "granted_at": "timestamptz", "until": "timestamptz",
}  # fmt: skip
_BORNE: Final = {"position": "int8", "batch": "text", "grant_id": "text", "event": "text"}
_REVOKED: Final = {
    "grant_id": "text", "event": "text", "position": "int8", "at": "timestamptz", "reason": "text",
}  # fmt: skip
_UNDO: Final = "DELETE FROM borne WHERE position = ANY(%s)"
_UNDER: Final = "SELECT batch FROM borne WHERE grant_id = ANY(%s)"
_LOAD: Final = """
SELECT b.batch, b.event, g.id, g.position, g.mark, g.zh, g.en, g.party, p.name, p.kind,
       g.townships, g.granted_at, g.until, r.event, r.position, r.at, r.reason
FROM borne b
JOIN mark_grant g ON g.id = b.grant_id
LEFT JOIN party p ON p.id = g.party
LEFT JOIN mark_revoked r ON r.grant_id = g.id
WHERE b.batch = ANY(%s)
"""


def keep(cursor: psycopg.Cursor[Any], live: Sequence[Effect]) -> dict[str, int]:
    """Keep grants and claims of a run; give the batches whose grant was taken back, by position."""
    insert(cursor, "mark_grant", _GRANT, [_granted(one) for one in live if _is_grant(one)])
    insert(cursor, "borne", _BORNE, [row for one in live for row in _borne(one)])
    revoked = [
        (event.grant, event.id, one.position, event.occurred_at, event.reason)
        for one in live
        if isinstance(event := one.event, MarkRevoked)
    ]
    if not revoked:
        return {}
    insert(cursor, "mark_revoked", _REVOKED, revoked)
    last = max(row[2] for row in revoked)
    cursor.execute(_UNDER, [[row[0] for row in revoked]])
    return {row[0]: last for row in cursor.fetchall()}


def take_out(cursor: psycopg.Cursor[Any], positions: list[int]) -> None:
    """Take out the claims of what no longer holds; a grant is never corrected."""
    cursor.execute(_UNDO, [positions])


def load(cursor: psycopg.Cursor[Any], batches: Iterable[str]) -> dict[str, Raw]:
    """Give the mark of those batches that bear one, as JSON."""
    cursor.execute(_LOAD, [list(batches)])
    return {row[0]: Raw(msgspec.json.encode(_mark(row))) for row in cursor.fetchall()}


def _mark(row: tuple[Any, ...]) -> Mark:
    (
        _, claimed_by, grant, position, mark, zh, en, party, name, kind, townships, granted_at,
        until, *revoked,
    ) = row  # fmt: skip
    return Mark(
        mark=mark, zh=zh, en=en, claimed_by=claimed_by, event=grant, position=position,
        granted_at=granted_at.astimezone(CST), party=Who(id=party, name=name, kind=kind),
        townships=tuple(townships), until=until.astimezone(CST) if until else None,
        revoked=_revoked(*revoked) if revoked[0] else None,
    )  # fmt: skip


def _revoked(event: str, position: int, at: datetime, reason: str) -> Revoked:
    return Revoked(event=event, position=position, at=at.astimezone(CST), reason=reason)


def _is_grant(effect: Effect) -> bool:
    return isinstance(effect.event, MarkGranted)


def _granted(effect: Effect) -> tuple[Any, ...]:
    event = effect.event
    assert isinstance(event, MarkGranted)  # noqa: S101  the caller looked
    return (
        event.id, effect.position, event.mark, event.names.zh, event.names.en, event.party,
        list(event.townships), event.occurred_at, event.until,
    )  # fmt: skip


def _borne(effect: Effect) -> list[tuple[int, str, str, str]]:
    event = effect.event
    match event:
        case BatchHarvested(mark=MarkClaim() as claim):
            batches = [event.batch]
        case BatchTransformed(mark=MarkClaim() as claim):
            batches = [item.batch for item in event.outputs]
        case _:
            return []
    return [(effect.position, batch, claim.grant, event.id) for batch in batches]
