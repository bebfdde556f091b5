"""The label font: where its file lies, which characters it has and how wide they are.

The font is 文泉驿微米黑 (WenQuanYi Micro Hei; Apache 2.0, or GPL 3 with the font exception), taken
from an installed package. It has TrueType outlines, which a PDF can embed, and the rare characters
of local place names. Only the tables that layout needs are read: OpenType 1.9, `ttcf` header,
`cmap` format 12, `head`, `hhea`, `hmtx`.
"""

import struct
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import numpy as np

PACKAGE = "paperang_p2_fonts_cjk"
FILE = "fonts/wqy-microhei.ttc"
# The first face of the collection is the proportional one.
FACE_INDEX = 0

MM_PER_POINT = 25.4 / 72
# How far the ink of a Chinese character reaches from the baseline, in em, measured on the font;
# Latin descenders stay within the same depth.
ASCENT_EM = 0.86
DESCENT_EM = 0.24


class Font(msgspec.Struct, frozen=True):
    """What layout needs to know of a font.

    Attributes:
        path: the file.
        index: the face within a collection.
        advances_em: advance width by code point, in em.
    """

    path: Path
    index: int
    advances_em: Mapping[int, float]

    def has(self, character: str) -> bool:
        """Whether the font draws this one character."""
        return ord(character) in self.advances_em

    def first_missing(self, text: str) -> str | None:
        """The first character that the font lacks; control characters count as lacking."""
        for character in text:
            if not character.isprintable() or not self.has(character):
                return character
        return None

    def width_mm(self, text: str, size_pt: float) -> float:
        """The advance width of `text`, in millimetres, without kerning.

        Raises:
            KeyError: a character is missing; ask `first_missing` before.
        """
        return sum(self.advances_em[ord(c)] for c in text) * size_pt * MM_PER_POINT


@lru_cache(maxsize=1)
def label_font() -> Font:
    """The font of all labels, read once a process (0.2 s)."""
    with as_file(files(PACKAGE) / FILE) as path:
        return read_font(path, FACE_INDEX)


def read_font(path: Path, index: int = 0) -> Font:
    """Read the coverage and the widths of one face of a TrueType file or collection.

    Raises:
        ValueError: the file is no such font, or has no Unicode character map.
    """
    data = path.read_bytes()
    tables = _tables(data, index)
    units_per_em = _u16(data, tables["head"] + 18)
    advances = _advances(data, tables)
    em = {
        codepoint: float(advances[min(glyph, len(advances) - 1)]) / units_per_em
        for codepoint, glyph in _character_map(data, tables["cmap"]).items()
    }
    return Font(path, index, em)


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "big")


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "big")


def _tables(data: bytes, index: int) -> dict[str, int]:
    start = _u32(data, 12 + 4 * index) if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in {b"\0\1\0\0", b"true"}:
        raise ValueError("not a font with TrueType outlines")
    entries = (start + 12 + 16 * i for i in range(_u16(data, start + 4)))
    return {data[e : e + 4].decode("latin-1"): _u32(data, e + 8) for e in entries}


def _advances(data: bytes, tables: dict[str, int]) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    count = _u16(data, tables["hhea"] + 34)
    pairs = np.frombuffer(data, dtype=">u2", count=2 * count, offset=tables["hmtx"])
    return pairs[::2].astype(np.uint16)


def _character_map(data: bytes, cmap: int) -> dict[int, int]:
    offsets = {
        _u16(data, cmap + _u32(data, entry + 4)): cmap + _u32(data, entry + 4)
        for entry in range(cmap + 4, cmap + 4 + 8 * _u16(data, cmap + 2), 8)
        if _u16(data, entry) in {0, 3}
    }
    if 12 not in offsets:  # noqa: PLR2004 - a format's number is its name
        raise ValueError("the font has no Unicode character map of format 12")
    return _format_12(data, offsets[12])


def _format_12(data: bytes, offset: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for group in range(_u32(data, offset + 12)):
        first, last, glyph = struct.unpack_from(">III", data, offset + 16 + 12 * group)
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1)))  # noqa: B905
    return {codepoint: glyph for codepoint, glyph in found.items() if glyph}
