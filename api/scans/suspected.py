"""Units whose label may be a copy: opened once for each reason, counted on, closed by its owner."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from domain.authenticity import Suspicion
from ledger.log import Connection

_OPEN: Final = """
    INSERT INTO scan.suspicion (batch, owner, serial, kind, evidence)
    VALUES (%(batch)s, %(owner)s, %(serial)s, %(kind)s, jsonb_build_object(
        'scans', %(scans)s::bigint, 'today', %(today)s::integer,
        'from', %(before)s::text, 'to', %(region)s::text))
    ON CONFLICT (batch, serial, kind) WHERE closed_at IS NULL DO UPDATE SET
        times = suspicion.times + 1, last_at = clock_timestamp(), evidence = excluded.evidence
"""
_LIST: Final = """
    SELECT number, batch, serial, kind, opened_at, last_at, times, evidence, closed_at, outcome
    FROM scan.suspicion
    WHERE (%(owners)s::text[] IS NULL OR owner = ANY(%(owners)s))
    ORDER BY closed_at IS NULL DESC, last_at DESC LIMIT %(limit)s
"""
_CLOSE: Final = """
    UPDATE scan.suspicion
    SET closed_at = clock_timestamp(), closed_by = %(by)s, outcome = %(outcome)s
    WHERE number = %(number)s AND closed_at IS NULL
    AND (%(owners)s::text[] IS NULL OR owner = ANY(%(owners)s))
    RETURNING 1
"""


class Unit(NamedTuple):
    """A serial of a batch; `owner` first recorded the batch, None for a foreign one."""

    batch: str
    owner: str | None
    serial: str


class Evidence(NamedTuple):
    """What a scan showed: how many there were, and from where to where."""

    scans: int
    today: int
    before: str | None
    region: str | None


class Suspected(NamedTuple):
    """A unit under suspicion: since when, how often again, and how it ended."""

    number: int
    batch: str
    serial: str
    kind: Suspicion
    opened_at: datetime
    last_at: datetime
    times: int
    evidence: Evidence
    closed_at: datetime | None
    outcome: str | None


def note(conn: Connection, unit: Unit, kinds: Iterable[Suspicion], evidence: Evidence) -> None:
    """Open what is not open yet, and count on what is."""
    for kind in kinds:
        conn.execute(
            _OPEN,
            {**unit._asdict(), "kind": kind.value, **evidence._asdict()},
        )


def listed(conn: Connection, owners: list[str] | None, limit: int) -> list[Suspected]:
    """Give the units under suspicion of these parties, or of all (None); open ones first."""
    rows = conn.execute(_LIST, {"owners": owners, "limit": limit}).fetchall()
    return [_read(row) for row in rows]


def close(conn: Connection, number: int, by: str, outcome: str, owners: list[str] | None) -> bool:
    """Close one of these parties' with what came of it; False where there is none open."""
    values = {"number": number, "by": by, "outcome": outcome, "owners": owners}
    return conn.execute(_CLOSE, values).fetchone() is not None


def _read(row: tuple[Any, ...]) -> Suspected:
    number, batch, serial, kind, opened_at, last_at, times, found, closed_at, outcome = row
    evidence = Evidence(found["scans"], found["today"], found["from"], found["to"])
    return Suspected(
        number, batch, serial, Suspicion(kind), opened_at, last_at, times, evidence,
        closed_at, outcome,
    )  # fmt: skip
