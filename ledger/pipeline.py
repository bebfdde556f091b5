"""One thread that decides while PostgreSQL writes: the next group grows until the last is written.

It decides ahead of what is written, on the cache that it moves along. Where a group can't be
written as decided (another process was first, or a tag taken for new was not), the cache is taken
back, group by group, and all that was under way is decided again under the head's lock.
"""

import logging
import os
import select
import threading
from collections import deque
from collections.abc import Container, Sequence
from typing import Final, Protocol

from msgspec import Struct

from domain.events.correction import EventCorrected
from ledger.group import Group
from ledger.intake import Intake
from ledger.outcome import Outcome
from ledger.parcel import Parcel, split

_LOG: Final = logging.getLogger(__name__)

MAX_GROUP: Final = 1000
"""How many events a group has at most."""
_AT_ONCE: Final = 100
"""So many events are decided before it is asked again whether a group was written."""


class Ahead(Struct):
    """A group decided ahead, of these parcels."""

    parcels: list[Parcel]
    group: Group
    descriptor: int | None = None
    """Where the answer comes, once it is sent."""


class Steps(Protocol):
    """What is done to groups; the sequencer has it."""

    def full(self) -> bool:
        """Tell whether nothing more may be decided before all that is under way is written."""
        ...

    def begin(self) -> Group:
        """Begin a group on top of what is under way."""
        ...

    def decide(self, group: Group, parcels: list[Parcel]) -> None:
        """Decide parcels on top of all that is under way, as part of the newest group."""
        ...

    def send(self, group: Group) -> int | None:
        """Begin to write a group: the descriptor where the answer comes, None where it is known."""
        ...

    def arrived(self) -> bool:
        """Tell whether the answer is there."""
        ...

    def written(self, group: Group) -> list[Outcome] | None:
        """Take the answer; None where the group can't be written as decided."""
        ...

    def write_again(self, under_way: list[Ahead]) -> list[list[Outcome]]:
        """Take back what was decided ahead, decide it again under the head's lock, and write."""
        ...

    def take_back(self, group: Group) -> None:
        """Let memory stand as if the newest group had not been decided."""
        ...

    def failed(self, error: Exception) -> Exception:
        """Forget all state after a failure, and say what the callers are told."""
        ...


class Pipeline:
    """Runs the steps on parcels that are put in, until it is closed and empty."""

    def __init__(self, steps: Steps, processes: int) -> None:
        """Prepare; at most so many processes read beside the thread."""
        self._steps = steps
        self._inbox = _Inbox()
        self._intake = Intake(processes, self._inbox)
        self._ready: deque[Parcel] = deque()
        self._flying: Ahead | None = None
        """The group being written."""
        self._open: Ahead | None = None
        """The group that is still being decided."""
        self._thread = threading.Thread(target=self._run, name="write", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, parcel: Parcel) -> None:
        """Hand in a parcel; safe to call from any thread."""
        self._inbox.put(parcel)

    def join(self) -> None:
        """Write what was put in, then end."""
        self._inbox.close()
        self._thread.join()
        self._inbox.release()

    def _run(self) -> None:
        try:
            while self._go_on():
                try:
                    self._turn()
                except Exception as error:  # noqa: BLE001  a fault of ours must not leave callers waiting
                    _LOG.exception("the writer begins again with nothing")
                    self._begin_again(error)
        finally:
            self._intake.close()

    def _turn(self) -> None:
        readable = self._take_in()
        self._finish_if(readable)
        self._decide_some()
        if self._may_send():
            self._send()

    def _begin_again(self, error: Exception) -> None:
        """Fail all who wait, whose events are not written or not known to be."""
        waiting = [*self._ready, *self._intake.give_up()]
        self._ready.clear()
        self._fail(error, waiting)

    def _go_on(self) -> bool:
        return bool(self._ready or self._open or self._is_waited_for() or self._inbox.is_open())

    def _is_waited_for(self) -> bool:
        """Tell whether an answer is to come, or something waits to be read."""
        return bool(self._flying or self._intake.unread)

    def _take_in(self) -> Container[int]:
        """Take in what has come, and read; with nothing to do, wait. Gives what can be read."""
        wait = not (self._can_decide() or self._intake.waits())
        parcels, readable = self._inbox.take(wait=wait, more=self._is_waited_for())
        for parcel in parcels:
            self._intake.put(parcel)
        self._intake.hand_out()
        read = self._intake.answers(readable)
        if not read and not self._can_decide() and self._intake.waits():
            read = self._intake.read_here()
        for parcel in read:
            if len(parcel.raws) > MAX_GROUP:
                self._ready.extend(split(parcel, MAX_GROUP))
            else:
                self._ready.append(parcel)
        return readable

    def _can_decide(self, taken: int = 0) -> bool:
        """Tell whether the next parcel may be decided, after so many events just taken."""
        if not self._ready:
            return False
        first = self._ready[0]
        size = taken + self._size()
        if size and size + len(first.raws) > MAX_GROUP:
            return False
        # A correction reads history, which must then be written.
        return not (
            (size or self._flying) and (EventCorrected in first.kinds or self._steps.full())
        )

    def _size(self) -> int:
        return len(self._open.group.verdicts) if self._open else 0

    def _decide_some(self) -> None:
        parcels: list[Parcel] = []
        taken = 0
        while taken < _AT_ONCE and self._can_decide(taken):
            parcel = self._ready.popleft()
            parcels.append(parcel)
            taken += len(parcel.raws)
        if parcels:
            self._decide(parcels)

    def _decide(self, parcels: list[Parcel]) -> None:
        try:
            if self._open is None:
                self._open = Ahead([], self._steps.begin())
            self._open.parcels += parcels
            self._steps.decide(self._open.group, parcels)
        except Exception as error:  # noqa: BLE001  its callers must hear of it
            # What is being written was decided before, and stands or falls by itself.
            mine = parcels
            if self._open:
                mine = self._open.parcels
                self._steps.take_back(self._open.group)
                self._open = None
            if self._flying:
                self._finish(wait=True)
            _tell(mine, self._steps.failed(error))

    def _may_send(self) -> bool:
        """Tell whether to write: not while more is being read, up to a full group."""
        if self._flying or not self._open:
            return False
        blocked = self._ready and not self._can_decide()
        return bool(blocked) or not self._intake.unread or self._size() >= MAX_GROUP

    def _send(self) -> None:
        self._flying, self._open = self._open, None
        if self._flying is None:
            return
        try:
            self._flying.descriptor = descriptor = self._steps.send(self._flying.group)
        except Exception as error:  # noqa: BLE001  its callers must hear of it
            self._fail(error)
            return
        if descriptor is None:
            self._finish(wait=True)
        else:
            self._inbox.watch(descriptor)

    def _finish_if(self, readable: Container[int]) -> None:
        if self._flying and self._flying.descriptor is not None:  # noqa: SIM102
            if self._flying.descriptor in readable:
                self._finish(wait=False)

    def _finish(self, *, wait: bool) -> None:
        """Answer the group that is being written, if it is; or wait until it is."""
        if self._flying is None:
            return
        try:
            if not (wait or self._steps.arrived()):
                return
            self._land()
            outcomes = self._steps.written(self._flying.group)
        except Exception as error:  # noqa: BLE001  every caller must hear of it
            self._fail(error)
            return
        if outcomes is None:
            self._write_again()
        else:
            flying, self._flying = self._flying, None
            _answer(flying, outcomes)

    def _write_again(self) -> None:
        under_way = self._under_way()
        try:
            answers = self._steps.write_again(under_way)
        except Exception as error:  # noqa: BLE001  every caller must hear of it
            self._fail(error)
            return
        self._flying = self._open = None
        for ahead, outcomes in zip(under_way, answers, strict=True):
            _answer(ahead, outcomes)

    def _fail(self, error: Exception, waiting: Sequence[Parcel] = ()) -> None:
        """Fail all that is under way, decided on what is not written, and what waits besides."""
        self._land()
        under_way = self._under_way()
        self._flying = self._open = None
        told = self._steps.failed(error)
        for parcels in (*(ahead.parcels for ahead in under_way), waiting):
            _tell(parcels, told)

    def _land(self) -> None:
        if self._flying and self._flying.descriptor is not None:
            self._inbox.unwatch(self._flying.descriptor)
            self._flying.descriptor = None

    def _under_way(self) -> list[Ahead]:
        return [ahead for ahead in (self._flying, self._open) if ahead]


class _Inbox:
    """Where the thread waits: for parcels, and for whatever else can be read."""

    def __init__(self) -> None:
        self._parcels: deque[Parcel] = deque()
        self._closed = False
        self._asleep = False
        self._bell, self._ring = os.pipe()
        self._poll = select.poll()
        self.watch(self._bell)

    def is_open(self) -> bool:
        return bool(self._parcels or not self._closed)

    def put(self, parcel: Parcel) -> None:
        self._parcels.append(parcel)
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()

    def release(self) -> None:
        os.close(self._bell)
        os.close(self._ring)

    def watch(self, descriptor: int) -> None:
        """Wake for this one too."""
        self._poll.register(descriptor, select.POLLIN)

    def unwatch(self, descriptor: int) -> None:
        """Wake for it no longer."""
        self._poll.unregister(descriptor)

    def take(self, *, wait: bool, more: bool) -> tuple[list[Parcel], set[int]]:
        """Give what was put in, and what can be read; with `wait`, once there is either.

        Once it is closed it is waited only where there is `more` to come.
        """
        self._asleep = wait
        wait = wait and not self._parcels and (more or not self._closed)
        readable = {descriptor for descriptor, _ in self._poll.poll(None if wait else 0)}
        self._asleep = False
        if self._bell in readable:
            os.read(self._bell, 4096)
        taken = []
        while self._parcels:
            taken.append(self._parcels.popleft())
        return taken, readable

    def _wake(self) -> None:
        if self._asleep:
            self._asleep = False
            os.write(self._ring, b"!")


def _answer(ahead: Ahead, outcomes: list[Outcome]) -> None:
    at = 0
    for parcel in ahead.parcels:
        parcel.deliver(outcomes[at : at + len(parcel.raws)])
        at += len(parcel.raws)


def _tell(parcels: Sequence[Parcel], error: Exception) -> None:
    for parcel in parcels:
        parcel.deliver(error)
