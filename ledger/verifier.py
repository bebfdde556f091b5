"""Verifies an export with no trust in whoever made it: no database, no server, no network.

What it rests on can be read in full: this module, `ledger.blocks`, `ledger.replay`,
`ledger.partial_replay`, `ledger.vouching`, the envelope, keys, tree and notes, and the rules in
`domain`.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Final

from msgspec import Struct

from domain import tags
from domain.refusals import Refusal
from domain.state import Signed
from ledger import export, vouching
from ledger.blocks import Item, Part
from ledger.bookmark import Bookmark, KeptTiles, Mark, Marked, Tile
from ledger.candidate import read_payload
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, ProofError
from ledger.hashing import EMPTY_ROOT
from ledger.log_keys import NAMING, LogKeys
from ledger.marks import Marks
from ledger.merkle import Tree
from ledger.partial_replay import PartialReplay
from ledger.policy import Policy
from ledger.positions import Position, leaf_index
from ledger.proofs import verify_inclusion
from ledger.replay import Replay
from ledger.scratch import Scratch
from ledger.source import Block, Source, as_file, open_source
from ledger.tiles import partial_tiles
from ledger.verdict import Failed, Progress, Step, Stop, Verified, refused
from ledger.workers import Workers

__all__ = ["Failed", "Progress", "Step", "Verified", "verify"]

_NO_DIGEST: Final = b""
"""A writer tells a retry from a reused id by the payload's digest; here either is a fault."""


class _Asked(Struct, frozen=True):
    """What is held against the export, known from elsewhere."""

    since: str | None
    policy: Policy | None
    log_key: str | None


def verify(
    lines: Iterable[bytes],
    since: str | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
    policy: Policy | None = None,
    bookmark: Bookmark | None = None,
    log_key: str | None = None,
) -> Verified | Failed:
    """Check an export: an open binary file (best a regular one, unread), or lines from anywhere.

    `since` is an older checkpoint of the same log; `policy` says which witnesses must have cosigned
    the export's; `log_key` is the verifier key that must have signed it, or the older one. Without
    any of these a ledger is sound in itself, and may be a stranger's that bears the same name. A
    large export is checked on all cores. With a `bookmark` it goes on where one that was cut off,
    or one of a shorter export of this log, had come to.
    """
    asked = _Asked(since, policy, log_key)
    with ExitStack() as stack:
        # What is to be gone on with must lie somewhere.
        source = open_source(stack.enter_context(as_file(lines)) if bookmark else lines)
        stack.callback(source.close)
        stack.enter_context(_without_collector())
        try:
            return _run(
                source, asked, progress or (lambda _done, _of: None), workers or Workers(), bookmark
            )
        except Stop as stop:
            return stop.failed
        except LedgerError as error:
            return Failed(0, "malformed", str(error))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the search for reference cycles: there are none here, and it takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(
    source: Source,
    asked: _Asked,
    progress: Progress,
    workers: Workers,
    bookmark: Bookmark | None,
) -> Verified | Failed:
    # 1) the header, and the older checkpoint where one is given
    header = export.read_header(source.header())
    keys = LogKeys(header.log_key)
    old = vouching.older(header, keys, asked.since)
    # 2) each event: its envelope, its signatures, its leaf, and whether the rules admit it
    check: _Whole | _Bundle
    if header.batch:
        check, bookmark = _Bundle(header, keys), None
    else:
        check = _Whole(old, source, keys, bookmark.scratch if bookmark else None)
    marks = Marks(bookmark, source, (header.origin, header.log_key, asked.since))
    reader = _Reader()
    try:
        if mark := marks.go_on():
            reader.go_on(mark)
            check.go_on(mark)
        for block, part in workers.check(source):
            check.block(block, part.items)
            reader.take(part)
            progress(reader.events, header.size)
            marks.keep(reader.counted, check.marked)
        marks.keep(reader.counted, check.marked, now=True)
    finally:
        check.close()
    # 3) the checkpoint: signed by the log, over this very tree
    note = reader.note()
    checkpoint = vouching.newest(header, keys, note)
    check.tree(checkpoint)
    if source.changed():
        raise Stop(0, "changed", "the file was written to while it was read; verify it again")
    steps = [Step("envelopes", reader.events), Step("signatures", reader.signatures)]
    steps += check.steps(reader.events)
    # 4) the older checkpoint, the key and the witnesses that whoever verifies knows from elsewhere
    steps += _vouched(asked, old, keys, note, checkpoint)
    signer = keys.vkey_in_force(checkpoint.size)
    return Verified(reader.events, checkpoint.root.hex(), note, signer, steps, header.batch)


def _vouched(
    asked: _Asked, old: vouching.Older | None, keys: LogKeys, note: str, checkpoint: Checkpoint
) -> Iterator[Step]:
    sizes = [checkpoint.size]
    if old is not None:
        sizes.append(old.open(keys).size)
        if sizes[-1] > checkpoint.size:
            detail = f"{checkpoint.size} events; once there were {sizes[-1]}"
            raise Stop(checkpoint.size, "rolled-back", detail)
    yield Step("checkpoints", len(sizes))
    if asked.log_key is not None:
        vouching.signed_by(asked.log_key, keys, *sizes)
        yield Step("log key", 1)
    if asked.policy is not None:
        yield Step("witnesses", vouching.witnesses(asked.policy, note, checkpoint))


def _take_keys(keys: LogKeys, signed: Signed, position: int) -> None:
    try:
        keys.take(signed.event, position)
    except LedgerError as error:
        raise Stop(position, "wrong-log-key", str(error)) from error


class _Reader:
    """Counts what was read, and stops at the first line that can't be or is not as it should."""

    def __init__(self) -> None:
        self.events = 0
        self.signatures = 0
        self._lines = 1
        self._note: str | None = None

    def take(self, part: Part) -> None:
        """Take in a part whose events have passed."""
        if self._note is not None:
            raise export.Unreadable(self._lines + 1, "something follows the checkpoint")
        self._lines += part.lines
        self.events += len(part.items)
        self.signatures += sum(len(item.keyids) for item in part.items)
        self._note = part.checkpoint
        fault = part.fault
        if fault and fault.position:
            raise Stop(fault.position, fault.code, fault.detail)
        if fault:
            raise export.Unreadable(self._lines, fault.detail)

    def go_on(self, mark: Mark) -> None:
        """Count on from a mark."""
        self.events, self.signatures = mark.events, mark.signatures
        self._lines += mark.events

    @property
    def counted(self) -> tuple[int, int]:
        """Events and signatures."""
        return self.events, self.signatures

    def note(self) -> str:
        if self._note is None:
            raise Stop(0, "cut-off", "the file ends without a checkpoint")
        return self._note


def _signed(item: Item) -> Signed:
    event = read_payload(item.payload)
    if isinstance(event, Refusal):
        raise refused(item.position, event)
    return Signed(event, item.keyids, _NO_DIGEST)


class _Clock:
    """The ledger's own clock, which no writer sets back."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def at(self, admitted_at: datetime, position: int) -> None:
        if self._last is not None and admitted_at < self._last:
            detail = f"admitted at {admitted_at.isoformat()}, before the one that it follows"
            raise Stop(position, "clock-back", detail)
        self._last = admitted_at


class _Whole:
    """A whole ledger: no gap, every rule replayed, the tree grown leaf by leaf."""

    def __init__(
        self,
        old: vouching.Older | None,
        source: Source,
        keys: LogKeys,
        scratch: Scratch | None = None,
    ) -> None:
        self._old = old
        self._keys = keys
        self._tree = Tree.empty()
        self._begin = source.begin()
        self._replay = Replay(source, scratch=scratch)
        self._clock = _Clock()

    def go_on(self, mark: Mark) -> None:
        """Take up tree, models and keys as they were at a mark."""
        self._tree = Tree.restore(mark.events, KeptTiles(mark.at.tiles))
        self._replay.go_on(mark, self._begin)
        self._clock.at(self._replay.admitted_at(mark.events), mark.events)
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
        self._replay.begin_block(block, (item.size for item in items))
        leaves = []
        for expected, item in enumerate(items, self._tree.size + 1):
            if item.position != expected:
                detail = f"position {item.position} comes where {expected} should"
                raise Stop(expected, "gap", detail)
            self._clock.at(item.admitted_at, expected)
            signed = _signed(item)
            refusal = self._replay.admit(signed, item.admitted_at, expected)
            if refusal:
                raise refused(expected, refusal)
            if type(signed.event) in NAMING:
                _take_keys(self._keys, signed, expected)
            leaves.append(item.leaf)
        self._grow(leaves)

    def close(self) -> None:
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
        return [Step("leaves", events), Step("rules", events)]

    def _same_root(self, checkpoint: Checkpoint, code: str, detail: str) -> None:
        if self._tree.root() != checkpoint.root:
            raise Stop(checkpoint.size, code, detail)


class _Bundle:
    """One batch: each event's inclusion proof, who signed it, and what it claims."""

    def __init__(self, header: export.Header, keys: LogKeys) -> None:
        self._batch = header.batch or ""
        self._keys = keys
        self._replay = PartialReplay()
        self._clock = _Clock()
        self._leaves: list[tuple[Position, bytes, tuple[bytes, ...]]] = []

    def go_on(self, _mark: Mark) -> None:
        raise TypeError("a bundle is checked at once")

    def marked(self) -> Marked:
        raise TypeError("a bundle is checked at once")

    def block(self, _block: Block, items: list[Item]) -> None:
        for item in items:
            self._event(item)

    def close(self) -> None:
        pass

    def _event(self, item: Item) -> None:
        position = Position(item.position)
        if self._leaves and position <= self._leaves[-1][0]:
            raise Stop(position, "out-of-order", "positions must rise")
        if item.proof is None:
            raise Stop(position, "no-proof", "the bundle has no proof for this event")
        self._clock.at(item.admitted_at, position)
        signed = _signed(item)
        refusal = self._replay.admit(signed, item.admitted_at, position)
        if refusal:
            raise refused(position, refusal)
        if type(signed.event) in NAMING:
            _take_keys(self._keys, signed, position)
        self._leaves.append((position, item.leaf, item.proof))

    def tree(self, checkpoint: Checkpoint) -> None:
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
        claims = [
            Step("marks", self._replay.marks(self._batch)),
            Step("certificates", self._replay.certificates(self._batch)),
        ]
        steps = [Step("inclusion proofs", events), Step("keys", events)]
        return steps + [step for step in claims if step.checked]
