"""Envelopes read and verified in a process of its own, which shares no lock with the writer.

Of what an envelope takes on its way in, a signature's check gives up the interpreter's lock and
the rest does not; in a process of its own none of it keeps the writer waiting (ADR 13). What is
read there is read by `ledger.candidate`, as anywhere.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from struct import Struct as Layout
from typing import IO, Final

import msgspec
from msgspec import Struct

from domain.events.catalogue import decode, encode
from domain.refusals import Refusal
from domain.state import Signed
from ledger.candidate import Candidate, read_candidate

_LENGTH: Final = Layout(">I")
_PIPE_BYTES: Final = 2**20


class _Read(Struct, frozen=True, array_like=True, tag=0):
    """A candidate, as it goes through a pipe."""

    payload: bytes
    keyids: tuple[str, ...]
    digest: bytes
    leaf: bytes
    stored: bytes | None
    """None where it is what came in, to the byte."""


class _Refused(Struct, frozen=True, array_like=True, tag=1):
    """A refusal, as it goes through a pipe."""

    refusal: Refusal


_REQUEST: Final = msgspec.msgpack.Decoder(list[bytes])
_ANSWER: Final = msgspec.msgpack.Decoder(list[_Read | _Refused])
_ENCODER: Final = msgspec.msgpack.Encoder()


class ReadingProcess:
    """One such process, from the side that asks; for one thread."""

    def __init__(self) -> None:
        """Begin it."""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "ledger.reading_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        self._to, self._from = _open(self._child.stdin), _open(self._child.stdout)
        self._room = min(_widen(self._to), _widen(self._from))
        self.begun = False
        """Whether it can be asked: its first answer, to nothing, says so."""
        self._asked: deque[tuple[Sequence[bytes], int]] = deque()

    @property
    def descriptor(self) -> int:
        """What can be read when there is an answer."""
        return self._from.fileno()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._child.pid

    def ask(self, raws: Sequence[bytes]) -> bool:
        """Ask for envelopes to be read; not where that might have to wait for earlier answers.

        Tells whether they were asked for. What is asked first is answered first.

        Raises:
            OSError: where the process has gone.
        """
        request = _ENCODER.encode(raws)
        if self._asked and sum(size for _, size in self._asked) + len(request) > self._room:
            return False
        self._asked.append((raws, len(request)))
        _send(self._to, request)
        return True

    def answer(self) -> list[Candidate | Refusal]:
        """Wait for the next answer: what `read_candidate` gives for each.

        Raises:
            OSError: where the process has gone.
        """
        answer = _receive(self._from)
        if answer is None or (self.begun and not self._asked):
            raise BrokenPipeError("the reading process has gone")
        if not self.begun:
            self.begun = True
            return []
        raws, _ = self._asked.popleft()
        return [
            _candidate(item, raw) for item, raw in zip(_ANSWER.decode(answer), raws, strict=True)
        ]

    def close(self) -> None:
        """End it."""
        self._to.close()
        self._from.close()
        self._child.wait()


def _candidate(item: _Read | _Refused, raw: bytes) -> Candidate | Refusal:
    if isinstance(item, _Refused):
        return item.refusal
    signed = Signed(decode(item.payload), item.keyids, item.digest)
    return Candidate(raw if item.stored is None else item.stored, item.leaf, signed)


def _packed(raw: bytes) -> _Read | _Refused:
    read = read_candidate(raw)
    if isinstance(read, Refusal):
        return _Refused(read)
    stored = None if read.stored == raw else read.stored
    # Canonical, or it would not be a candidate: so this is the payload that was signed.
    payload = encode(read.signed.event)
    return _Read(payload, read.signed.keyids, read.signed.digest, read.leaf, stored)


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Read what is asked, until nobody asks any more."""
    _send(answers, b"")
    while (request := _receive(asked)) is not None:
        _send(answers, _ENCODER.encode([_packed(raw) for raw in _REQUEST.decode(request)]))


def _send(pipe: IO[bytes], message: bytes) -> None:
    data = memoryview(_LENGTH.pack(len(message)) + message)
    while data:
        data = data[pipe.write(data) :]


def _receive(pipe: IO[bytes]) -> bytes | None:
    head = _exactly(pipe, _LENGTH.size)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0])


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    """Read so many bytes; None where the other side has gone."""
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise BrokenPipeError("the process was begun without pipes")
    return pipe


def _widen(pipe: IO[bytes]) -> int:
    """Let a pipe hold a whole request, where the system can; gives how many bytes it holds."""
    try:
        import fcntl  # noqa: PLC0415  not everywhere

        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES) // 2
    except (ImportError, AttributeError, OSError):
        return 0


if __name__ == "__main__":
    import signal

    # The interrupt of a terminal goes to all processes; this one ends when its pipe does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(0, "rb", buffering=0) as requests, os.fdopen(1, "wb", buffering=0) as replies:
        serve(requests, replies)
