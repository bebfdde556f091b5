"""Label stock and label designs as data: where each label lies, and where each field goes on it.

All lengths are millimetres, from the top left corner, rightwards and downwards; type sizes are
points. A design's name is its sheet's: `SHEETS["a4-24"]`.

Sources of the stock: Avery Zweckform 3474 (3 × 8 of 70 × 37 mm, no gaps, the sheet's remaining
1 mm shared by top and bottom); Avery L7160 (3 × 7 of 63.5 × 38.1 mm, 2.5 mm between columns,
centred: 7.25 and 15.15 mm); Avery L7651 (5 × 13 of 38.1 × 21.2 mm, 2.5 mm between columns, centred:
4.75 and 10.7 mm). Roll sizes are those of common 203 dpi thermal printers.
"""

import msgspec

from labels.design import LEGIBLE_PT, Box, Face, Field, Slot, Table
from labels.errors import UnknownSheetError

THERMAL_DOT_MM = 0.125
LASER_DOT_MM = 25.4 / 600


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A page of label stock; a roll is a page of one label.

    Attributes:
        name: how it is asked for.
        title_zh: how a person knows it.
        makers: the makers' codes of this stock.
        margin_left: from the paper's edge to the first column.
        margin_top: from the paper's edge to the first row.
        gap_x: between columns.
        gap_y: between rows.
        corner: radius of the labels' corners.
        dot: the printer's dot, to which modules are snapped.
    """

    name: str
    title_zh: str
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


_ORIGIN = Field("origin", "产地", 2)
_PRODUCER = Field("producer", "生产者", 2)
_DATE = Field("date", "{date}")
_LOT = Field("lot", "批次", 2)
_QUANTITY = Field("quantity", "净含量")
_SERIAL = Field("serial", "编号")
_FACTS = (_ORIGIN, _PRODUCER, _DATE, _LOT, _QUANTITY, _SERIAL)

_A4_24 = Face(
    width=70,
    height=37,
    qr=Box(42.5, 4.5, 22.5, 22.5),
    slots=(
        Slot(
            field="product",
            box=Box(5, 4, 34, 8.6),
            size_pt=20,
            least_pt=8,
            lines=2,
            stroke_em=0.02,
        ),
        Slot(
            field="caption",
            box=Box(42.5, 29.4, 22.5, 3.1),
            size_pt=7,
            least_pt=6,
            align="centre",
            rise=True,
        ),
    ),
    table=Table(box=Box(5, 13.6, 34, 18.9), fields=_FACTS, size_pt=7, least_pt=LEGIBLE_PT),
)

_A4_21 = Face(
    width=63.5,
    height=38.1,
    qr=Box(39, 4, 21, 21),
    slots=(
        Slot(
            field="product",
            box=Box(4, 3.5, 32, 8.6),
            size_pt=20,
            least_pt=8,
            lines=2,
            stroke_em=0.02,
        ),
        Slot(
            field="caption",
            box=Box(39, 30.8, 21, 3.1),
            size_pt=7,
            least_pt=6,
            align="centre",
            rise=True,
        ),
    ),
    table=Table(box=Box(4, 13.2, 32, 20.7), fields=_FACTS, size_pt=7, least_pt=LEGIBLE_PT),
)

_A4_65 = Face(
    width=38.1,
    height=21.2,
    qr=Box(19.6, 2.1, 17, 17),
    slots=(
        Slot(
            field="product",
            box=Box(1.8, 1.8, 16, 6.2),
            size_pt=10,
            least_pt=6,
            lines=2,
            stroke_em=0.02,
        ),
    ),
    table=Table(
        box=Box(1.8, 9, 16, 10.4),
        fields=(
            Field("origin", "", 2),
            Field("date", "{date:.2}"),
            Field("lot", "批次", 2),
            Field("serial", "编号"),
        ),
        size_pt=5.5,
        least_pt=4.5,
        label_em=0.0,
    ),
)

_ROLL_60X40 = Face(
    width=60,
    height=40,
    qr=Box(35, 3, 22.5, 22.5),
    slots=(
        Slot(
            field="product",
            box=Box(3, 3, 29.5, 9.2),
            size_pt=20,
            least_pt=8,
            lines=2,
            stroke_em=0.02,
        ),
        Slot(field="caption", box=Box(35, 28.6, 22.5, 3.4), size_pt=8, least_pt=6, align="centre"),
        Slot(
            field="gtin-hri",
            box=Box(35, 34.4, 22.5, 2.6),
            size_pt=6,
            least_pt=5,
            align="centre",
            rise=True,
        ),
    ),
    table=Table(box=Box(3, 13.4, 29.5, 23.6), fields=_FACTS, size_pt=7.5, least_pt=LEGIBLE_PT),
)

_ROLL_40X30 = Face(
    width=40,
    height=30,
    qr=Box(21, 10.8, 17, 17),
    slots=(
        Slot(
            field="product",
            box=Box(2, 1.8, 36, 6.4),
            size_pt=14,
            least_pt=7,
            lines=2,
            stroke_em=0.02,
        ),
    ),
    table=Table(
        box=Box(2, 9.8, 17, 18.2),
        fields=(
            Field("origin", "", 2),
            Field("producer", "", 3),
            Field("date", "{date:.2}"),
            Field("lot", "批次", 2),
            Field("quantity", ""),
            Field("serial", "编号"),
        ),
        size_pt=6,
        least_pt=4.5,
        label_em=0.0,
    ),
)

_ROLL_100X150 = Face(
    width=100,
    height=150,
    qr=Box(7, 92, 50, 50),
    qr_align="left top",
    max_module=1.5,
    slots=(
        Slot(
            field="product",
            box=Box(7, 7, 86, 27),
            size_pt=48,
            least_pt=16,
            lines=2,
            stroke_em=0.018,
        ),
        Slot(field="caption", box=Box(64, 91.5, 29, 7), size_pt=16, least_pt=12, stroke_em=0.018),
        Slot(field="note", box=Box(64, 101, 29, 24), size_pt=9, least_pt=7, lines=5),
        Slot(field="hri", box=Box(64, 130, 29, 12.6), size_pt=8, least_pt=6, lines=3, rise=True),
    ),
    table=Table(box=Box(7, 38, 86, 46), fields=_FACTS, size_pt=14, least_pt=9, rule=0.25),
)

SHEETS = {
    entry.name: entry
    for entry in (
        Sheet(
            name="a4-24",
            title_zh="A4 不干胶，每页 24 张（70×37 毫米）",
            makers=("Avery Zweckform 3474",),
            page_width=210,
            page_height=297,
            columns=3,
            rows=8,
            margin_top=0.5,
            face=_A4_24,
        ),
        Sheet(
            name="a4-21",
            title_zh="A4 不干胶，每页 21 张（63.5×38.1 毫米）",
            makers=("Avery L7160", "Avery J8160"),
            page_width=210,
            page_height=297,
            columns=3,
            rows=7,
            margin_left=7.25,
            margin_top=15.15,
            gap_x=2.5,
            corner=1.5,
            face=_A4_21,
        ),
        Sheet(
            name="a4-65",
            title_zh="A4 不干胶，每页 65 张（38.1×21.2 毫米）",
            makers=("Avery L7651", "Avery J8651"),
            page_width=210,
            page_height=297,
            columns=5,
            rows=13,
            margin_left=4.75,
            margin_top=10.7,
            gap_x=2.5,
            corner=1.5,
            face=_A4_65,
        ),
        Sheet(
            name="roll-40x30",
            title_zh="热敏卷纸 40×30 毫米",
            page_width=40,
            page_height=30,
            corner=1.5,
            dot=THERMAL_DOT_MM,
            face=_ROLL_40X30,
        ),
        Sheet(
            name="roll-60x40",
            title_zh="热敏卷纸 60×40 毫米",
            page_width=60,
            page_height=40,
            corner=1.5,
            dot=THERMAL_DOT_MM,
            face=_ROLL_60X40,
        ),
        Sheet(
            name="roll-100x150",
            title_zh="热敏卷纸 100×150 毫米（箱标）",
            page_width=100,
            page_height=150,
            corner=2,
            dot=THERMAL_DOT_MM,
            face=_ROLL_100X150,
        ),
    )
}
