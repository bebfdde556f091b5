"""A job as the file that is asked for: PDF, PNG, ZPL or TSPL, from one layout."""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from labels.errors import OutputError
from labels.job import Job, Prepared, pdf, prepared
from labels.render.png import dots_png
from labels.render.raster import Dots, label_dots, numbered_dots, page_dots
from labels.render.tspl import tspl
from labels.render.zpl import zpl
from labels.sheets import Sheet, sheet


class Output(Enum):
    """A file format."""

    PDF = "pdf"
    PNG = "png"
    ZPL = "zpl"
    TSPL = "tspl"


MEDIA_TYPES: Final = {
    Output.PDF: "application/pdf",
    Output.PNG: "image/png",
    Output.ZPL: "application/vnd.zebra-zpl",
    Output.TSPL: "application/octet-stream",
}
DOTS_PER_MM: Final = {203: 8, 300: 12}
"""Dots a millimetre by the density that a printer is sold with."""


def outputs_of(stock: Sheet) -> tuple[Output, ...]:
    """The files that a stock can be printed from: thermal printers take rolls."""
    return tuple(Output) if stock.is_roll else (Output.PDF, Output.PNG)


def render(job: Job, output: Output, dpi: int = 203) -> Iterator[bytes]:
    """The file in parts; all that can be refused is refused before the first.

    Args:
        job: what to print.
        output: the format; a PNG holds one page.
        dpi: 203 or 300; a PDF has no dots.

    Raises:
        OutputError: the stock has no such file, or the density is none of the two.
        LabelError: see the tree in `labels.errors`.
    """
    stock = sheet(job.template)
    if output not in outputs_of(stock):
        raise OutputError(
            f"「{stock.title_zh}」用普通打印机打，请选 PDF 或 PNG；ZPL 和 TSPL 只用于热敏卷纸。",
            f"{stock.title_en} is for an office printer: choose PDF or PNG. ZPL and TSPL are for"
            " rolls.",
        )
    if dpi not in DOTS_PER_MM:
        raise OutputError(
            f"没有 {dpi} 点的打印头。请选 203 或 300。",
            f"No print head has {dpi} dpi. Choose 203 or 300.",
        )
    if output is Output.PDF:
        return iter((pdf(job),))
    ready = prepared(job, 1 / DOTS_PER_MM[dpi])
    if output is Output.PNG:
        return iter((_png(ready, dpi),))
    return _thermal(ready, output)


def preview(job: Job, dpi: int = 203) -> bytes:
    """The first page as a PNG, as the printer will show it.

    Raises:
        LabelError: see the tree in `labels.errors`.
    """
    if dpi not in DOTS_PER_MM:
        return b"".join(render(job, Output.PNG, dpi))
    return _page_png(prepared(job, 1 / DOTS_PER_MM[dpi]), dpi)


def _png(ready: Prepared, dpi: int) -> bytes:
    room = ready.stock.per_page - ready.job.start + 1
    if ready.job.count > room:
        raise OutputError(
            f"图片只有一页，从第 {ready.job.start} 张起放得下 {room} 张。请少打几张，或选 PDF。",
            f"A picture holds one page, which has room for {room}. Print fewer, or choose PDF.",
        )
    return _page_png(ready, dpi)


def _page_png(ready: Prepared, dpi: int) -> bytes:
    room = ready.stock.per_page - ready.job.start + 1
    if ready.numbered:
        labels = list(numbered_dots(ready, ready.marks(room)))
    else:
        labels = [label_dots(ready)] * min(room, ready.job.count)
    return dots_png(page_dots(ready, labels), DOTS_PER_MM[dpi])


def _thermal(ready: Prepared, output: Output) -> Iterator[bytes]:
    labels: Iterator[tuple[Dots, int]]
    if ready.numbered:
        labels = ((dots, 1) for dots in numbered_dots(ready, ready.marks()))
    else:
        labels = iter(((label_dots(ready), ready.job.count),))
    if output is Output.ZPL:
        return zpl(labels)
    return tspl(ready.stock.face.width, ready.stock.face.height, labels)
