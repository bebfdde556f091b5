"""QR Code symbols (ISO/IEC 18004), as small and as sturdy as their text allows, quickly.

The codewords are `qrcode`'s; segmentation, placement and the choice of the mask are done here,
in NumPy, because they are where that library spends its time.
"""

from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray
from qrcode import QRCode, constants, util

from labels import qr_mask
from labels.errors import ContentError
from labels.qr_segments import payload_bits, segments

Matrix = NDArray[np.bool_]

# From weak to strong; the values are the two bits of the format information.
_LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
# Versions at which the length fields of segments grow (ISO/IEC 18004 Table 3).
_VERSION_RANGES = ((1, 9), (10, 26), (27, 40))


class Symbol(msgspec.Struct, frozen=True):
    """A QR symbol without its quiet zone.

    Attributes:
        text: what it says.
        matrix: square of booleans, dark is true, read-only; [row, column] from the top left.
        version: 1–40; the side is 17 + 4 × version modules.
        error_correction: `L`, `M`, `Q` or `H`.
        mask: 0–7.
    """

    text: str
    matrix: Matrix
    version: int
    error_correction: str
    mask: int

    @property
    def side(self) -> int:
        """Modules along one side."""
        return 17 + 4 * self.version


@lru_cache(maxsize=256)
def symbol(text: str, error_correction: str = "M", mask: int | None = None) -> Symbol:
    """The smallest symbol for `text`, its error correction raised as far as that size allows.

    Args:
        text: ASCII or UTF-8.
        error_correction: the least level, `L`, `M`, `Q` or `H`.
        mask: 0–7 to take this one; without it the one with the least penalty (§7.8.3) is taken.

    Raises:
        ContentError: no symbol is large enough.
    """
    version, data = _fit(text, error_correction)
    level = _strongest(version, error_correction, data)
    codewords = np.array(util.create_data(version, _LEVELS[level], data), dtype=np.uint8)
    chosen, matrix = qr_mask.masked(_canvas(version), codewords, _LEVELS[level], mask)
    matrix.flags.writeable = False
    return Symbol(text, matrix, version, level, chosen)


def _fit(text: str, level: str) -> tuple[int, list[util.QRData]]:
    """The least version that holds the text at a level, and the segments for it."""
    for first, last in _VERSION_RANGES:
        data = [util.QRData(part, mode) for mode, part in segments(text.encode(), first)]
        for version in range(first, last + 1):
            if _fits(data, version, level):
                return version, data
    raise ContentError(
        f"二维码装不下这么多内容（{len(text)} 个字符）。请缩短网址。",
        f"No QR code holds {len(text)} characters. Shorten the address.",
    )


def _strongest(version: int, least: str, data: list[util.QRData]) -> str:
    """The strongest level, not below `least`, at which the data still fits the version."""
    names = list(_LEVELS)
    stronger = reversed(names[names.index(least) :])
    return next(level for level in stronger if _fits(data, version, level))


def _fits(data: list[util.QRData], version: int, level: str) -> bool:
    lengths = util.mode_sizes_for_version(version)
    bits = sum(4 + lengths[part.mode] + payload_bits(part.mode, len(part)) for part in data)
    return bits <= util.BIT_LIMIT_TABLE[_LEVELS[level]][version]


@lru_cache(maxsize=40)
def _canvas(version: int) -> qr_mask.Canvas:
    """The fixed patterns of a version and the order in which its free modules are filled."""
    qr = QRCode(version=version)
    side = 17 + 4 * version
    qr.modules_count = side
    qr.modules = [[None] * side for _ in range(side)]
    for row, column in ((0, 0), (side - 7, 0), (0, side - 7)):
        qr.setup_position_probe_pattern(row, column)
    qr.setup_position_adjust_pattern()
    qr.setup_timing_pattern()
    # Reserves the places; `masked` writes the format itself.
    qr.setup_type_info(test=True, mask_pattern=0)
    if version >= qr_mask.FIRST_WITH_VERSION_INFORMATION:
        qr.setup_type_number(test=False)
    return qr_mask.canvas(qr.modules)


def rectangles(matrix: Matrix) -> list[tuple[int, int, int, int]]:
    """The dark modules as few rectangles (column, row, width, height), in modules.

    Runs along a row are joined, and a run that repeats exactly below grows downwards, so that no
    two rectangles overlap and together they are the symbol.
    """
    growing: dict[tuple[int, int], int] = {}
    found: list[tuple[int, int, int, int]] = []
    for row, runs in enumerate([*_runs(matrix), set()]):
        for run in growing.keys() - runs:
            top = growing.pop(run)
            found.append((run[0], top, run[1] - run[0], row - top))
        for run in runs:
            growing.setdefault(run, row)
    return sorted(found, key=lambda rectangle: (rectangle[1], rectangle[0]))


def _runs(matrix: Matrix) -> list[set[tuple[int, int]]]:
    """The runs of dark modules of each row, from the first column to the one after the last."""
    padded = np.pad(matrix, ((0, 0), (1, 1)))
    rows, edges = np.nonzero(padded[:, 1:] != padded[:, :-1])
    runs: list[set[tuple[int, int]]] = [set() for _ in matrix]
    bounds = zip(rows[::2].tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    for row, first, after in bounds:
        runs[row].add((first, after))
    return runs
