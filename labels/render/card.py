"""A batch as a picture of 1200 × 630 pixels: what a chat shows beside a shared address."""

import io
import threading
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from labels.design import QUIET_ZONE_MODULES
from labels.dossier import Dossier, printable
from labels.fonts import label_font
from labels.qr import symbol

SIZE: Final = (1200, 630)
_PAPER, _INK, _SOFT = "#faf8f3", "#1d2a22", "#56645b"
_LEAF, _LEAF_2, _ALARM, _ALARM_2 = "#2c6a3f", "#e6f0e7", "#b3261e", "#fbeae8"
_MARGIN: Final = 64
_SYMBOL: Final = 300
_ROOM: Final = SIZE[0] - 3 * _MARGIN - _SYMBOL
_MOST_FACTS: Final = 5

# A font of the drawing library is not to be used by two threads at once.
_drawing = threading.Lock()


def card_png(dossier: Dossier) -> bytes:
    """Draw the picture: product, batch, the first facts, and the symbol that leads to the page."""
    image = Image.new("RGB", SIZE, _PAPER)
    with _drawing:
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, 16, SIZE[1]), fill=_ALARM if dossier.alarms else _LEAF)
        y = _words(pen, dossier)
        _seal(pen, dossier, max(y + 16, 500))
    _symbol(image, dossier.url)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _words(pen: ImageDraw.ImageDraw, dossier: Dossier) -> float:
    _write(pen, _MARGIN, 56, dossier.brand, 28, _LEAF)
    size = next((one for one in (72, 60, 50, 42) if _width(dossier.title, one) <= _ROOM), 42)
    _write(pen, _MARGIN, 104, dossier.title, size, _INK)
    _write(pen, _MARGIN, 204, dossier.lot, 28, _SOFT)
    y = 262.0
    for term, value in dossier.facts[:_MOST_FACTS]:
        _write(pen, _MARGIN, y, term, 28, _SOFT)
        _write(pen, _MARGIN + 150, y, value, 28, _INK, _ROOM - 150)
        y += 46
    return y


def _seal(pen: ImageDraw.ImageDraw, dossier: Dossier, y: float) -> None:
    alarm = dossier.alarms[0] if dossier.alarms else None
    right = SIZE[0] - _MARGIN
    pen.rounded_rectangle(
        (_MARGIN, y, right, y + 74), 20, fill=_ALARM_2 if alarm else _LEAF_2
    )  # fmt: skip
    text = alarm or dossier.words["seal"]
    _write(pen, _MARGIN + 24, y + 18, text, 30, _ALARM if alarm else _LEAF, right - _MARGIN - 48)


def _symbol(image: Image.Image, url: str) -> None:
    drawn = symbol(url)
    side = drawn.side + 2 * QUIET_ZONE_MODULES
    module = _SYMBOL // side
    picture = Image.new("L", (side, side), 255)
    picture.paste(
        Image.fromarray(((~drawn.matrix) * 255).astype("uint8")),
        (QUIET_ZONE_MODULES, QUIET_ZONE_MODULES),
    )
    whole = picture.resize((side * module, side * module), Image.Resampling.NEAREST)
    image.paste(whole, (SIZE[0] - _MARGIN - whole.width, 104))


def _write(
    pen: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, colour: str,
    room: float = _ROOM,
) -> None:  # fmt: skip
    shown = printable(label_font(), text)
    while len(shown) > 1 and _width(shown, size) > room:
        shown = f"{shown[:-2]}…"
    pen.text((x, y), shown, font=_font(size), fill=colour)


def _width(text: str, size: int) -> float:
    return _font(size).getlength(printable(label_font(), text))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = label_font()
    return ImageFont.truetype(
        str(font.path), size, font.index, layout_engine=ImageFont.Layout.BASIC
    )
