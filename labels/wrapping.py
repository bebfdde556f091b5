"""Breaking a Chinese or Latin text into lines of a given width.

A break may come between any two Chinese characters, but a run of letters and digits stays
together while it fits, and no line begins with a closing mark or ends with an opening one
(GB/T 15834 §5.1).
"""

import re

from labels.fonts import Font

_TOKEN = re.compile(r"[!-~]+|.")
_CLOSING = frozenset("、，。；：？！）》」』】〕…—～·,.;:?!)%")
_OPENING = frozenset("（《「『【〔(")


def wrapped(font: Font, text: str, size_pt: float, width_mm: float, lines: int) -> list[str] | None:
    """`text` in the fewest lines that fit, about equally long; `None` if more than `lines` are due.

    Args:
        font: it has every character of the text.
        text: without line breaks.
        size_pt: type size.
        width_mm: the longest line allowed.
        lines: the most lines allowed.
    """
    filled = _filled(font, text, size_pt, width_mm)
    if filled is None or len(filled) > lines:
        return None
    whole = max(_widths_that_fit(font, text, size_pt, width_mm), default=0.0)
    for percent in range(50, 100, 5):
        if width_mm * percent / 100 < whole:
            # What fits a line is not cut in two only to make lines equal.
            continue
        narrower = _filled(font, text, size_pt, width_mm * percent / 100)
        if narrower is not None and len(narrower) == len(filled):
            return narrower
    return filled


def _filled(font: Font, text: str, size_pt: float, width_mm: float) -> list[str] | None:
    """Each line as full as it gets; `None` if a single character is wider than a line."""
    lines = [""]
    for token in _unbreakable(text):
        for part in _parts(font, token, size_pt, width_mm):
            if font.width_mm((lines[-1] + part).rstrip(), size_pt) <= width_mm:
                lines[-1] += part
            else:
                lines.append(part.lstrip())
    if any(font.width_mm(line.rstrip(), size_pt) > width_mm for line in lines):
        return None
    return [line.strip() for line in lines if line.strip()]


def _widths_that_fit(font: Font, text: str, size_pt: float, width_mm: float) -> list[float]:
    widths = (font.width_mm(token.strip(), size_pt) for token in _unbreakable(text))
    return [width for width in widths if width <= width_mm]


def _unbreakable(text: str) -> list[str]:
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        if tokens and (token[0] in _CLOSING or tokens[-1][-1] in _OPENING):
            tokens[-1] += token
        else:
            tokens.append(token)
    return tokens


def _parts(font: Font, token: str, size_pt: float, width_mm: float) -> list[str]:
    """The token itself, or its characters if it can't fit a line whole."""
    return [token] if font.width_mm(token, size_pt) <= width_mm else list(token)
