"""Answers from the writer back to the event loop: one wake-up a group, not one a caller."""

import asyncio
from collections import deque
from collections.abc import Sequence

from ledger.outcome import Outcome
from ledger.sequencer import Sequencer

Answer = list[Outcome] | Exception


class HandBack:
    """Submits on behalf of one event loop."""

    def __init__(self, sequencer: Sequencer, loop: asyncio.AbstractEventLoop) -> None:
        """Answer futures of this loop."""
        self._sequencer = sequencer
        self.loop = loop
        self._answers: deque[tuple[asyncio.Future[list[Outcome]], Answer]] = deque()
        self._awake = False

    async def submit(self, raws: Sequence[bytes]) -> list[Outcome]:
        """Hand in envelopes and await one outcome for each, in order.

        Raises:
            Busy: where too many wait already.
            WriteFailed: where the database failed; sending the same again is safe.
        """
        future: asyncio.Future[list[Outcome]] = self.loop.create_future()
        self._sequencer.hand_in(raws, lambda answer: self._deliver(future, answer))
        return await future

    def _deliver(self, future: asyncio.Future[list[Outcome]], answer: Answer) -> None:
        self._answers.append((future, answer))
        if not self._awake:
            self._awake = True
            try:
                self.loop.call_soon_threadsafe(self._flush)
            except RuntimeError:  # the loop is closed: nobody waits any more
                self._answers.clear()

    def _flush(self) -> None:
        self._awake = False
        while self._answers:
            future, answer = self._answers.popleft()
            if future.done():  # its caller has gone away
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
