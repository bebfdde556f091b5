"""What a run of events comes to once corrections count: what is undone, and what takes effect."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from ledger import log
from ledger.log import Recorded


class Mark(Struct, frozen=True):
    """An event was corrected: by which event, where, when, by whom, and why."""

    event: str
    position: int
    occurred_at: datetime
    actor: str
    reason: str


class Effect(Struct, frozen=True):
    """An event as it counts now, at its own position, however often it was corrected.

    `keyids` are the keys that signed what the event now says: the correction's, where it is a
    replacement.
    """

    position: int
    event: AnyEvent
    keyids: tuple[str, ...]
    admitted_at: datetime
    corrected: Mark | None = None


class Changes(Struct, frozen=True):
    """A run, with each correction carried out.

    `undone` are effects of earlier runs that no longer hold: take out all that they wrote. `live`
    are effects to write now, in order of position: the run's own, and what replaces the undone (at
    an earlier position). `withdrawn` are events declared in error without a replacement, as they
    stood: they count for nothing, and may be shown struck out. `superseded` is whatever a
    correction of this run took the place of, written or not, with its mark; so `undone` and
    `withdrawn` are among it.
    """

    undone: tuple[Effect, ...]
    live: tuple[Effect, ...]
    withdrawn: tuple[Effect, ...]
    superseded: tuple[Effect, ...] = ()


def resolve(cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> Changes:
    """Carry out a run's corrections; once a run, as it notes them in the schema's `correction`."""
    run = [Effect(e.position, e.event, e.keyids, e.admitted_at) for e in events]
    marks = [effect for effect in run if isinstance(effect.event, EventCorrected)]
    if not marks:
        return Changes((), tuple(run), ())
    here = {effect.event.id: effect for effect in run}
    standing: dict[str, Effect] = {}
    undone: list[Effect] = []
    withdrawn: list[Effect] = []
    superseded: list[Effect] = []
    for correction in marks:
        event = correction.event
        if not isinstance(event, EventCorrected):  # pragma: no cover  told by `marks`
            continue
        if event.event not in standing:
            before = here.get(event.event) or _before(cursor, event.event)
            if before is None:
                continue
            standing[event.event] = before
            if event.event not in here:
                undone.append(before)
        old = standing[event.event]
        standing[event.event] = _corrected(old, correction, event)
        superseded.append(replace(old, corrected=standing[event.event].corrected))
        if event.replacement is None:
            withdrawn.append(standing.pop(event.event))
            here.pop(event.event, None)
    _note(cursor, marks)
    live = [e for e in run if e.event.id in here and not isinstance(e.event, EventCorrected)]
    kept = {e.event.id: e for e in live} | standing
    live = sorted(kept.values(), key=lambda e: e.position)
    return Changes(tuple(undone), tuple(live), tuple(withdrawn), tuple(superseded))


def _corrected(standing: Effect, by: Effect, event: EventCorrected) -> Effect:
    mark = Mark(event.id, by.position, event.occurred_at, event.actor, event.reason)
    if event.replacement is None:
        return replace(standing, corrected=mark)
    return replace(standing, event=event.replacement, keyids=by.keyids, corrected=mark)


def _before(cursor: psycopg.Cursor[Any], event_id: str) -> Effect | None:
    """Give an event of an earlier run as it stood before this one."""
    found = log.find(cursor.connection, event_id)
    if found is None:
        return None
    original = Effect(found.position, found.event, found.keyids, found.admitted_at)
    cursor.execute("SELECT position FROM correction WHERE event = %s", [event_id])
    row = cursor.fetchone()
    if row is None:
        return original
    earlier = log.read(cursor.connection, row[0] - 1, 1)[0]
    if not isinstance(earlier.event, EventCorrected):
        return original
    by = Effect(earlier.position, earlier.event, earlier.keyids, earlier.admitted_at)
    return _corrected(original, by, earlier.event)


def _note(cursor: psycopg.Cursor[Any], marks: Sequence[Effect]) -> None:
    for correction in marks:
        if isinstance(correction.event, EventCorrected):
            cursor.execute(
                "INSERT INTO correction (event, position) VALUES (%s, %s)"
                " ON CONFLICT (event) DO UPDATE SET position = excluded.position",
                [correction.event.event, correction.position],
            )
