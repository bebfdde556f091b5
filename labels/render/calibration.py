"""A page that shows whether a printer keeps to the millimetre and to the label stock.

Printed on plain paper and held against the stock, the outlines must coincide; the rulers tell by
how much a printer shrinks the page. The numbers are the positions that a job may start at.
"""

from collections.abc import Iterator

from labels.design import Box
from labels.fonts import MM_PER_POINT, label_font
from labels.layout import Rule, TextLine
from labels.render.pdf import DocumentInfo, LabelCanvas
from labels.sheets import Sheet, sheet
from labels.wrapping import wrapped

_LONGEST_RULER_MM = 100
_LINE_MM = 0.1
_TICKS_MM = ((10, 3.0), (5, 2.2), (1, 1.4))
_CENTIMETRE_MM = 10
_MARGIN_MM = 4.0
_WORD_SIZES_PT = (10.0, 8.0, 6.0, 5.0, 4.5, 4.0)


def calibration_sheet(sheet_name: str) -> bytes:
    """The page as a PDF.

    Raises:
        UnknownSheetError: there is no such sheet.
    """
    stock = sheet(sheet_name)
    page = LabelCanvas(stock, DocumentInfo(f"{stock.title_zh} 校准页", "Suyuan 溯源"))
    page.height = stock.page_height
    for index in range(stock.per_page):
        page.draw_outline(stock.position(index))
        if stock.per_page > 1:
            page.draw([_number(stock, index)], [])
    _draw_rulers(page, _ruler_box(stock), stock)
    return page.finished()


def _number(stock: Sheet, index: int) -> TextLine:
    cell = stock.position(index)
    return _line(str(index + 1), cell.x + 5, cell.y + 7, 7)


def _ruler_box(stock: Sheet) -> Box:
    """Room for a horizontal and a vertical ruler, in whole centimetres, in the page's middle."""
    across, down = (
        min(_LONGEST_RULER_MM, int((side - 2 * _MARGIN_MM) // 10 * 10))
        for side in (stock.page_width, stock.page_height)
    )
    return Box((stock.page_width - across) / 2, (stock.page_height - down) / 2, across, down)


def _draw_rulers(page: LabelCanvas, box: Box, stock: Sheet) -> None:
    words = _words(box)
    if stock.per_page > 1:
        # Only what is written on, so that the outlines around it stay to be compared.
        page.blank(Box(box.x - 2, box.y - 2, box.width + 4, 9))
        page.blank(Box(box.x - 2, box.y - 2, 10, box.height + 4))
        page.blank(Box(box.x, box.y, box.width + 2, words[-1].baseline + 4 - box.y))
    page.draw([], [Rule(box.x, box.y, box.width, _LINE_MM)])
    for mm in range(int(box.width) + 1):
        page.bar(Box(box.x + mm - _LINE_MM / 2, box.y, _LINE_MM, _tick(mm)))
    page.bar(Box(box.x - _LINE_MM / 2, box.y, _LINE_MM, box.height))
    for mm in range(int(box.height) + 1):
        page.bar(Box(box.x, box.y + mm - _LINE_MM / 2, _tick(mm), _LINE_MM))
    page.draw(list(_centimetres(box)), [])
    page.draw(words, [])


def _tick(mm: int) -> float:
    return next(length for step, length in _TICKS_MM if mm % step == 0)


def _centimetres(box: Box) -> Iterator[TextLine]:
    for mm in range(_CENTIMETRE_MM, int(box.width) + 1, _CENTIMETRE_MM):
        width = label_font().width_mm(str(mm), 5)
        yield _line(str(mm), min(box.x + mm - width / 2, box.right - width), box.y + 5, 5)
    for mm in range(_CENTIMETRE_MM, int(box.height) + 1, _CENTIMETRE_MM):
        yield _line(str(mm), box.x + 3.6, min(box.y + mm + 0.65, box.bottom), 5)


def _words(box: Box) -> list[TextLine]:
    """What to do with the rulers, as large as fits between them."""
    lengths = f"横尺应长 {box.width:.0f} 毫米，竖尺应长 {box.height:.0f} 毫米。"
    advice = "不足时，请在打印窗口选「实际大小」（100%）再打。"
    room = Box(box.x + 9, box.y + 8, box.width - 9, box.height - 8)
    return next(
        lines
        for size_pt in _WORD_SIZES_PT
        if (lines := _paragraphs((lengths, advice), room, size_pt))[-1].baseline < room.bottom
    )


def _paragraphs(paragraphs: tuple[str, ...], room: Box, size_pt: float) -> list[TextLine]:
    em = size_pt * MM_PER_POINT
    baseline = room.y + em
    lines: list[TextLine] = []
    for paragraph in paragraphs:
        for text in wrapped(label_font(), paragraph, size_pt, room.width, 9) or []:
            lines.append(_line(text, room.x, baseline, size_pt))
            baseline += 1.3 * em
        baseline += 0.5 * em
    return lines


def _line(text: str, x: float, baseline: float, size_pt: float) -> TextLine:
    width = label_font().width_mm(text, size_pt)
    within = Box(x, baseline - size_pt * MM_PER_POINT, width, 1.5 * size_pt * MM_PER_POINT)
    return TextLine(
        field="note",
        text=text,
        x=x,
        baseline=baseline,
        size_pt=size_pt,
        width=width,
        within=within,
    )
