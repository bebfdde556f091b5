"""Which captured foreign events count: each once, and not those declared in error.

The same event may be captured by several parties, or twice by one; it counts once, at its first
capture. An error declaration (EPCIS 2.0 §7.4.1.4) takes the event of its id out, as captured by the
same party, whichever of the two came first. A read model that shows foreign events keeps the
captures in a table `foreign_event`.
"""

import logging
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
import psycopg
from msgspec import Struct

from domain.epcis import ForeignEvent, UnreadableEvent, read
from domain.events.foreign import EpcisCaptured
from ledger import log
from projections.corrections import Effect
from projections.rows import insert

_COLUMNS: Final = {
    "position": "int8", "digest": "bytea", "actor": "text", "event_id": "text",
    "error": "bool",
}  # fmt: skip
_STANDING: Final = """
SELECT f.position, f.digest, f.effective, f.event_id IS NOT NULL AND EXISTS (
    SELECT FROM foreign_event d
    WHERE d.error AND d.event_id = f.event_id AND d.actor = f.actor
) AS in_error
FROM foreign_event f
WHERE NOT f.error AND f.digest = ANY(%(digests)s)
   OR NOT f.error AND f.event_id = ANY(%(declared)s)
ORDER BY f.position
"""
_SET: Final = "UPDATE foreign_event SET effective = %s WHERE position = ANY(%s)"

_log = logging.getLogger(__name__)


class Captured(Struct, frozen=True):
    """A capture, as it stands in the ledger, with what the foreign event says."""

    effect: Effect
    foreign: ForeignEvent


class Captures(Struct, frozen=True):
    """Captures that begin to count, in order, and positions of those that no longer do.

    `declarations` are the run's captures that declare another in error.
    """

    live: tuple[Captured, ...]
    undone: tuple[int, ...]
    declarations: tuple[Captured, ...] = ()


def take_in(cursor: psycopg.Cursor[Any], effects: Sequence[Effect]) -> Captures:
    """Note a run's captures and say what changes by them; once a run."""
    captured = [
        found
        for effect in effects
        if isinstance(effect.event, EpcisCaptured) and (found := _read(effect))
    ]
    if not captured:
        return Captures((), ())
    here = {found.effect.position: found for found in captured}
    rows = [_row(found) for found in captured]
    insert(cursor, "foreign_event", _COLUMNS, rows)
    cursor.execute(_STANDING, {
        "digests": [row[1] for row in rows if not row[4]],
        "declared": [row[3] for row in rows if row[4] and row[3]],
    })  # fmt: skip
    begin, end = _changed(cursor.fetchall())
    cursor.execute(_SET, [True, begin])
    cursor.execute(_SET, [False, end])
    live = [here.get(position) or _again(cursor, position) for position in begin]
    declarations = tuple(found for found in captured if found.foreign.declares_error)
    return Captures(tuple(found for found in live if found), tuple(end), declarations)


def _changed(rows: Sequence[tuple[Any, ...]]) -> tuple[list[int], list[int]]:
    """Give the positions that begin to count and those that cease to, from rows by position."""
    counted: set[bytes] = set()
    begin: list[int] = []
    end: list[int] = []
    for position, digest, effective, in_error in rows:
        counts = not in_error and bytes(digest) not in counted
        if counts:
            counted.add(bytes(digest))
        if counts != effective:
            (begin if counts else end).append(position)
    return sorted(begin), sorted(end)


def _read(effect: Effect) -> Captured | None:
    if not isinstance(effect.event, EpcisCaptured):
        return None
    try:
        return Captured(effect, read(effect.event.epcis, effect.event.context))
    except UnreadableEvent as error:
        # It was readable when it was admitted. Evidence stays; only the trace can't follow it.
        _log.error("position %d is no longer read: %s", effect.position, error)
        return None


def _row(captured: Captured) -> tuple[int, bytes, str, str | None, bool]:
    foreign, effect = captured.foreign, captured.effect
    digest = sha256(msgspec.json.encode(foreign)).digest()
    return (
        effect.position, digest, effect.event.actor, foreign.event_id, foreign.declares_error,
    )  # fmt: skip


def _again(cursor: psycopg.Cursor[Any], position: int) -> Captured | None:
    """Take up an earlier capture, that another one had made superfluous."""
    found = log.read(cursor.connection, position - 1, 1)[0]
    return _read(Effect(found.position, found.event, found.keyids, found.admitted_at))
