"""What a run of events changes of what is held: a `holding` table of a read model's own."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

import psycopg

from projections.corrections import Changes, Effect
from projections.stock_changes import Account, changes

SQL: Final = files("projections").joinpath("stock.sql").read_text("utf-8")
"""The table, for the schema of each read model that keeps one."""

_MERGE: Final = """
MERGE INTO holding h
USING unnest(
    %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[]
) AS d (batch, party, place, quantity, reserved, unit)
ON h.batch = d.batch AND h.party = d.party AND h.place = d.place
WHEN MATCHED AND h.quantity + d.quantity = 0 AND h.reserved + d.reserved = 0 THEN DELETE
WHEN MATCHED THEN
    UPDATE SET quantity = h.quantity + d.quantity, reserved = h.reserved + d.reserved, unit = d.unit
WHEN NOT MATCHED AND (d.quantity <> 0 OR d.reserved <> 0) THEN
    INSERT (batch, party, place, quantity, reserved, unit)
    VALUES (d.batch, d.party, d.place, d.quantity, d.reserved, d.unit)
"""

Sums = dict[tuple[str, str, str], tuple[int, int, str]]
"""Quantity, reserved and unit by batch, party and place."""


def moved(run: Changes) -> Sums:
    """Sum what a run adds to and takes from each holding."""
    sums: Sums = {}
    _add(sums, run.undone, -1)
    _add(sums, run.live, 1)
    return {at: sum_ for at, sum_ in sums.items() if sum_[:2] != (0, 0)}


def merge(cursor: psycopg.Cursor[Any], sums: Sums) -> None:
    """Write that into the table on the search path."""
    rows = [(*at, *sum_) for at, sum_ in sums.items()]
    if rows:
        cursor.execute(_MERGE, [list(column) for column in zip(*rows, strict=True)])


def _add(sums: Sums, effects: Iterable[Effect], sign: int) -> None:
    for effect in effects:
        for change in changes(effect.event):
            if change.account is Account.HELD:
                at = (change.batch, change.party, change.place)
                quantity, reserved, _ = sums.get(at, (0, 0, ""))
                sums[at] = (
                    quantity + sign * change.quantity, reserved + sign * change.reserved,
                    change.unit,
                )  # fmt: skip
