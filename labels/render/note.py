"""A note on a page of A4: a title, lines of name and value, a QR code, and places to sign."""

import io
import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels.errors import MissingGlyphError
from labels.fonts import label_font
from labels.qr import rectangles, symbol

_FONT: Final = "SuyuanNote"
_MARGIN: Final = 22 * mm
_LINE: Final = 10 * mm
_QR: Final = 38 * mm
_QUIET_MODULES: Final = 4

# Subsetting seeks within the one font file that all documents share.
_subsetting = threading.Lock()


class NoteLine(NamedTuple):
    """A line of a note."""

    name: str
    value: str


def render_note(title: str, lines: Sequence[NoteLine], url: str, signers: Sequence[str]) -> bytes:
    """Draw a note; the same input gives the same file.

    Raises:
        MissingGlyphError: where the font lacks a character.
    """
    font = label_font()
    for line in lines:
        missing = font.first_missing(line.value)
        if missing is not None:
            raise MissingGlyphError(line.name, line.value, missing)
    pdfmetrics.registerFont(TTFont(_FONT, str(font.path), subfontIndex=font.index, asciiReadable=0))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    width, height = A4
    canvas.setFont(_FONT, 24)
    canvas.drawString(_MARGIN, height - 32 * mm, title)
    _draw_code(canvas, url, width - _MARGIN - _QR, height - 24 * mm - _QR)
    y = height - 50 * mm
    for name, value in lines:
        canvas.setFont(_FONT, 11)
        canvas.setFillGray(0.35)
        canvas.drawString(_MARGIN, y, name)
        canvas.setFillGray(0)
        y = _draw_value(canvas, value, y, width)
    _draw_signers(canvas, signers, width, y - 8 * mm)
    canvas.showPage()
    with _subsetting:
        canvas.save()
    return out.getvalue()


def _draw_value(canvas: Canvas, value: str, y: float, width: float) -> float:
    left = _MARGIN + 24 * mm
    room = width - _MARGIN - left - (_QR + 6 * mm if y > A4[1] - 24 * mm - _QR else 0)
    line = ""
    for character in value:
        if canvas.stringWidth(line + character, _FONT, 13) > room:
            canvas.setFont(_FONT, 13)
            canvas.drawString(left, y, line)
            y -= _LINE * 0.65
            line = ""
        line += character
    canvas.setFont(_FONT, 13)
    canvas.drawString(left, y, line)
    return y - _LINE


def _draw_code(canvas: Canvas, url: str, x: float, y: float) -> None:
    made = symbol(url)
    module = _QR / (made.side + 2 * _QUIET_MODULES)
    path = canvas.beginPath()
    for column, row, wide, high in rectangles(made.matrix):
        left = x + (column + _QUIET_MODULES) * module
        bottom = y + _QR - (row + high + _QUIET_MODULES) * module
        path.rect(left, bottom, wide * module, high * module)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_signers(canvas: Canvas, signers: Sequence[str], width: float, y: float) -> None:
    each = (width - 2 * _MARGIN) / len(signers)
    canvas.setFont(_FONT, 11)
    for number, signer in enumerate(signers):
        left = _MARGIN + number * each
        canvas.drawString(left, y, f"{signer}：")
        canvas.line(left + 18 * mm, y - 1.5 * mm, left + each - 6 * mm, y - 1.5 * mm)
