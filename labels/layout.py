"""From words and a design to placed items: what stands where on one label, to the hundredth.

Pure: the same content, sheet and symbol give the same placement. Whatever does not fit at a
legible size, or can't be drawn, is refused here, before any page exists.
"""

import math
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from labels.code128 import QUIET_ZONE_MODULES as BARS_QUIET_ZONE_MODULES
from labels.code128 import sscc_bars
from labels.content import LabelContent
from labels.design import QUIET_ZONE_MODULES, Box, Face, Slot, Table
from labels.errors import MissingGlyphError, SymbolTooDenseError, TextTooLongError
from labels.fonts import ASCENT_EM, DESCENT_EM, MM_PER_POINT, Font, label_font
from labels.qr import Symbol
from labels.sheets import Sheet
from labels.wrapping import wrapped

Bars = NDArray[np.bool_]

_STEP_PT = 0.25
_LINE_EM = 1.22
# Between two rows there is more white than between the lines of one, so that they read as rows.
_ROW_GAP_EM = (0.12, 0.62)
_LABEL_SCALE = 0.86
# After a column of labels, and after a label that its value follows.
_COLUMN_GAP_EM, _WORD_GAP_EM = 0.7, 0.4
_RULE_GAP_EM = 0.75


class TextLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of text.

    Attributes:
        field: what it belongs to; `label` for the labels of the table.
        x: left end, mm.
        baseline: mm from the top of the label.
        width: advance width including tracking, mm.
        tracking: extra space after each character, mm.
        stroke: width of the outline drawn around the filled glyphs, mm; 0 for none.
        within: the box that it must not leave.
    """

    field: str
    text: str
    x: float
    baseline: float
    size_pt: float
    width: float
    tracking: float = 0.0
    stroke: float = 0.0
    within: Box

    @property
    def box(self) -> Box:
        """The room that its ink may take."""
        em = self.size_pt * MM_PER_POINT
        return Box(
            self.x, self.baseline - ASCENT_EM * em, self.width, (ASCENT_EM + DESCENT_EM) * em
        )


class Rule(msgspec.Struct, frozen=True):
    """A horizontal line: its left end, its middle's height, its length and thickness, mm."""

    x: float
    y: float
    width: float
    thickness: float


class PlacedSymbol(msgspec.Struct, frozen=True):
    """A QR symbol on the label: left top corner of the symbol itself, and its module, mm."""

    symbol: Symbol
    x: float
    y: float
    module: float

    @property
    def box(self) -> Box:
        """The symbol without its quiet zone."""
        side = self.symbol.side * self.module
        return Box(self.x, self.y, side, side)

    @property
    def quiet_box(self) -> Box:
        """The symbol with its quiet zone."""
        quiet = QUIET_ZONE_MODULES * self.module
        side = self.symbol.side * self.module + 2 * quiet
        return Box(self.x - quiet, self.y - quiet, side, side)


class PlacedBars(msgspec.Struct, frozen=True):
    """A bar code on the label: left top corner of its first bar, module and height, mm."""

    modules: Bars
    x: float
    y: float
    module: float
    height: float

    @property
    def quiet_box(self) -> Box:
        """The bars with their quiet zones."""
        quiet = BARS_QUIET_ZONE_MODULES * self.module
        width = len(self.modules) * self.module
        return Box(self.x - quiet, self.y, width + 2 * quiet, self.height)


class Placement(msgspec.Struct, frozen=True):
    """A label, laid out."""

    texts: tuple[TextLine, ...]
    rules: tuple[Rule, ...]
    symbol: PlacedSymbol
    bars: PlacedBars | None = None


def place(
    content: LabelContent, sheet: Sheet, symbol: Symbol, number: str | None = None
) -> Placement:
    """Lay out one label.

    Args:
        content: checked content.
        sheet: whose face says where things go.
        symbol: the QR code, already made.
        number: the serial of a unit label, or the SSCC of a crate's.

    Raises:
        MissingGlyphError: a character is not in the font.
        TextTooLongError: a text does not fit at its least size.
        SymbolTooDenseError: see `place_symbol`.
    """
    font = label_font()
    texts: list[TextLine] = []
    for slot in sheet.face.slots:
        if text := _drawable(font, slot.field, content.text_of(slot.field, number)):
            texts += _slot_lines(font, slot, text, sheet.title_zh)
    rows, rules = _table_lines(font, content, sheet, number)
    return Placement((*texts, *rows), rules, place_symbol(sheet, symbol), place_bars(sheet, number))


def place_symbol(sheet: Sheet, symbol: Symbol) -> PlacedSymbol:
    """The symbol, as large as whole printer dots allow in its box, its quiet zone in the white.

    Raises:
        SymbolTooDenseError: its modules would be below the label's least module.
    """
    face, dot = sheet.face, sheet.dot
    quiet_side = symbol.side + 2 * QUIET_ZONE_MODULES
    widest = min(face.qr.width / symbol.side, _quiet_room(face) / quiet_side, face.max_module)
    # A tenth of a dot is forgiven, or 0.375 / 0.125 might come out as two.
    dots = math.floor(widest / dot + 0.1)
    while dots * dot > face.min_module - 1e-9:
        placed = _placed(sheet, symbol, dots * dot)
        if _in_the_white(face, placed.quiet_box):
            return placed
        dots -= 1
    raise SymbolTooDenseError(
        symbol.text,
        sheet.title_zh,
        quiet_side * math.ceil(face.min_module / dot - 0.1) * dot,
        min(_quiet_room(face), face.qr.width * quiet_side / symbol.side),
    )


def _placed(sheet: Sheet, symbol: Symbol, module: float) -> PlacedSymbol:
    face, dot = sheet.face, sheet.dot
    slack = face.qr.width - symbol.side * module if face.qr_align == "centre" else 0.0
    x, y = (round((edge + slack / 2) / dot) * dot for edge in (face.qr.x, face.qr.y))
    return PlacedSymbol(symbol, x, y, module)


def _in_the_white(face: Face, quiet: Box) -> bool:
    """Whether nothing else may stand in a quiet zone, and it ends on the label."""
    others = [face.table.box, *(slot.box for slot in face.slots)]
    if face.bars:
        others.append(face.bars)
    label = Box(0, 0, face.width, face.height)
    return label.holds(quiet) and not any(quiet.meets(box) for box in others)


def place_bars(sheet: Sheet, sscc: str | None) -> PlacedBars | None:
    """A crate's bar code, as wide as its box and whole printer dots allow, in its middle.

    `None` where the design has none, as only a crate's has.
    """
    box, dot = sheet.face.bars, sheet.dot
    if box is None or sscc is None:
        return None
    modules = sscc_bars(sscc)
    widest = box.width / (len(modules) + 2 * BARS_QUIET_ZONE_MODULES)
    module = math.floor(widest / dot + 0.1) * dot
    x = box.x + (box.width - len(modules) * module) / 2
    x, y, height = (round(length / dot) * dot for length in (x, box.y, box.height))
    return PlacedBars(modules, x, y, module, height)


def _quiet_room(face: Face) -> float:
    """The side of the largest square around the middle of the QR box that stays on the label."""
    x, y = face.qr.x + face.qr.width / 2, face.qr.y + face.qr.height / 2
    return 2 * min(x, y, face.width - x, face.height - y)


def _drawable(font: Font, field: str, text: str | None) -> str | None:
    if text and (missing := font.first_missing(text)):
        raise MissingGlyphError(field, text, missing)
    return text


def _sizes(largest: float, least: float) -> Iterator[float]:
    steps = math.floor((largest - least) / _STEP_PT + 1e-9)
    yield from (largest - _STEP_PT * step for step in range(steps + 1))


def _height_em(lines: int) -> float:
    return ASCENT_EM + DESCENT_EM + (lines - 1) * _LINE_EM


def _slot_lines(font: Font, slot: Slot, text: str, sheet_name: str) -> list[TextLine]:
    """The text at the largest size at which it fits its slot."""
    for size_pt in _sizes(slot.size_pt, slot.least_pt):
        em = size_pt * MM_PER_POINT
        lines = wrapped(font, text, size_pt, slot.box.width, slot.lines)
        if lines and _height_em(len(lines)) * em <= slot.box.height:
            return _set_in_slot(font, slot, lines, size_pt)
    raise TextTooLongError(slot.field, text, sheet_name)


def _set_in_slot(font: Font, slot: Slot, lines: list[str], size_pt: float) -> list[TextLine]:
    em = size_pt * MM_PER_POINT
    foot = slot.box.bottom - DESCENT_EM * em - (len(lines) - 1) * _LINE_EM * em
    first = foot if slot.rise else slot.box.y + ASCENT_EM * em
    share = {"left": 0.0, "centre": 0.5, "right": 1.0}[slot.align]
    widths = [font.width_mm(line, size_pt) for line in lines]
    return [
        TextLine(
            field=slot.field,
            text=line,
            x=slot.box.x + share * (slot.box.width - width),
            baseline=first + number * _LINE_EM * em,
            size_pt=size_pt,
            width=width,
            stroke=slot.stroke_em * em,
            within=slot.box,
        )
        for number, (line, width) in enumerate(zip(lines, widths, strict=True))
    ]


class _Row(msgspec.Struct, frozen=True):
    field: str
    label: str
    text: str
    most_lines: int


def _table_lines(
    font: Font, content: LabelContent, sheet: Sheet, number: str | None
) -> tuple[list[TextLine], tuple[Rule, ...]]:
    table = sheet.face.table
    rows = list(_rows(font, content, table, number))
    for size_pt in _sizes(table.size_pt, table.least_pt):
        values = [
            wrapped(
                font, row.text, size_pt, _value_width(font, table, row, size_pt), row.most_lines
            )
            for row in rows
        ]
        fitting = [lines for lines in values if lines]
        if len(fitting) == len(rows) and _least_height(fitting, size_pt) <= table.box.height:
            return _set_table(font, table, list(zip(rows, fitting, strict=True)), size_pt)
    longest = max(rows, key=lambda row: _overrun(font, table, row))
    raise TextTooLongError(longest.field, longest.text, sheet.title_zh)


def _rows(font: Font, content: LabelContent, table: Table, number: str | None) -> Iterator[_Row]:
    for field in table.fields:
        if text := _drawable(font, field.name, content.text_of(field.name, number)):
            label = _drawable(font, field.name, field.label.format(date=content.date_label)) or ""
            yield _Row(field.name, label, text, field.lines)


def _overrun(font: Font, table: Table, row: _Row) -> float:
    """How full a row is at the least size: one and above can't be set."""
    width = _value_width(font, table, row, table.least_pt) * row.most_lines
    return font.width_mm(row.text, table.least_pt) / width


def _label_width(font: Font, table: Table, label: str, size_pt: float) -> float:
    """From the table's left edge to the values, mm."""
    if not label and not table.label_em:
        return 0.0
    small_pt = size_pt * _LABEL_SCALE
    widest = max(table.label_em * small_pt * MM_PER_POINT, font.width_mm(label, small_pt))
    gap = _COLUMN_GAP_EM if table.label_em else _WORD_GAP_EM
    return widest + gap * size_pt * MM_PER_POINT


def _value_width(font: Font, table: Table, row: _Row, size_pt: float) -> float:
    return max(table.box.width - _label_width(font, table, row.label, size_pt), 1e-3)


def _least_height(values: list[list[str]], size_pt: float) -> float:
    lines = sum(map(len, values))
    gaps = (len(values) - 1) * _ROW_GAP_EM[0]
    return (_height_em(lines) + gaps) * size_pt * MM_PER_POINT


def _set_table(
    font: Font, table: Table, rows: list[tuple[_Row, list[str]]], size_pt: float
) -> tuple[list[TextLine], tuple[Rule, ...]]:
    em = size_pt * MM_PER_POINT
    lines = sum(len(values) for _, values in rows)
    spare_em = table.box.height / em - _height_em(lines) - (_RULE_GAP_EM if table.rule else 0)
    gap = min(max(spare_em / max(len(rows) - 1, 1), _ROW_GAP_EM[0]), _ROW_GAP_EM[1]) * em
    height = _height_em(lines) * em + (len(rows) - 1) * gap
    top = table.box.bottom - height
    baseline = top + ASCENT_EM * em
    placed: list[TextLine] = []
    for row, values in rows:
        placed += _set_row(font, table, row, values, (size_pt, baseline))
        baseline += len(values) * _LINE_EM * em + gap
    rule = Rule(table.box.x, top - _RULE_GAP_EM * em / 2, table.box.width, table.rule)
    return placed, (rule,) if table.rule else ()


def _set_row(
    font: Font, table: Table, row: _Row, values: list[str], at: tuple[float, float]
) -> Iterator[TextLine]:
    """A label, spread over its column, and the lines of its value, from a size and baseline."""
    size_pt, baseline = at
    em = size_pt * MM_PER_POINT
    if row.label:
        yield _set_label(font, table, row.label, at)
    x = table.box.x + _label_width(font, table, row.label, size_pt)
    for number, text in enumerate(values):
        yield TextLine(
            field=row.field,
            text=text,
            x=x,
            baseline=baseline + number * _LINE_EM * em,
            size_pt=size_pt,
            width=font.width_mm(text, size_pt),
            within=table.box,
        )


def _set_label(font: Font, table: Table, label: str, at: tuple[float, float]) -> TextLine:
    size_pt, baseline = at[0] * _LABEL_SCALE, at[1]
    natural = font.width_mm(label, size_pt)
    column = table.label_em * size_pt * MM_PER_POINT
    gaps = max(len(label) - 1, 1)
    tracking = max(column - natural, 0.0) / gaps if len(label) > 1 else 0.0
    return TextLine(
        field="label",
        text=label,
        x=table.box.x,
        baseline=baseline,
        size_pt=size_pt,
        width=natural + tracking * (len(label) - 1),
        tracking=tracking,
        within=table.box,
    )
