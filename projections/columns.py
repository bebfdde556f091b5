"""Columns of integers out of PostgreSQL: a `bigint[]` read as it comes over the wire."""

from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from typing_extensions import override

Column = NDArray[np.int64]

_HEAD = 20
"""Bytes before the first element: dimensions, nulls, type, length, lower bound."""
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])
_BIGINTS = 1016
"""OID of `bigint[]` (pg_type.dat)."""


class _Columns(Loader):
    format = Format.BINARY

    @override
    def load(self, data: Buffer) -> Any:
        """Read an array of one dimension without nulls."""
        return np.frombuffer(bytes(data), _ELEMENT, offset=_HEAD)["value"].astype(np.int64)


def columns(
    conn: psycopg.Connection[Any], queries: dict[str, str], values: dict[str, object]
) -> dict[str, dict[str, Column]]:
    """Run queries that give one row of `bigint[]` without nulls each; NULL is an empty column.

    All are bound to the same values, in one transaction.
    """
    with conn.transaction(), conn.cursor(binary=True) as cursor:
        # What is computed of a row can't be estimated: the planner takes ten thousand rows for
        # ten, and looks each up by itself.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.adapters.register_loader(_BIGINTS, _Columns)
        return {name: _row(cursor, query, values) for name, query in queries.items()}


def _row(cursor: psycopg.Cursor[Any], query: str, values: dict[str, object]) -> dict[str, Column]:
    cursor.execute(query.encode(), values)
    row = cursor.fetchone() or ()
    names = [column.name for column in cursor.description or ()]
    empty = np.zeros(0, np.int64)
    return {name: empty if value is None else value for name, value in zip(names, row, strict=True)}
