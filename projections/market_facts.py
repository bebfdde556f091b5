"""What speaks for a batch on the market: when it was made, certified, inspected."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import psycopg

from domain.events import movements as v
from domain.events import papers as p
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.market import OfferMade
from projections import market_statements as write

Cursor = psycopg.Cursor[Any]

TELLING: Final = (
    v.BatchHarvested, v.BatchTransformed, v.BatchInspected, p.CommitmentIssued,
    p.CommitmentWithdrawn,
)  # fmt: skip


def fold(cursor: Cursor, told: Sequence[tuple[int, AnyEvent]]) -> None:
    """Note what events tell of batches, each with its position."""
    found = [(position, event) for position, event in told if isinstance(event, TELLING)]
    if found:
        _write(cursor, found)
    settle(cursor, (batch for _, event in told for batch in _batches(event)))


def correct(cursor: Cursor, correction: EventCorrected) -> None:
    """Take what an event told of batches out, or put what its replacement tells in its place."""
    gone = cursor.execute(write.FACTS_VOID, {"event": correction.event}).fetchall()
    if not gone:
        return
    new = correction.replacement
    if isinstance(new, TELLING):
        _write(cursor, [(gone[0][1], new)])
    settle(cursor, (batch for batch, _ in gone))


def _write(cursor: Cursor, found: Iterable[tuple[int, AnyEvent]]) -> None:
    rows = [
        {"position": position, "admitted_at": event.occurred_at, "e": event}
        for position, event in found
    ]
    cursor.execute(write.FACTS, [msgspec.json.encode(rows).decode()])


def settle(cursor: Cursor, batches: Iterable[str]) -> None:
    """Work out anew what counts of batches and what is free of them, where they are offered."""
    names = list(dict.fromkeys(batches))
    if names:
        cursor.execute(write.SETTLE_FACTS, {"batches": names})


def _batches(event: AnyEvent) -> list[str]:
    if isinstance(event, v.BatchTransformed):
        return [item.batch for item in event.outputs]
    return [event.batch] if isinstance(event, (*TELLING, OfferMade)) else []
