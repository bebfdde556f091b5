"""Keeping what shoppers report, and the answers to it."""

import secrets
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any, Final, NamedTuple

from ledger.log import Connection

MOST_AN_HOUR: Final = 60
"""Reports about one batch that are taken in an hour: beyond, somebody is playing."""
LONGEST_WORDS: Final = 500

_FIELDS: Final = """
    number, batch, serial, problem, words, made_at, answer, answered_by, answered_at,
    EXISTS (SELECT FROM report.photo WHERE photo.report = report.number)
"""
_MAKE: Final = """
    WITH lately AS (
        SELECT count(*) AS n FROM report.report
        WHERE batch = %(batch)s AND made_at > clock_timestamp() - interval '1 hour'
    ), made AS (
        INSERT INTO report.report (secret, batch, owner, serial, problem, words)
        SELECT %(secret)s, %(batch)s, %(owner)s, %(serial)s, %(problem)s, %(words)s
        FROM lately WHERE n < %(most)s
        RETURNING number
    ), kept AS (
        INSERT INTO report.photo (report, jpeg)
        SELECT number, %(photo)s FROM made WHERE %(photo)s::bytea IS NOT NULL
    )
    SELECT number FROM made
"""
_LIST: Final = f"""
    SELECT {_FIELDS} FROM report.report
    WHERE (%(owners)s::text[] IS NULL OR owner = ANY(%(owners)s))
    ORDER BY answered_at IS NULL DESC, made_at DESC LIMIT %(limit)s
"""  # noqa: S608  our own text
_BY_SECRET: Final = f"SELECT {_FIELDS} FROM report.report WHERE secret = %s"  # noqa: S608  as above
_ANSWER: Final = """
    UPDATE report.report
    SET answer = %(answer)s, answered_by = %(by)s, answered_at = clock_timestamp()
    WHERE number = %(number)s AND (%(owners)s::text[] IS NULL OR owner = ANY(%(owners)s))
    RETURNING 1
"""
_PHOTO: Final = """
    SELECT jpeg FROM report.photo JOIN report.report ON report.number = photo.report
    WHERE report.number = %(number)s
    AND (%(owners)s::text[] IS NULL OR owner = ANY(%(owners)s))
"""


class Problem(Enum):
    """What a shopper may say is wrong."""

    SPOILED = "spoiled"
    PACKAGE = "package"
    NOT_AS_LABELLED = "not-as-labelled"
    COUNTERFEIT = "counterfeit"
    OTHER = "other"


class Report(NamedTuple):
    """A report as it stands; `answer` is the producer's or the county's."""

    number: int
    batch: str
    serial: str | None
    problem: Problem
    words: str | None
    made_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    has_photo: bool


class Said(NamedTuple):
    """What a shopper sends; `owner` first recorded the batch, `photo` is one drawn anew."""

    batch: str
    owner: str | None
    serial: str | None
    problem: Problem
    words: str | None
    photo: bytes | None


def make(conn: Connection, said: Said) -> str | None:
    """Keep a report; give the secret that shows its answer, None where too many came lately."""
    secret = secrets.token_urlsafe(16)
    row = conn.execute(_MAKE, {
        "secret": _digest(secret), "batch": said.batch, "owner": said.owner,
        "serial": said.serial, "problem": said.problem.value, "words": said.words,
        "photo": said.photo, "most": MOST_AN_HOUR,
    }).fetchone()  # fmt: skip
    return secret if row else None


def by_secret(conn: Connection, secret: str) -> Report | None:
    """Give the report of a secret."""
    row = conn.execute(_BY_SECRET.encode(), [_digest(secret)]).fetchone()
    return _read(row) if row else None


def listed(conn: Connection, owners: list[str] | None, limit: int) -> list[Report]:
    """Give the reports about batches of these parties, or of all (None); unanswered ones first."""
    values = {"owners": owners, "limit": limit}
    return [_read(row) for row in conn.execute(_LIST.encode(), values).fetchall()]


def answer(conn: Connection, number: int, by: str, text: str, owners: list[str] | None) -> bool:
    """Answer a report about a batch of one of these parties; False where there is none."""
    values = {
        "number": number, "by": by, "answer": text,
        "owners": owners,
    }  # fmt: skip
    return conn.execute(_ANSWER, values).fetchone() is not None


def photo(conn: Connection, number: int, owners: list[str] | None) -> bytes | None:
    """Give the photo of a report about a batch of one of these parties, a JPEG."""
    values = {"number": number, "owners": owners}
    row = conn.execute(_PHOTO, values).fetchone()
    return bytes(row[0]) if row else None


def _read(row: tuple[Any, ...]) -> Report:
    number, batch, serial, problem, words, made_at, answered, by, at, has_photo = row
    return Report(
        number, batch, serial, Problem(problem), words, made_at, answered, by, at, has_photo
    )


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
