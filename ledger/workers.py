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
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Final

from ledger import blocks
from ledger.blocks import Part
from ledger.source import Block, Source

_ALONE: Final = 6
"""Up to so many blocks, about 3000 events, it would take longer to start processes."""
_AHEAD: Final = 3
"""Blocks that a process may have waiting, so that it never waits itself."""

_LEAN_KIB: Final = 128 * 1024
"""What a process that has not yet worked on anything large has in memory at most."""
_SWITCH_S: Final = 0.0005
"""How long the replay may keep the interpreter from the threads that give processes their work."""


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
        under_way: deque[tuple[Block, Future[bytes]]] = deque()
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        processes = ProcessPoolExecutor(self._processes, _context(), initializer=_begin)
        try:
            for block in waiting:
                under_way.append((block, processes.submit(blocks.check_packed, path, block)))
                if len(under_way) > _AHEAD * self._processes:
                    yield _answer(*under_way.popleft())
            while under_way:
                yield _answer(*under_way.popleft())
        finally:
            processes.shutdown(cancel_futures=True)
            sys.setswitchinterval(before)


def _begin() -> None:
    gc.disable()
    # The interrupt of a terminal goes to all processes; it is for the one that asked to say so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _context() -> BaseContext:
    """Fork where that is safe, because it is at once; else begin afresh.

    Not where threads run; nor where this process has grown, as after a large export: what it gave
    back, and will fill anew, a fork would keep a copy of.
    """
    safe = sys.platform == "linux" and threading.active_count() == 1 and not _has_grown()
    return multiprocessing.get_context("fork" if safe else "spawn")


def _has_grown() -> bool:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:  # where nobody says, it has not
        return False
    peaks = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks, default=0) > _LEAN_KIB


def _answer(block: Block, packed: Future[bytes]) -> tuple[Block, Part]:
    return block, blocks.unpack(packed.result())


def usable_cores() -> int:
    """Give how many cores this process may use: not always all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
