"""The rules replayed over an export: the same `admit` as at the moment of writing."""

from domain import tags
from domain.admission import admit
from domain.events.catalogue import type_of
from domain.models.governance import Key
from domain.refusals import Code, Refusal, refuse
from domain.state import Fact, Model, Numbered, Signed, State, evolve
from ledger.export import Line


class MemoryHistory:
    """A `domain.state.History` in memory: all events so far, by tag."""

    def __init__(self) -> None:
        """Begin with no event."""
        self._events: dict[str, list[Numbered]] = {}

    def add(self, item: Numbered, found_under: tuple[str, ...]) -> None:
        """Take in an admitted event."""
        for tag in found_under:
            self._events.setdefault(tag, []).append(item)

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        found = self._events.get(tags.recorded(event_id))
        return found[0] if found else None

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        return self._events.get(tag, [])


class Replay:
    """Admits a whole ledger's events anew, in order."""

    def __init__(self) -> None:
        """Begin with the empty ledger."""
        self._models: dict[str, Model | None] = {}
        self._facts: dict[str, Fact | None] = {}
        self._history = MemoryHistory()
        self._state = State(self._models, self._facts, self._history)

    def admit(self, signed: Signed, line: Line) -> Refusal | None:
        """Admit the next event at the time that the ledger did, or say why not."""
        admitted = admit(self._state, signed, line.admitted_at, line.position)
        if isinstance(admitted, Refusal):
            return admitted
        event = signed.event
        self._models.update(admitted.models)
        self._facts[event.id] = Fact(
            line.position, type_of(event), event.actor, event.occurred_at, signed.digest
        )
        self._history.add(Numbered(line.position, event), admitted.tags)
        return None


class PartialReplay:
    """Checks what can be checked of a bundle: that each signer's key was in force.

    The rules of the trade need the events between, which a bundle leaves out.
    """

    def __init__(self) -> None:
        """Begin with no key known."""
        self._models: dict[str, Model | None] = {}

    def admit(self, signed: Signed, line: Line) -> Refusal | None:
        """Take in the next event of the bundle, or say whose key was not in force."""
        event = signed.event
        for tag in tags.touched(event):
            self._models[tag] = evolve(self._models.get(tag), tag, event, line.position)
        for did in signed.keyids:
            key = self._models.get(tags.key(did))
            if not isinstance(key, Key):
                return refuse(Code.UNKNOWN_KEY, key=did)
            if key.revoked_at and key.revoked_at < line.position:
                return refuse(
                    Code.KEY_REVOKED, key=did, cause=key.revoked_by, position=key.revoked_at
                )
            if key.expires and line.admitted_at >= key.expires:
                return refuse(Code.KEY_EXPIRED, key=did, when=key.expires.isoformat())
        return None
