"""Labels of a batch, and of one piece of it: the same design, with a serial or without."""

from labels.design import LEGIBLE_PT, Box, Face, Field, Slot, Table

_ORIGIN = Field("origin", "产地", 2)
_PRODUCER = Field("producer", "生产者", 2)
_DATE = Field("date", "{date}")
_LOT = Field("lot", "批次", 2)
_QUANTITY = Field("quantity", "净含量")
_SERIAL = Field("serial", "编号")
_FACTS = (_ORIGIN, _PRODUCER, _DATE, _LOT, _QUANTITY, _SERIAL)

A4_24 = Face(
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

A4_21 = Face(
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

A4_65 = Face(
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
            Field("reprint", ""),
        ),
        size_pt=5.5,
        least_pt=4.5,
        label_em=0.0,
    ),
)

ROLL_60X40 = Face(
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

ROLL_40X30 = Face(
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
            Field("reprint", ""),
        ),
        size_pt=6,
        least_pt=4.5,
        label_em=0.0,
    ),
)

ROLL_100X150 = Face(
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
        Slot(field="caption", box=Box(64, 91.5, 29, 7), size_pt=16, least_pt=9, stroke_em=0.018),
        Slot(field="note", box=Box(64, 101, 29, 24), size_pt=9, least_pt=7, lines=5),
        Slot(field="hri", box=Box(64, 130, 29, 12.6), size_pt=8, least_pt=6, lines=3, rise=True),
    ),
    table=Table(box=Box(7, 38, 86, 46), fields=_FACTS, size_pt=14, least_pt=9, rule=0.25),
)

A4_8 = Face(
    width=105,
    height=74,
    qr=Box(65, 8, 33, 33),
    slots=(
        Slot(
            field="product",
            box=Box(7, 6, 53, 15),
            size_pt=32,
            least_pt=12,
            lines=2,
            stroke_em=0.02,
        ),
        Slot(field="caption", box=Box(65, 46, 33, 5), size_pt=11, least_pt=8, align="centre"),
        Slot(field="note", box=Box(65, 54, 33, 13), size_pt=8, least_pt=6, lines=3),
    ),
    table=Table(box=Box(7, 24, 53, 43), fields=_FACTS, size_pt=11, least_pt=7, rule=0.2),
)

A4_4 = Face(
    width=105,
    height=148,
    qr=Box(9, 90, 50, 50),
    qr_align="left top",
    max_module=1.5,
    slots=(
        Slot(
            field="product",
            box=Box(9, 8, 87, 26),
            size_pt=48,
            least_pt=16,
            lines=2,
            stroke_em=0.018,
        ),
        Slot(field="caption", box=Box(65, 89.5, 31, 7), size_pt=16, least_pt=9, stroke_em=0.018),
        Slot(field="note", box=Box(65, 99, 31, 24), size_pt=9, least_pt=7, lines=5),
        Slot(field="hri", box=Box(65, 128, 31, 12), size_pt=8, least_pt=6, lines=3, rise=True),
    ),
    table=Table(box=Box(9, 38, 87, 44), fields=_FACTS, size_pt=14, least_pt=9, rule=0.25),
)
