"""Checkpoints of the log, and the signed notes they travel in.

Source: C2SP signed-note and tlog-checkpoint. Ed25519 (signature type 0x01) is the one type that is
made and checked here, cosignatures in `ledger.cosignature`; signatures of other types and of
unknown keys are passed over, as the specification asks.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from ledger.did_key import ED25519, PublicKey
from ledger.errors import MalformedKey, MalformedNote, UnverifiedNote
from ledger.hashing import HASH_BYTES
from ledger.keys import Ed25519Key

ED25519_TYPE: Final = 0x01
COSIGNATURE_TYPE: Final = 0x04
"""Of a witness's key (C2SP tlog-cosignature); `ledger.cosignature` makes and checks these."""
MAX_NOTE: Final = 256 * 1024
"""The longest note read, in characters."""
MAX_SIGNATURES: Final = 100

_TYPES: Final = {
    ED25519_TYPE: "type 0x01 (Ed25519)",
    COSIGNATURE_TYPE: "type 0x04 (Ed25519 cosignature)",
}
_KEY_ID_BYTES: Final = 4
_VKEY_PARTS: Final = 3
_BODY_LINES: Final = 3
_DASH: Final = "— "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
"""What no line of a note may hold: the controls of ASCII but the line feed."""
_MAX_SIZE: Final = 2**63 - 1


class Checkpoint(msgspec.Struct, frozen=True):
    """What a log says of itself: its name, how many leaves, and the root (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines, opaque; ours have none."""


class NoteSignature(msgspec.Struct, frozen=True):
    """One signature line of a note, unchecked: whose it claims to be, and its bytes."""

    name: str
    key_id: bytes
    signature: bytes


class NoteVerifier(msgspec.Struct, frozen=True):
    """A key that is known by name to check notes: a `vkey`, read."""

    name: str
    key_id: bytes
    public: PublicKey


class NoteSigner:
    """Signs notes with an Ed25519 key under a name; a log's name is its origin."""

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, key: Ed25519Key) -> None:
        """Take the name that stands on the signature line.

        Raises:
            MalformedNote: if it is empty or has a space or plus sign.
        """
        _check_name(name)
        identity = key_id(name, ED25519_TYPE, key.public.raw)
        self.verifier: Final = NoteVerifier(name, identity, key.public)
        self._key: Final = key

    def sign(self, text: str) -> str:
        """Give the signature line for a note's text, its line feed included."""
        signature = self._key.sign(text.encode())
        return signature_line(self.verifier.name, self.verifier.key_id, signature)


def key_id(name: str, signature_type: int, public_key: bytes) -> bytes:
    """Give the four bytes that name a key beside its name: SHA-256(name ‖ LF ‖ type ‖ key)[:4]."""
    return sha256(b"%b\n%c%b" % (name.encode(), signature_type, public_key)).digest()[:4]


def signature_line(name: str, identity: bytes, signature: bytes) -> str:
    """Write a signature line, its line feed included; `identity` is the four bytes of `key_id`."""
    return f"{_DASH}{name} {_to_base64(identity + signature)}\n"


def encode_vkey(verifier: NoteVerifier, signature_type: int = ED25519_TYPE) -> str:
    """Write a verifier key: `name+hex key id+base64(type ‖ key)`."""
    key = _to_base64(bytes((signature_type,)) + verifier.public.raw)
    return f"{verifier.name}+{verifier.key_id.hex()}+{key}"


def parse_vkey(vkey: str, signature_type: int = ED25519_TYPE) -> NoteVerifier:
    """Read a verifier key; both types in use here, 0x01 and 0x04, have an Ed25519 key.

    Raises:
        MalformedNote: if it is not one, its id is not its own, or it is of another type.
    """
    parts = vkey.split("+", _VKEY_PARTS - 1)
    if len(parts) != _VKEY_PARTS:
        raise MalformedNote("vkey", "expected name+key id+base64 key")
    name, hex_id, encoded = parts
    _check_name(name)
    data = _from_base64(encoded, "vkey")
    if data[:1] != bytes((signature_type,)):
        raise MalformedNote("vkey", f"the key is not of {_TYPES[signature_type]}")
    try:
        public = PublicKey.load(ED25519, data[1:])
    except MalformedKey as error:
        raise MalformedNote("vkey", error.detail) from error
    identity = key_id(name, signature_type, public.raw)
    if hex_id != identity.hex():
        raise MalformedNote("vkey", f"the key id is {identity.hex()}, not {hex_id[:8]!r}")
    return NoteVerifier(name, identity, public)


def note_text(checkpoint: Checkpoint) -> str:
    """Write a checkpoint as the text of a note: origin, size, root, each on its line.

    Raises:
        MalformedNote: if the checkpoint can't be written so that it reads back the same.
    """
    lines = (
        checkpoint.origin,
        str(checkpoint.size),
        _to_base64(checkpoint.root),
        *checkpoint.extensions,
    )
    text = "\n".join(lines) + "\n"
    if parse_checkpoint(text) != checkpoint:
        raise MalformedNote("checkpoint", "a line of it holds a line feed")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint; the note must have been opened first.

    Raises:
        MalformedNote: if it is not one.
    """
    lines = text.split("\n")
    if len(lines) <= _BODY_LINES or lines.pop() or not all(lines):
        raise MalformedNote("checkpoint", "expected origin, size and root, each on its line")
    _check_characters(text)
    origin, digits, encoded, *extensions = lines
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(_MAX_SIZE)):
        raise MalformedNote("checkpoint size", f"{digits[:30]!r} is not a decimal number")
    size = int(digits)
    if str(size) != digits or size > _MAX_SIZE:
        raise MalformedNote("checkpoint size", f"{digits} has leading zeros or is too large")
    root = _from_base64(encoded, "checkpoint root")
    if len(root) != HASH_BYTES:
        raise MalformedNote("checkpoint root", f"{len(root)} bytes; a root has {HASH_BYTES}")
    return Checkpoint(origin, size, root, tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, *signers: NoteSigner) -> str:
    """Write a checkpoint as a note, signed by each of the signers, the log's own first.

    Raises:
        MalformedNote: if there is no signer or the checkpoint can't be written.
    """
    if not signers:
        raise MalformedNote("note", "somebody must sign it")
    text = note_text(checkpoint)
    return f"{text}\n{''.join(signer.sign(text) for signer in signers)}"


def open_note(note: str, verifiers: Iterable[NoteVerifier]) -> tuple[str, list[str]]:
    """Check a signed note and give its text, with the names of the known keys that signed it.

    Raises:
        MalformedNote: if it is not a signed note.
        UnverifiedNote: if a known key's signature is wrong, or no known key signed.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text, signatures = split_note(note)
    message = text.encode()
    verified: list[str] = []
    for line in signatures:
        verifier = known.pop((line.name, line.key_id), None)  # a key counts once
        if verifier is None:
            continue
        if not verifier.public.verify(line.signature, message):
            raise UnverifiedNote(f"the signature of {line.name} does not match the note")
        verified.append(line.name)
    if not verified:
        raise UnverifiedNote("no known key signed the note")
    return text, verified


def open_checkpoint(note: str, log: NoteVerifier) -> Checkpoint:
    """Check a note that the log signed and read its checkpoint.

    Raises:
        MalformedNote: if it is not a signed note with a checkpoint.
        UnverifiedNote: if the log did not sign it, or it is of another origin.
    """
    text, _ = open_note(note, (log,))
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin != log.name:
        raise UnverifiedNote(f"the checkpoint is of {checkpoint.origin}, not of {log.name}")
    return checkpoint


def split_note(note: str) -> tuple[str, list[NoteSignature]]:
    """Cut a note into its text and its signatures; nothing is verified.

    Raises:
        MalformedNote: if it is not a signed note.
    """
    if len(note) > MAX_NOTE:
        raise MalformedNote("note", f"{len(note)} characters; a note has at most {MAX_NOTE}")
    _check_characters(note)
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise MalformedNote("note", "expected text, an empty line, and signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote("note", f"{len(lines)} signatures; at most {MAX_SIGNATURES} are read")
    return f"{text}\n", [
        _parse_signature(line, f"signature {number}") for number, line in enumerate(lines, 1)
    ]


def _parse_signature(line: str, path: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise MalformedNote(path, "expected '— name base64'")
    _check_name(name)
    data = _from_base64(encoded, path)
    if len(data) <= _KEY_ID_BYTES:
        raise MalformedNote(path, "too short for a key id and a signature")
    return NoteSignature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise MalformedNote("key name", f"{name[:100]!r} is empty or has a space or plus sign")
    _check_characters(name)


def _check_characters(text: str) -> None:
    if _CONTROL.search(text):
        raise MalformedNote("note", "a control character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedNote("note", "half a surrogate pair is not a character") from error


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_base64(text: str, path: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNote(path, "not base64") from error
    if _to_base64(data) != text:
        raise MalformedNote(path, "not base64 in its one spelling")
    return data
