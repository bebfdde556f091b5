"""Verifies an export with no trust in whoever made it: no database, no server, no network.

What it rests on can be read in full: this module, `ledger.replay`, `ledger.candidate`, the
envelope, keys, tree and notes, and the rules in `domain`.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final, Literal

from msgspec import Struct

from domain.refusals import Refusal
from ledger import export
from ledger.candidate import Candidate, read_candidate
from ledger.checkpoint import Checkpoint, NoteVerifier, open_checkpoint, parse_vkey
from ledger.errors import LedgerError, ProofError
from ledger.hashing import leaf_hash
from ledger.merkle import Tree
from ledger.positions import Position, leaf_index
from ledger.proofs import verify_inclusion
from ledger.replay import PartialReplay, Replay

_CHUNK: Final = 512

Progress = Callable[[int, int], None]
"""Called with (events checked, events in the log) now and then."""

Event = tuple[export.Line, Candidate]


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
    lines: Iterable[bytes], since: str | None = None, progress: Progress | None = None
) -> Verified | Failed:
    """Check an export given line by line; `since` is an older checkpoint of the same log."""
    try:
        return _run(iter(lines), since, progress or (lambda _done, _of: None))
    except Stop as stop:
        return stop.failed
    except LedgerError as error:
        return Failed(0, "malformed", str(error))


def _run(lines: Iterator[bytes], since: str | None, progress: Progress) -> Verified | Failed:
    # 1) the header, and the older checkpoint where one is given
    header = export.read_header(next(lines, b""))
    log = parse_vkey(header.log_key)
    old = _older(header, log, since)
    # 2) each event: its envelope, its signatures, its leaf, and whether the rules admit it
    check: _Whole | _Bundle = _Bundle(header) if header.batch else _Whole(old)
    reader = _Reader(lines)
    events = signatures = 0
    for chunk in reader.chunks():
        for line, candidate in chunk:
            check.event(line, candidate)
            events += 1
            signatures += len(candidate.signed.keyids)
        progress(events, header.size)
    # 3) the checkpoint: signed by the log, over this very tree
    note = reader.checkpoint()
    checkpoint = _newest(header, log, note)
    # 4) the tree, and that the older checkpoint's is its beginning
    check.tree(checkpoint)
    steps = [Step("envelopes", events), Step("signatures", signatures), *check.steps(events)]
    steps.append(Step("checkpoints", 1 if old is None else 2))
    return Verified(events, checkpoint.root.hex(), note, steps, header.batch)


def _older(header: export.Header, log: NoteVerifier, since: str | None) -> Checkpoint | None:
    if log.name != header.origin:
        raise Stop(0, "wrong-origin", f"the key is of {log.name}, the log is {header.origin}")
    if since is None:
        return None
    try:
        old = open_checkpoint(since, log)
    except LedgerError as error:
        raise Stop(0, "since-not-the-logs", f"the older checkpoint: {error}") from error
    if header.batch:
        raise Stop(0, "since-needs-whole", "an older checkpoint is checked on a whole export")
    if old.size > header.size:
        raise Stop(header.size, "rolled-back", f"{header.size} events; once there were {old.size}")
    return old


def _newest(header: export.Header, log: NoteVerifier, note: str) -> Checkpoint:
    try:
        checkpoint = open_checkpoint(note, log)
    except LedgerError as error:
        raise Stop(header.size, "bad-checkpoint", str(error)) from error
    if checkpoint.size != header.size:
        raise Stop(
            header.size, "bad-checkpoint",
            f"the checkpoint is of {checkpoint.size} events, the file of {header.size}",
        )  # fmt: skip
    return checkpoint


class _Reader:
    """Reads and checks envelopes on all cores, a chunk at a time, in order."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._number = 1
        self._trailer: export.Trailer | None = None

    def chunks(self) -> Iterator[list[Event]]:
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            while raws := list(islice(self._lines, _CHUNK)):
                events = [line for raw in raws if (line := self._event(raw))]
                candidates = threads.map(read_candidate, [e.envelope for e in events])
                yield [_good(*pair) for pair in zip(events, candidates, strict=True)]

    def checkpoint(self) -> str:
        if self._trailer is None:
            raise Stop(0, "cut-off", "the file ends without a checkpoint")
        return self._trailer.checkpoint

    def _event(self, raw: bytes) -> export.Line | None:
        self._number += 1
        if self._trailer is not None:
            raise export.Unreadable(self._number, "something follows the checkpoint")
        item = export.read_line(raw, self._number)
        if isinstance(item, export.Trailer):
            self._trailer = item
            return None
        return item


def _good(line: export.Line, candidate: Candidate | Refusal) -> Event:
    if isinstance(candidate, Refusal):
        raise Stop(line.position, candidate.code.value, candidate.en)
    if candidate.stored != line.envelope:
        raise Stop(line.position, "malformed", "the stored envelope is not canonical JSON")
    return line, candidate


class _Whole:
    """A whole ledger: no gap, every rule replayed, the tree grown leaf by leaf."""

    def __init__(self, old: Checkpoint | None) -> None:
        self._old = old
        self._tree = Tree.empty()
        self._replay = Replay()

    def event(self, line: export.Line, candidate: Candidate) -> None:
        expected = self._tree.size + 1
        if line.position != expected:
            raise Stop(expected, "gap", f"position {line.position} comes where {expected} should")
        refusal = self._replay.admit(candidate.signed, line)
        if refusal:
            raise Stop(line.position, refusal.code.value, refusal.en)
        self._tree.append([leaf_hash(candidate.entry)])
        self._tree.trim()
        if self._old and self._tree.size == self._old.size:
            self._same_root(self._old, "rewritten", "the history up to here is not as it was")

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
    """One batch: each event's inclusion proof, and that its signers' keys were in force."""

    def __init__(self, header: export.Header) -> None:
        self._size = header.size
        self._replay = PartialReplay()
        self._leaves: list[tuple[Position, bytes, tuple[bytes, ...]]] = []

    def event(self, line: export.Line, candidate: Candidate) -> None:
        if self._leaves and line.position <= self._leaves[-1][0]:
            raise Stop(line.position, "out-of-order", "positions must rise")
        if line.proof is None:
            raise Stop(line.position, "no-proof", "the bundle has no proof for this event")
        refusal = self._replay.admit(candidate.signed, line)
        if refusal:
            raise Stop(line.position, refusal.code.value, refusal.en)
        self._leaves.append((Position(line.position), leaf_hash(candidate.entry), line.proof))

    def tree(self, checkpoint: Checkpoint) -> None:
        for position, leaf, proof in self._leaves:
            index = leaf_index(position)
            try:
                verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
            except ProofError as error:
                raise Stop(position, "not-included", str(error)) from error

    def steps(self, events: int) -> list[Step]:
        return [Step("inclusion proofs", events), Step("keys", events)]
