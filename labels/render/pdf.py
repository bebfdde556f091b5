"""Placed labels as a PDF: vector symbols, one font subset, one ink, no scaling when printed.

The file is the same for the same input, byte for byte. A label without serial is one form object
that is drawn once and placed n times; on unit labels the form holds all but the symbol and serial.
"""

import io
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import msgspec
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels.design import Box
from labels.fonts import MM_PER_POINT, label_font
from labels.layout import PlacedBars, PlacedSymbol, Placement, Rule, TextLine
from labels.marks import Mark, common_texts
from labels.qr import rectangles
from labels.sheets import Sheet

FONT_NAME = "SuyuanLabel"
POINTS_PER_MM = 1 / MM_PER_POINT
_OUTLINE_MM = 0.1
# PrintScaling is of PDF 1.6 and later.
_PDF_VERSION = (1, 7)
# Outline thickened around filled glyphs, as PDF 32000-1 Table 106 numbers it.
_FILL_AND_STROKE: Final = 2

# Binary streams: a printer takes them, and they are a fifth smaller.
rl_config.useA85 = 0

# Subsetting seeks within the one font file that all documents share.
_subsetting = threading.Lock()


class DocumentInfo(msgspec.Struct, frozen=True):
    """What the file says about itself."""

    title: str
    author: str


def render_batch(
    placement: Placement, sheet: Sheet, cells: Sequence[int], info: DocumentInfo, *, outline: bool
) -> bytes:
    """The same label in each of the given cells.

    Args:
        placement: the label.
        sheet: the stock.
        cells: positions from 0, counted through all pages.
        info: title and author.
        outline: whether to draw the label's edge, for plain paper and scissors.
    """
    page = LabelCanvas(sheet, info)
    page.begin_label()
    page.draw(placement.texts, placement.rules)
    page.draw_symbol(placement.symbol)
    page.draw_bars(placement.bars)
    page.end_label(outline=outline)
    for cell in cells:
        page.put_label(cell)
    return page.finished()


def render_units(
    placement: Placement,
    sheet: Sheet,
    marks: Iterable[tuple[int, Mark]],
    info: DocumentInfo,
    *,
    outline: bool,
) -> bytes:
    """A label with its own symbol and serial in each of the given cells.

    Args:
        placement: the label; what differs on each is left out.
        sheet: the stock.
        marks: cells from 0, counted through all pages, with what goes there.
        info: title and author.
        outline: whether to draw the label's edge.
    """
    page = LabelCanvas(sheet, info)
    page.begin_label()
    page.draw(common_texts(placement), placement.rules)
    page.end_label(outline=outline)
    for cell, mark in marks:
        page.put_label(cell, mark)
    return page.finished()


class LabelCanvas(Canvas):
    """A page of label stock on which things are placed in millimetres from the label's top left."""

    # The page's operators; the base class has no public way to add a whole path at once.
    _code: list[str]

    def __init__(self, sheet: Sheet, info: DocumentInfo) -> None:
        self._buffer = io.BytesIO()
        size = (sheet.page_width * POINTS_PER_MM, sheet.page_height * POINTS_PER_MM)
        super().__init__(
            self._buffer,
            pagesize=size,
            pageCompression=1,
            invariant=1,
            lang="zh-CN",
            pdfVersion=_PDF_VERSION,
        )
        self.setTitle(info.title)
        self.setAuthor(info.author)
        self.setCreator("Suyuan 溯源")
        self.setViewerPreference("PrintScaling", "None")
        self.sheet = sheet
        self.height = sheet.face.height
        self.page_of_cell = 0
        register_font()

    def begin_label(self) -> None:
        """From here on, what is drawn is the label that `put_label` places."""
        width, height = self.sheet.face.width, self.sheet.face.height
        self.beginForm("label", 0, 0, width * POINTS_PER_MM, height * POINTS_PER_MM)

    def end_label(self, *, outline: bool) -> None:
        """The label is complete."""
        if outline:
            self.draw_outline(Box(0, 0, self.sheet.face.width, self.sheet.face.height))
        self.endForm()

    def put_label(self, cell: int, mark: Mark | None = None) -> None:
        """Place the label in a cell; cells come in ascending order."""
        page, index = divmod(cell, self.sheet.per_page)
        while self.page_of_cell < page:
            self.showPage()
            self.page_of_cell += 1
        place = self.sheet.position(index)
        self.saveState()
        self.translate(
            place.x * POINTS_PER_MM, (self.sheet.page_height - place.bottom) * POINTS_PER_MM
        )
        self.doForm("label")
        if mark:
            self.draw_symbol(mark.symbol)
            self.draw_bars(mark.bars)
            self.draw(mark.texts, ())
        self.restoreState()

    def draw(self, texts: Sequence[TextLine], rules: Sequence[Rule]) -> None:
        """Draw text and lines of a label."""
        for line in texts:
            self.draw_text(line)
        for rule in rules:
            self.bar(Box(rule.x, rule.y - rule.thickness / 2, rule.width, rule.thickness))

    def bar(self, box: Box) -> None:
        """Fill a rectangle with ink."""
        x, y = box.x * POINTS_PER_MM, (self.height - box.bottom) * POINTS_PER_MM
        width, height = box.width * POINTS_PER_MM, box.height * POINTS_PER_MM
        self.rect(x, y, width, height, stroke=0, fill=1)

    def blank(self, box: Box) -> None:
        """Clear a rectangle."""
        self.saveState()
        self.setFillGray(1)
        self.bar(box)
        self.restoreState()

    def draw_text(self, line: TextLine) -> None:
        """Draw one line; a stroke stands in for a bold face."""
        text = self.beginText(line.x * POINTS_PER_MM, (self.height - line.baseline) * POINTS_PER_MM)
        text.setFont(FONT_NAME, line.size_pt)
        if line.tracking:
            text.setCharSpace(line.tracking * POINTS_PER_MM)
        if line.stroke:
            self.setLineWidth(line.stroke * POINTS_PER_MM)
            self.setLineJoin(1)
            text.setTextRenderMode(_FILL_AND_STROKE)
        text.textOut(line.text)
        if line.stroke:
            text.setTextRenderMode(0)
        if line.tracking:
            text.setCharSpace(0)
        self.drawText(text)

    def draw_symbol(self, placed: PlacedSymbol) -> None:
        """Draw a symbol as one path in its own unit, so that neighbours leave no seam."""
        module = placed.module * POINTS_PER_MM
        left, top = placed.x * POINTS_PER_MM, (self.height - placed.y) * POINTS_PER_MM
        path = " ".join(f"{x} {y} {w} {h} re" for x, y, w, h in rectangles(placed.symbol.matrix))
        self._code.append(f"q {module:.5f} 0 0 {-module:.5f} {left:.4f} {top:.4f} cm {path} f Q")

    def draw_bars(self, placed: PlacedBars | None) -> None:
        """Draw a bar code's dark modules, where there is one, as one path."""
        if placed is None:
            return
        module = placed.module * POINTS_PER_MM
        left, top = placed.x * POINTS_PER_MM, (self.height - placed.y) * POINTS_PER_MM
        height = placed.height * POINTS_PER_MM
        bars = rectangles(placed.modules[None])
        path = " ".join(f"{x} 0 {width} 1 re" for x, _, width, _ in bars)
        self._code.append(f"q {module:.5f} 0 0 {-height:.4f} {left:.4f} {top:.4f} cm {path} f Q")

    def draw_outline(self, box: Box) -> None:
        """Draw a label's edge as a hairline."""
        self.setLineWidth(_OUTLINE_MM * POINTS_PER_MM)
        self.roundRect(
            box.x * POINTS_PER_MM,
            (self.height - box.bottom) * POINTS_PER_MM,
            box.width * POINTS_PER_MM,
            box.height * POINTS_PER_MM,
            self.sheet.corner * POINTS_PER_MM,
            stroke=1,
            fill=0,
        )

    def finished(self) -> bytes:
        """The file."""
        self.showPage()
        with _subsetting:
            self.save()
        return self._buffer.getvalue()


@contextmanager
def drawing() -> Iterator[None]:
    """Keep other threads from the font's file while a document is written."""
    with _subsetting:
        yield


@lru_cache(maxsize=1)
def register_font() -> None:
    """Make the label font known to the PDF library, once a process."""
    font = label_font()
    # Without asciiReadable the subset has only what is used, not all of ASCII.
    pdfmetrics.registerFont(
        TTFont(FONT_NAME, str(font.path), subfontIndex=font.index, asciiReadable=0)
    )
