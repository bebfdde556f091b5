"""Runs the checks of blocks on all cores, and gives their answers in the order of the file.

Processes, not threads: of what a block takes, a quarter holds the interpreter's lock (ADR 10). A
small export is checked in this process.
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
from itertools import chain, cycle, islice
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

_LEAN_KIB: Final = 128 * 1024
"""What a process that has not yet worked on anything large has in memory at most."""


class Workers:
    """How many processes check blocks, and how small an export is checked in this one."""

    def __init__(self, processes: int | None = None, alone: int = _ALONE) -> None:
        """Use so many processes, or one for each core that this one may use."""
        self._processes = usable_cores() if processes is None else processes
        self._alone = alone

    def check(self, source: Source) -> Iterator[tuple[Block, Part]]:
        """Check all blocks of a source, in order."""
        waiting = source.blocks()
        first = list(islice(waiting, self._alone + 1))
        if len(first) <= self._alone:
            for block in first:
                yield block, blocks.check(source.read(block))
        else:
            yield from self._in_processes(source.path, chain(first, waiting))

    def _in_processes(self, path: str, waiting: Iterator[Block]) -> Iterator[tuple[Block, Part]]:
        under_way: deque[tuple[Block, _Helper]] = deque()
        helpers: list[_Helper] = []
        try:
            helpers += (_Helper(_context(), path) for _ in range(self._processes))
            for block, helper in zip(waiting, cycle(helpers), strict=False):
                if len(under_way) == _AHEAD * self._processes:
                    yield _answer(*under_way.popleft())
                helper.ask(block)
                under_way.append((block, helper))
            while under_way:
                yield _answer(*under_way.popleft())
        finally:
            for helper in helpers:
                helper.end()


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
        # Once nobody else holds it, the end of the process ends the connection.
        theirs.close()

    def ask(self, block: Block) -> None:
        """Have a block checked, after those asked before."""
        try:
            self._connection.send(block)
        except OSError as error:
            raise HelperEnded from error

    def answer(self) -> Part:
        """Give the answer to the first block that has none yet."""
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


def _answer(block: Block, helper: _Helper) -> tuple[Block, Part]:
    return block, helper.answer()


def usable_cores() -> int:
    """Give how many cores this process may use: not always all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
