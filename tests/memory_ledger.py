"""A ledger in memory: the domain's own admission over plain dicts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from domain import tags
from domain.admission import admit, ancestor_tags, mandate_tags, signer_tags
from domain.events.catalogue import AnyEvent, encode
from domain.lineage import Verdicts
from domain.refusals import Refusal
from domain.state import Fact, Model, Numbered, Signed, State
from ledger.keys import Ed25519Key


class OnlyWhatIsNeeded(dict[str, Any]):
    """Models or facts of which one that was not asked for by tag is a mistake to look at."""

    def get(self, key: str, default: Any = None) -> Any:  # type: ignore[explicit-override]  # noqa: ANN401
        """Give what stands under a tag that was asked for."""
        assert key in self, f"{key} was looked at, but domain.tags.needed does not name it"
        return super().get(key, default)


class MemoryLedger:
    """The domain's own admission over plain dicts; also a `domain.state.History`."""

    def __init__(self) -> None:
        """Begin with nothing, not even a genesis."""
        self.models: dict[str, Model | None] = {}
        self.facts: dict[str, Fact | None] = {}
        self.events: list[Numbered] = []
        self.keyids: list[tuple[str, ...]] = []
        self._found_under: dict[str, list[Numbered]] = {}
        self._verdicts = Verdicts()

    def copy(self) -> "MemoryLedger":
        """Give another ledger with the same history, that goes its own way from here."""
        other = MemoryLedger()
        other.models, other.facts = dict(self.models), dict(self.facts)
        other.events, other.keyids = list(self.events), list(self.keyids)
        other._found_under = {tag: list(found) for tag, found in self._found_under.items()}
        return other

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        found = self.by_tag(tags.recorded(event_id))
        return found[0] if found else None

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        return list(self._found_under.get(tag, ()))

    def all_tags(self) -> Iterator[str]:
        """Give the tags of all models."""
        return (tag for tag in self._found_under if not tag.startswith("event:"))

    def submit(self, event: AnyEvent, keys: tuple[Ed25519Key, ...], now: datetime) -> int | Refusal:
        """Admit or refuse an event, at the next position."""
        return self.decide(Signed(event, tuple(key.did for key in keys), _digest(event)), now)

    def decide(self, signed: Signed, now: datetime) -> int | Refusal:
        """Admit or refuse what is signed, with nothing in reach that it does not need."""
        event, position = signed.event, len(self.events) + 1
        wanted = (*tags.needed(event), *signer_tags(signed))
        wanted += mandate_tags(self._reach(wanted), signed)
        while missing := ancestor_tags(self._reach(wanted), [event]):
            wanted += tuple(missing)
        admitted = admit(self._reach(wanted), signed, now, position)
        if isinstance(admitted, Refusal):
            return admitted
        self.models.update(admitted.models)
        self.facts[event.id] = Fact(position, event.actor, event.occurred_at, signed.digest)
        numbered = Numbered(position, event)
        self.events.append(numbered)
        self.keyids.append(signed.keyids)
        for tag in admitted.tags:
            self._found_under.setdefault(tag, []).append(numbered)
        return position

    def _reach(self, wanted: Iterable[str]) -> State:
        models, facts = OnlyWhatIsNeeded(), OnlyWhatIsNeeded()
        for tag in wanted:
            if tag.startswith("event:"):
                facts[tag[6:]] = self.facts.get(tag[6:])
            else:
                models[tag] = self.models.get(tag)
        return State(models, facts, self, self._verdicts)


def _digest(event: AnyEvent) -> bytes:
    return sha256(encode(event)).digest()
