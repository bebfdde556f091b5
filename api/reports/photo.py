"""A shopper's photo, drawn anew: smaller, upright, and without what a phone writes into it.

Where a photo was taken, when and with what stands in its Exif part (CIPA DC-008); only the pixels
are kept.
"""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_UPLOAD: Final = 12 * 1024 * 1024
"""Bytes of a photo as it is sent."""
LONGEST_SIDE: Final = 1600
"""Pixels of the longer side of a photo as it is kept."""

_MOST_PIXELS: Final = 60_000_000
_QUALITY: Final = 80
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


class NotAPhoto(ValueError):
    """What was sent is no photo that can be shown."""


def redrawn(raw: bytes) -> bytes:
    """Give a photo as a JPEG of at most `LONGEST_SIDE` pixels a side, with no metadata.

    Raises:
        NotAPhoto: where it is none, is cut off, or has more pixels than can be opened.
    """
    try:
        with Image.open(BytesIO(raw), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise NotAPhoto(f"{opened.width} × {opened.height} pixels are too many")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPhoto(str(error)) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    drawn = BytesIO()
    plain.save(drawn, "JPEG", quality=_QUALITY, optimize=True)
    return drawn.getvalue()
