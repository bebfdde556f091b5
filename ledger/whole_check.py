"""Checks a whole ledger: no gap, every rule replayed, the tree grown leaf by leaf."""

from domain import tags
from ledger import vouching
from ledger.blocks import Item
from ledger.bookmark import KeptTiles, Mark, Marked, Tile
from ledger.checkpoint import Checkpoint
from ledger.event_check import EventCheck
from ledger.hashing import EMPTY_ROOT
from ledger.log_keys import NAMING, LogKeys
from ledger.merkle import Tree
from ledger.replay import Replay
from ledger.scratch import Scratch
from ledger.source import Block, Source
from ledger.tiles import partial_tiles
from ledger.verdict import Step, Stop


class WholeCheck:
    """Takes a ledger's blocks in order; a mark says how far it has come."""

    def __init__(
        self,
        old: vouching.Older | None,
        source: Source,
        keys: LogKeys,
        scratch: Scratch | None = None,
    ) -> None:
        """Begin with an empty ledger; `old` is a checkpoint whose tree must be its beginning."""
        self._old = old
        self._keys = keys
        self._tree = Tree.empty()
        self._begin = source.begin()
        self._replay = Replay(source, scratch=scratch)
        self._events = EventCheck(self._replay, keys)

    def go_on(self, mark: Mark) -> None:
        """Take up tree, models and keys as they were at a mark."""
        self._tree = Tree.restore(mark.events, KeptTiles(mark.at.tiles))
        self._replay.go_on(mark, self._begin)
        self._events.clock_at(self._replay.admitted_at(mark.events), mark.events)
        for item in self._replay.by_tag(tags.LEDGER):
            if type(item.event) in NAMING:
                self._keys.take(item.event, item.position)

    def marked(self) -> Marked:
        """Give what a mark keeps."""
        offsets, greatest = self._replay.flush(self._begin)
        tiles = tuple(
            Tile(level, ref.index, ref.width, self._tree.tile(level, ref.index, ref.width))
            for ref in partial_tiles(self._tree.size)
            if (level := ref.level) is not None
        )
        return Marked(self._replay.end - self._begin, tiles, offsets, greatest)

    def block(self, block: Block, items: list[Item]) -> None:
        """Take a block's events in, whose envelopes and signatures are good.

        Raises:
            Stop: at the first that leaves a gap or is not as it should be.
        """
        self._replay.begin_block(block, (item.size for item in items))
        leaves = []
        for expected, item in enumerate(items, self._tree.size + 1):
            if item.position != expected:
                detail = f"position {item.position} comes where {expected} should"
                raise Stop(expected, "gap", detail)
            self._events.take(item, expected)
            leaves.append(item.leaf)
        self._grow(leaves)

    def close(self) -> None:
        """Give back what the replay holds."""
        self._replay.close()

    def _grow(self, leaves: list[bytes]) -> None:
        """Grow the tree, with a stop at the size of the older checkpoint."""
        old_size = self._old.claimed.size if self._old else 0
        if self._old and self._tree.size < old_size <= self._tree.size + len(leaves):
            until = old_size - self._tree.size
            self._tree.append(leaves[:until])
            old = self._old.open(self._keys)
            self._same_root(old, "rewritten", "the history up to here is not as it was")
            leaves = leaves[until:]
        self._tree.append(leaves)
        self._tree.trim()

    def tree(self, checkpoint: Checkpoint) -> None:
        """Hold the tree against the checkpoint's.

        Raises:
            Stop: where it is another.
        """
        if not self._tree.size:
            raise Stop(0, "empty", "there is no event in it: not even one that opens a ledger")
        if self._old and self._old.claimed.size == 0 and self._old.claimed.root != EMPTY_ROOT:
            raise Stop(0, "rewritten", "the older checkpoint is of no event, with a root of some")
        if self._tree.size != checkpoint.size:
            raise Stop(
                self._tree.size + 1, "cut-off",
                f"{self._tree.size} events; the checkpoint is of {checkpoint.size}",
            )  # fmt: skip
        self._same_root(checkpoint, "wrong-root", "the events don't make the checkpoint's tree")

    def steps(self, events: int) -> list[Step]:
        """Say what was checked of so many events."""
        return [Step("leaves", events), Step("rules", events)]

    def _same_root(self, checkpoint: Checkpoint, code: str, detail: str) -> None:
        if self._tree.root() != checkpoint.root:
            raise Stop(checkpoint.size, code, detail)
