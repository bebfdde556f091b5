"""The export: a ledger, or all that proves one batch, as lines of JSON that need no database.

The first line is a header; then one line an event in order; the last a checkpoint. Each line of a
bundle carries its inclusion proof, as the events between are left out.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Struct

from domain.events.times import FIRST_YEAR, LAST_YEAR
from ledger.errors import LedgerError

FORMAT: Final = "suyuan-export/1"
MAX_LINE: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"

Count = Annotated[int, msgspec.Meta(le=2**53 - 1)]
"""A position or size that every reader of JSON reads exactly."""


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file is: the log's origin and verifier key, how many events the log had."""

    format: str
    origin: str
    log_key: str
    size: Annotated[Count, msgspec.Meta(ge=0)]
    batch: str | None = None
    """The batch that a bundle is about; None for a whole ledger."""


class Line(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event: the stored envelope (base64) at its position; in a bundle with its proof."""

    position: Annotated[Count, msgspec.Meta(ge=1)]
    admitted_at: Annotated[datetime, msgspec.Meta(tz=True)]
    envelope: bytes
    proof: tuple[bytes, ...] | None = None


class Trailer(Struct, frozen=True, forbid_unknown_fields=True):
    """The signed checkpoint over everything before it."""

    checkpoint: str


class Unreadable(LedgerError):
    """A line of an export that can't be read."""

    def __init__(self, number: int, detail: str) -> None:
        """Say which line, from 1, and what is wrong."""
        super().__init__(f"line {number}: {detail}")
        self.number = number
        self.detail = detail


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_HEADER: Final = msgspec.json.Decoder(Header)
_LINE: Final = msgspec.json.Decoder(Line)
_TRAILER: Final = msgspec.json.Decoder(Trailer)


def write(header: Header, lines: Iterable[Line], checkpoint: str) -> Iterator[bytes]:
    """Write an export, a line at a time, each with its newline."""
    yield _ENCODER.encode(header) + b"\n"
    for line in lines:
        yield _ENCODER.encode(line) + b"\n"
    yield _ENCODER.encode(Trailer(checkpoint)) + b"\n"


def read_header(raw: bytes) -> Header:
    """Read the first line.

    Raises:
        Unreadable: where it is no header of this format.
    """
    try:
        header = _HEADER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail = "it is compressed; unpack it first" if raw.startswith(_GZIP) else f"{error}"
        raise Unreadable(1, f"not the header of an export: {detail}") from error
    if header.format != FORMAT:
        raise Unreadable(1, f"format {header.format!r}; this reads {FORMAT!r}")
    return header


def read_line(raw: bytes, number: int) -> Line | Trailer:
    """Read any later line.

    Raises:
        Unreadable: where it is neither an event nor the checkpoint.
    """
    try:
        if raw.startswith(b'{"checkpoint"'):
            return _TRAILER.decode(raw)
        line = _LINE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(number, str(error)) from error
    # Near the ends of the calendar a moment can't be told at another offset.
    if not FIRST_YEAR <= line.admitted_at.year <= LAST_YEAR:
        detail = f"a moment is of the years {FIRST_YEAR} to {LAST_YEAR} - at `$.admitted_at`"
        raise Unreadable(number, detail)
    return line
