"""Labels for printers that speak ZPL II: each label one format, drawn as graphic fields.

Text, symbols and bar codes alike are graphics. A printer rarely has the font, and a native ^BQ is
no exact symbol: the printer chooses its version, and moves it down by a height that another job has
left behind. So the paper shows what the preview shows, dot for dot.
Source: ZPL II Programming Guide: ^XA ^PW ^LL ^LH ^FO ^GF ^FS ^PQ ^XZ, and its alternative data
compression scheme for ASCII hexadecimal.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from labels.render.bands import Band, bands
from labels.render.raster import Dots

# G to Y stand for 1 to 19 repeats of what follows, g to z for 20, 40, … 400.
_UNITS: Final = "GHIJKLMNOPQRSTUVWXY"
_TWENTIES: Final = "ghijklmnopqrstuvwxyz"
_MOST_REPEATS: Final = 419
_RUN: Final = re.compile(r"(.)\1*")


def zpl(labels: Iterable[tuple[Dots, int]]) -> Iterator[bytes]:
    """A format for each label, with how often it is to be printed."""
    for dots, copies in labels:
        height, width = dots.shape
        fields = "".join(_field(band) for band in bands(dots))
        head = f"^XA\n^PW{width}\n^LL{height}\n^LH0,0\n"
        yield f"{head}{fields}^PQ{copies}\n^XZ\n".encode("ascii")


def _field(band: Band) -> str:
    total = len(band.rows) * band.row_bytes
    return f"^FO{band.x},{band.y}^GFA,{total},{total},{band.row_bytes},{_compressed(band)}^FS\n"


def _compressed(band: Band) -> str:
    """The rows in hexadecimal; a row like the one above is a colon."""
    written: list[str] = []
    before: bytes | None = None
    for row in band.rows:
        written.append(":" if row == before else _row(row.hex().upper()))
        before = row
    return "".join(written)


def _row(digits: str) -> str:
    """One row; a comma fills it up with white, an exclamation mark with black."""
    for digit, filler in (("0", ","), ("F", "!")):
        if digits.endswith(digit):
            return _runs(digits.rstrip(digit)) + filler
    return _runs(digits)


def _runs(digits: str) -> str:
    return "".join(_repeated(match[1], len(match[0])) for match in _RUN.finditer(digits))


def _repeated(digit: str, count: int) -> str:
    whole, rest = divmod(count, _MOST_REPEATS)
    return whole * (_count(_MOST_REPEATS) + digit) + (_count(rest) + digit if rest else "")


def _count(count: int) -> str:
    twenties, units = divmod(count, 20)
    if count == 1:
        return ""
    return (_TWENTIES[twenties - 1] if twenties else "") + (_UNITS[units - 1] if units else "")
