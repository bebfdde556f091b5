"""Envelopes on their way to the writer: read and verified by threads, before any lock.

A parcel keeps its order within; between parcels of different callers there is none to keep. The
readers take few at once, so that with many callers both of them have work.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from domain.refusals import Refusal
from ledger.candidate import Candidate, read_candidate
from ledger.outcome import Outcome

Deliver = Callable[[list[Outcome] | Exception], None]
"""Takes the answer to a parcel; called on the writer's thread, so it must be quick."""

_AT_ONCE: Final = 16


class Parcel:
    """Envelopes that one caller handed in together, and where the answer goes."""

    __slots__ = ("candidates", "deliver", "raws", "unread")

    def __init__(self, raws: Sequence[bytes], deliver: Deliver) -> None:
        """Take raw envelopes, in order."""
        self.raws = raws
        self.deliver = deliver
        self.candidates: list[Candidate | Refusal] = []
        self.unread = len(raws)


class _Gathering:
    """Puts the answers to the parts of a parcel together again."""

    def __init__(self, parts: int, deliver: Deliver) -> None:
        self._answers: list[list[Outcome] | None] = [None] * parts
        self._left = parts
        self._deliver = deliver

    def put(self, part: int, answer: list[Outcome] | Exception) -> None:
        if self._left == 0:
            return
        if isinstance(answer, Exception):
            self._left = 0
            self._deliver(answer)
            return
        self._answers[part] = answer
        self._left -= 1
        if self._left == 0:
            self._deliver([outcome for known in self._answers if known for outcome in known])


def split(parcel: Parcel, most: int) -> list[Parcel]:
    """Cut a parcel that is read into parts of at most so many events, in order.

    Its caller is answered once, when all parts are; the first failure counts for all.
    """
    if len(parcel.raws) <= most:
        return [parcel]
    starts = range(0, len(parcel.raws), most)
    gathering = _Gathering(len(starts), parcel.deliver)
    parts = []
    for number, at in enumerate(starts):
        part = Parcel(parcel.raws[at : at + most], partial(gathering.put, number))
        part.candidates = parcel.candidates[at : at + most]
        parts.append(part)
    return parts


class Intake:
    """Threads that read parcels; `take` gives those that are read."""

    def __init__(self, threads: int) -> None:
        """Read with so many threads, once started."""
        self._unread: queue.SimpleQueue[tuple[Parcel, int] | None] = queue.SimpleQueue()
        self._read: queue.SimpleQueue[list[Parcel] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._parts: dict[int, dict[int, list[Candidate | Refusal]]] = {}
        self._threads = [
            threading.Thread(target=self._run, name=f"verify-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin to read."""
        for thread in self._threads:
            thread.start()

    def put(self, parcel: Parcel) -> None:
        """Hand in a parcel."""
        for at in range(0, len(parcel.raws), _AT_ONCE):
            self._unread.put((parcel, at))
        if not parcel.raws:
            self._read.put([parcel])

    def take(self, at_least: int) -> list[Parcel] | None:
        """Wait for a read parcel, and take what else is read until so many events; None: closed."""
        first = self._read.get()
        if first is None:
            return None
        parcels = first
        size = sum(len(parcel.raws) for parcel in first)
        while size < at_least:
            try:
                more = self._read.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._read.put(None)
                break
            parcels += more
            size += sum(len(parcel.raws) for parcel in more)
        return parcels

    def close(self) -> None:
        """Read what was handed in, then end; `take` gives the rest, then None."""
        for _ in self._threads:
            self._unread.put(None)
        for thread in self._threads:
            thread.join()
        self._read.put(None)

    def _run(self) -> None:
        while True:
            slices, last = self._some()
            done = [parcel for parcel, at in slices if self._read_slice(parcel, at)]
            if done:
                self._read.put(done)
            if last:
                return

    def _some(self) -> tuple[list[tuple[Parcel, int]], bool]:
        slices = []
        size = 0
        item = self._unread.get()
        while item is not None:
            slices.append(item)
            size += min(_AT_ONCE, len(item[0].raws) - item[1])
            if size >= _AT_ONCE:
                return slices, False
            try:
                item = self._unread.get_nowait()
            except queue.Empty:
                return slices, False
        return slices, True

    def _read_slice(self, parcel: Parcel, at: int) -> bool:
        """Read a slice of a parcel; tells whether that was the last one missing."""
        raws = parcel.raws
        candidates = [read_candidate(raw) for raw in raws[at : at + _AT_ONCE]]
        if len(raws) <= _AT_ONCE:
            parcel.candidates = candidates
            return True
        with self._lock:
            parts = self._parts.setdefault(id(parcel), {})
            parts[at] = candidates
            parcel.unread -= len(candidates)
            if parcel.unread:
                return False
            del self._parts[id(parcel)]
        parcel.candidates = [c for start in sorted(parts) for c in parts[start]]
        return True
