"""Labels of a crate or pallet: its SSCC in the QR code, and as GS1-128 where there is room.

A logistic label's bar code is at least 31.75 mm high (GS1 General Specifications, symbol
specification table 5).
"""

from labels.design import LEGIBLE_PT, Box, Face, Field, Slot, Table

_FACTS = (
    Field("origin", "产地", 2),
    Field("producer", "生产者", 2),
    Field("lot", "批次", 2),
    Field("quantity", "净含量"),
)
_SMALL = (Field("origin", "", 2), Field("lot", "批次", 2), Field("sscc", "", 2))


def _product(box: Box, size_pt: float, least_pt: float) -> Slot:
    return Slot(
        field="product", box=box, size_pt=size_pt, least_pt=least_pt, lines=2, stroke_em=0.02
    )


A4_24 = Face(
    width=70,
    height=37,
    qr=Box(42.5, 4.5, 22.5, 22.5),
    slots=(
        _product(Box(5, 4, 34, 8.6), 20, 8),
        Slot(
            field="caption",
            box=Box(42.5, 29.4, 22.5, 3.1),
            size_pt=7,
            least_pt=6,
            align="centre",
            rise=True,
        ),
        Slot(field="sscc", box=Box(5, 29.4, 36, 3.1), size_pt=8, least_pt=6, rise=True),
    ),
    table=Table(box=Box(5, 13.6, 34, 15), fields=_FACTS, size_pt=7, least_pt=LEGIBLE_PT),
)

A4_21 = Face(
    width=63.5,
    height=38.1,
    qr=Box(39, 4, 21, 21),
    slots=(
        _product(Box(4, 3.5, 32, 8.6), 20, 8),
        Slot(
            field="caption",
            box=Box(39, 30.8, 21, 3.1),
            size_pt=7,
            least_pt=6,
            align="centre",
            rise=True,
        ),
        Slot(field="sscc", box=Box(4, 30.8, 34, 3.1), size_pt=7.5, least_pt=6, rise=True),
    ),
    table=Table(box=Box(4, 13.2, 32, 16.8), fields=_FACTS, size_pt=7, least_pt=LEGIBLE_PT),
)

A4_65 = Face(
    width=38.1,
    height=21.2,
    qr=Box(19.6, 2.1, 17, 17),
    slots=(_product(Box(1.8, 1.8, 16, 6.2), 10, 6),),
    table=Table(
        box=Box(1.8, 8.6, 16, 11.4),
        fields=(*_SMALL, Field("reprint", "")),
        size_pt=5.5,
        least_pt=4.5,
        label_em=0.0,
    ),
)

A4_8 = Face(
    width=105,
    height=74,
    qr=Box(65, 8, 33, 33),
    slots=(
        _product(Box(7, 6, 53, 15), 32, 12),
        Slot(field="caption", box=Box(65, 46, 33, 5), size_pt=11, least_pt=8, align="centre"),
        Slot(field="sscc", box=Box(7, 60, 91, 7), size_pt=18, least_pt=12, rise=True),
    ),
    table=Table(box=Box(7, 24, 53, 34), fields=_FACTS, size_pt=11, least_pt=7, rule=0.2),
)

ROLL_40X30 = Face(
    width=40,
    height=30,
    qr=Box(21, 10.8, 17, 17),
    slots=(_product(Box(2, 1.8, 36, 6.4), 14, 7),),
    table=Table(
        box=Box(2, 9.8, 17, 18.2),
        fields=(
            Field("origin", "", 2),
            Field("producer", "", 3),
            Field("lot", "批次", 2),
            Field("sscc", "", 2),
            Field("reprint", ""),
        ),
        size_pt=6,
        least_pt=4.5,
        label_em=0.0,
    ),
)

ROLL_60X40 = Face(
    width=60,
    height=40,
    qr=Box(35, 3, 22.5, 22.5),
    slots=(
        _product(Box(3, 3, 29, 9.2), 20, 8),
        Slot(field="caption", box=Box(35, 28.6, 22.5, 3.4), size_pt=8, least_pt=6, align="centre"),
        Slot(field="sscc", box=Box(3, 33.6, 54, 4), size_pt=10, least_pt=8, rise=True),
    ),
    table=Table(box=Box(3, 13.4, 29, 19.4), fields=_FACTS, size_pt=7.5, least_pt=LEGIBLE_PT),
)


def _logistic(width: float, height: float, edge: float) -> Face:
    """The large design: words above, QR code in the middle, bar code at the foot."""
    inner = width - 2 * edge
    foot = height - 8
    return Face(
        width=width,
        height=height,
        qr=Box(edge + 1, 60, 34, 34),
        qr_align="left top",
        max_module=1.25,
        slots=(
            _product(Box(edge, 7, inner, 20), 40, 16),
            Slot(
                field="caption",
                box=Box(edge + 45, 60, inner - 45, 7),
                size_pt=14,
                least_pt=9,
                stroke_em=0.018,
            ),
            Slot(
                field="hri",
                box=Box(edge + 45, 77, inner - 45, 17),
                size_pt=9,
                least_pt=6,
                lines=3,
                rise=True,
            ),
            Slot(
                field="sscc",
                box=Box(edge, foot - 6, inner, 6),
                size_pt=15,
                least_pt=11,
                align="centre",
                rise=True,
            ),
        ),
        table=Table(
            box=Box(edge, 29, inner, 26.5), fields=_FACTS, size_pt=12, least_pt=8, rule=0.25
        ),
        bars=Box((width - 90) / 2, foot - 39.5, 90, 32),
    )


A4_4 = _logistic(105, 148, 9)
ROLL_100X150 = _logistic(100, 150, 7)
