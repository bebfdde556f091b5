"""How much may wait to be written, in events and in bytes; beyond it callers are turned away."""

import threading
from collections.abc import Sequence
from typing import Final

from ledger.outcome import Busy

MAX_EVENTS: Final = 20_000
MAX_BYTES: Final = 32 * 1024 * 1024
"""What so many events of the usual size come to; the largest are a hundred times as large."""

_A_SECOND: Final = 5000
"""Events that are surely written in a second."""


class Waiting:
    """The room for what waits; safe to use from any thread."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._events = 0
        self._bytes = 0
        self._lock = threading.Lock()

    def take(self, raws: Sequence[bytes]) -> None:
        """Take in envelopes; where nothing waits, however many they are.

        Raises:
            Busy: where they would be too many, or too large; none is taken in then.
        """
        events, size = len(raws), sum(map(len, raws))
        with self._lock:
            full = self._events + events > MAX_EVENTS or self._bytes + size > MAX_BYTES
            if self._events and full:
                raise Busy(retry_after=1 + self._events // _A_SECOND)
            self._events += events
            self._bytes += size

    def leave(self, raws: Sequence[bytes]) -> None:
        """Let go of envelopes that were answered."""
        with self._lock:
            self._events -= len(raws)
            self._bytes -= sum(map(len, raws))
