"""Handing events in: all of them or none, or each on its own, and what came of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct, field

from domain.refusals import Refusal
from ledger import log
from ledger.candidate import read_candidate
from ledger.group import Decider
from ledger.log import Connection
from ledger.models import ModelCache
from ledger.outcome import Admission
from ledger.sequencer import Sequencer

_PART: Final = 500


class Entry(Struct, frozen=True):
    """An envelope to hand in; `index` is its place in the file, from 0."""

    index: int
    raw: bytes


class RefusedEntry(Struct, frozen=True):
    """One that was not taken; without an index it is the file as a whole."""

    index: int | None
    code: str
    detail: str


class Result(Struct):
    """What came of an import, as `--json` prints it."""

    recorded: int = 0
    already: int = 0
    refused: list[RefusedEntry] = field(default_factory=list)


def refused_entry(index: int, refusal: Refusal) -> RefusedEntry:
    """Word a refusal for the list."""
    return RefusedEntry(index, refusal.code.value, f"{refusal.zh} {refusal.en}")


def rehearse(conn: Connection, entries: Sequence[Entry]) -> list[RefusedEntry]:
    """Decide entries in order on the ledger as it stands, writing nothing; give the refused."""
    candidates = [read_candidate(entry.raw) for entry in entries]
    decider = Decider(ModelCache())
    head, now = log.head(conn), datetime.now(UTC)
    group = decider.decide(conn, candidates, head, now, written=head, assume=False)
    return [
        refused_entry(entry.index, verdict)
        for entry, verdict in zip(entries, group.verdicts, strict=True)
        if isinstance(verdict, Refusal)
    ]


def hand_in(
    sequencer: Sequencer,
    entries: Sequence[Entry],
    result: Result,
    progress: Callable[[int, int], None],
) -> None:
    """Hand entries in, in order, and count what came of them."""
    done = 0
    for part in _parts(entries):
        outcomes = sequencer.submit([entry.raw for entry in part]).result()
        for entry, outcome in zip(part, outcomes, strict=True):
            _count(entry, outcome, result)
        done += len(part)
        progress(done, len(entries))


def _parts(entries: Sequence[Entry]) -> Iterable[Sequence[Entry]]:
    for at in range(0, len(entries), _PART):
        yield entries[at : at + _PART]


def _count(entry: Entry, outcome: Admission | Refusal, result: Result) -> None:
    if isinstance(outcome, Refusal):
        result.refused.append(refused_entry(entry.index, outcome))
    elif outcome.already:
        result.already += 1
    else:
        result.recorded += 1
