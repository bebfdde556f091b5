"""Two threads in step: one decides the next group while the other writes the last.

The decider runs ahead of what is written, on the cache that it moves along. Where a group can't be
written as decided (another process was first, or a tag taken for new was not), the cache is taken
back, group by group, and all that was under way is decided again under the head's lock.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from msgspec import Struct

from ledger.group import Group
from ledger.intake import Parcel, split
from ledger.outcome import Outcome

MAX_GROUP: Final = 1000
"""How many events a group has at most."""
_AHEAD: Final = 2
"""How many decided groups there may be, the one being written included."""


class Ahead(Struct):
    """A group decided ahead, of these parcels; `done` once they are answered."""

    parcels: list[Parcel]
    group: Group
    done: bool = False


class Steps(Protocol):
    """What the two threads do; the sequencer has it."""

    def alone(self, parcels: list[Parcel]) -> bool:
        """Tell whether these may be decided only when nothing is under way."""
        ...

    def decide(self, parcels: list[Parcel]) -> Group:
        """Decide parcels on top of all that is under way."""
        ...

    def write(self, group: Group) -> list[Outcome] | None:
        """Write a group; None where it can't be written as decided."""
        ...

    def write_again(self, under_way: list[Ahead]) -> list[list[Outcome]]:
        """Take back what was decided ahead, decide it again under the head's lock, and write."""
        ...

    def failed(self, error: Exception) -> Exception:
        """Forget all state after a failure, and say what the callers are told."""
        ...


class Pipeline:
    """Runs the steps on parcels that `take` gives, until it gives None."""

    def __init__(self, steps: Steps, take: Callable[[int], list[Parcel] | None]) -> None:
        """Prepare; `start` begins."""
        self._steps = steps
        self._take = take
        self._room = threading.Semaphore(_AHEAD)
        # Held while the cache is moved, on or back; notified when nothing is under way any more.
        self._state = threading.Condition()
        self._under_way: deque[Ahead] = deque()
        self._decided: queue.SimpleQueue[Ahead | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (("decide", self._run_decider), ("write", self._run_writer))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all is written; `take` must have given None."""
        for thread in self._threads:
            thread.join()

    def _run_decider(self) -> None:
        while (taken := self._take(MAX_GROUP)) is not None:
            for parcels in _portions(taken):
                self._room.acquire()
                self._decide(parcels)
        self._decided.put(None)

    def _decide(self, parcels: list[Parcel]) -> None:
        with self._state:
            if self._steps.alone(parcels):
                self._drain()
            try:
                ahead = Ahead(parcels, self._steps.decide(parcels))
            except Exception as error:  # noqa: BLE001  its callers must hear of it
                # What is under way was decided before, and stands or falls by itself.
                self._drain()
                _tell(parcels, self._steps.failed(error))
                self._room.release()
                return
            self._under_way.append(ahead)
        self._decided.put(ahead)

    def _drain(self) -> None:
        self._state.wait_for(lambda: not self._under_way)

    def _run_writer(self) -> None:
        while (ahead := self._decided.get()) is not None:
            if not ahead.done:
                self._write(ahead)
            self._room.release()

    def _write(self, ahead: Ahead) -> None:
        try:
            outcomes = self._steps.write(ahead.group)
        except Exception as error:  # noqa: BLE001  every caller must hear of it
            self._fail(error)
            return
        if outcomes is None:
            self._write_again()
            return
        with self._state:
            self._under_way.popleft()
            if not self._under_way:
                self._state.notify()
        _answer(ahead, outcomes)

    def _write_again(self) -> None:
        with self._state:
            under_way = list(self._under_way)
            try:
                answers = self._steps.write_again(under_way)
            except Exception as error:  # noqa: BLE001  every caller must hear of it
                self._fail(error)
                return
            self._clear()
        for ahead, outcomes in zip(under_way, answers, strict=True):
            _answer(ahead, outcomes)

    def _fail(self, error: Exception) -> None:
        """Fail all that is under way: it was decided on what is not written."""
        with self._state:
            under_way = list(self._under_way)
            told = self._steps.failed(error)
            self._clear()
        for ahead in under_way:
            ahead.done = True
            _tell(ahead.parcels, told)

    def _clear(self) -> None:
        for ahead in self._under_way:
            ahead.done = True
        self._under_way.clear()
        self._state.notify()


def _portions(taken: list[Parcel]) -> Iterator[list[Parcel]]:
    """Put parcels together to groups of at most `MAX_GROUP` events, cutting the larger ones."""
    portion: list[Parcel] = []
    size = 0
    for parcel in (part for whole in taken for part in split(whole, MAX_GROUP)):
        if portion and size + len(parcel.raws) > MAX_GROUP:
            yield portion
            portion, size = [], 0
        portion.append(parcel)
        size += len(parcel.raws)
    yield portion


def _answer(ahead: Ahead, outcomes: list[Outcome]) -> None:
    ahead.done = True
    at = 0
    for parcel in ahead.parcels:
        parcel.deliver(outcomes[at : at + len(parcel.raws)])
        at += len(parcel.raws)


def _tell(parcels: list[Parcel], error: Exception) -> None:
    for parcel in parcels:
        parcel.deliver(error)
