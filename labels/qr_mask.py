"""Placing codewords in a QR symbol and choosing its mask, eight at a time in NumPy.

Source: ISO/IEC 18004 §7.7 (placement), §7.8 (masks and their penalties), §7.9 (format).
"""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray
from qrcode import util

Bits = NDArray[np.bool_]
Counts = NDArray[np.int64]

FIRST_WITH_VERSION_INFORMATION = 7


class Canvas(msgspec.Struct, frozen=True):
    """One version's fixed patterns, and where its data goes.

    Attributes:
        fixed: dark fixed modules; free ones are false.
        rows: rows of the free modules in the order of placement.
        columns: their columns.
        masks: 8 × side × side, true where a mask turns a free module over.
    """

    fixed: Bits
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    masks: Bits


def canvas(modules: Sequence[Sequence[bool | None]]) -> Canvas:
    """A canvas from a version's fixed modules, where `None` is free."""
    side = len(modules)
    free = np.array([[module is None for module in row] for row in modules])
    order = _zigzag(side)
    rows, columns = order[free[order[:, 0], order[:, 1]]].T
    fixed = np.array([[bool(module) for module in row] for row in modules])
    return Canvas(fixed, rows, columns, _masks(side) & free)


def masked(
    blank: Canvas, codewords: NDArray[np.uint8], level: int, mask: int | None
) -> tuple[int, Bits]:
    """The symbol under the given mask, or under the one with the least penalty, and that mask.

    Args:
        blank: the version's canvas.
        codewords: data and error correction, interleaved.
        level: the two bits of the error correction level.
        mask: 0–7, or `None` to choose.
    """
    bits = np.zeros(len(blank.rows), dtype=np.bool_)
    bits[: codewords.size * 8] = np.unpackbits(codewords)
    plain = blank.fixed.copy()
    plain[blank.rows, blank.columns] = bits
    if mask is not None:
        chosen = plain ^ blank.masks[mask]
        _write_format(chosen, level, mask)
        return mask, chosen
    candidates = plain ^ blank.masks
    for index, candidate in enumerate(candidates):
        _write_format(candidate, level, index)
    best = int(np.argmin(penalties(candidates)))
    return best, candidates[best].copy()


def penalties(symbols: Bits) -> Counts:
    """The penalty of each of n symbols (n × side × side), by the four features of §7.8.3.1."""
    both = np.concatenate([symbols, symbols.transpose(0, 2, 1)], axis=0)
    lines = _runs_of_five(both) + _finder_likes(both)
    count = len(symbols)
    return lines[:count] + lines[count:] + _blocks(symbols) + _imbalance(symbols)


def _runs_of_five(symbols: Bits) -> Counts:
    """N1: 3 + (length - 5) for each run of five or more of one colour along a row.

    A run of n ≥ 5 holds n - 4 windows of five: one point a window, and two more for its first.
    """
    same = symbols[:, :, 1:] == symbols[:, :, :-1]
    windows = same[:, :, 3:] & same[:, :, 2:-1] & same[:, :, 1:-2] & same[:, :, :-3]
    begins = windows.copy()
    begins[:, :, 1:] &= ~windows[:, :, :-1]
    return _counted(windows) + 2 * _counted(begins)


def _blocks(symbols: Bits) -> Counts:
    """N2: 3 for each 2 × 2 block of one colour."""
    down = symbols[:, 1:] == symbols[:, :-1]
    across = symbols[:, :, 1:] == symbols[:, :, :-1]
    blocks = down[:, :, 1:] & down[:, :, :-1] & across[:, :-1]
    return 3 * _counted(blocks)


def _finder_likes(symbols: Bits) -> Counts:
    """N3: 40 for each 1:1:3:1:1 run with four light modules before or after it."""
    padded = np.pad(symbols, ((0, 0), (0, 0), (4, 4)))
    side = symbols.shape[2]
    views = [padded[:, :, shift : shift + side - 6] for shift in range(15)]
    core = views[4] & ~views[5] & views[6] & views[7] & views[8] & ~views[9] & views[10]
    before = ~(views[0] | views[1] | views[2] | views[3])
    after = ~(views[11] | views[12] | views[13] | views[14])
    return 40 * _counted(core & (before | after))


def _imbalance(symbols: Bits) -> Counts:
    """N4: 10 for each full 5 % by which the dark share departs from one half."""
    modules = symbols.shape[1] * symbols.shape[2]
    off_balance: Counts = np.abs(2 * _counted(symbols) - modules)
    steps: Counts = off_balance * 10 // modules
    return 10 * steps


def _counted(found: Bits) -> Counts:
    """How many are true in each of n symbols."""
    counts: Counts = np.count_nonzero(found, axis=(1, 2)).astype(np.int64)
    return counts


def _zigzag(side: int) -> NDArray[np.intp]:
    """Every module but the timing column's, in the order in which codewords are placed."""
    order = []
    upwards = True
    for right in [*range(side - 1, 6, -2), *range(5, 0, -2)]:
        rows = range(side - 1, -1, -1) if upwards else range(side)
        order += [(row, column) for row in rows for column in (right, right - 1)]
        upwards = not upwards
    return np.array(order, dtype=np.intp)


def _masks(side: int) -> Bits:
    i, j = np.indices((side, side))
    return np.stack(
        [
            (i + j) % 2 == 0,
            i % 2 == 0,
            j % 3 == 0,
            (i + j) % 3 == 0,
            (i // 2 + j // 3) % 2 == 0,
            (i * j) % 2 + (i * j) % 3 == 0,
            ((i * j) % 2 + (i * j) % 3) % 2 == 0,
            ((i + j) % 2 + (i * j) % 3) % 2 == 0,
        ]
    )


@lru_cache(maxsize=32)
def _format_bits(level: int, mask: int) -> Bits:
    bits = util.BCH_type_info((level << 3) | mask)
    return np.array([bool(bits >> i & 1) for i in range(15)])


def _write_format(symbol: Bits, level: int, mask: int) -> None:
    """Both copies of the format information and the dark module (§7.9)."""
    bits = _format_bits(level, mask)
    symbol[:6, 8], symbol[7:9, 8], symbol[-7:, 8] = bits[:6], bits[6:8], bits[8:]
    symbol[8, :-9:-1] = bits[:8]
    symbol[8, 7] = bits[8]
    symbol[8, 5::-1] = bits[9:]
    symbol[-8, 8] = True
