"""Where a batch came from and what became of it: one query, as long as its answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import psycopg
from msgspec import Struct, field

from domain.epcis import canonical_key
from projections.amounts import Shown, shown
from projections.by_index import by_index

Row = tuple[Any, ...]

Direction = Literal["back", "forward", "both"]

_TRACE: Final = files("projections").joinpath("trace_query.sql").read_text("utf-8")
_MOVEMENTS: Final = files("projections").joinpath("trace_movements.sql").read_text("utf-8")


class Node(Struct, frozen=True, kw_only=True, gc=False):
    """A batch in the trace.

    `id` is `GTIN/LOT`, or the foreign identifier that the batch was first seen by; `key` what both
    come to. `quantity` and `unit` (UN/ECE Rec 20) are what was made; where `basis` is `seen`, the
    making is not on record and they are what was first seen. `party` and `place` are of the making:
    our own ids, or as the foreign event names them. `plot` is a harvest's. `event` and `position`
    say where this stands in the ledger.
    """

    id: str
    key: str
    kind: Literal["own", "foreign"]
    gtin: str | None
    lot: str | None
    quantity: Shown | None
    unit: str | None
    basis: Literal["made", "seen"]
    party: str | None
    place: str | None
    plot: str | None
    event: str
    position: int
    occurred_at: datetime


class Edge(Struct, frozen=True, kw_only=True, gc=False):
    """So much of one batch went into another, in one event; `kind` is the process.

    The quantity is in the unit of the batch it comes from (`projections.shares`).
    """

    source: str = field(name="from")
    target: str = field(name="to")
    event: str
    position: int
    quantity: Shown | None
    unit: str | None
    kind: str


class Trace(Struct, frozen=True, kw_only=True):
    """A batch's ancestors, descendants or both, as of a position; nodes in order of recording."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    position: int


class Movement(Struct, frozen=True, kw_only=True):
    """Something that happened to a batch.

    `kind` is one of `treated` (its plot, before the harvest), `harvested`, `made` (came out of a
    process), `used` (went into one), `shipped`, `received`, `inspected`, `sold`, `disposed`,
    `held`, `released`, `recalled`, `recall_closed`; of a foreign event `made`, `used` or
    `observed`. `note` is, by kind, the substance, grade, process, reason of a loss, disposal or
    hold, hazard, outcome of a recall, standard, channel, or a foreign business step; `result` that
    of an inspection. `lost` is what was short on receipt. `other_party` and `other_place` are the
    addressee of a shipment; of a harvest, `other_place` is the plot.
    """

    batch: str
    kind: str
    event: str
    position: int
    occurred_at: datetime
    party: str | None
    place: str | None
    quantity: Shown | None = None
    unit: str | None = None
    lost: Shown | None = None
    note: str | None = None
    result: str | None = None
    other_party: str | None = None
    other_place: str | None = None


def trace(conn: psycopg.Connection[Any], batch: str, direction: Direction = "both") -> Trace | None:
    """Trace a batch, named by `GTIN/LOT`, an LGTIN or SGTIN URN, or a GS1 Digital Link.

    `both` gives ancestors and descendants of the batch, not the other descendants of its ancestors.
    None where no event speaks of the batch.
    """
    values = {
        "key": canonical_key(batch),
        "back": direction != "forward",
        "forward": direction != "back",
    }
    with by_index(conn) as cursor:
        rows = cursor.execute(_TRACE.encode(), values).fetchall()
    nodes = [_node(row) for row in sorted(_of("node", rows), key=_recorded)]
    roots = [node.id for node in nodes if node.key == values["key"]]
    if not roots:
        return None
    names = {row[3]: row[9] for row in _of("node", rows)}
    # In a circle an edge is found by both ways.
    arrows = {(row[1], row[2]): row for row in _of("edge", rows)}
    edges = [_edge(arrows[at], names) for at in sorted(arrows)]
    ((_, position, *_),) = _of("position", rows)
    return Trace(root=roots[0], nodes=tuple(nodes), edges=tuple(edges), position=position)


def movements(conn: psycopg.Connection[Any], batches: list[str]) -> list[Movement]:
    """Give what happened to batches, named as in `trace`, in order of time."""
    keys = [canonical_key(batch) for batch in batches]
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_MOVEMENTS.encode(), {"keys": keys}).fetchall()
    return [_movement(row) for row in rows]


def _of(kind: str, rows: list[Row]) -> Iterator[Row]:
    return (row for row in rows if row[0] == kind)


def _recorded(row: Row) -> tuple[int, str]:
    return row[1], row[8]


def _node(row: Row) -> Node:
    (_, position, _, _, _, event, quantity, unit, key, display, own, made, *origin) = row
    party, place, plot, at, offset = origin
    gtin, lot = (key[:14], key[15:]) if key[14:15] == "/" else (None, None)
    return Node(
        id=display, key=key, kind="own" if own else "foreign", gtin=gtin, lot=lot,
        quantity=shown(quantity), unit=unit, basis="made" if made else "seen", party=party,
        place=place, plot=plot, event=event, position=position, occurred_at=local(at, offset),
    )  # fmt: skip


def _edge(row: Row, names: dict[int, str]) -> Edge:
    _, position, _, source, target, event, quantity, unit, kind, *_ = row
    return Edge(
        source=names[source], target=names[target], event=event, position=position,
        quantity=shown(quantity), unit=unit, kind=kind,
    )  # fmt: skip


def _movement(row: Row) -> Movement:
    batch, kind, event, position, at, offset, party, place, quantity, unit, lost, *rest = row
    note, result, other_party, other_place = rest
    return Movement(
        batch=batch, kind=kind, event=event, position=position, occurred_at=local(at, offset),
        party=party, place=place, quantity=shown(quantity), unit=unit, lost=shown(lost),
        note=note, result=result, other_party=other_party, other_place=other_place,
    )  # fmt: skip


def local(instant: datetime, offset_minutes: int) -> datetime:
    """Give an instant at the offset that the actor's clock had."""
    return instant.astimezone(_zone(offset_minutes))


@cache
def _zone(offset_minutes: int) -> timezone:
    return timezone(timedelta(minutes=offset_minutes))
