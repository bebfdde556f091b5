"""What differs from label to label of a job: the symbol, the bar code and the number's words.

All else is laid out once. One mask serves the whole job: choosing takes a third of the time that a
symbol takes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from domain.events.papers import LabelKind
from labels.content import LabelContent
from labels.fonts import label_font
from labels.layout import (
    PlacedBars,
    PlacedSymbol,
    Placement,
    TextLine,
    place_bars,
    place_symbol,
)
from labels.qr import symbol
from labels.sheets import Sheet

ERROR_CORRECTION: Final = "M"
_SAME_MM: Final = 1e-6
_NUMBER_FIELDS: Final = frozenset({"serial", "sscc"})


class Mark(msgspec.Struct, frozen=True):
    """What differs on one label."""

    symbol: PlacedSymbol
    bars: PlacedBars | None
    texts: tuple[TextLine, ...]


def common_texts(placement: Placement) -> list[TextLine]:
    """The lines that all labels of a job share."""
    return [line for line in placement.texts if line.field not in _NUMBER_FIELDS]


def marks(
    content: LabelContent,
    stock: Sheet,
    kind: LabelKind,
    placement: Placement,
    numbers: Sequence[str],
) -> Iterator[Mark]:
    """The mark of each number, in order, made when it is asked for.

    Args:
        content: what the labels say.
        stock: with the kind's design as its face.
        kind: unit or crate.
        placement: the label with the widest of the numbers.
        numbers: serials or SSCCs.
    """
    lines = [line for line in placement.texts if line.field in _NUMBER_FIELDS]
    mask = placement.symbol.symbol.mask
    for number in numbers:
        made = symbol(content.link(kind, number), ERROR_CORRECTION, mask)
        yield Mark(
            place_symbol(stock, made), place_bars(stock, number), _texts(content, lines, number)
        )


def _texts(content: LabelContent, lines: Sequence[TextLine], number: str) -> tuple[TextLine, ...]:
    """The number in place of another one; where it is in several lines, cut at the same places."""
    if not lines:
        return ()
    text = content.text_of(lines[0].field, number) or ""
    if len(lines) == 1:
        return (_with_text(lines[0], text),)
    found, start = [], 0
    for line in lines:
        found.append(_with_text(line, text[start : start + len(line.text)]))
        start += len(line.text)
    return tuple(found)


def _with_text(line: TextLine, text: str) -> TextLine:
    """Another text in the place of a line; one that is centred stays so."""
    width = label_font().width_mm(text, line.size_pt)
    centred = abs(line.x + line.width / 2 - line.within.x - line.within.width / 2) < _SAME_MM
    x = line.x + (line.width - width) / 2 if centred else line.x
    return replace(line, text=text, x=x, width=width)
