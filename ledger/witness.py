"""What a witness answers to `add-checkpoint`: pure, from the request and what it last cosigned.

Source: C2SP tlog-witness. The caller holds the state: it must put `Accepted.seen` on the disk, with
nothing in between, before it gives a cosignature of `Accepted.text` away.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from ledger.checkpoint import (
    MAX_NOTE,
    Checkpoint,
    NoteSignature,
    NoteVerifier,
    open_note,
    parse_checkpoint,
    signature_line,
    split_note,
)
from ledger.errors import MalformedNote, ProofError, UnverifiedNote
from ledger.hashing import EMPTY_ROOT, HASH_BYTES
from ledger.proofs import verify_consistency

SIZE_TYPE: Final = "text/x.tlog.size"
"""The content type of a 409: the size of the latest cosigned checkpoint."""
TEXT_TYPE: Final = "text/plain; charset=utf-8"
MAX_PROOF_LINES: Final = 63
MAX_REQUEST: Final = MAX_NOTE + 64 * 1024
"""The longest request read, in bytes: a note of many signatures has 5 KB of each."""

_OLD_LINE: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


class LastSeen(msgspec.Struct, frozen=True):
    """The latest checkpoint that was cosigned for an origin: its size and root (32 bytes)."""

    origin: str
    size: int
    root: bytes


class Accepted(msgspec.Struct, frozen=True):
    """To be cosigned: `text` is the note's; `seen` is to be saved first."""

    seen: LastSeen
    text: str
    log_lines: str
    """The log's own signature lines, verified; those of others are left out."""


class Refused(msgspec.Struct, frozen=True):
    """An HTTP answer without a cosignature."""

    status: int
    body: str
    content_type: str = TEXT_TYPE


class _Request(msgspec.Struct, frozen=True):
    old_size: int
    proof: tuple[bytes, ...]
    note: str


Logs = Mapping[str, Sequence[NoteVerifier]]
"""The logs that a witness knows: their keys, by origin; several while a log changes its key."""


def request_body(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """Write the body of `add-checkpoint`: the old size, the proof, an empty line, the note."""
    lines = [f"old {old_size}", *(base64.b64encode(node).decode() for node in proof), "", note]
    return "\n".join(lines).encode()


def add_checkpoint(
    raw: bytes, logs: Logs, last_seen: Callable[[str], LastSeen | None]
) -> Accepted | Refused:
    """Answer a request; numbered as tlog-witness orders its checks."""
    # 1) old size, proof lines, an empty line, a note with a checkpoint
    try:
        request = _read(raw)
        text, signatures = split_note(request.note)
        checkpoint = parse_checkpoint(text)
    except MalformedNote as error:
        return Refused(400, f"{error}\n")
    # 2) a log that is known
    keys = logs.get(checkpoint.origin)
    if not keys:
        return Refused(404, f"the log {checkpoint.origin} is not known here\n")
    # 3) signed by a key that is trusted for it
    try:
        open_note(request.note, keys)
    except (UnverifiedNote, MalformedNote) as error:
        return Refused(403, f"{error}\n")
    # 4) the old size is no larger than the new one
    if request.old_size > checkpoint.size:
        return Refused(400, f"old {request.old_size} is beyond {checkpoint.size}\n")
    # 5) it is the one that was cosigned last
    seen = last_seen(checkpoint.origin) or LastSeen(checkpoint.origin, 0, EMPTY_ROOT)
    if request.old_size != seen.size:
        return _conflict(seen)
    return _extends(seen, checkpoint, request) or Accepted(
        LastSeen(checkpoint.origin, checkpoint.size, checkpoint.root), text,
        _lines_of(keys, signatures),
    )  # fmt: skip


def _extends(seen: LastSeen, checkpoint: Checkpoint, request: _Request) -> Refused | None:
    # 6) the new tree begins with the old one; of the same size it has the same root
    try:
        verify_consistency(seen.size, checkpoint.size, request.proof, seen.root, checkpoint.root)
    except ProofError as error:
        return Refused(422, f"{error}\n")
    return None


def _lines_of(keys: Sequence[NoteVerifier], signatures: Sequence[NoteSignature]) -> str:
    """Give the lines that `open_note` has verified: of each known key the first."""
    first = {(line.name, line.key_id): line for line in reversed(signatures)}
    wanted = [first[key.name, key.key_id] for key in keys if (key.name, key.key_id) in first]
    return "".join(signature_line(line.name, line.key_id, line.signature) for line in wanted)


def _conflict(seen: LastSeen) -> Refused:
    return Refused(409, f"{seen.size}\n", SIZE_TYPE)


def _read(raw: bytes) -> _Request:
    if len(raw) > MAX_REQUEST:
        raise MalformedNote("request", f"{len(raw)} bytes; at most {MAX_REQUEST} are read")
    try:
        head, blank, note = raw.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise MalformedNote("request", "not UTF-8") from error
    if not blank:
        raise MalformedNote("request", "no empty line before the checkpoint")
    first, *proof = head.split("\n")
    match = _OLD_LINE.fullmatch(first)
    if match is None:
        raise MalformedNote("old size", "expected 'old' and a decimal number")
    if len(proof) > MAX_PROOF_LINES:
        raise MalformedNote("proof", f"{len(proof)} lines; at most {MAX_PROOF_LINES} are read")
    return _Request(int(match[1]), tuple(map(_node, proof)), note)


def _node(line: str) -> bytes:
    try:
        node = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNote("proof", "a line is not base64") from error
    if len(node) != HASH_BYTES or base64.b64encode(node).decode() != line:
        raise MalformedNote("proof", f"a line is not the base64 of {HASH_BYTES} bytes")
    return node
