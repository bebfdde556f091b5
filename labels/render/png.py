"""Dots as a PNG of one bit a pixel: a symbol for a screen, or a label as it will be printed.

Source: PNG (ISO/IEC 15948), colour type 0, bit depth 1.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from labels.design import QUIET_ZONE_MODULES
from labels.qr import Symbol

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def symbol_png(symbol: Symbol, pixels_per_module: int = 8) -> bytes:
    """The symbol, black on white.

    Args:
        symbol: what to draw.
        pixels_per_module: at least 1; a phone reads 3 and more from a screen.

    Raises:
        ValueError: less than one pixel a module.
    """
    if pixels_per_module < 1:
        raise ValueError(f"a module needs at least one pixel, not {pixels_per_module}")
    light = np.pad(~symbol.matrix, QUIET_ZONE_MODULES, constant_values=True)
    return _png(light.repeat(pixels_per_module, axis=0).repeat(pixels_per_module, axis=1))


def dots_png(dark: NDArray[np.bool_], dots_per_mm: int) -> bytes:
    """Dots, black on white, with their size, so that a viewer knows the paper's.

    Args:
        dark: [row, column] from the top left.
        dots_per_mm: goes into the file's pHYs chunk.
    """
    size = struct.pack(">IIB", dots_per_mm * 1000, dots_per_mm * 1000, 1)
    return _png(~dark, (b"pHYs", size))


def _png(light: NDArray[np.bool_], *more: tuple[bytes, bytes]) -> bytes:
    packed = np.packbits(light, axis=1)
    # Each scan line begins with its filter type: 0, none.
    lines = np.pad(packed, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", light.shape[1], light.shape[0], 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), *more, (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
