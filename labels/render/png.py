"""A QR symbol as a PNG for a screen: one bit a pixel, whole pixels a module, quiet zone included.

Source: PNG (ISO/IEC 15948), colour type 0, bit depth 1.
"""

import struct
import zlib

import numpy as np

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
    pixels = light.repeat(pixels_per_module, axis=0).repeat(pixels_per_module, axis=1)
    packed = np.packbits(pixels, axis=1)
    # Each scan line begins with its filter type: 0, none.
    lines = np.pad(packed, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
