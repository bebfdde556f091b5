"""Which certificates of commitment a batch has, which labels were printed, which units sold."""

from datetime import datetime
from typing import Any, Final, Literal

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

MOST_LINEAGE: Final = 500
"""The most certificates that a lineage lists."""

_CERTIFICATE: Final = """
    SELECT id, position, batch, issuer, place, quantity, unit, basis, commitments, report,
           replaces, replaced_by, withdrawn_by, withdrawn_for, withdrawn_at, issued_at
    FROM papers.standing
"""
_RUN: Final = """
    SELECT id, position, batch, template, kind, count, first, last, certificate, party, holder,
           place, reprint_of, printed_at
    FROM papers.run
"""
_LINEAGE: Final = """
    WITH RECURSIVE above AS (
        SELECT parent FROM papers.parent WHERE child = %s
        UNION
        SELECT p.parent FROM above JOIN papers.parent p ON p.child = above.parent
    )
    SELECT id, position, batch, issuer, place, quantity, unit, basis, commitments, report,
           replaces, replaced_by, withdrawn_by, withdrawn_for, withdrawn_at, issued_at
    FROM papers.standing
    WHERE batch IN (SELECT parent FROM above) AND withdrawn_by IS NULL AND replaced_by IS NULL
    ORDER BY position DESC LIMIT %s
"""
_PRINTED: Final = """
    SELECT bool_or(%(serial)s::text ~ '^[0-9]{1,20}$'
                   AND length(%(serial)s::text) = length(first)
                   AND %(serial)s::text COLLATE "C" BETWEEN first AND last)
    FROM papers.run WHERE batch = %(batch)s AND kind = 'unit'
"""
_SOLD: Final = """
    SELECT sold_at, place FROM papers.sale
    WHERE batch = %(batch)s AND length(first) = length(%(serial)s::text)
        AND first COLLATE "C" <= %(serial)s::text AND last COLLATE "C" >= %(serial)s::text
    ORDER BY position LIMIT 1
"""
_LAST: Final = """
    SELECT last FROM papers.run
    WHERE batch = %s AND kind = %s AND last IS NOT NULL AND reprint_of IS NULL
    ORDER BY last::numeric DESC LIMIT 1
"""


_WITHDRAWN: Final = """
    SELECT 1 FROM papers.withdrawn_run
    WHERE batch = %(batch)s AND kind = 'unit' AND length(first) = length(%(serial)s::text)
        AND first COLLATE "C" <= %(serial)s::text AND last COLLATE "C" >= %(serial)s::text
    LIMIT 1
"""
_WITHDRAWN_CRATE: Final = """
    SELECT 1 FROM papers.withdrawn_run
    WHERE kind = 'crate' AND first COLLATE "C" <= %(sscc)s AND last COLLATE "C" >= %(sscc)s LIMIT 1
"""
_CRATE: Final = """
    SELECT batch FROM papers.run
    WHERE kind = 'crate' AND first COLLATE "C" <= %s AND last COLLATE "C" >= %s
    ORDER BY position DESC LIMIT 1
"""


class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate of commitment; its id is that of the event which issued it.

    `basis` and `commitments` are the event's words. It is in force until it is withdrawn or
    replaced.
    """

    id: str
    position: int
    batch: str
    issuer: str
    place: str
    quantity: int
    unit: str
    basis: list[str]
    commitments: list[str]
    report: str | None
    replaces: str | None
    replaced_by: str | None
    withdrawn_by: str | None
    withdrawn_for: str | None
    withdrawn_at: datetime | None
    issued_at: datetime

    @property
    def state(self) -> Literal["in_force", "replaced", "withdrawn"]:
        """Whether it holds."""
        if self.withdrawn_by:
            return "withdrawn"
        return "replaced" if self.replaced_by else "in_force"


class PrintRun(Struct, frozen=True, kw_only=True):
    """Labels that were printed; its id is that of the event.

    `first` and `last` are serials or SSCCs, by its kind (`domain.events.papers.LabelKind`).
    `party` printed for `holder`, mostly itself.
    """

    id: str
    position: int
    batch: str
    template: str
    kind: str
    count: int
    first: str | None
    last: str | None
    certificate: str | None
    party: str
    holder: str
    place: str
    reprint_of: str | None
    printed_at: datetime


class Sale(Struct, frozen=True):
    """The sale of a unit: when, and at which place."""

    at: datetime
    place: str


def certificates_of(conn: psycopg.Connection[Any], batch: str) -> list[Certificate]:
    """Give all certificates of a batch (`GTIN/LOT`), whatever their state, the newest first."""
    return _certificates(conn, f"{_CERTIFICATE} WHERE batch = %s ORDER BY position DESC", [batch])


def certificates_of_batches(
    conn: psycopg.Connection[Any], batches: list[str]
) -> dict[str, list[Certificate]]:
    """Give all certificates of each of several batches, the newest first."""
    found: dict[str, list[Certificate]] = {batch: [] for batch in batches}
    statement = f"{_CERTIFICATE} WHERE batch = ANY(%s) ORDER BY position DESC"
    for certificate in _certificates(conn, statement, [batches]):
        found[certificate.batch].append(certificate)
    return found


def certificate(conn: psycopg.Connection[Any], certificate_id: str) -> Certificate | None:
    """Give a certificate by its id."""
    found = _certificates(conn, f"{_CERTIFICATE} WHERE id = %s", [certificate_id])
    return found[0] if found else None


def lineage(conn: psycopg.Connection[Any], batch: str) -> list[Certificate]:
    """Give the certificates in force of all that a batch was made of, the newest first."""
    return _certificates(conn, _LINEAGE, [batch, MOST_LINEAGE])


def runs_of(conn: psycopg.Connection[Any], batch: str) -> list[PrintRun]:
    """Give the print runs of a batch, reprints too, the newest first."""
    return _runs(conn, "WHERE batch = %s ORDER BY position DESC", [batch])


def runs_of_batches(conn: psycopg.Connection[Any], batches: list[str]) -> dict[str, list[PrintRun]]:
    """Give the print runs of each of several batches, the newest first."""
    found: dict[str, list[PrintRun]] = {batch: [] for batch in batches}
    for one in _runs(conn, "WHERE batch = ANY(%s) ORDER BY position DESC", [batches]):
        found[one.batch].append(one)
    return found


def runs_of_parties(
    conn: psycopg.Connection[Any], parties: list[str], limit: int
) -> list[PrintRun]:
    """Give the last print runs by or for these parties, the newest first."""
    return _runs(
        conn, "WHERE party = ANY(%s) OR holder = ANY(%s) ORDER BY position DESC LIMIT %s",
        [parties, parties, limit],
    )  # fmt: skip


def run(conn: psycopg.Connection[Any], run_id: str) -> PrintRun | None:
    """Give a print run by its id."""
    found = _runs(conn, "WHERE id = %s", [run_id])
    return found[0] if found else None


def last_number(conn: psycopg.Connection[Any], batch: str, kind: str) -> str | None:
    """Give the highest serial (`unit`) or SSCC (`crate`) printed of a batch, to go on after."""
    row = conn.execute(_LAST, [batch, kind]).fetchone()
    return str(row[0]) if row else None


def batch_of_crate(conn: psycopg.Connection[Any], sscc: str) -> str | None:
    """Give the batch that a crate's label was printed for last; None where none was."""
    row = conn.execute(_CRATE, [sscc, sscc]).fetchone()
    return str(row[0]) if row else None


def was_printed(conn: psycopg.Connection[Any], batch: str, serial: str) -> bool | None:
    """Tell whether a unit label with a serial was printed of a batch.

    None where no unit label of the batch is on record: its labels may have been made elsewhere.
    """
    row = conn.execute(_PRINTED, {"batch": batch, "serial": serial}).fetchone()
    return row[0] if row else None


def was_withdrawn(conn: psycopg.Connection[Any], batch: str, serial: str) -> bool:
    """Tell whether a serial was of a print run that was declared in error.

    Ask only of one that no run which stands has printed.
    """
    row = conn.execute(_WITHDRAWN, {"batch": batch, "serial": serial}).fetchone()
    return row is not None


def crate_was_withdrawn(conn: psycopg.Connection[Any], sscc: str) -> bool:
    """Tell the same of a crate's SSCC."""
    return conn.execute(_WITHDRAWN_CRATE, {"sscc": sscc}).fetchone() is not None


def sale_of(conn: psycopg.Connection[Any], batch: str, serial: str) -> Sale | None:
    """Give the sale of a unit to a consumer; None where none names its serial."""
    row = conn.execute(_SOLD, {"batch": batch, "serial": serial}).fetchone()
    return Sale(*row) if row else None


def _certificates(
    conn: psycopg.Connection[Any], statement: str, values: list[Any]
) -> list[Certificate]:
    with conn.cursor(row_factory=class_row(Certificate)) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def _runs(conn: psycopg.Connection[Any], which: str, values: list[Any]) -> list[PrintRun]:
    with conn.cursor(row_factory=class_row(PrintRun)) as cursor:
        return cursor.execute(f"{_RUN} {which}".encode(), values).fetchall()
