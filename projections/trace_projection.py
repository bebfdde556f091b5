"""The step from events to the genealogy's rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import psycopg

from domain.events.movements import PlotTreated
from domain.events.movements import Process as Processes
from ledger.log import Recorded
from projections.corrections import Effect, resolve
from projections.foreign_events import take_in
from projections.mentions import (
    Mention,
    Process,
    foreign_mentions,
    foreign_process,
    own_mentions,
    own_process,
    process_name,
)
from projections.rows import insert
from projections.shares import Part, shares
from projections.trace_halts import settle

_UNDO: Final = "DELETE FROM movement WHERE position = ANY(%s) RETURNING node, joined"
_UNDO_EDGES: Final = "DELETE FROM edge WHERE position = ANY(%s)"
_UNDO_TREATMENTS: Final = "DELETE FROM treatment WHERE position = ANY(%s)"

_KNOWN: Final = "SELECT key, id FROM node WHERE key = ANY(%s)"
_NEW: Final = """
INSERT INTO node (key, display, own, made, quantity, unit, party, place, plot, event, position,
                  occurred_at, utc_offset)
SELECT * FROM unnest(
    %s::text[], %s::text[], %s::boolean[], %s::boolean[], %s::numeric[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::smallint[])
RETURNING key, id
"""
# The making says most of a batch, else what spoke of it first; its name is the first that it had.
_REFRESH: Final = """
UPDATE node SET
    display = coalesce(first.display, node.key), own = best.display IS NULL, made = best.makes,
    quantity = best.quantity, unit = best.unit, party = best.party, place = best.place,
    plot = CASE WHEN best.kind = 'harvested' THEN best.other_place END, event = best.event,
    position = best.position, occurred_at = best.occurred_at, utc_offset = best.utc_offset
FROM (
    SELECT DISTINCT ON (node) * FROM movement WHERE node = ANY(%(nodes)s)
    ORDER BY node, makes DESC, position, n
) AS best
JOIN (
    SELECT DISTINCT ON (node) node, display FROM movement WHERE node = ANY(%(nodes)s)
    ORDER BY node, position, n
) AS first USING (node)
WHERE node.id = best.node
"""
_FORGET: Final = """
DELETE FROM node
WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM movement m WHERE m.node = node.id)
"""
_JOINED: Final = """
SELECT m.joined, m.makes, m.position, m.event, m.note, n.key, m.quantity, m.unit
FROM movement m JOIN node n ON n.id = m.node
WHERE m.joined = ANY(%s) AND m.kind IN ('made', 'used')
ORDER BY m.joined, m.position, m.n
"""

_MOVEMENT: Final = {
    "position": "int8", "n": "int4", "node": "int8", "display": "text", "kind": "text",
    "makes": "bool", "event": "text", "occurred_at": "timestamptz", "utc_offset": "int2",
    "party": "text", "place": "text", "quantity": "numeric", "unit": "text", "lost": "numeric",
    "note": "text", "result": "text", "other_party": "text", "other_place": "text",
    "joined": "text",
}  # fmt: skip
_EDGE: Final = {
    "position": "int8", "n": "int4", "source": "int8", "target": "int8", "event": "text",
    "quantity": "numeric", "unit": "text", "kind": "text",
}  # fmt: skip
_TREATMENT: Final = {
    "position": "int8", "plot": "text", "event": "text", "occurred_at": "timestamptz",
    "utc_offset": "int2", "party": "text", "substance": "text",
}  # fmt: skip

Ids = dict[str, int]


class TraceProjection:
    """Keeps the tables that `projections.trace` reads."""

    name: Final = "trace"
    version: Final = 3
    sql: Final = files("projections").joinpath("trace.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write a run: what no longer holds is taken out, then all that is new goes in at once."""
        run = resolve(cursor, events)
        captures = take_in(cursor, run.live)
        gone = [effect.position for effect in run.undone] + list(captures.undone)
        unsettled, joined = _undo(cursor, gone)
        mentions = [mention for effect in run.live for mention in own_mentions(effect)]
        processes = [process for effect in run.live if (process := own_process(effect))]
        for captured in captures.live:
            mentions += foreign_mentions(captured)
            process = foreign_process(captured)
            processes += [process] if process else []
        ids, new = _nodes(cursor, mentions)
        _write(cursor, mentions, processes, ids, run.live)
        joined |= {mention.joined for mention in mentions if mention.joined}
        _join(cursor, sorted(joined))
        start = events[0].position if events else 0
        unsettled |= {
            ids[m.key] for m in mentions
            if m.key not in new and (m.makes or m.position < start)
        }  # fmt: skip
        if unsettled:
            cursor.execute(_REFRESH, {"nodes": list(unsettled)})
            cursor.execute(_FORGET, [list(unsettled)])
        settle(
            cursor, run.live, ids, [process.position for process in processes],
            rerouted=bool(gone or joined),
        )  # fmt: skip


def _undo(cursor: psycopg.Cursor[Any], positions: list[int]) -> tuple[set[int], set[str]]:
    """Take positions out; give the nodes they spoke of, and joint processes they had part in."""
    if not positions:
        return set(), set()
    rows = cursor.execute(_UNDO, [positions]).fetchall()
    cursor.execute(_UNDO_EDGES, [positions])
    cursor.execute(_UNDO_TREATMENTS, [positions])
    return {node for node, _ in rows}, {joined for _, joined in rows if joined}


def _nodes(cursor: psycopg.Cursor[Any], mentions: Sequence[Mention]) -> tuple[Ids, set[str]]:
    """Give the node of each key, made where there is none yet; and the keys of those made."""
    by_key: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_key.setdefault(mention.key, []).append(mention)
    if not by_key:
        return {}, set()
    ids: Ids = dict(cursor.execute(_KNOWN, [list(by_key)]).fetchall())
    new = {key: said for key, said in by_key.items() if key not in ids}
    if new:
        rows = [_node(key, said) for key, said in new.items()]
        cursor.execute(_NEW, [list(column) for column in zip(*rows, strict=True)])
        ids.update(cursor.fetchall())
    return ids, set(new)


def _node(key: str, said: Sequence[Mention]) -> tuple[Any, ...]:
    first = min(said, key=lambda mention: mention.position)
    best = min(said, key=lambda mention: (not mention.makes, mention.position))
    return (
        key, first.display or key, best.display is None, best.makes, best.quantity, best.unit,
        best.party, best.place, best.other_place if best.kind == "harvested" else None, best.event,
        best.position, best.occurred_at, offset_minutes(best.occurred_at),
    )  # fmt: skip


def _write(
    cursor: psycopg.Cursor[Any],
    mentions: Sequence[Mention],
    processes: Sequence[Process],
    ids: Ids,
    live: Sequence[Effect],
) -> None:
    insert(cursor, "movement", _MOVEMENT, _movements(mentions, ids))
    insert(cursor, "edge", _EDGE, (edge for process in processes for edge in _edges(process, ids)))
    treatments = [(e.position, e.event) for e in live if isinstance(e.event, PlotTreated)]
    insert(cursor, "treatment", _TREATMENT, (_treatment(at, event) for at, event in treatments))


def _movements(mentions: Sequence[Mention], ids: Ids) -> Iterable[tuple[Any, ...]]:
    ordered = sorted(mentions, key=lambda mention: mention.position)
    for position, together in groupby(ordered, key=lambda mention: mention.position):
        for n, m in enumerate(together):
            yield (
                position, n, ids[m.key], m.display, m.kind, m.makes, m.event, m.occurred_at,
                offset_minutes(m.occurred_at), m.party, m.place, m.quantity, m.unit, m.lost,
                m.note, m.result, m.other_party, m.other_place, m.joined,
            )  # fmt: skip


def _edges(process: Process, ids: Ids, n: int = 0) -> Iterable[tuple[Any, ...]]:
    split = process.kind == Processes.SPLIT.value
    for at, share in enumerate(shares(process.inputs, process.outputs, split=split), n):
        yield (
            process.position, at, ids[share.source], ids[share.target], process.event,
            share.quantity, share.unit, process.kind,
        )  # fmt: skip


def _treatment(at: int, event: PlotTreated) -> tuple[Any, ...]:
    return (
        at, event.place, event.id, event.occurred_at, offset_minutes(event.occurred_at),
        event.actor, event.substance,
    )  # fmt: skip


def _join(cursor: psycopg.Cursor[Any], joined: list[str]) -> None:
    """Write anew the edges of processes that several foreign events tell of together.

    Source: EPCIS 2.0 §7.4.5 (transformationID): all inputs of all its events went into all outputs.
    """
    if not joined:
        return
    rows = cursor.execute(_JOINED, [joined]).fetchall()
    cursor.execute(_UNDO_EDGES, [[row[2] for row in rows]])
    for _, group in groupby(rows, key=lambda row: row[0]):
        insert(cursor, "edge", _EDGE, _joint_edges(cursor, list(group)))


def _joint_edges(cursor: psycopg.Cursor[Any], rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Give the edges of one joint process; each belongs to the event that names its output."""
    made = {row[5]: row for row in reversed(rows) if row[1]}
    used = [row for row in rows if not row[1]]
    inputs = [Part(row[5], row[6], row[7]) for row in used]
    outputs = [Part(row[5], row[6], row[7]) for row in rows if row[1]]
    ids: Ids = dict(cursor.execute(_KNOWN, [[row[5] for row in rows]]).fetchall())
    found = shares(inputs, outputs) if inputs and outputs else []
    return [
        (
            made[share.target][2], n, ids[share.source], ids[share.target], made[share.target][3],
            share.quantity, share.unit, process_name(made[share.target][4]),
        )
        for n, share in enumerate(found)
    ]  # fmt: skip


def offset_minutes(at: datetime) -> int:
    """Give the offset from UTC that a time is written in, in minutes."""
    offset = at.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)
