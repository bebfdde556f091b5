"""The parts that a label's design is made of: boxes, texts, a table of facts, a QR code.

All lengths are millimetres, from the label's top left corner, rightwards and downwards; type sizes
are points.
"""

from typing import Literal

import msgspec

# GS1 print guidance for a QR Code with a Digital Link: three dots of a 203 dpi head. At a retail
# till 0.396 mm is the least (General Specifications §5.12.3.1); every design but the smallest
# reaches it with a usual address.
GS1_MIN_MODULE_MM = 0.375
MAX_MODULE_MM = 0.99
# ISO/IEC 18004 §9.1.
QUIET_ZONE_MODULES = 4
# GB 7718: characters of 1.8 mm at least on a package of more than 35 cm²; a Chinese character's
# ink is 0.93 em high.
LEGIBLE_PT = 5.5


class Box(msgspec.Struct, frozen=True):
    """A rectangle: its left top corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def holds(self, other: "Box", tolerance: float = 1e-6) -> bool:
        """Whether `other` lies within."""
        return (
            other.x >= self.x - tolerance
            and other.y >= self.y - tolerance
            and other.right <= self.right + tolerance
            and other.bottom <= self.bottom + tolerance
        )

    def meets(self, other: "Box", tolerance: float = 1e-6) -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.right - tolerance
            and other.x < self.right - tolerance
            and self.y < other.bottom - tolerance
            and other.y < self.bottom - tolerance
        )


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One text on its own: where it goes and how far it may shrink.

    Attributes:
        field: see `LabelContent.text_of`.
        size_pt: the size it has where there is room.
        least_pt: below this the label is refused.
        lines: how many it may be wrapped into.
        rise: whether it stands at the foot of its box instead of hanging from its top.
        stroke_em: thickens the outline, as a stand-in for a bold face.
    """

    field: str
    box: Box
    size_pt: float
    least_pt: float
    lines: int = 1
    align: Literal["left", "centre", "right"] = "left"
    rise: bool = False
    stroke_em: float = 0.0


class Field(msgspec.Struct, frozen=True):
    """A row of the table of facts.

    Attributes:
        name: see `LabelContent.text_of`.
        label: what stands before the value; `{date}` is the content's own word for its date, and
            `{date:.2}` the first two characters of it.
        lines: how many the value may be wrapped into.
    """

    name: str
    label: str
    lines: int = 1


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The facts, one row each, all in one size; it stands at the foot of its box.

    Attributes:
        size_pt: the size it has where there is room.
        least_pt: below this the label is refused.
        label_em: width of the column of labels in em of the labels' own size, which are spread
            to fill it; 0 where each value follows its label, if it has one.
        rule: thickness of the line above it; 0 for none.
    """

    box: Box
    fields: tuple[Field, ...]
    size_pt: float
    least_pt: float
    label_em: float = 4.0
    rule: float = 0.15


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """The design of one label.

    Attributes:
        width: of the label.
        height: of the label.
        qr: the symbol lies here, its quiet zone around it, where it may leave this box.
        qr_align: whether a symbol that does not fill its box is centred, or keeps to the left top.
        min_module: below this the label is refused.
        max_module: the symbol does not grow beyond it.
        bars: where a crate's bar code stands, with its quiet zones; `None` where it has none.
    """

    width: float
    height: float
    qr: Box
    qr_align: Literal["centre", "left top"] = "centre"
    slots: tuple[Slot, ...]
    table: Table
    min_module: float = GS1_MIN_MODULE_MM
    max_module: float = MAX_MODULE_MM
    bars: Box | None = None
