"""What is held and recalled now: of a batch, through what it was made of, and in all."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
import psycopg
from msgspec import Struct

from domain.epcis import canonical_key


class Halt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hold or recall that is not lifted.

    `batch` is the batch that it was said of, `by` the party that said it. `reason` is a hold's
    reason or a recall's hazard; `instruction` and `level` (1 the gravest) are a recall's.
    """

    kind: Literal["hold", "recall"]
    batch: str
    event: str
    position: int
    occurred_at: datetime
    by: str
    reason: str
    descendants: bool
    instruction: str | None = None
    level: int | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """A hold or recall that is not lifted, and how many batches lie under it, its own included."""

    halt: Halt
    batches: int


BODIES_OVER: Final = """
(SELECT array_agg(h.body ORDER BY h.kind DESC, h.position)
 FROM trace.halted t JOIN trace.halt h ON h.event = t.halt WHERE t.key = {key})
"""
"""A subquery: the holds and recalls over the batch of an expression as JSON, recalls first."""

_OVER: Final = """
SELECT t.key, h.body FROM trace.halted t JOIN trace.halt h ON h.event = t.halt
WHERE t.key = ANY(%s) ORDER BY h.kind DESC, h.position
"""
_STANDING: Final = """
SELECT h.body, (SELECT count(*) FROM trace.halted t WHERE t.halt = h.event)
FROM trace.halt h ORDER BY h.position DESC
"""
_DECODER: Final = msgspec.json.Decoder(Halt)


def over(conn: psycopg.Connection[Any], batches: list[str]) -> dict[str, list[Halt]]:
    """Give the holds and recalls that batches lie under, recalls first, by the name asked for."""
    names = {canonical_key(batch): batch for batch in batches}
    found: dict[str, list[Halt]] = {}
    with conn.cursor(binary=True) as cursor:
        for key, body in cursor.execute(_OVER, [list(names)]).fetchall():
            found.setdefault(names[key], []).append(_DECODER.decode(body))
    return found


def standing(conn: psycopg.Connection[Any]) -> list[Standing]:
    """Give all holds and recalls that are not lifted, the newest first."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_STANDING).fetchall()
    return [Standing(halt=_DECODER.decode(body), batches=batches) for body, batches in rows]
