"""What a batch's one-page paper and its picture say: words only, put together by who knows them."""

from typing import Final

import msgspec

from labels.fonts import Font

_GETA: Final = "〓"
"""Stands for a character that the font lacks, as printers have it."""


class Line(msgspec.Struct, frozen=True):
    """A step of the way: when, what, how much, where and by whom."""

    when: str
    what: str
    amount: str
    where: str


class Dossier(msgspec.Struct, frozen=True):
    """A batch on paper.

    Attributes:
        brand: whose site it is.
        title: the product.
        lot: the batch, as people read it.
        alarms: what must be read before all else.
        facts: term and value.
        steps: the way, in order; `steps_left_out` more.
        url: the batch's Digital Link, for the symbol.
        words: `{name: sentence}`: the headings and the small print.
        fingerprint: of the log's key; None where there is none.
    """

    brand: str
    title: str
    lot: str
    alarms: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    steps: tuple[Line, ...]
    steps_left_out: int
    url: str
    words: dict[str, str]
    fingerprint: str | None


def printable(font: Font, text: str) -> str:
    """Put a mark for each character that the font lacks, and a blank for a control character."""
    return "".join(
        one if one.isprintable() and font.has(one) else _GETA if one.isprintable() else " "
        for one in text
    )
