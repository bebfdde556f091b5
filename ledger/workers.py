"""Runs the checks of blocks on all cores, and gives their answers in the order of the file.

Processes, not threads: of what a block takes, a quarter holds the interpreter's lock (ADR 10). One
core is left to whoever asks, who replays what was checked; while the next answer is not there, it
checks a block itself. A small export is checked here alone.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from ledger import blocks
from ledger.blocks import Part
from ledger.errors import HelperEnded
from ledger.source import Block, Source

_ALONE: Final = 6
"""Up to so many blocks, about 3000 events, it would take longer to start processes."""
_AHEAD: Final = 3
"""Blocks that a process may have waiting, so that it never waits itself."""
_HERE: Final = 8
"""Blocks that are checked here, at most, before their turn comes."""

_LEAN_KIB: Final = 128 * 1024
"""What a process that has not yet worked on anything large has in memory at most."""


class Workers:
    """How many processes check blocks, and how small an export is checked in this one."""

    def __init__(self, processes: int | None = None, alone: int = _ALONE) -> None:
        """Use so many processes, or one for each core that this one may use but the first."""
        self._processes = usable_cores() - 1 if processes is None else processes
        self._alone = alone

    def check(self, source: Source) -> Iterator[tuple[Block, Part]]:
        """Check all blocks of a source, in order."""
        waiting = source.blocks()
        first = list(islice(waiting, self._alone + 1))
        crew = _Crew(source, chain(first, waiting))
        try:
            if len(first) > self._alone:
                crew.begin(self._processes)
            yield from crew.check()
        finally:
            crew.end()


class _Crew:
    """The helpers at work on one export, and the process that asks them, which helps."""

    def __init__(self, source: Source, waiting: Iterator[Block]) -> None:
        self._source = source
        self._waiting = waiting
        self._helpers: list[_Helper] = []
        self._under_way: deque[tuple[Block, Part | _Helper]] = deque()
        """Each block in order, with what it came to or who was asked."""

    def begin(self, processes: int) -> None:
        for _ in range(processes):
            self._helpers.append(_Helper(_context(), self._source.path))

    def end(self) -> None:
        for helper in self._helpers:
            helper.end()

    def check(self) -> Iterator[tuple[Block, Part]]:
        while True:
            self._ask()
            if not self._is_ready() and self._check_here():
                continue
            if not self._under_way:
                return
            block, part = self._under_way.popleft()
            yield block, part if isinstance(part, Part) else part.answer()

    def _ask(self) -> None:
        """Give every helper as much as it may have waiting."""
        for helper in self._helpers:
            while helper.asked < _AHEAD and (block := next(self._waiting, None)):
                helper.ask(block)
                self._under_way.append((block, helper))

    def _is_ready(self) -> bool:
        """Tell whether the next block's answer is there."""
        if not self._under_way:
            return False
        _, part = self._under_way[0]
        return isinstance(part, Part) or part.ready()

    def _check_here(self) -> bool:
        """Check the next block that nobody was asked for, where there is one within bounds."""
        if len(self._under_way) >= _AHEAD * len(self._helpers) + _HERE:
            return False
        block = next(self._waiting, None)
        if block is None:
            return False
        self._under_way.append((block, blocks.check(self._source.read(block))))
        return True


class _Helper:
    """A process that checks blocks in the order asked, over a connection of its own.

    Of its own, because what processes share one of them holds while it is ended, and the others
    then wait for it for ever.
    """

    def __init__(self, context: ForkContext | SpawnContext, path: str) -> None:
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._connection, path), daemon=True
        )
        self._process.start()
        self.asked = 0
        """How many blocks it was asked for and has not given back."""
        # Once nobody else holds it, the end of the process ends the connection.
        theirs.close()

    def ask(self, block: Block) -> None:
        """Have a block checked, after those asked before."""
        try:
            self._connection.send(block)
        except OSError as error:
            raise HelperEnded from error
        self.asked += 1

    def ready(self) -> bool:
        """Tell whether `answer` would not wait for a block to be checked."""
        return self._connection.poll()

    def answer(self) -> Part:
        """Give the answer to the first block that has none yet."""
        self.asked -= 1
        try:
            packed = self._connection.recv_bytes()
            fault = None if packed else self._connection.recv()
        except (EOFError, OSError) as error:
            raise HelperEnded from error
        if fault is not None:
            raise fault
        return blocks.unpack(packed)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._connection.close()
        self._process.terminate()
        self._process.join()


def _serve(asked: Connection, asking: Connection, path: str) -> None:
    """Answer until the one that asks is gone, however it went."""
    asking.close()  # a fork holds it too, and would never see it closed
    gc.disable()
    # The interrupt of a terminal goes to all processes; it is for the one that asked to say so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What the command does on being ended is not for a process that it has forked.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    answers: SimpleQueue[bytes | Exception] = SimpleQueue()
    # What is not taken yet fills the connection, and must not keep the next block waiting.
    threading.Thread(target=_give, args=(asked, answers), daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            block = asked.recv()
            try:
                answers.put(blocks.check_packed(path, block))
            except Exception as error:  # noqa: BLE001  it is told where it was asked for
                answers.put(error)


def _give(asked: Connection, answers: SimpleQueue[bytes | Exception]) -> None:
    with suppress(OSError):
        while True:
            answer = answers.get()
            if isinstance(answer, Exception):
                asked.send_bytes(b"")
                asked.send(answer)
            else:
                asked.send_bytes(answer)


def _context() -> ForkContext | SpawnContext:
    """Fork where that is safe, because it is at once; else begin afresh.

    Not where threads run; nor where this process has grown, as after a large export: what it gave
    back, and will fill anew, a fork would keep a copy of.
    """
    safe = sys.platform == "linux" and threading.active_count() == 1 and not _has_grown()
    if safe:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _has_grown() -> bool:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:  # where nobody says, it has not
        return False
    peaks = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks, default=0) > _LEAN_KIB


def usable_cores() -> int:
    """Give how many cores this process may use: not always all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
