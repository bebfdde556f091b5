"""Cosignatures: a witness's statement that, at a time, it saw a checkpoint as the log's newest.

Source: C2SP tlog-cosignature, the Ed25519 type (0x04). Signed are the line `cosignature/v1`, the
line `time N` (seconds since 1970) and the whole text of the checkpoint's note; the signature is
N in eight bytes, big-endian, and Ed25519's 64. Lines of other types are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from ledger.checkpoint import (
    COSIGNATURE_TYPE,
    NoteSignature,
    NoteVerifier,
    key_id,
    signature_line,
    split_note,
)
from ledger.checkpoint import encode_vkey as encode_note_vkey
from ledger.checkpoint import parse_vkey as parse_note_vkey
from ledger.did_key import PublicKey
from ledger.errors import MalformedNote, UnverifiedNote
from ledger.keys import Ed25519Key

MAX_TIME: Final = 2**63 - 1

_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 72


class WitnessVerifier(msgspec.Struct, frozen=True):
    """A witness as who relies on it knows it: its name and its key."""

    name: str
    key_id: bytes
    public: PublicKey


class Cosignature(msgspec.Struct, frozen=True):
    """A witness's cosignature that was checked: `time` in seconds since 1970."""

    witness: str
    time: int


class Cosigner:
    """Cosigns checkpoints with an Ed25519 key under a witness's name."""

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, key: Ed25519Key) -> None:
        """Take the witness's name; the key must be used for nothing else.

        Raises:
            MalformedNote: if the name is empty or has a space or plus sign.
        """
        identity = key_id(name, COSIGNATURE_TYPE, key.public.raw)
        self.verifier: Final = WitnessVerifier(name, identity, key.public)
        parse_vkey(encode_vkey(self.verifier))
        self._key: Final = key

    def cosign(self, text: str, time: int) -> str:
        """Give the signature line for the text of a checkpoint's note, its line feed included."""
        if not 0 <= time <= MAX_TIME:
            raise MalformedNote("cosignature time", f"{time} is not within 0 to 2^63 − 1")
        signature = time.to_bytes(_TIME_BYTES) + self._key.sign(_message(text, time))
        return signature_line(self.verifier.name, self.verifier.key_id, signature)


def encode_vkey(verifier: WitnessVerifier) -> str:
    """Write a witness's verifier key: `name+hex key id+base64(0x04 ‖ key)`."""
    plain = NoteVerifier(verifier.name, verifier.key_id, verifier.public)
    return encode_note_vkey(plain, COSIGNATURE_TYPE)


def parse_vkey(vkey: str) -> WitnessVerifier:
    """Read a witness's verifier key.

    Raises:
        MalformedNote: if it is not one of type 0x04, or its id is not its own.
    """
    plain = parse_note_vkey(vkey, COSIGNATURE_TYPE)
    return WitnessVerifier(plain.name, plain.key_id, plain.public)


def cosignatures(note: str, witnesses: Iterable[WitnessVerifier]) -> list[Cosignature]:
    """Check the cosignatures of known witnesses on a note; each witness counts once.

    Raises:
        MalformedNote: if it is not a signed note.
        UnverifiedNote: if a known witness's line is not its signature.
    """
    text, lines = split_note(note)
    return [found for found, _ in _checked(text, lines, witnesses)]


def good_lines(text: str, lines: str, witnesses: Iterable[WitnessVerifier]) -> str:
    """Pick, out of signature lines that somebody sent, those of known witnesses over this text.

    Raises:
        MalformedNote: if these are not signature lines.
        UnverifiedNote: if a known witness's line is not its signature.
    """
    same, found = split_note(f"{text}\n{lines}")
    if same != text:
        raise MalformedNote("cosignature", "an empty line between the signatures")
    return "".join(
        signature_line(line.name, line.key_id, line.signature)
        for _, line in _checked(text, found, witnesses)
    )


def _checked(
    text: str, lines: Iterable[NoteSignature], witnesses: Iterable[WitnessVerifier]
) -> list[tuple[Cosignature, NoteSignature]]:
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found = []
    for line in lines:
        witness = known.pop((line.name, line.key_id), None)
        if witness is not None:
            found.append((_check(witness, line.signature, text), line))
    return found


def _check(witness: WitnessVerifier, signature: bytes, text: str) -> Cosignature:
    if len(signature) != _SIGNATURE_BYTES:
        detail = f"{len(signature)} bytes; a time and an Ed25519 signature have {_SIGNATURE_BYTES}"
        raise MalformedNote(f"cosignature of {witness.name}", detail)
    time = int.from_bytes(signature[:_TIME_BYTES])
    if time > MAX_TIME:
        raise MalformedNote(f"cosignature of {witness.name}", "its time is beyond 2^63 − 1")
    if not witness.public.verify(signature[_TIME_BYTES:], _message(text, time)):
        raise UnverifiedNote(f"the cosignature of {witness.name} does not match the note")
    return Cosignature(witness.name, time)


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
