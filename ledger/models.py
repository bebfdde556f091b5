"""Decision models in memory: folded when first needed, bounded, dropped when in doubt."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final, cast

import psycopg

from domain import tags
from domain.events.catalogue import decode, type_of
from domain.events.correction import EventCorrected
from domain.history import fold
from domain.lineage import Verdicts
from domain.models.governance import Ledger
from domain.state import Fact, Model, Numbered, evolve
from ledger import envelope, log

MAX_MODELS: Final = 100_000
"""How many models and facts are kept, each about half a kilobyte."""

_FACT: Final = "event:"


class DatabaseHistory:
    """A `domain.state.History` as of a position, with what a group has admitted since on top."""

    def __init__(self, conn: psycopg.Connection[Any], upto: int) -> None:
        """Read over a connection, which stays the caller's."""
        self._conn = conn
        self._upto = upto
        self._pending: list[tuple[Numbered, tuple[str, ...]]] = []

    def add(self, item: Numbered, found_under: tuple[str, ...]) -> None:
        """Let an event that is admitted but not yet written count as history."""
        self._pending.append((item, found_under))

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        found = self.by_tag(tags.recorded(event_id))
        return found[0] if found else None

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        stored = log.numbered_by_tags(self._conn, [tag], self._upto)[tag]
        return stored + [item for item, found_under in self._pending if tag in found_under]


class ModelCache:
    """The models and facts of the ledger as of one position."""

    def __init__(self, max_models: int = MAX_MODELS) -> None:
        """Keep at most so many; the oldest go first."""
        self.models: dict[str, Model | None] = {}
        self.facts: dict[str, Fact | None] = {}
        self.verdicts = Verdicts()
        self._max = max_models

    def clear(self) -> None:
        """Forget everything: what is needed is folded anew."""
        self.models.clear()
        self.facts.clear()
        self.verdicts.forget()

    def load(self, conn: psycopg.Connection[Any], wanted: Iterable[str], upto: int) -> None:
        """Fold what is wanted and not here yet, as of a position, in one query."""
        missing = [tag for tag in dict.fromkeys(wanted) if not self._has(tag)]
        if not missing:
            return
        found: dict[str, list[log.Stored]] = {tag: [] for tag in missing}
        for tag, stored in log.stored_by_tags(conn, missing, upto):
            found[tag].append(stored)
        for tag, rows in found.items():
            if tag.startswith(_FACT):
                self.facts[tag[len(_FACT) :]] = fact_of(rows[0]) if rows else None
            else:
                events = [Numbered(row.position, log.event_of(row.data)) for row in rows]
                self.models[tag] = fold(tag, events)

    def ledger(self, conn: psycopg.Connection[Any], upto: int) -> Ledger | None:
        """Give the model of the ledger itself, as of a position where it is not here yet."""
        self.load(conn, [tags.LEDGER], upto)
        return cast("Ledger | None", self.models[tags.LEDGER])

    def assume_new(self, wanted: Iterable[str]) -> list[str]:
        """Take tags that are not here for new, and give those so taken."""
        taken = []
        for tag in wanted:
            if not self._has(tag):
                taken.append(tag)
                if tag.startswith(_FACT):
                    self.facts[tag[len(_FACT) :]] = None
                else:
                    self.models[tag] = None
        return taken

    def forget(self, wanted: Iterable[str]) -> None:
        """Forget what was assumed: it is read when needed."""
        for tag in wanted:
            if tag.startswith(_FACT):
                self.facts.pop(tag[len(_FACT) :], None)
            else:
                self.models.pop(tag, None)

    def follow(self, recorded: Iterable[log.Stored]) -> None:
        """Take in events that another process appended, in order."""
        for stored in recorded:
            event = log.event_of(stored.data)
            if isinstance(event, EventCorrected):
                self.clear()
                continue
            self.facts[event.id] = fact_of(stored)
            for tag in tags.touched(event):
                if tag in self.models:
                    self.models[tag] = evolve(self.models[tag], tag, event, stored.position)

    def is_full(self) -> bool:
        """Tell whether there is more than should be kept."""
        return len(self.models) > self._max or len(self.facts) > self._max

    def trim(self) -> None:
        """Forget the oldest beyond the bound."""
        _trim(self.models, self._max)
        _trim(self.facts, self._max)

    def _has(self, tag: str) -> bool:
        if tag.startswith(_FACT):
            return tag[len(_FACT) :] in self.facts
        return tag in self.models


def fact_of(stored: log.Stored) -> Fact:
    """Give what the rules need of a stored event."""
    payload = envelope.parse(stored.data).payload
    event = decode(payload)
    digest = sha256(payload).digest()
    return Fact(stored.position, type_of(event), event.actor, event.occurred_at, digest)


def _trim(kept: dict[str, Any], most: int) -> None:
    if len(kept) > most:
        for tag in list(kept)[: len(kept) - most * 3 // 4]:
            del kept[tag]
