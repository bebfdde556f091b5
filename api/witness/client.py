"""Asking one witness for its cosignature (C2SP tlog-witness), and minding what it saw last."""

import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from ledger.checkpoint import split_note
from ledger.cosignature import WitnessVerifier, good_lines
from ledger.errors import LedgerError
from ledger.witness import SIZE_TYPE, request_body

_TIMEOUT_S: Final = 5.0
_MOST_READ: Final = 64 * 1024
_TRIES: Final = 3
_LONGEST_SIZE: Final = 19

Proof = Callable[[int], list[bytes]]
"""Proves that the tree to be cosigned continues that of a smaller size."""


class WitnessRefused(LedgerError):
    """A witness that won't cosign; where `split` is set it saw another history of this log."""

    def __init__(self, name: str, detail: str, *, split: bool = False) -> None:
        """Name it, and say what it answered."""
        super().__init__(f"the witness {name} does not cosign: {detail}")
        self.split = split


class _Reply(Struct, frozen=True):
    status: int
    body: str
    content_type: str


class WitnessClient:
    """One witness, and the size that it cosigned last as far as we know."""

    def __init__(self, verifier: WitnessVerifier, url: str) -> None:
        """Take its key and its submission prefix."""
        self.verifier: Final = verifier
        self._url = f"{url}/add-checkpoint"
        self._size = 0

    def cosign(self, size: int, note: str, proof: Proof) -> str:
        """Give its signature line for a checkpoint of `size`; empty where it is further already.

        Raises:
            WitnessRefused: where it answers anything else.
            OSError, HTTPException: where it does not answer.
            LedgerError: where what it answers is no cosignature of its own.
        """
        text, _ = split_note(note)
        for _ in range(_TRIES):
            if self._size > size:
                return ""
            sent = self._size
            reply = self._post(request_body(sent, proof(sent), note))
            if reply.status == HTTPStatus.OK:
                self._size = size
                return self._own_line(text, reply)
            self._size = self._size_after(reply, sent, size)
        raise WitnessRefused(self.verifier.name, "it names another size each time")

    @property
    def size(self) -> int:
        """The size that it cosigned last, by its own word."""
        return self._size

    def _own_line(self, text: str, reply: _Reply) -> str:
        line = good_lines(text, reply.body, [self.verifier])
        if not line:
            raise WitnessRefused(self.verifier.name, "it signs with another key than we know")
        return line

    def _size_after(self, reply: _Reply, sent: int, size: int) -> int:
        name, said = self.verifier.name, reply.body.strip()
        if reply.status != HTTPStatus.CONFLICT:
            detail = f"to a proof from {sent} to {size} it answered {reply.status}: {said[:200]}"
            rewritten = reply.status == HTTPStatus.UNPROCESSABLE_ENTITY
            raise WitnessRefused(name, detail, split=rewritten)
        if reply.content_type != SIZE_TYPE or not said.isdecimal() or len(said) > _LONGEST_SIZE:
            raise WitnessRefused(name, "a conflict that names no size")
        if int(said) == sent:
            raise WitnessRefused(name, f"at {size} events it saw another tree", split=True)
        return int(said)

    def _post(self, body: bytes) -> _Reply:
        request = urllib.request.Request(  # noqa: S310  the settings admit http(s) only
            self._url, body, {"Content-Type": "text/plain; charset=utf-8"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                return _reply(answer.status, answer.read(_MOST_READ), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error.read(_MOST_READ), error.headers)


def _reply(status: int, body: bytes, headers: Message) -> _Reply:
    return _Reply(status, body.decode("utf-8", "replace"), headers.get_content_type())
