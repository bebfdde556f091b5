"""Labels that are a certificate of commitment: 承诺达标合格证.

Source: 农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号): 产品名称、数量、产地、
开具时间、承诺主体、联系方式, what is promised and on what basis, and the words 「承诺达标合格证」
at the QR code.
"""

from labels.design import LEGIBLE_PT, Box, Face, Field, Slot, Table

_FACTS = (
    Field("product", "产品名称", 2),
    Field("certified", "数量"),
    Field("origin", "产地", 2),
    Field("issued", "开具时间"),
    Field("issuer", "承诺主体", 2),
    Field("contact", "联系方式", 2),
    Field("basis", "承诺依据", 2),
)
_ALL = (*_FACTS, Field("lot", "批次", 2))


def _title(box: Box, size_pt: float, least_pt: float) -> Slot:
    return Slot(
        field="certificate-title",
        box=box,
        size_pt=size_pt,
        least_pt=least_pt,
        align="centre",
        stroke_em=0.02,
    )


def _caption(box: Box, size_pt: float, least_pt: float) -> Slot:
    return Slot(
        field="certificate-caption", box=box, size_pt=size_pt, least_pt=least_pt, align="centre"
    )


A4_24 = Face(
    width=70,
    height=37,
    qr=Box(47.5, 10.5, 16.5, 16.5),
    slots=(
        _title(Box(5, 3.2, 60, 5.2), 13, 10),
        _caption(Box(46.5, 28.6, 18.5, 2.6), 6.5, 5.5),
        Slot(field="promise", box=Box(5, 28.4, 41, 5.6), size_pt=5.5, least_pt=5, lines=2),
    ),
    table=Table(
        box=Box(5, 9.2, 39.5, 18.6), fields=_FACTS, size_pt=6.5, least_pt=5.0, label_em=4.0, rule=0
    ),
)

A4_21 = Face(
    width=63.5,
    height=38.1,
    qr=Box(43, 10.5, 16.5, 16.5),
    slots=(
        _title(Box(4, 3, 55.5, 5.2), 13, 10),
        _caption(Box(42, 28.6, 18.5, 2.6), 6.5, 5.5),
        Slot(field="promise", box=Box(4, 28.8, 37.5, 6.6), size_pt=5.5, least_pt=5, lines=3),
    ),
    table=Table(
        box=Box(4, 9, 36, 19), fields=_FACTS, size_pt=6.5, least_pt=5.0, label_em=4.0, rule=0
    ),
)

ROLL_60X40 = Face(
    width=60,
    height=40,
    qr=Box(40.5, 10.5, 16.5, 16.5),
    slots=(
        _title(Box(3, 2.6, 54, 5.6), 14, 10),
        _caption(Box(39, 29.1, 19, 2.8), 7, 5.5),
        Slot(field="promise", box=Box(3, 32.4, 54, 5.6), size_pt=6, least_pt=5.5, lines=2),
    ),
    table=Table(
        box=Box(3, 9, 34.5, 22.6),
        fields=_FACTS,
        size_pt=7,
        least_pt=LEGIBLE_PT,
        label_em=4.0,
        rule=0,
    ),
)

A4_8 = Face(
    width=105,
    height=74,
    qr=Box(69, 19, 29, 29),
    slots=(
        _title(Box(7, 6, 91, 9), 22, 16),
        _caption(Box(67, 51, 33, 5), 11, 9),
        Slot(field="promise", box=Box(7, 59, 91, 9), size_pt=9, least_pt=7.5, lines=2),
    ),
    table=Table(
        box=Box(7, 17, 57, 40), fields=_ALL, size_pt=10, least_pt=7, label_em=4.0, rule=0.2
    ),
)


def _large(width: float, height: float, edge: float) -> Face:
    inner = width - 2 * edge
    return Face(
        width=width,
        height=height,
        qr=Box((width - 40) / 2, 90, 40, 40),
        max_module=1.25,
        slots=(
            _title(Box(edge, 9, inner, 13), 32, 22),
            _caption(Box(edge, 134, inner, 7), 16, 12),
            Slot(field="promise", box=Box(edge, 72, inner, 12), size_pt=11, least_pt=9, lines=2),
        ),
        table=Table(box=Box(edge, 27, inner, 43), fields=_ALL, size_pt=13, least_pt=8.5, rule=0.25),
    )


A4_4 = _large(105, 148, 9)
ROLL_100X150 = _large(100, 150, 7)
