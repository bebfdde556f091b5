"""Recording that a unit was scanned, and what its scans add up to: one statement a scan."""

from datetime import datetime
from typing import Final, NamedTuple

from domain.authenticity import Sighting
from domain.moments import CST
from ledger.log import Connection

_RECORD: Final = """
    WITH before AS (
        SELECT last_at, last_region FROM scan.unit WHERE batch = %(batch)s AND serial = %(serial)s
    ), seen AS (
        INSERT INTO scan.sighting (batch, serial, at, region)
        VALUES (%(batch)s, %(serial)s, %(at)s, %(region)s)
    ), now AS (
        INSERT INTO scan.unit (batch, serial, first_at, last_at, last_region, day)
        VALUES (%(batch)s, %(serial)s, %(at)s, %(at)s, %(region)s, %(day)s)
        ON CONFLICT (batch, serial) DO UPDATE SET
            last_at = excluded.last_at,
            last_region = coalesce(excluded.last_region, unit.last_region),
            scans = unit.scans + 1,
            day = excluded.day,
            day_scans = CASE WHEN unit.day = excluded.day THEN unit.day_scans + 1 ELSE 1 END
        RETURNING first_at, scans, day_scans
    )
    SELECT now.first_at, now.scans, now.day_scans, before.last_at, before.last_region
    FROM now LEFT JOIN before ON true
"""
_STRAY: Final = """
    INSERT INTO scan.stray (batch, day, serial) VALUES (%(batch)s, %(day)s, %(serial)s)
    ON CONFLICT (batch, day) DO UPDATE SET scans = stray.scans + 1, serial = excluded.serial
"""
_READ: Final = """
    SELECT first_at, scans, day_scans, last_at, last_region, day FROM scan.unit
    WHERE batch = %s AND serial = %s
"""
_HISTORY: Final = """
    SELECT at, region FROM scan.sighting WHERE batch = %s AND serial = %s ORDER BY at DESC LIMIT %s
"""


class UnitScans(NamedTuple):
    """What the scans of a unit add up to; `before` is the one before the last."""

    first_at: datetime
    scans: int
    today: int
    before: Sighting | None


def record(
    conn: Connection, batch: str, serial: str, at: datetime, region: str | None
) -> UnitScans:
    """Record a scan to the minute, and give what it comes to with those before."""
    minute = at.replace(second=0, microsecond=0)
    values = {
        "batch": batch, "serial": serial, "at": minute, "region": region, "day": _day(at),
    }  # fmt: skip
    row = conn.execute(_RECORD, values).fetchone()
    assert row is not None  # noqa: S101  an upsert gives its row
    before = Sighting(row[3], row[4]) if row[3] else None
    return UnitScans(row[0], row[1], row[2], before)


def record_stray(conn: Connection, batch: str, serial: str, at: datetime) -> None:
    """Count the scan of a serial that was never printed; one row a batch and day, however many."""
    conn.execute(_STRAY, {"batch": batch, "serial": serial, "day": _day(at)})


def read(conn: Connection, batch: str, serial: str, at: datetime) -> UnitScans | None:
    """Give what a unit's scans add up to, without another."""
    row = conn.execute(_READ, [batch, serial]).fetchone()
    if row is None:
        return None
    return UnitScans(row[0], row[1], row[2] if row[5] == _day(at) else 0, Sighting(row[3], row[4]))


def history(conn: Connection, batch: str, serial: str, limit: int) -> list[Sighting]:
    """Give a unit's last scans, the newest first."""
    rows = conn.execute(_HISTORY, [batch, serial, limit]).fetchall()
    return [Sighting(at, region) for at, region in rows]


def _day(at: datetime) -> str:
    return at.astimezone(CST).date().isoformat()
