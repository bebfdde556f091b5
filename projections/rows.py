"""Writing many rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql


def insert(
    cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert new rows with COPY; none of them may be there already."""
    rows = list(rows)
    if not rows:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
