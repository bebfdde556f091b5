"""The plain way to print labels: a `qrcode` image and lines of text, drawn label by label."""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import qrcode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels.content import LabelContent
from labels.fonts import label_font

_COLUMNS, _ROWS = 3, 8
_WIDTH, _HEIGHT = 70 * mm, 37 * mm
_FONT: Final = "Plain"


def plain_pdf(content: LabelContent, urls: Sequence[str]) -> bytes:
    """Draw a label for each address, 24 to a sheet of A4."""
    _register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for number, url in enumerate(urls):
        cell = number % (_COLUMNS * _ROWS)
        if number and cell == 0:
            canvas.showPage()
        row, column = divmod(cell, _COLUMNS)
        _draw(canvas, content, url, column * _WIDTH, A4[1] - (row + 1) * _HEIGHT)
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, content: LabelContent, url: str, x: float, y: float) -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(url)
    picture = io.BytesIO()
    code.make_image().save(picture)
    picture.seek(0)
    canvas.drawImage(ImageReader(picture), x + 41 * mm, y + 8 * mm, 24 * mm, 24 * mm)
    canvas.setFont(_FONT, 16)
    canvas.drawString(x + 5 * mm, y + 27 * mm, content.product)
    canvas.setFont(_FONT, 7)
    lines = (
        f"产地 {content.origin}", f"生产者 {content.producer}", f"采收日期 {content.date}",
        f"批次 {content.lot}", f"编号 {url.rpartition('/')[2]}",
    )  # fmt: skip
    for number, line in enumerate(lines):
        canvas.drawString(x + 5 * mm, y + (20 - 3.5 * number) * mm, line)


@lru_cache(maxsize=1)
def _register() -> None:
    font = label_font()
    pdfmetrics.registerFont(TTFont(_FONT, str(font.path), subfontIndex=font.index))
