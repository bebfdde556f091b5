"""Checkpoints with the cosignatures of witnesses, as the database keeps them."""

from typing import Any, Final

import psycopg

from ledger.errors import LedgerError
from ledger.policy import Policy, check

_RECENT: Final = 20


def keep_cosigned(conn: psycopg.Connection[Any], size: int, note: str) -> None:
    """Keep a cosigned note, beside any earlier one of that size."""
    conn.execute("INSERT INTO ledger.cosigned (size, note) VALUES (%s, %s)", [size, note])


def fullest_cosigned(conn: psycopg.Connection[Any], size: int) -> str | None:
    """Give the note of a size that the most witnesses have signed; None where there is none."""
    row = conn.execute(
        "SELECT note FROM ledger.cosigned WHERE size = %s ORDER BY length(note) DESC LIMIT 1",
        [size],
    ).fetchone()
    return str(row[0]) if row else None


def newest_cosigned(
    conn: psycopg.Connection[Any], policy: Policy, upto: int | None = None
) -> tuple[int, str] | None:
    """Give the size and note of the newest checkpoint that satisfies a policy.

    Only the latest twenty are looked at: older ones were for a policy of another day.
    """
    rows = conn.execute(
        "SELECT size, note FROM ledger.cosigned WHERE %s::bigint IS NULL OR size <= %s"
        " ORDER BY size DESC, number DESC LIMIT %s",
        [upto, upto, _RECENT],
    ).fetchall()
    return next(((int(size), str(note)) for size, note in rows if _satisfies(policy, note)), None)


def _satisfies(policy: Policy, note: str) -> bool:
    try:
        check(policy, note)
    except LedgerError:
        return False
    return True
