"""Writing many rows at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

Columns = Mapping[str, str]
"""The PostgreSQL type of each column, in the order of a row's values."""


def insert(
    cursor: psycopg.Cursor[Any], table: str, columns: Columns, rows: Iterable[Sequence[Any]]
) -> None:
    """Insert new rows with COPY, in binary; none of them may be there already."""
    rows = list(rows)
    if not rows:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
