"""The simulated county over a real sequencer and PostgreSQL, its clock under control."""

from dataclasses import dataclass

import msgspec

from domain.events.catalogue import AnyEvent, encode
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger.outcome import Admission
from ledger.sequencer import Sequencer
from tests.ledger.conftest import ORIGIN, VKEY, LedgerUnderTest
from tests.worlds import World, sealed


@dataclass
class Sequenced:
    """A world whose events go through a sequencer; it keeps what it was given."""

    under_test: LedgerUnderTest
    world: World
    sequencer: Sequencer
    given: list[tuple[bytes, Admission]]

    @classmethod
    def open(cls, under_test: LedgerUnderTest, seed: int = 5) -> "Sequenced":
        """Found the county."""
        world = World(seed=seed)
        sequencer = Sequencer(under_test.url, under_test.log_key, lambda: world.now).start()
        under_test.sequencers.append(sequencer)
        made = cls(under_test, world, sequencer, [])
        for event, signers in world.founding():
            if isinstance(event, LedgerOpened):
                event = msgspec.structs.replace(event, origin=ORIGIN, log_key=VKEY)  # noqa: PLW2901
            made.admit(event, *signers)
        return made

    @staticmethod
    def payload(event: AnyEvent) -> bytes:
        """Write what is signed."""
        return encode(event)

    def sealed(self, event: AnyEvent, *signers: str) -> bytes:
        """Sign an event by these names, else as its actor does."""
        return sealed(event, self.world.keys(event, *signers))

    def admit(self, event: AnyEvent, *signers: str) -> Admission:
        """Hand in an event and expect it admitted; a minute goes by."""
        raw = self.sealed(event, *signers)
        outcome = self.sequencer.admit(raw)
        assert isinstance(outcome, Admission), outcome
        self.given.append((raw, outcome))
        self.world.later(minutes=1)
        return outcome

    def refuse(self, event: AnyEvent, *signers: str) -> Refusal:
        """Hand in an event and expect it refused."""
        outcome = self.sequencer.admit(self.sealed(event, *signers))
        assert isinstance(outcome, Refusal), outcome
        return outcome
