"""A batch on one A4 page, for a buyer's file: what it is, its way, how to check it."""

import io
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from labels.dossier import Dossier, printable
from labels.fonts import label_font
from labels.qr import rectangles, symbol
from labels.render.pdf import FONT_NAME, POINTS_PER_MM, drawing, register_font
from labels.wrapping import wrapped

_WIDTH_MM: Final = A4[0] / POINTS_PER_MM
_HEIGHT_MM: Final = A4[1] / POINTS_PER_MM
_MARGIN: Final = 18.0
_SYMBOL_MM: Final = 34.0
_FOOT_MM: Final = 34.0
_INK: Final = (0.11, 0.16, 0.13)
_SOFT: Final = (0.34, 0.39, 0.36)
_ALARM: Final = (0.70, 0.15, 0.12)
_LEAF: Final = (0.17, 0.42, 0.25)


def dossier_pdf(dossier: Dossier) -> bytes:
    """Give the page; what has no room is counted on it."""
    register_font()
    buffer = io.BytesIO()
    with drawing():
        page = _Page(Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1))
        _head(page, dossier)
        _facts(page, dossier)
        _steps(page, dossier)
        _foot(page, dossier)
        page.finish(f"{dossier.title} {dossier.lot}")
    return buffer.getvalue()


class _Page:
    """A page that is filled from the top; `y` is how far, in mm from the top."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.y = _MARGIN

    def text(
        self, x: float, text: str, size: float, colour: tuple[float, float, float] = _INK, *,
        right: bool = False, y: float | None = None,
    ) -> None:  # fmt: skip
        self._canvas.setFont(FONT_NAME, size)
        self._canvas.setFillColorRGB(*colour)
        at = (self.y if y is None else y, printable(label_font(), text))
        draw = self._canvas.drawRightString if right else self._canvas.drawString
        draw(x * POINTS_PER_MM, (_HEIGHT_MM - at[0]) * POINTS_PER_MM, at[1])

    def paragraph(
        self, x: float, text: str, size: float, width: float, most: int = 3,
        colour: tuple[float, float, float] = _INK,
    ) -> None:  # fmt: skip
        """Write lines, and go down by them; too long a text ends with an ellipsis."""
        for line in fitted(text, size, width, most):
            self.text(x, line, size, colour)
            self.y += size * 0.5

    def rule(self) -> None:
        self._canvas.setStrokeColorRGB(*_SOFT)
        self._canvas.setLineWidth(0.4)
        y = (_HEIGHT_MM - self.y) * POINTS_PER_MM
        self._canvas.line(_MARGIN * POINTS_PER_MM, y, (_WIDTH_MM - _MARGIN) * POINTS_PER_MM, y)

    def symbol(self, url: str, x: float, y: float) -> None:
        drawn = symbol(url)
        module = _SYMBOL_MM / drawn.side * POINTS_PER_MM
        left, top = x * POINTS_PER_MM, (_HEIGHT_MM - y) * POINTS_PER_MM
        self._canvas.setFillColorRGB(0, 0, 0)
        for column, row, width, height in rectangles(drawn.matrix):
            self._canvas.rect(
                left + column * module, top - (row + height) * module, width * module,
                height * module, stroke=0, fill=1,
            )  # fmt: skip

    def finish(self, title: str) -> None:
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Suyuan 溯源")
        self._canvas.showPage()
        self._canvas.save()


def fitted(text: str, size: float, width: float, most: int) -> list[str]:
    """Break a text into lines, cut with an ellipsis where they are too many."""
    font = label_font()
    shown = printable(font, text).strip()
    while (lines := wrapped(font, shown, size, width, most)) is None:
        shown = f"{shown[: max(1, len(shown) * 9 // 10 - 1)].rstrip('…')}…"
    return lines


def _one(text: str, size: float, width: float) -> str:
    return "".join(fitted(text, size, width, 1))


def _head(page: _Page, dossier: Dossier) -> None:
    room = _WIDTH_MM - 2 * _MARGIN - _SYMBOL_MM - 8
    page.symbol(dossier.url, _WIDTH_MM - _MARGIN - _SYMBOL_MM, _MARGIN)
    page.text(_MARGIN, dossier.brand, 10, _LEAF)
    page.y += 11
    page.paragraph(_MARGIN, dossier.title, 22, room, 2)
    page.y -= 3
    page.paragraph(_MARGIN, dossier.lot, 11, room, 1, _SOFT)
    for alarm in dossier.alarms[:3]:
        page.y += 1
        page.paragraph(_MARGIN, alarm, 11, room, 3, _ALARM)
    page.y = max(page.y, _MARGIN + _SYMBOL_MM + 6)


def _facts(page: _Page, dossier: Dossier) -> None:
    page.rule()
    page.y += 6
    for term, value in dossier.facts:
        top = page.y
        page.text(_MARGIN, term, 10, _SOFT, y=top)
        page.paragraph(_MARGIN + 34, value, 10, _WIDTH_MM - 2 * _MARGIN - 34, 3)
        page.y = max(page.y, top + 5) + 0.6


def _steps(page: _Page, dossier: Dossier) -> None:
    page.y += 1
    page.rule()
    page.y += 7
    page.text(_MARGIN, dossier.words["way"], 13)
    page.y += 7
    left_out = dossier.steps_left_out
    for number, step in enumerate(dossier.steps):
        if page.y > _HEIGHT_MM - _MARGIN - _FOOT_MM - 12:
            left_out += len(dossier.steps) - number
            break
        page.text(_MARGIN, step.when, 9, _SOFT)
        page.text(_MARGIN + 46, _one(step.what, 10, 66), 10)
        page.text(_WIDTH_MM - _MARGIN, _one(step.amount, 9, 60), 9, right=True)
        page.y += 4.6
        page.text(_MARGIN + 46, _one(step.where, 8.5, 122), 8.5, _SOFT)
        page.y += 5.6
    if left_out:
        page.text(_MARGIN + 34, dossier.words["more"].format(n=left_out), 9, _SOFT)


def _foot(page: _Page, dossier: Dossier) -> None:
    page.y = _HEIGHT_MM - _MARGIN - _FOOT_MM + 4
    page.rule()
    page.y += 6
    room = _WIDTH_MM - 2 * _MARGIN
    page.paragraph(_MARGIN, dossier.words["check"], 9.5, room, 3)
    page.paragraph(_MARGIN, dossier.url, 8.5, room, 2, _SOFT)
    if dossier.fingerprint:
        page.paragraph(_MARGIN, dossier.words["key"] + dossier.fingerprint, 8.5, room, 2, _SOFT)
    page.paragraph(_MARGIN, dossier.words["asof"], 8.5, room, 1, _SOFT)
