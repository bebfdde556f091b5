"""Two printers made of the command references: what bytes in ZPL II and TSPL put on the paper.

They know nothing of the code that is tested, read the raw bytes, and stop at any command, value or
length that the references do not have.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Paper = NDArray[np.bool_]
"""True is burnt; [row, column]."""


class BadCommand(AssertionError):
    """The printer would not understand."""


# ZPL II


def zebra(data: bytes) -> list[tuple[Paper, int]]:
    """Print ZPL II: each label, and how many of it."""
    text = data.decode("ascii")
    if not (text.startswith("^XA") and text.rstrip().endswith("^XZ")):
        raise BadCommand("a format is from ^XA to ^XZ")
    return [_format(one) for one in re.findall(r"\^XA(.*?)\^XZ", text, re.DOTALL)]


class _Zebra:
    """One format as it is read."""

    def __init__(self) -> None:
        """Begin at ^XA."""
        self.width = self.height = 0
        self.copies = 1
        self.origin = (0, 0)
        self.paper: Paper = np.zeros((0, 0), dtype=bool)

    def obey(self, command: str, value: str) -> None:
        """Carry out one command."""
        handler = getattr(self, f"_{command}", None)
        if handler is None:
            raise BadCommand(f"^{command}{value[:40]}")
        handler(value)

    def _PW(self, value: str) -> None:  # noqa: N802
        self.width = _ranged(value, 2, 32000)

    def _LL(self, value: str) -> None:  # noqa: N802
        self.height = _ranged(value, 1, 32000)

    def _LH(self, value: str) -> None:  # noqa: N802
        if value != "0,0":
            raise BadCommand("another label home than the corner")
        self.paper = np.zeros((self.height, self.width), dtype=bool)

    def _FO(self, value: str) -> None:  # noqa: N802
        x, y = value.split(",")
        self.origin = (_ranged(x, 0, 32000), _ranged(y, 0, 32000))

    def _GF(self, value: str) -> None:  # noqa: N802
        _burn(self.paper, _graphic(value), *self.origin)

    def _FS(self, value: str) -> None:  # noqa: N802
        if value:
            raise BadCommand("^FS takes nothing")

    def _PQ(self, value: str) -> None:  # noqa: N802
        self.copies = _ranged(value, 1, 99_999_999)


def _format(body: str) -> tuple[Paper, int]:
    printer = _Zebra()
    for command, value in re.findall(r"\^([A-Z]{2})([^^]*)", body.replace("\n", "")):
        printer.obey(command, value)
    return printer.paper, printer.copies


def _ranged(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]+", text) or not least <= int(text) <= most:
        raise BadCommand(f"{text} is not within {least} and {most}")
    return int(text)


def _graphic(value: str) -> Paper:
    """A graphic field `A,b,c,d,data` in the alternative data compression scheme."""
    kind, size, total, row_bytes, data = value.split(",", 4)
    if kind != "A" or size != total:
        raise BadCommand("of ASCII hexadecimal, both counts are of bytes in the graphic")
    across = _ranged(row_bytes, 1, 99999)
    digits = _expanded(data, across * 2)
    if len(digits) != 2 * _ranged(total, 1, 99999):
        raise BadCommand(f"{len(digits)} digits for {total} bytes")
    raw = np.frombuffer(bytes.fromhex(digits), dtype=np.uint8).reshape(-1, across)
    return np.unpackbits(raw, axis=1).astype(bool)


def _expanded(data: str, row: int) -> str:
    """Undo the compression: G–Y repeat 1–19 times, g–z 20–400; , ! : fill or repeat a row."""
    digits = ""
    for counts, sign in re.findall(r"([G-Yg-z]*)([0-9A-F,!:]|.)", data):
        times = sum(ord(c) - ord("F") if c < "Z" else 20 * (ord(c) - ord("f")) for c in counts)
        if sign in "0123456789ABCDEF":
            digits += sign * (times or 1)
        elif times or sign not in ",!:":
            raise BadCommand(f"{counts}{sign} in a graphic")
        elif sign == ":":
            if len(digits) % row:
                raise BadCommand("a row is repeated within a row")
            digits += digits[-row:]
        else:
            digits += ("0" if sign == "," else "F") * (-len(digits) % row or row)
    return digits


# TSPL


def tsc(data: bytes, dots_per_mm: int) -> list[tuple[Paper, int]]:
    """Print TSPL: each label, and how many of it."""
    printer = _Tsc(dots_per_mm)
    while data:
        data = printer.obey(data)
    return printer.printed


class _Tsc:
    """The printer's buffer, and what came out."""

    def __init__(self, dots_per_mm: int) -> None:
        """Switch it on."""
        self.scale = dots_per_mm
        self.size = (0, 0)
        self.paper: Paper | None = None
        self.printed: list[tuple[Paper, int]] = []

    def obey(self, data: bytes) -> bytes:
        """Carry out the first command, and give what follows it."""
        bitmap = re.match(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,", data)
        if bitmap:
            return self._bitmap(data[bitmap.end() :], *map(int, bitmap.groups()))
        line, end, rest = data.partition(b"\r\n")
        size = re.fullmatch(rb"SIZE ([\d.]+) mm,([\d.]+) mm", line)
        sets = re.fullmatch(rb"PRINT 1,(\d+)", line)
        if size:
            width, height = (round(float(side) * self.scale) for side in size.groups())
            self.size = (height, width)
        elif line == b"CLS":
            self.paper = np.zeros(self.size, dtype=bool)
        elif sets and self.paper is not None:
            self.printed.append((self.paper.copy(), _ranged(sets[1].decode(), 1, 999_999_999)))
        elif line != b"REFERENCE 0,0":
            raise BadCommand(repr(line[:40]))
        if not end:
            raise BadCommand("a command ends with CR LF")
        return rest

    def _bitmap(self, data: bytes, x: int, y: int, across: int, rows: int) -> bytes:
        if self.paper is None:
            raise BadCommand("BITMAP before CLS")
        raw, rest = data[: across * rows], data[across * rows :]
        if not rest.startswith(b"\r\n"):
            raise BadCommand("a bitmap is as long as its head says")
        bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8)).reshape(rows, -1)
        # A bit that is not set is burnt.
        _burn(self.paper, bits == 0, x, y)
        return rest[2:]


def _burn(paper: Paper, graphic: Paper, x: int, y: int) -> None:
    rows, columns = graphic.shape
    # Up to seven white dots may stand over, as bits come by eight.
    beyond: Any = graphic[:, paper.shape[1] - x :]
    if y + rows > paper.shape[0] or x > paper.shape[1] or beyond.any():
        raise BadCommand("ink beyond the label")
    room = paper[y : y + rows, x : x + columns]
    room |= graphic[:, : room.shape[1]]
