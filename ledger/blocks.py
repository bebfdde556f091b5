"""A block of an export checked as far as one can without knowing what came before it.

This is most of a verifier's work, and each block's is its own: so blocks go to processes on all
cores, which read them from the file by themselves and give back what the replay needs, packed.
"""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from domain.refusals import Refusal
from ledger import envelope, export
from ledger.candidate import read_candidate
from ledger.errors import LedgerError
from ledger.hashing import leaf_hash
from ledger.source import Block, read_at


class Item(Struct, frozen=True, array_like=True):
    """An event whose signatures are good; that its payload is an event is not checked yet."""

    position: int
    admitted_at: datetime
    payload: bytes
    keyids: tuple[str, ...]
    leaf: bytes
    size: int
    """How many bytes its line has, the newline included."""
    proof: tuple[bytes, ...] | None


class Fault(Struct, frozen=True):
    """What is wrong with a line: with the event in it, or (position 0) with the line itself."""

    position: int
    code: str
    detail: str


class Part(Struct, array_like=True):
    """What a block came to: its events up to its first fault or the checkpoint."""

    items: list[Item]
    lines: int
    """The lines read, the one at fault included."""
    fault: Fault | None = None
    checkpoint: str | None = None


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Part)


def check_packed(path: str, block: Block) -> bytes:
    """Check a block in a process of its own; `unpack` reads the answer."""
    return _ENCODER.encode(check(read_at(path, block)))


def unpack(packed: bytes) -> Part:
    """Read what `check_packed` gave."""
    return _DECODER.decode(packed)


def check(raw: bytes) -> Part:
    """Check a block: each line, its envelope, its signatures, its leaf."""
    part = Part([], 0)
    for text in raw.removesuffix(b"\n").split(b"\n"):
        part.lines += 1
        if part.checkpoint is not None:
            part.fault = Fault(0, "malformed", "something follows the checkpoint")
            break
        try:
            line = export.read_line(text, part.lines)
        except export.Unreadable as error:
            part.fault = Fault(0, "malformed", error.detail)
            break
        if isinstance(line, export.Trailer):
            part.checkpoint = line.checkpoint
            continue
        item = _checked(line, len(text) + 1)
        if isinstance(item, Fault):
            part.fault = item
            break
        part.items.append(item)
    return part


def _checked(line: export.Line, size: int) -> Item | Fault:
    try:
        parsed = envelope.parse(line.envelope)
        keyids = envelope.verify(parsed)
    except LedgerError:
        return _fault(line)
    if envelope.to_bytes(parsed) != line.envelope:
        return Fault(line.position, "malformed", "the stored envelope is not canonical JSON")
    return Item(
        line.position, line.admitted_at, parsed.payload, keyids,
        leaf_hash(envelope.leaf_entry(line.envelope)), size, line.proof,
    )  # fmt: skip


def _fault(line: export.Line) -> Fault:
    """Say what is wrong with an envelope, in the words of the ledger's own door."""
    refusal = read_candidate(line.envelope)
    if not isinstance(refusal, Refusal):
        raise TypeError("an envelope that could not be verified was verified")
    return Fault(line.position, refusal.code.value, refusal.en)
