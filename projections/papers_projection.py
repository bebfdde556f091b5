"""The step from events to certificates and print runs."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import psycopg

from domain.events import papers as p
from domain.events.movements import BatchSold, BatchTransformed
from ledger.log import Recorded
from projections.corrections import Effect, resolve
from projections.rows import insert

_COLUMNS: Final = {
    "certificate": {
        "id": "text", "position": "int8", "batch": "text", "issuer": "text", "place": "text",
        "quantity": "int8", "unit": "text", "basis": "text[]", "commitments": "text[]",
        "report": "text", "replaces": "text", "issued_at": "timestamptz",
    },
    "withdrawal": {
        "position": "int8", "event": "text", "certificate": "text", "reason": "text",
        "withdrawn_at": "timestamptz",
    },
    "run": {
        "id": "text", "position": "int8", "batch": "text", "template": "text", "kind": "text",
        "count": "int4", "first": "text", "last": "text", "certificate": "text", "party": "text",
        "holder": "text", "place": "text", "reprint_of": "text", "printed_at": "timestamptz",
    },
    "sale": {
        "position": "int8", "batch": "text", "first": "text", "last": "text", "place": "text",
        "sold_at": "timestamptz",
    },
    "parent": {"position": "int8", "child": "text", "parent": "text"},
}  # fmt: skip
_WITHDRAWN_RUN: Final = {
    "position": "int8", "batch": "text", "kind": "text", "first": "text", "last": "text",
}  # fmt: skip
_UNDO: Final = {
    table: f"DELETE FROM {table} WHERE position = ANY(%s)".encode()  # noqa: S608  names of ours
    for table in _COLUMNS
}

Row = tuple[str, tuple[Any, ...]]


class PapersProjection:
    """Keeps the tables that `projections.papers` reads."""

    name: Final = "papers"
    version: Final = 4
    sql: Final = files("projections").joinpath("papers.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write a run: take out what was corrected, then insert, table by table."""
        changes = resolve(cursor, events)
        undone = [effect.position for effect in changes.undone]
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        for effect in changes.live:
            for table, row in _rows(effect):
                rows[table].append(row)
        for table, columns in _COLUMNS.items():
            if undone:
                cursor.execute(_UNDO[table], [undone])
            insert(cursor, table, columns, rows[table])
        gone = [row for effect in changes.superseded for row in _withdrawn(effect)]
        insert(cursor, "withdrawn_run", _WITHDRAWN_RUN, gone)


def _withdrawn(effect: Effect) -> Sequence[tuple[Any, ...]]:
    """Give the numbers that a corrected print run had."""
    event = effect.event
    numbers = isinstance(event, p.LabelPrinted) and (event.serials or event.ssccs)
    if not isinstance(event, p.LabelPrinted) or not numbers:
        return ()
    return ((effect.position, event.batch, event.kind.value, numbers.first, numbers.last),)


def _rows(effect: Effect) -> Sequence[Row]:
    event, at = effect.event, effect.position
    match event:
        case p.CommitmentIssued():
            certificate = (
                event.id, at, event.batch, event.actor, event.place, event.quantity,
                event.unit.value, [basis.value for basis in event.basis],
                [commitment.value for commitment in event.commitments], event.report,
                event.replaces, event.occurred_at,
            )  # fmt: skip
            return (("certificate", certificate),)
        case p.CommitmentWithdrawn():
            withdrawal = (at, event.id, event.commitment, event.reason, event.occurred_at)
            return (("withdrawal", withdrawal),)
        case p.LabelPrinted():
            return (("run", _run(event, at)),)
        case BatchSold():
            sold = (event.place, event.occurred_at)
            return [("sale", (at, event.batch, n.first, n.last, *sold)) for n in event.serials]
        case BatchTransformed():
            parents = dict.fromkeys(item.batch for item in event.inputs)
            return [
                ("parent", (at, child.batch, parent))
                for child in event.outputs
                for parent in parents
            ]
        case _:
            return ()


def _run(event: p.LabelPrinted, at: int) -> tuple[Any, ...]:
    numbers = event.serials or event.ssccs
    first, last = (numbers.first, numbers.last) if numbers else (None, None)
    return (
        event.id, at, event.batch, event.template, event.kind.value, event.count, first, last,
        event.commitment, event.actor, event.holder or event.actor, event.place, event.reprint_of,
        event.occurred_at,
    )  # fmt: skip
