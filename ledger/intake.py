"""Envelopes read and verified before any lock: by the writer's own thread, and by processes.

The thread that writes reads while it has nothing else to do; crowds go to processes beside it,
which are begun when there were enough crowds to be worth one (ADR 13).
"""

import logging
from collections import deque
from collections.abc import Container
from typing import Final, Protocol

from domain.refusals import Code, Refusal, refuse
from ledger.candidate import Candidate, read_candidate
from ledger.parcel import Parcel
from ledger.reading_process import ReadingProcess

_LOG: Final = logging.getLogger(__name__)

_LEAST: Final = 16
"""A slice of a parcel: so few that with one large parcel all have work."""
_MOST: Final = 128
"""A process is asked for so many at once, at most."""
_HERE: Final = 4
"""So many are read here before it is asked again whether there is something else to do."""
_AHEAD: Final = 2
"""So many requests a process has at once, so that it need not wait for the next."""
_CROWD: Final = 5
"""What comes fewer at once is sooner read here than handed to a process."""
_WORTH: Final = 1000
"""After so many in crowds a process is begun: that takes as long as 5000 checks."""

_Slice = tuple[Parcel, int]


class Watch(Protocol):
    """Wakes whoever waits when a descriptor can be read."""

    def watch(self, descriptor: int) -> None:
        """Begin to."""
        ...

    def unwatch(self, descriptor: int) -> None:
        """Do no longer."""
        ...


class Intake:
    """Reads parcels; for one thread."""

    def __init__(self, processes: int, watch: Watch) -> None:
        """Use at most so many processes, whose answers are watched for."""
        self._most = processes
        self._watch = watch
        self._waiting: deque[_Slice] = deque()
        self._size = 0
        """How many events wait, in all slices."""
        self._asked: dict[ReadingProcess, deque[list[_Slice]]] = {}
        """Each process, with what it was asked to read."""
        self._parts: dict[int, dict[int, list[Candidate | Refusal]]] = {}
        self._read: list[Parcel] = []
        self._crowds = 0
        self.unread = 0
        """How many events are being read, or wait for it."""

    def put(self, parcel: Parcel) -> None:
        """Take in a parcel to be read."""
        size = len(parcel.raws)
        self._waiting.append((parcel, 0))
        for at in range(_LEAST, size, _LEAST):
            self._waiting.append((parcel, at))
        self._size += size
        self.unread += size
        if self._size >= _CROWD:
            self._crowds += size

    def waits(self) -> bool:
        """Tell whether something could be read here and now."""
        return bool(self._waiting)

    def hand_out(self) -> None:
        """Give to each process that has nothing to do its share of a crowd."""
        if self._crowds >= _WORTH and len(self._asked) < self._most:
            self._begin()
        for process in [p for p in self._asked if p.begun]:
            self._ask(process)

    def _ask(self, process: ReadingProcess) -> None:
        asked = self._asked[process]
        while self._size >= _CROWD and len(asked) < _AHEAD:
            # As much for each request as is left for this thread.
            share = self._size // (len(self._asked) * _AHEAD + 1)
            slices = self._take(min(max(share, _CROWD), _MOST))
            try:
                taken = process.ask(_raws(slices))
            except OSError:
                self._again(slices)
                self._end(process)
                return
            if not taken:
                self._again(slices)
                return
            asked.append(slices)

    def answers(self, readable: Container[int]) -> list[Parcel]:
        """Take what processes have read, where a descriptor can be read: parcels that are whole."""
        for process in [p for p in self._asked if p.descriptor in readable]:
            try:
                read = process.answer()
            except OSError:
                self._end(process)
            else:
                if read:
                    self._done(self._asked[process].popleft(), read)
        return self._whole()

    def read_here(self) -> list[Parcel]:
        """Read some of what waits: parcels that are whole."""
        slices = self._take(_HERE)
        self._done(slices, [_read(raw) for raw in _raws(slices)])
        return self._whole()

    def give_up(self) -> list[Parcel]:
        """Let go of all that is not read, and of the processes: gives those parcels."""
        self.close()
        parcels = {id(parcel): parcel for parcel, _ in self._waiting}
        self._waiting.clear()
        self._parts.clear()
        self._size = self.unread = 0
        return [*parcels.values(), *self._whole()]

    def close(self) -> None:
        """End the processes."""
        for process in list(self._asked):
            self._end(process)

    def _begin(self) -> None:
        self._crowds = 0
        try:
            process = ReadingProcess()
        except OSError:  # too many processes, or no memory: what comes is read here
            _LOG.exception("no process for reading could be begun")
            self._most = len(self._asked)
            return
        self._asked[process] = deque()
        self._watch.watch(process.descriptor)

    def _end(self, process: ReadingProcess) -> None:
        """Let go of a process; what it was asked, and has not read, waits again."""
        self._watch.unwatch(process.descriptor)
        process.close()
        for slices in reversed(self._asked.pop(process)):
            self._again(slices)

    def _again(self, slices: list[_Slice]) -> None:
        self._waiting.extendleft(reversed(slices))
        self._size += sum(map(_size, slices))

    def _take(self, least: int) -> list[_Slice]:
        slices: list[_Slice] = []
        size = 0
        while self._waiting and size < least:
            slices.append(self._waiting.popleft())
            size += _size(slices[-1])
        self._size -= size
        return slices

    def _done(self, slices: list[_Slice], candidates: list[Candidate | Refusal]) -> None:
        self.unread -= len(candidates)
        at = 0
        for one in slices:
            size = _size(one)
            self._keep(*one, candidates[at : at + size])
            at += size

    def _keep(self, parcel: Parcel, at: int, part: list[Candidate | Refusal]) -> None:
        """Keep a part of a parcel that is read, until none is missing."""
        if len(parcel.raws) > _LEAST:
            parts = self._parts.setdefault(id(parcel), {})
            parts[at] = part
            if len(parts) * _LEAST < len(parcel.raws):
                return
            del self._parts[id(parcel)]
            part = [c for start in sorted(parts) for c in parts[start]]
        parcel.take(part)
        self._read.append(parcel)

    def _whole(self) -> list[Parcel]:
        whole, self._read = self._read, []
        return whole


def _read(raw: bytes) -> Candidate | Refusal:
    try:
        return read_candidate(raw)
    except Exception as error:  # noqa: BLE001  whatever it may be
        # A fault of ours must cost this caller its event, and nobody else the ledger.
        _LOG.exception("an envelope could not be read")
        return refuse(Code.MALFORMED, path="$", detail=type(error).__name__)


def _size(one: _Slice) -> int:
    parcel, at = one
    return min(_LEAST, len(parcel.raws) - at)


def _raws(slices: list[_Slice]) -> list[bytes]:
    return [raw for parcel, at in slices for raw in parcel.raws[at : at + _LEAST]]
