"""Label stock as data: how large the paper is, and where each label lies on it.

All lengths are millimetres, from the top left corner, rightwards and downwards. A sheet's designs,
by kind of label, are those of `labels.faces`.

Sources of the stock: Avery Zweckform 3474 (3 × 8 of 70 × 37 mm, no gaps, the sheet's remaining
1 mm shared by top and bottom); Avery L7160 (3 × 7 of 63.5 × 38.1 mm, 2.5 mm between columns,
centred: 7.25 and 15.15 mm); Avery L7651 (5 × 13 of 38.1 × 21.2 mm, 2.5 mm between columns, centred:
4.75 and 10.7 mm); Avery Zweckform 3427 (2 × 4 of 105 × 74 mm, no gaps) and 3483 (2 × 2 of
105 × 148 mm, no gaps), 0.5 mm above and below. Roll sizes are those of common thermal printers.
"""

import msgspec
from msgspec.structs import replace

from domain.events.papers import LabelKind
from labels.design import Box, Face
from labels.errors import KindError, UnknownSheetError
from labels.faces import batch, certificate, crate

THERMAL_DOT_MM = 0.125
LASER_DOT_MM = 25.4 / 600


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A page of label stock; a roll is a page of one label.

    Attributes:
        name: how it is asked for.
        title_zh: how a person knows it.
        title_en: the same in English.
        makers: the makers' codes of this stock.
        margin_left: from the paper's edge to the first column.
        margin_top: from the paper's edge to the first row.
        gap_x: between columns.
        gap_y: between rows.
        corner: radius of the labels' corners.
        dot: the printer's dot, to which modules are snapped.
        face: the design of a batch's label, and of a unit's.
        crate: that of a crate's label; `None` where there is no room for one.
        certificate: that of a certificate's label; `None` likewise.
    """

    name: str
    title_zh: str
    title_en: str
    makers: tuple[str, ...] = ()
    page_width: float
    page_height: float
    columns: int = 1
    rows: int = 1
    margin_left: float = 0.0
    margin_top: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0
    corner: float = 0.0
    dot: float = LASER_DOT_MM
    face: Face
    crate: Face | None = None
    certificate: Face | None = None

    @property
    def is_roll(self) -> bool:
        """Whether this is a label of its own, for a thermal printer."""
        return self.dot == THERMAL_DOT_MM

    @property
    def kinds(self) -> tuple[LabelKind, ...]:
        """The kinds of label that there is a design for."""
        return tuple(kind for kind in LabelKind if self._face_for(kind))

    def for_kind(self, kind: LabelKind) -> "Sheet":
        """The same stock with the design for a kind of label as its face.

        Raises:
            KindError: there is none; the error names the sheets that have one.
        """
        face = self._face_for(kind)
        if face is None:
            fitting = [name for name, other in SHEETS.items() if kind in other.kinds]
            raise KindError(kind.value, self.title_zh, fitting)
        return replace(self, face=face)

    def _face_for(self, kind: LabelKind) -> Face | None:
        faces = {LabelKind.CRATE: self.crate, LabelKind.CERTIFICATE: self.certificate}
        return faces.get(kind, self.face)

    @property
    def margin_right(self) -> float:
        """From the last column to the paper's edge."""
        used = self.columns * self.face.width + (self.columns - 1) * self.gap_x
        return self.page_width - self.margin_left - used

    @property
    def margin_bottom(self) -> float:
        """From the last row to the paper's edge."""
        used = self.rows * self.face.height + (self.rows - 1) * self.gap_y
        return self.page_height - self.margin_top - used

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def position(self, index: int) -> Box:
        """The label number `index` of a page, from 0, row by row."""
        row, column = divmod(index, self.columns)
        return Box(
            self.margin_left + column * (self.face.width + self.gap_x),
            self.margin_top + row * (self.face.height + self.gap_y),
            self.face.width,
            self.face.height,
        )


def sheet(name: str) -> Sheet:
    """The sheet of that name.

    Raises:
        UnknownSheetError: there is none.
    """
    if name not in SHEETS:
        raise UnknownSheetError(name, tuple(SHEETS))
    return SHEETS[name]


SHEETS = {
    entry.name: entry
    for entry in (
        Sheet(
            name="a4-24",
            title_zh="A4 不干胶，每页 24 张（70×37 毫米）",
            title_en="A4 sheet of 24 labels, 70 × 37 mm",
            makers=("Avery Zweckform 3474",),
            page_width=210,
            page_height=297,
            columns=3,
            rows=8,
            margin_top=0.5,
            face=batch.A4_24,
            crate=crate.A4_24,
            certificate=certificate.A4_24,
        ),
        Sheet(
            name="a4-21",
            title_zh="A4 不干胶，每页 21 张（63.5×38.1 毫米）",
            title_en="A4 sheet of 21 labels, 63.5 × 38.1 mm",
            makers=("Avery L7160", "Avery J8160"),
            page_width=210,
            page_height=297,
            columns=3,
            rows=7,
            margin_left=7.25,
            margin_top=15.15,
            gap_x=2.5,
            corner=1.5,
            face=batch.A4_21,
            crate=crate.A4_21,
            certificate=certificate.A4_21,
        ),
        Sheet(
            name="a4-65",
            title_zh="A4 不干胶，每页 65 张（38.1×21.2 毫米）",
            title_en="A4 sheet of 65 labels, 38.1 × 21.2 mm",
            makers=("Avery L7651", "Avery J8651"),
            page_width=210,
            page_height=297,
            columns=5,
            rows=13,
            margin_left=4.75,
            margin_top=10.7,
            gap_x=2.5,
            corner=1.5,
            face=batch.A4_65,
            crate=crate.A4_65,
        ),
        Sheet(
            name="a4-8",
            title_zh="A4 不干胶，每页 8 张（105×74 毫米）",
            title_en="A4 sheet of 8 labels, 105 × 74 mm",
            makers=("Avery Zweckform 3427",),
            page_width=210,
            page_height=297,
            columns=2,
            rows=4,
            margin_top=0.5,
            face=batch.A4_8,
            crate=crate.A4_8,
            certificate=certificate.A4_8,
        ),
        Sheet(
            name="a4-4",
            title_zh="A4 不干胶，每页 4 张（105×148 毫米）",
            title_en="A4 sheet of 4 labels, 105 × 148 mm",
            makers=("Avery Zweckform 3483",),
            page_width=210,
            page_height=297,
            columns=2,
            rows=2,
            margin_top=0.5,
            face=batch.A4_4,
            crate=crate.A4_4,
            certificate=certificate.A4_4,
        ),
        Sheet(
            name="roll-40x30",
            title_zh="热敏卷纸 40×30 毫米",
            title_en="Thermal roll, 40 × 30 mm",
            page_width=40,
            page_height=30,
            corner=1.5,
            dot=THERMAL_DOT_MM,
            face=batch.ROLL_40X30,
            crate=crate.ROLL_40X30,
        ),
        Sheet(
            name="roll-60x40",
            title_zh="热敏卷纸 60×40 毫米",
            title_en="Thermal roll, 60 × 40 mm",
            page_width=60,
            page_height=40,
            corner=1.5,
            dot=THERMAL_DOT_MM,
            face=batch.ROLL_60X40,
            crate=crate.ROLL_60X40,
            certificate=certificate.ROLL_60X40,
        ),
        Sheet(
            name="roll-100x150",
            title_zh="热敏卷纸 100×150 毫米（箱标）",
            title_en="Thermal roll, 100 × 150 mm, for crates",
            page_width=100,
            page_height=150,
            corner=2,
            dot=THERMAL_DOT_MM,
            face=batch.ROLL_100X150,
            crate=crate.ROLL_100X150,
            certificate=certificate.ROLL_100X150,
        ),
    )
}
