"""Decision models in memory: folded when first needed, bounded, dropped when in doubt."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar

import psycopg
from typing_extensions import override

from domain import tags
from domain.events.catalogue import AnyEvent, decode
from domain.events.correction import EventCorrected
from domain.history import fold
from domain.lineage import Verdicts
from domain.models.governance import Ledger
from domain.state import Fact, Model, Numbered, evolve
from ledger import envelope, log

T = TypeVar("T")

MAX_MODELS: Final = 100_000
"""How many models and facts are kept, each about half a kilobyte."""

_FACT: Final = "event:"


class Lacking(LookupError):
    """A model or fact was looked at that is not in memory; `tag` names it."""

    def __init__(self, tag: str) -> None:
        """Say which."""
        super().__init__(f"{tag} is not in memory")
        self.tag = tag


class _Kept(dict[str, T]):
    """Values in memory. To look at one that is not raises `Lacking`: it may well exist."""

    get = dict.__getitem__  # type: ignore[assignment]  # does not call it nothing, and as fast

    def __missing__(self, key: str) -> T:
        raise Lacking(key)


class _KeptFacts(_Kept[T]):
    """The same by event id."""

    @override
    def __missing__(self, key: str) -> T:
        raise Lacking(tags.recorded(key))


class Pending(Protocol):
    """An event that is admitted but not yet written."""

    @property
    def position(self) -> int:
        """Where it will stand."""
        ...

    @property
    def event(self) -> AnyEvent:
        """The event itself."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """What it is found under."""
        ...


class DatabaseHistory:
    """A `domain.state.History` as of a position, with what a group has admitted since on top."""

    def __init__(
        self, conn: psycopg.Connection[Any], upto: int, pending: Sequence[Pending]
    ) -> None:
        """Read over a connection, which stays the caller's; `pending` may grow meanwhile."""
        self._conn = conn
        self._upto = upto
        self._pending = pending

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        found = self.by_tag(tags.recorded(event_id))
        return found[0] if found else None

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        stored = log.numbered_by_tags(self._conn, [tag], self._upto)[tag]
        return stored + [
            Numbered(one.position, one.event) for one in self._pending if tag in one.tags
        ]


class ModelCache:
    """The models and facts of the ledger as of one position."""

    def __init__(self, max_models: int = MAX_MODELS) -> None:
        """Keep at most so many; the oldest go first."""
        self.models: dict[str, Model | None] = _Kept()
        self.facts: dict[str, Fact | None] = _KeptFacts()
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
        model = self.models[tags.LEDGER]
        return model if isinstance(model, Ledger) else None

    def assume_new(self, event: AnyEvent) -> list[str]:
        """Take what an event begins for new where it is not here, and give the tags so taken."""
        taken = [tag for tag in tags.begun(event) if tag not in self.models]
        for tag in taken:
            self.models[tag] = None
        if event.id not in self.facts:
            self.facts[event.id] = None
            taken.append(tags.recorded(event.id))
        return taken

    def forget(self, wanted: Iterable[str]) -> None:
        """Forget what stands under tags: it is read when needed."""
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
    return Fact(stored.position, event.actor, event.occurred_at, digest)


def _trim(kept: dict[str, Any], most: int) -> None:
    if len(kept) > most:
        for tag in list(kept)[: len(kept) - most * 3 // 4]:
            del kept[tag]
