"""Labels for printers that speak TSPL or TSPL2: each label drawn as bitmaps.

As in `labels.render.zpl` all is graphics: a native QRCODE lets the printer choose version and mask,
and clones differ. The gap between labels is what the printer's calibration found.
Source: TSPL/TSPL2 Programming Language: SIZE, REFERENCE, CLS, BITMAP (width in bytes, height in
dots, mode 0 overwrites; a bit that is 0 is burnt), PRINT.
"""

from collections.abc import Iterable, Iterator

from labels.render.bands import Band, bands
from labels.render.raster import Dots

_INVERTED = bytes(255 - value for value in range(256))


def tspl(width_mm: float, height_mm: float, labels: Iterable[tuple[Dots, int]]) -> Iterator[bytes]:
    """The label's size, then each label, with how often it is to be printed."""
    yield f"SIZE {width_mm:g} mm,{height_mm:g} mm\r\nREFERENCE 0,0\r\n".encode("ascii")
    for dots, copies in labels:
        drawn = b"".join(_bitmap(band) for band in bands(dots))
        yield b"CLS\r\n" + drawn + f"PRINT 1,{copies}\r\n".encode("ascii")


def _bitmap(band: Band) -> bytes:
    head = f"BITMAP {band.x},{band.y},{band.row_bytes},{len(band.rows)},0,"
    return head.encode("ascii") + b"".join(band.rows).translate(_INVERTED) + b"\r\n"
