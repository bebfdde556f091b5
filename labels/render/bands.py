"""A label's dots cut into bands of ink, so that no white is sent and no graphic is too large."""

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from labels.render.raster import Dots

# ZPL II's ^GF takes a byte count of five digits.
MOST_BYTES: Final = 99_999
# A gap of fewer white rows is sent along.
_LEAST_GAP: Final = 16


class Band(msgspec.Struct, frozen=True):
    """Dots with ink: where they lie, and their bits, the left one the highest of its byte.

    Attributes:
        x: of the left edge, in dots, a multiple of eight.
        y: of the first row, in dots.
        rows: packed, one bit a dot, set where it is dark.
    """

    x: int
    y: int
    rows: tuple[bytes, ...]

    @property
    def row_bytes(self) -> int:
        """Bytes in a row."""
        return len(self.rows[0])


def bands(dots: Dots) -> Iterator[Band]:
    """The bands of a label, from the top."""
    inked = np.flatnonzero(dots.any(axis=1))
    if not inked.size:
        return
    breaks = np.flatnonzero(np.diff(inked) > _LEAST_GAP)
    firsts = [inked[0], *inked[breaks + 1]]
    lasts = [*inked[breaks], inked[-1]]
    for first, last in zip(firsts, lasts, strict=True):
        yield from _cut(dots, int(first), int(last) + 1)


def _cut(dots: Dots, first: int, after: int) -> Iterator[Band]:
    columns = np.flatnonzero(dots[first:after].any(axis=0))
    left, right = int(columns[0]) // 8 * 8, int(columns[-1]) + 1
    packed = np.packbits(dots[first:after, left:right], axis=1)
    most = MOST_BYTES // packed.shape[1]
    for start in range(0, len(packed), most):
        rows = tuple(row.tobytes() for row in packed[start : start + most])
        yield Band(left, first + start, rows)
