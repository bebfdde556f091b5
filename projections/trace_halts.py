"""The step from holds and recalls to the batches that lie under them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import psycopg

from domain.events import holds as h
from projections.corrections import Effect
from projections.halts import Halt
from projections.rows import insert

_HALT: Final = {
    "event": "text", "kind": "text", "node": "int8", "position": "int8", "descendants": "bool",
    "body": "bytea",
}  # fmt: skip
_LIFT: Final = """
WITH lifted AS (DELETE FROM halt WHERE event = ANY(%(events)s))
DELETE FROM halted WHERE halt = ANY(%(events)s)
"""
# From where a hold begins, or from what was now made of a batch that lies under one, downwards.
_SPREAD: Final = """
INSERT INTO halted (halt, node, key)
WITH RECURSIVE reached AS (
    SELECT event AS halt, node, descendants FROM halt WHERE event = ANY(%(new)s)
    UNION
    SELECT t.halt, e.target, true
    FROM edge e JOIN halted t ON t.node = e.source JOIN halt h ON h.event = t.halt
    WHERE e.position = ANY(%(edges)s) AND h.descendants
    UNION
    SELECT r.halt, e.target, true
    FROM reached r JOIN edge e ON e.source = r.node
    WHERE r.descendants
)
SELECT DISTINCT r.halt, r.node, n.key FROM reached r JOIN node n ON n.id = r.node
ON CONFLICT DO NOTHING
"""
_ALL: Final = "SELECT event FROM halt"


def settle(
    cursor: psycopg.Cursor[Any],
    live: Sequence[Effect],
    ids: Mapping[str, int],
    edges: Sequence[int],
    *,
    rerouted: bool,
) -> None:
    """Bring a run's holds and recalls into effect, and what they cover up to date.

    `edges` are the positions at which something was made of something in this run; `rerouted` says
    that edges of earlier runs are gone or others: all is then found anew. Nothing is done, but to
    look, while nothing is held.
    """
    new = _standing(live)
    lifted = [event for effect in live if (event := _lifts(effect))]
    if lifted:
        cursor.execute(_LIFT, {"events": lifted})
    insert(cursor, "halt", _HALT, (
        (halt.event, halt.kind, ids[halt.batch], halt.position, halt.descendants,
         msgspec.json.encode(halt))
        for halt in new
    ))  # fmt: skip
    known = [row[0] for row in cursor.execute(_ALL).fetchall()]
    if not known:
        return
    if rerouted:
        cursor.execute("DELETE FROM halted")
    begun = known if rerouted else [halt.event for halt in new]
    if begun or edges:
        cursor.execute(_SPREAD, {"new": begun, "edges": list(edges)})


def _standing(live: Sequence[Effect]) -> list[Halt]:
    """Give what a run holds and recalls and does not lift again."""
    found: dict[str, Halt] = {}
    for effect in live:
        halt = _halt(effect)
        if halt:
            found[halt.event] = halt
        lifted = _lifts(effect)
        if lifted:
            found.pop(lifted, None)
    return list(found.values())


def _halt(effect: Effect) -> Halt | None:
    event = effect.event
    match event:
        case h.BatchHeld():
            return Halt(
                kind="hold", batch=event.batch, event=event.id, position=effect.position,
                occurred_at=event.occurred_at, by=event.actor, reason=event.reason,
                descendants=event.descendants,
            )  # fmt: skip
        case h.BatchRecalled():
            return Halt(
                kind="recall", batch=event.batch, event=event.id, position=effect.position,
                occurred_at=event.occurred_at, by=event.actor, reason=event.hazard,
                descendants=True, instruction=event.instruction, level=event.level,
            )  # fmt: skip
        case _:
            return None


def _lifts(effect: Effect) -> str | None:
    match effect.event:
        case h.BatchReleased(hold=event):
            return event
        case h.RecallClosed(recall=event):
            return event
        case _:
            return None
