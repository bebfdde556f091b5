"""Verifies an export with no trust in whoever made it: no database, no server, no network.

What it rests on can be read in full: this module, `ledger.blocks`, `ledger.replay`,
`ledger.partial_replay`, the envelope, keys, tree and notes, and the rules in `domain`.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, Literal

from msgspec import Struct

from domain import tags
from domain.refusals import Refusal
from domain.state import Signed
from ledger import export
from ledger.blocks import Item, Part
from ledger.bookmark import Bookmark, KeptTiles, Mark, Marked, Tile
from ledger.candidate import read_payload
from ledger.checkpoint import Checkpoint, parse_checkpoint, split_note
from ledger.errors import LedgerError, ProofError
from ledger.log_keys import NAMING, LogKeys
from ledger.marks import Marks
from ledger.merkle import Tree
from ledger.partial_replay import PartialReplay
from ledger.policy import Policy
from ledger.policy import check as check_policy
from ledger.positions import Position, leaf_index
from ledger.proofs import verify_inclusion
from ledger.replay import Replay
from ledger.scratch import Scratch
from ledger.source import Block, Source, as_file, open_source
from ledger.tiles import partial_tiles
from ledger.workers import Workers

_NO_DIGEST: Final = b""
"""A writer tells a retry from a reused id by the payload's digest; here either is a fault."""

Progress = Callable[[int, int], None]
"""Called with (events checked, events in the log) now and then."""


class Step(Struct, frozen=True):
    """One thing that was checked, and how many times."""

    step: str
    checked: int


class Verified(Struct, frozen=True):
    """All is as it should be; `root` is hexadecimal, `checkpoint` the signed note."""

    events: int
    root: str
    checkpoint: str
    steps: list[Step]
    batch: str | None = None
    ok: Literal[True] = True


class Failed(Struct, frozen=True):
    """The first thing that is not as it should be; position 0 means the file as a whole."""

    position: int
    code: str
    detail: str
    ok: Literal[False] = False


class Stop(Exception):
    """Ends a verification at the first failure."""

    def __init__(self, position: int, code: str, detail: str) -> None:
        """Say where, which and what."""
        super().__init__(detail)
        self.failed = Failed(position, code, detail)


def verify(
    lines: Iterable[bytes],
    since: str | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
    policy: Policy | None = None,
    bookmark: Bookmark | None = None,
) -> Verified | Failed:
    """Check an export: an open binary file (best a regular one, unread), or lines from anywhere.

    `since` is an older checkpoint of the same log; `policy` says which witnesses must have cosigned
    the export's. A large export is checked on all cores. With a `bookmark` it goes on where one
    that was cut off, or one of a shorter export of this log, had come to.
    """
    with ExitStack() as stack:
        # What is to be gone on with must lie somewhere.
        source = open_source(stack.enter_context(as_file(lines)) if bookmark else lines)
        stack.callback(source.close)
        stack.enter_context(_without_collector())
        try:
            return _run(
                source, since, progress or (lambda _done, _of: None), workers or Workers(), policy,
                bookmark,
            )  # fmt: skip
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
    since: str | None,
    progress: Progress,
    workers: Workers,
    policy: Policy | None,
    bookmark: Bookmark | None,
) -> Verified | Failed:
    # 1) the header, and the older checkpoint where one is given
    header = export.read_header(source.header())
    keys = LogKeys(header.log_key)
    old = _older(header, keys, since)
    # 2) each event: its envelope, its signatures, its leaf, and whether the rules admit it
    check: _Whole | _Bundle
    if header.batch:
        check, bookmark = _Bundle(header, keys), None
    else:
        check = _Whole(old, source, keys, bookmark.scratch if bookmark else None)
    marks = Marks(bookmark, source, (header.origin, header.log_key, since))
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
    checkpoint = _newest(header, keys, note)
    witnesses = _witnesses(policy, note, checkpoint)
    # 4) the tree, and that the older checkpoint's is its beginning
    check.tree(checkpoint)
    if old is not None and (size := old.open(keys).size) > checkpoint.size:
        detail = f"{checkpoint.size} events; once there were {size}"
        raise Stop(checkpoint.size, "rolled-back", detail)
    if source.changed():
        raise Stop(0, "changed", "the file was written to while it was read; verify it again")
    steps = [Step("envelopes", reader.events), Step("signatures", reader.signatures)]
    steps += check.steps(reader.events)
    steps.append(Step("checkpoints", 1 if old is None else 2))
    if policy is not None:
        steps.append(Step("witnesses", witnesses))
    return Verified(reader.events, checkpoint.root.hex(), note, steps, header.batch)


class _Older:
    """An older checkpoint; who must have signed it is told by the events up to its size."""

    def __init__(self, note: str) -> None:
        self.claimed = parse_checkpoint(split_note(note)[0])
        self._note = note

    def open(self, keys: LogKeys) -> Checkpoint:
        try:
            return keys.open(self._note)
        except LedgerError as error:
            raise Stop(0, "since-not-the-logs", f"the older checkpoint: {error}") from error


def _older(header: export.Header, keys: LogKeys, since: str | None) -> _Older | None:
    log = keys.first
    if log.name != header.origin:
        raise Stop(0, "wrong-origin", f"the key is of {log.name}, the log is {header.origin}")
    if since is None:
        return None
    try:
        old = _Older(since)
    except LedgerError as error:
        raise Stop(0, "since-not-the-logs", f"the older checkpoint: {error}") from error
    if header.batch:
        raise Stop(0, "since-needs-whole", "an older checkpoint is checked on a whole export")
    return old


def _newest(header: export.Header, keys: LogKeys, note: str) -> Checkpoint:
    try:
        checkpoint = keys.open(note)
    except LedgerError as error:
        raise Stop(header.size, "bad-checkpoint", str(error)) from error
    if checkpoint.size != header.size:
        raise Stop(
            header.size, "bad-checkpoint",
            f"the checkpoint is of {checkpoint.size} events, the file of {header.size}",
        )  # fmt: skip
    return checkpoint


def _witnesses(policy: Policy | None, note: str, checkpoint: Checkpoint) -> int:
    if policy is None:
        return 0
    try:
        return len(check_policy(policy, note))
    except LedgerError as error:
        raise Stop(checkpoint.size, "not-witnessed", str(error)) from error


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
        raise Stop(item.position, event.code.value, event.en)
    return Signed(event, item.keyids, _NO_DIGEST)


class _Whole:
    """A whole ledger: no gap, every rule replayed, the tree grown leaf by leaf."""

    def __init__(
        self, old: _Older | None, source: Source, keys: LogKeys, scratch: Scratch | None = None
    ) -> None:
        self._old = old
        self._keys = keys
        self._tree = Tree.empty()
        self._begin = source.begin()
        self._replay = Replay(source, scratch=scratch)

    def go_on(self, mark: Mark) -> None:
        """Take up tree, models and keys as they were at a mark."""
        self._tree = Tree.restore(mark.events, KeptTiles(mark.at.tiles))
        self._replay.go_on(mark, self._begin)
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
            signed = _signed(item)
            refusal = self._replay.admit(signed, item.admitted_at, expected)
            if refusal:
                raise Stop(expected, refusal.code.value, refusal.en)
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
        signed = _signed(item)
        refusal = self._replay.admit(signed, item.admitted_at, position)
        if refusal:
            raise Stop(position, refusal.code.value, refusal.en)
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
            raise Stop(broken[0], broken[1].code.value, broken[1].en)
        if not self._replay.speaks_of(self._batch):
            raise Stop(0, "wrong-batch", f"no event of the bundle is about {self._batch}")

    def steps(self, events: int) -> list[Step]:
        claims = [
            Step("marks", self._replay.marks(self._batch)),
            Step("certificates", self._replay.certificates(self._batch)),
        ]
        steps = [Step("inclusion proofs", events), Step("keys", events)]
        return steps + [step for step in claims if step.checked]
