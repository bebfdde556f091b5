"""Envelopes read and verified before any lock, by threads or by processes.

Who is alone goes to the writer unread: it has nothing else to do, and handing over takes as long as
reading. Threads take crowds in slices; each begins a process of its own when there were enough
crowds to be worth one.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

from domain.refusals import Refusal
from ledger.candidate import Candidate, read_candidate
from ledger.parcel import Parcel
from ledger.reading_process import ReadingProcess

_LEAST: Final = 16
"""A slice: so few that with many callers all threads have work."""
_MOST: Final = 128
"""A thread takes at most so many at once."""
_CROWD: Final = 8
"""What comes fewer at once is sooner read here than handed to a process."""
_WORTH: Final = 1000
"""A thread that has read so many in crowds begins a process: that takes as long as 5000 checks."""

_Slice = tuple[Parcel, int]


class Intake:
    """Reads parcels and gives them on."""

    def __init__(self, threads: int, give: Callable[[list[Parcel]], None]) -> None:
        """Read with so many threads, once started; `give` gets what is read, or who is alone."""
        self._give = give
        self._slices: queue.SimpleQueue[_Slice | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._parts: dict[int, dict[int, list[Candidate | Refusal]]] = {}
        self._unread = 0
        self._threads = [
            threading.Thread(target=self._run, name=f"read-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin to read."""
        for thread in self._threads:
            thread.start()

    @property
    def unread(self) -> int:
        """How many events are being read, or wait for it."""
        return self._unread

    def put(self, parcel: Parcel, *, alone: bool) -> None:
        """Hand in a parcel; `alone` where nothing else waits for anything."""
        size = len(parcel.raws)
        if size <= alone:
            self._give([parcel])
            return
        with self._lock:
            self._unread += size
        for at in range(0, size, _LEAST):
            self._slices.put((parcel, at))

    def close(self) -> None:
        """Read what was handed in, then end."""
        for _ in self._threads:
            self._slices.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        reader = _Reader()
        try:
            while slices := self._some():
                self._read(reader, slices)
        finally:
            reader.close()

    def _some(self) -> list[_Slice]:
        """Wait for slices, and take this thread's share of what is there; none: closed."""
        item = self._slices.get()
        slices: list[_Slice] = []
        size = 0
        share = min(self._unread // len(self._threads), _MOST)
        while item is not None:
            slices.append(item)
            size += min(_LEAST, len(item[0].raws) - item[1])
            if size >= share:
                return slices
            try:
                item = self._slices.get_nowait()
            except queue.Empty:
                return slices
        if slices:
            self._slices.put(None)
        return slices

    def _read(self, reader: "_Reader", slices: list[_Slice]) -> None:
        read = iter(reader.read([
            raw for parcel, at in slices for raw in parcel.raws[at : at + _LEAST]
        ]))  # fmt: skip
        done = []
        with self._lock:
            for parcel, at in slices:
                part = list(islice(read, min(_LEAST, len(parcel.raws) - at)))
                if self._is_whole(parcel, at, part):
                    done.append(parcel)
                    self._unread -= len(parcel.raws)
        if done:
            self._give(done)

    def _is_whole(self, parcel: Parcel, at: int, part: list[Candidate | Refusal]) -> bool:
        """Keep a part of a parcel that is read; tells whether that was the last one missing."""
        if len(parcel.raws) <= _LEAST:
            parcel.take(part)
            return True
        parts = self._parts.setdefault(id(parcel), {})
        parts[at] = part
        if len(parts) * _LEAST < len(parcel.raws):
            return False
        del self._parts[id(parcel)]
        parcel.take([c for start in sorted(parts) for c in parts[start]])
        return True


class _Reader:
    """What one thread reads with: by itself, and once it is worth it by a process."""

    def __init__(self) -> None:
        self._process: ReadingProcess | None = None
        self._crowds = 0

    def read(self, raws: Sequence[bytes]) -> list[Candidate | Refusal]:
        process = self._for(len(raws))
        if process:
            try:
                return process.read(raws)
            except OSError:
                # It was ended from outside; what it was asked is read here.
                self.close()
        return [read_candidate(raw) for raw in raws]

    def _for(self, many: int) -> ReadingProcess | None:
        """Give the process, where there is one that can be asked and so many are worth it."""
        if many < _CROWD:
            return None
        if self._process is None:
            self._crowds += many
            if self._crowds < _WORTH:
                return None
            self._process = ReadingProcess()
        return self._process if self._process.ready() else None

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = None
        self._crowds = 0
