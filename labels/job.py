"""A printing job: one batch's labels on one stock, as a file.

content = LabelContent(product="榃滨肉桂", lot="20250718-A1", ...)
pdf = render_pdf(content, "a4-24", count=24)
"""

from collections.abc import Sequence

from labels.content import LabelContent, checked_content
from labels.errors import CountError, SerialsError, StartError
from labels.fonts import label_font
from labels.layout import Placement, TextLine, place, place_symbol
from labels.link import checked_lot, with_serial
from labels.qr import symbol
from labels.render.calibration import calibration_sheet
from labels.render.pdf import DocumentInfo, UnitMark, render_batch, render_units
from labels.sheets import Sheet, sheet

__all__ = ["MOST_LABELS", "LabelContent", "calibration_sheet", "render_pdf"]

MOST_LABELS = 10_000
ERROR_CORRECTION = "M"


def render_pdf(
    content: LabelContent,
    sheet_name: str,
    count: int,
    start: int = 1,
    serials: Sequence[str] | None = None,
    *,
    outline: bool = False,
) -> bytes:
    """The labels of a batch, or of its units, as a PDF.

    Args:
        content: what they say.
        sheet_name: a key of `labels.sheets.SHEETS`.
        count: 1 to `MOST_LABELS`.
        start: the first position to print on, from 1, on a sheet that is partly used.
        serials: one a label, all different, for unit labels; `None` for batch labels.
        outline: whether to draw each label's edge, for plain paper.

    Raises:
        LabelError: see the tree in `labels.errors`.
    """
    stock = sheet(sheet_name)
    cells = _cells(stock, count, start)
    checked_content(content)
    info = DocumentInfo(f"{content.product} {content.lot}", content.producer)
    if serials is None:
        placement = place(content, stock, symbol(content.url, ERROR_CORRECTION))
        return render_batch(placement, stock, cells, info, outline=outline)
    checked_serials(serials, count)
    return _render_units(
        content, stock, list(zip(cells, serials, strict=True)), info, outline=outline
    )


def checked_serials(serials: Sequence[str], count: int) -> None:
    """Refuse serials that are not as many as the labels, repeat, or have a wrong character.

    Raises:
        SerialsError: too many, too few, or one twice.
        LotError: a character outside GS1 character set 82, or a wrong length.
    """
    if len(serials) != count:
        raise SerialsError(
            f"要打 {count} 张，却有 {len(serials)} 个编号",
            f"{count} labels were asked for, with {len(serials)} serials",
        )
    seen: set[str] = set()
    for serial in serials:
        if checked_lot(serial, "serial") in seen:
            raise SerialsError(f"「{serial}」重复", f"{serial!r} is there twice")
        seen.add(serial)


def _cells(stock: Sheet, count: int, start: int) -> range:
    if not 1 <= count <= MOST_LABELS:
        raise CountError(count, MOST_LABELS)
    if not 1 <= start <= stock.per_page:
        raise StartError(start, stock.per_page)
    return range(start - 1, start - 1 + count)


def _render_units(
    content: LabelContent,
    stock: Sheet,
    units: list[tuple[int, str]],
    info: DocumentInfo,
    *,
    outline: bool,
) -> bytes:
    """Lay out the widest serial, then put each serial in its place."""
    font = label_font()
    widest = max((serial for _, serial in units), key=lambda s: font.width_mm(s, 1))
    first = symbol(with_serial(content.url, widest), ERROR_CORRECTION)
    placement = place(content, stock, first, widest)
    marks = [(cell, _mark(content, stock, placement, serial, first.mask)) for cell, serial in units]
    return render_units(placement, stock, marks, info, outline=outline)


def _mark(
    content: LabelContent, stock: Sheet, placement: Placement, serial: str, mask: int
) -> UnitMark:
    """One mask for the whole job: choosing takes a third of the time a symbol takes."""
    made = symbol(with_serial(content.url, serial), ERROR_CORRECTION, mask)
    lines = [line for line in placement.texts if line.field == "serial"]
    return UnitMark(place_symbol(stock, made), _with_text(lines[0], serial) if lines else None)


def _with_text(line: TextLine, text: str) -> TextLine:
    return TextLine(
        field=line.field,
        text=text,
        x=line.x,
        baseline=line.baseline,
        size_pt=line.size_pt,
        width=label_font().width_mm(text, line.size_pt),
        stroke=line.stroke,
        within=line.within,
    )
