"""Checks a bundle, the events of one batch: their proofs, who signed them, and what they claim."""

from ledger import export
from ledger.blocks import Item
from ledger.bookmark import Mark, Marked
from ledger.checkpoint import Checkpoint
from ledger.errors import ProofError
from ledger.event_check import EventCheck
from ledger.log_keys import LogKeys
from ledger.partial_replay import PartialReplay
from ledger.positions import Position, leaf_index
from ledger.proofs import verify_inclusion
from ledger.source import Block
from ledger.verdict import Step, Stop, refused


class BundleCheck:
    """Takes a bundle's blocks in order; its events leave gaps, and positions rise."""

    def __init__(self, header: export.Header, keys: LogKeys) -> None:
        """Begin with no event of the batch that the header names."""
        self._batch = header.batch or ""
        self._replay = PartialReplay()
        self._events = EventCheck(self._replay, keys)
        self._leaves: list[tuple[Position, bytes, tuple[bytes, ...]]] = []

    def go_on(self, _mark: Mark) -> None:
        """Never asked for: nothing of a bundle is kept."""
        raise TypeError("a bundle is checked at once")

    def marked(self) -> Marked:
        """Never asked for: nothing of a bundle is kept."""
        raise TypeError("a bundle is checked at once")

    def block(self, _block: Block, items: list[Item]) -> None:
        """Take a block's events in, whose envelopes and signatures are good.

        Raises:
            Stop: at the first that has no proof or is not as it should be.
        """
        for item in items:
            self._event(item)

    def close(self) -> None:
        """Give nothing back: nothing is held."""

    def _event(self, item: Item) -> None:
        position = Position(item.position)
        if self._leaves and position <= self._leaves[-1][0]:
            raise Stop(position, "out-of-order", "positions must rise")
        if item.proof is None:
            raise Stop(position, "no-proof", "the bundle has no proof for this event")
        self._events.take(item, position)
        self._leaves.append((position, item.leaf, item.proof))

    def tree(self, checkpoint: Checkpoint) -> None:
        """Hold each event's proof against the checkpoint, and what the batch claims to its grounds.

        Raises:
            Stop: where one does not lead there, or a claim has no ground.
        """
        for position, leaf, proof in self._leaves:
            index = leaf_index(position)
            try:
                verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
            except ProofError as error:
                raise Stop(position, "not-included", str(error)) from error
        broken = self._replay.claims(self._batch)
        if broken:
            raise refused(*broken)
        if not self._replay.speaks_of(self._batch):
            raise Stop(0, "wrong-batch", f"no event of the bundle is about {self._batch}")

    def steps(self, events: int) -> list[Step]:
        """Say what was checked of so many events."""
        claims = [
            Step("marks", self._replay.marks(self._batch)),
            Step("certificates", self._replay.certificates(self._batch)),
        ]
        steps = [Step("inclusion proofs", events), Step("keys", events)]
        return steps + [step for step in claims if step.checked]
