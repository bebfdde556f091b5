"""Runs the checks of blocks on all cores, and gives their answers in the order of the file.

Processes, not threads: of what a block takes, a quarter holds the interpreter's lock (ADR 10). A
small export is checked in this process, before others would have started.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Final

from ledger import blocks
from ledger.blocks import Part
from ledger.source import Block, Source

_ALONE: Final = 6
"""Blocks that are checked here before processes are started: about 3000 events."""
_AHEAD: Final = 3
"""Blocks that a process may have waiting, so that it never waits itself."""


class Workers:
    """How many processes check blocks, and from which block on."""

    def __init__(self, processes: int | None = None, alone: int = _ALONE) -> None:
        """Use so many processes, or one for each core that this one may use."""
        self._processes = _cores() if processes is None else processes
        self._alone = alone

    def check(self, source: Source) -> Iterator[tuple[Block, Part]]:
        """Check all blocks of a source, in order."""
        waiting = source.blocks()
        for block in islice(waiting, self._alone):
            yield block, blocks.check(source.read(block))
        first = next(waiting, None)
        if first is not None:
            yield from self._in_processes(source.path, chain((first,), waiting))

    def _in_processes(self, path: str, waiting: Iterator[Block]) -> Iterator[tuple[Block, Part]]:
        # Spawned, so that nothing of a caller's threads and locks is taken over half-way.
        context = multiprocessing.get_context("spawn")
        under_way: deque[tuple[Block, Future[bytes]]] = deque()
        processes = ProcessPoolExecutor(self._processes, context)
        try:
            for block in waiting:
                under_way.append((block, processes.submit(blocks.check_packed, path, block)))
                if len(under_way) > _AHEAD * self._processes:
                    yield _answer(*under_way.popleft())
            while under_way:
                yield _answer(*under_way.popleft())
        finally:
            processes.shutdown(cancel_futures=True)


def _answer(block: Block, packed: Future[bytes]) -> tuple[Block, Part]:
    return block, blocks.unpack(packed.result())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
