"""Verifies an export with no trust in whoever made it: no database, no server, no network.

What it rests on can be read in full: this module, `ledger.blocks`, `ledger.whole_check` or
`ledger.bundle_check` with `ledger.event_check`, `ledger.replay`, `ledger.partial_replay`,
`ledger.vouching`, the envelope, keys, tree and notes, and the rules in `domain`.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from msgspec import Struct

from ledger import export, vouching
from ledger.blocks import Part
from ledger.bookmark import Bookmark, Mark
from ledger.bundle_check import BundleCheck
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.log_keys import LogKeys
from ledger.marks import Marks
from ledger.policy import Policy
from ledger.source import Source, as_file, open_source
from ledger.verdict import Failed, Progress, Step, Stop, Verified
from ledger.whole_check import WholeCheck
from ledger.workers import Workers

__all__ = ["Failed", "Progress", "Step", "Verified", "verify"]


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
    check: WholeCheck | BundleCheck
    if header.batch:
        check, bookmark = BundleCheck(header, keys), None
    else:
        check = WholeCheck(old, source, keys, bookmark.scratch if bookmark else None)
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
