"""Queries whose cost grows with their answer, not with the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

# Of a recursive query the planner can't know how much it finds; it guesses high, and then reads a
# whole table to join it. Each of these look-ups is by an index.
_SETTINGS: Final = """
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('enable_seqscan', 'off', true), set_config('work_mem', '64MB', true)
"""


@contextmanager
def by_index(conn: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor of one transaction, in which everything is looked up by index."""
    with conn.transaction(), conn.cursor(binary=True) as cursor:
        cursor.execute(_SETTINGS)
        yield cursor
