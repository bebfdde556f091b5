"""A running witness: one request at a time decided, remembered, then signed."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct

from api.witness.memory import WitnessMemory
from ledger.checkpoint import NoteVerifier
from ledger.cosignature import Cosigner
from ledger.witness import TEXT_TYPE, Refused, add_checkpoint


class Answer(Struct, frozen=True):
    """An HTTP answer."""

    status: int
    body: str
    content_type: str


class Witness:
    """Cosigns the checkpoints of known logs; safe to call from any thread."""

    def __init__(
        self,
        cosigner: Cosigner,
        logs: Sequence[NoteVerifier],
        memory: WitnessMemory,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Watch these logs; one may have several keys, while it changes from one to the next."""
        self.cosigner: Final = cosigner
        self._logs: dict[str, list[NoteVerifier]] = {}
        for log in logs:
            self._logs.setdefault(log.name, []).append(log)
        self._memory = memory
        self._clock = clock
        self._lock = threading.Lock()

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer a request; what is signed is on the disk before.

        Raises:
            MemoryLost: where it can't be written: nothing is signed.
        """
        # Comparing with the last and putting the new one in its place must be one step, or a
        # smaller checkpoint that was looked at first could roll a larger one back.
        with self._lock:
            decided = add_checkpoint(raw, self._logs, self._memory.last_seen)
            if isinstance(decided, Refused):
                return Answer(decided.status, decided.body, decided.content_type)
            self._memory.remember(decided.seen)
            line = self.cosigner.cosign(decided.text, int(self._clock()))
            with suppress(OSError):  # for monitors; what must not be forgotten is on the disk
                note = f"{decided.text}\n{decided.log_lines}{line}"
                self._memory.keep_cosigned(decided.seen.origin, note)
        return Answer(200, line, TEXT_TYPE)

    def cosigned(self, origin_hash: str) -> str | None:
        """Give the latest checkpoint that was cosigned, by the SHA-256 of its origin, in hex."""
        return self._memory.cosigned(origin_hash)
