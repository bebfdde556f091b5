"""Placed labels as dots: what a thermal printer burns, and what a preview shows.

Symbols and bars lie on whole dots. Text is drawn four times as large and averaged, so that a thin
stroke of a Chinese character does not fall between two dots.
"""

import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from labels.fonts import ASCENT_EM, DESCENT_EM, MM_PER_POINT, label_font
from labels.job import Prepared
from labels.layout import PlacedBars, PlacedSymbol, Rule, TextLine
from labels.marks import Mark, common_texts

Dots = NDArray[np.bool_]

_FINER: Final = 4
# The share of a dot that ink must cover; below one half, as heat spreads less than toner.
_COVERED: Final = 0.45
_MARGIN: Final = 2

# A font of the drawing library is not to be used by two threads at once.
_drawing = threading.Lock()


class Raster:
    """The dots of a label, true is dark; [row, column] from the top left."""

    def __init__(self, width_mm: float, height_mm: float, dots_per_mm: float) -> None:
        self.scale = dots_per_mm
        shape = (round(height_mm * dots_per_mm), round(width_mm * dots_per_mm))
        self.dots: Dots = np.zeros(shape, dtype=np.bool_)

    def draw(self, texts: Iterable[TextLine], rules: Iterable[Rule]) -> None:
        """Draw text and lines."""
        for line in texts:
            self._text(line)
        for rule in rules:
            self._rule(rule)

    def draw_symbol(self, placed: PlacedSymbol) -> None:
        """Draw a symbol, each module so many whole dots."""
        module = round(placed.module * self.scale)
        dots = placed.symbol.matrix.repeat(module, axis=0).repeat(module, axis=1)
        self._put(dots, placed.x, placed.y)

    def draw_bars(self, placed: PlacedBars | None) -> None:
        """Draw a bar code, where there is one."""
        if placed is not None:
            row = placed.modules.repeat(round(placed.module * self.scale))
            height = round(placed.height * self.scale)
            self._put(np.broadcast_to(row, (height, len(row))), placed.x, placed.y)

    def _put(self, dots: Dots, x_mm: float, y_mm: float) -> None:
        top, left = round(y_mm * self.scale), round(x_mm * self.scale)
        self.dots[top : top + dots.shape[0], left : left + dots.shape[1]] |= dots

    def _rule(self, rule: Rule) -> None:
        thickness = max(round(rule.thickness * self.scale), 1)
        width = round(rule.width * self.scale)
        self._put(np.ones((thickness, width), dtype=np.bool_), rule.x, rule.y)

    def _text(self, line: TextLine) -> None:
        em = line.size_pt * MM_PER_POINT * self.scale
        left, base = int(line.x * self.scale) - _MARGIN, int(line.baseline * self.scale)
        above, below = round(ASCENT_EM * em) + _MARGIN, round(DESCENT_EM * em) + _MARGIN
        width = round(line.width * self.scale + line.tracking * self.scale) + 2 * _MARGIN + 2
        image = Image.new("L", (width * _FINER, (above + below) * _FINER))
        with _drawing:
            _write(image, line, self.scale, (left, base - above))
        shares = np.asarray(image.reduce(_FINER), dtype=np.uint8)
        self._merge(shares > _COVERED * 255, left, base - above)

    def _merge(self, dots: Dots, left: int, top: int) -> None:
        """Add dots; what would lie beyond the label's edge is white margin."""
        rows, columns = self.dots.shape
        first_row, first_column = max(-top, 0), max(-left, 0)
        kept = dots[first_row : rows - top, first_column : columns - left]
        row, column = max(top, 0), max(left, 0)
        self.dots[row : row + kept.shape[0], column : column + kept.shape[1]] |= kept


def label_dots(ready: Prepared, mark: Mark | None = None) -> Dots:
    """The dots of a job's label; of a numbered one, that of a mark."""
    raster = Raster(ready.stock.face.width, ready.stock.face.height, _dots_per_mm(ready))
    if not ready.numbered:
        placement = ready.placement
        raster.draw(placement.texts, placement.rules)
        raster.draw_symbol(placement.symbol)
        raster.draw_bars(placement.bars)
        return raster.dots
    raster.dots = common_dots(ready).copy()
    return add_mark(raster, mark) if mark else raster.dots


def common_dots(ready: Prepared) -> Dots:
    """The dots that all labels of a job share."""
    raster = Raster(ready.stock.face.width, ready.stock.face.height, _dots_per_mm(ready))
    raster.draw(common_texts(ready.placement), ready.placement.rules)
    return raster.dots


def numbered_dots(ready: Prepared, marks: Iterable[Mark]) -> Iterable[Dots]:
    """The dots of each label of a numbered job."""
    common = common_dots(ready)
    for mark in marks:
        raster = Raster(ready.stock.face.width, ready.stock.face.height, _dots_per_mm(ready))
        raster.dots = common.copy()
        yield add_mark(raster, mark)


def add_mark(raster: Raster, mark: Mark) -> Dots:
    """Draw what differs on one label."""
    raster.draw(mark.texts, ())
    raster.draw_symbol(mark.symbol)
    raster.draw_bars(mark.bars)
    return raster.dots


def page_dots(ready: Prepared, labels: Sequence[Dots]) -> Dots:
    """A page of the stock with these labels from the job's first position on."""
    stock, scale = ready.stock, _dots_per_mm(ready)
    shape = (round(stock.page_height * scale), round(stock.page_width * scale))
    page = np.zeros(shape, dtype=np.bool_)
    for cell, dots in zip(ready.cells, labels, strict=False):
        place = stock.position(cell)
        top, left = round(place.y * scale), round(place.x * scale)
        room = page[top : top + dots.shape[0], left : left + dots.shape[1]]
        room |= dots[: room.shape[0], : room.shape[1]]
    return page


def _dots_per_mm(ready: Prepared) -> float:
    return 1 / ready.stock.dot


def _write(image: Image.Image, line: TextLine, scale: float, corner: tuple[int, int]) -> None:
    """Write a line, each character at its own place: the layout knows of no kerning."""
    finer = scale * _FINER
    font = _font(line.size_pt * MM_PER_POINT * finer)
    pen = ImageDraw.Draw(image)
    x = line.x * finer - corner[0] * _FINER
    y = line.baseline * finer - corner[1] * _FINER
    for character in line.text:
        pen.text(
            (x, y),
            character,
            fill=255,
            font=font,
            anchor="ls",
            stroke_width=line.stroke * finer / 2,
        )
        x += (label_font().width_mm(character, line.size_pt) + line.tracking) * finer


@lru_cache(maxsize=128)
def _font(size_px: float) -> ImageFont.FreeTypeFont:
    font = label_font()
    return ImageFont.truetype(
        str(font.path), size_px, font.index, layout_engine=ImageFont.Layout.BASIC
    )
