"""A simulated county: people with real keys, a clock under control, and a ledger.

A `World` builds events (`world.harvest(…)`) and submits them: `admit` expects them admitted,
`refuse` expects a refusal. What it submits to is any `Ledger`: `MemoryLedger` runs the domain
alone; a test of PostgreSQL gives a ledger that takes `sealed(event, keys)`.
"""

from datetime import datetime
from typing import Final, Protocol, TypeVar

from domain.events.base import Event
from domain.events.catalogue import AnyEvent, encode
from domain.refusals import Refusal
from ledger import envelope
from ledger.keys import Ed25519Key
from tests.author import Author
from tests.county import COOP, ELDER, key_of
from tests.memory_ledger import MemoryLedger

EventT = TypeVar("EventT", bound=Event)


class Ledger(Protocol):
    """What a world writes to: the domain in memory, or a real ledger."""

    def submit(self, event: AnyEvent, keys: tuple[Ed25519Key, ...], now: datetime) -> int | Refusal:
        """Admit an event signed with these keys, giving its position, or refuse it."""
        ...


def sealed(event: AnyEvent, keys: tuple[Ed25519Key, ...]) -> bytes:
    """Sign an event with real keys, as a ledger stores it."""
    return envelope.to_bytes(envelope.sign(encode(event), *keys))


class World(Author):
    """Builds events of a county's people and submits them to a ledger."""

    def __init__(self, ledger: Ledger | None = None, seed: int = 1) -> None:
        """Begin a county whose ledger is not open yet; `World.open()` gives one that works."""
        super().__init__(seed)
        self.memory: Final = ledger if isinstance(ledger, MemoryLedger) else MemoryLedger()
        self.ledger: Final[Ledger] = ledger or self.memory
        self.position = 0

    @classmethod
    def open(cls, ledger: Ledger | None = None, seed: int = 1) -> "World":
        """Give a county with its parties, keys, members, places and products registered."""
        world = cls(ledger, seed)
        for event, signers in world.founding():
            world.admit(event, *signers)
        return world

    def submit(self, event: AnyEvent, *signers: str) -> int | Refusal:
        """Submit an event signed by these parties or names of keys, else by its actor."""
        answer = self.ledger.submit(event, self.keys(event, *signers), self.now)
        if not isinstance(answer, Refusal):
            self.position = answer
            self.later(minutes=1)
        return answer

    def admit(self, event: EventT, *signers: str) -> EventT:
        """Submit an event and expect it admitted."""
        answer = self.submit(event, *signers)  # type: ignore[arg-type]  # all are of the catalogue
        assert not isinstance(answer, Refusal), f"{answer.code.value}: {answer.en}"
        return event

    def refuse(self, event: AnyEvent, *signers: str) -> Refusal:
        """Submit an event and expect a refusal, whose sentences are whole."""
        answer = self.submit(event, *signers)
        assert isinstance(answer, Refusal), f"admitted at {answer}: {event}"
        for sentence, end in ((answer.zh, "。"), (answer.en, ".")):
            assert "{" not in sentence, sentence
            assert "None" not in sentence, sentence
            assert sentence.endswith(end), sentence
        return answer

    def keys(self, event: AnyEvent, *signers: str) -> tuple[Ed25519Key, ...]:
        """Give the keys that sign an event: the elder has none, so that the cooperative does."""
        names = signers or (COOP if event.actor == ELDER else event.actor,)
        return tuple(key_of(name) for name in names)

    def position_of(self, event: Event) -> int:
        """Tell where in the memory ledger an event stands."""
        found = self.memory.by_id(event.id)
        assert found, f"{event.id} was not admitted"
        return found.position
