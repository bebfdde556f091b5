from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labels.content import LabelContent
from labels.design import LEGIBLE_PT, Box
from labels.errors import ContentError, MissingGlyphError, SymbolTooDenseError, TextTooLongError
from labels.fonts import label_font
from labels.layout import Placement, place, place_symbol
from labels.link import CHARSET_82
from labels.qr import symbol
from labels.sheets import SHEETS, Sheet, sheet
from labels.wrapping import wrapped

Make = Callable[..., LabelContent]

AWKWARD_LOTS = ["A", "%/?:;<=>&\"'()*+,-._!", "W" * 20, "20250718-A1/01"]

stocks = pytest.mark.parametrize("stock", SHEETS.values(), ids=list(SHEETS))


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right - 1e-6
        and other.x < one.right - 1e-6
        and one.y < other.bottom - 1e-6
        and other.y < one.bottom - 1e-6
    )


def check(placement: Placement, stock: Sheet) -> None:
    label = Box(0, 0, stock.face.width, stock.face.height)
    assert label.holds(placement.symbol.quiet_box)
    assert placement.symbol.module >= stock.face.min_module - 1e-9
    for line in placement.texts:
        assert line.within.holds(line.box), line
        assert label.holds(line.box)
        assert not overlap(line.box, placement.symbol.quiet_box), line
    boxes = [line.box for line in placement.texts if line.text]
    if placement.bars:
        bars = placement.bars.quiet_box
        assert label.holds(bars)
        assert not any(overlap(bars, box) for box in (*boxes, placement.symbol.quiet_box))
    for index, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in boxes[index + 1 :]), placement.texts[index]


@stocks
@pytest.mark.parametrize("lot", AWKWARD_LOTS)
@pytest.mark.parametrize("serial", [None, "000123"])
def test_each_label_keeps_its_text_in_its_boxes_and_out_of_the_quiet_zone(
    make_content: Make, stock: Sheet, lot: str, serial: str | None
) -> None:
    content = make_content(lot=lot, quantity=None)
    try:
        check(place(content, stock, symbol(content.url), serial), stock)
    except ContentError:
        # Twenty W are the widest lot of all; the two small labels may refuse what is that wide.
        assert (stock.name, lot) in {(n, lot) for n in ("a4-65", "roll-40x30") if len(lot) == 20}


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(sorted(SHEETS)),
    st.text("榃滨镇泗纶肉桂罗定Aa1（）、 ", min_size=1, max_size=30).filter(str.strip),
    st.text("合作社公司罗定A1", min_size=1, max_size=40),
    st.text(sorted(CHARSET_82), min_size=1, max_size=20).filter(lambda s: s.strip(".")),
)
def test_any_content_is_placed_within_bounds_or_refused(
    make_content: Make, name: str, product: str, producer: str, lot: str
) -> None:
    content = make_content(product=product, producer=producer, lot=lot)
    stock = sheet(name)
    try:
        placement = place(content, stock, symbol(content.url))
    except ContentError:
        return
    check(placement, stock)


@stocks
def test_usual_labels_reach_the_least_module_of_a_till(make_content: Make, stock: Sheet) -> None:
    made = symbol(make_content().url)
    placed = place_symbol(stock, made)
    assert placed.module >= 0.396
    dots = placed.module / stock.dot
    assert dots == pytest.approx(round(dots))
    for edge in (placed.x, placed.y):
        assert edge / stock.dot == pytest.approx(round(edge / stock.dot))


def test_a_symbol_grows_smaller_with_its_text_and_is_refused_below_the_least_module() -> None:
    stock = sheet("a4-65")
    url = "https://suyuan.luoding.gov.cn/01/06901234567892/10/"
    sizes = [place_symbol(stock, symbol(url + "a" * n)).module for n in (1, 30)]
    assert sizes[0] >= sizes[1] >= 0.375
    with pytest.raises(SymbolTooDenseError) as caught:
        place_symbol(stock, symbol(url + "a" * 100))
    assert caught.value.needed_mm > caught.value.room_mm


def test_a_short_name_is_large_and_a_long_one_takes_two_lines(make_content: Make) -> None:
    stock = sheet("a4-24")

    def sizes(product: str) -> list[float]:
        content = make_content(product=product)
        placed = place(content, stock, symbol(content.url)).texts
        return [line.size_pt for line in placed if line.field == "product"]

    assert sizes("肉桂") == [20]
    long = sizes("罗定市榃滨镇特级陈年肉桂皮礼盒")
    assert len(long) == 2
    assert long[0] < 20


@pytest.mark.parametrize("field", ["product", "producer", "origin", "date"])
def test_what_does_not_fit_is_refused_by_name(make_content: Make, field: str) -> None:
    content = make_content(**{field: "罗定榃滨泗纶" * 20})
    with pytest.raises(TextTooLongError) as caught:
        place(content, sheet("a4-24"), symbol(content.url))
    assert caught.value.field == field


@pytest.mark.parametrize("field", ["product", "producer", "origin", "quantity", "date_label"])
def test_a_character_that_the_font_lacks_is_refused(make_content: Make, field: str) -> None:
    content = make_content(**{field: "𰻝面"})
    with pytest.raises(MissingGlyphError) as caught:
        place(content, sheet("a4-24"), symbol(content.url))
    assert caught.value.character == "𰻝"
    assert "U+30EDD" in caught.value.zh


def test_text_on_a_package_is_never_below_the_legible_size(make_content: Make) -> None:
    content = make_content(producer="罗定市泗纶镇蒸笼肉桂种植加工专业合作社")
    for name in ("a4-24", "a4-21", "roll-60x40", "roll-100x150"):
        placed = place(content, sheet(name), symbol(content.url)).texts
        values = [line for line in placed if line.field not in {"label", "gtin-hri", "hri"}]
        assert min(line.size_pt for line in values) >= LEGIBLE_PT


def test_labels_of_two_and_four_characters_end_at_the_same_edge(make_content: Make) -> None:
    content = make_content()
    placed = place(content, sheet("a4-24"), symbol(content.url)).texts
    labels = [line for line in placed if line.field == "label"]
    assert len(labels) == 5
    assert max(line.box.right for line in labels) - min(line.box.right for line in labels) < 1e-6


def test_lines_break_between_characters_but_not_within_words_nor_before_a_full_stop() -> None:
    font = label_font()
    em = 72 / 25.4
    assert wrapped(font, "榃滨肉桂皮", em, 5, 1) == ["榃滨肉桂皮"]
    assert wrapped(font, "榃滨肉桂皮油", em, 5, 2) == ["榃滨肉", "桂皮油"]
    assert wrapped(font, "罗定肉桂。", em, 4, 2) == ["罗定肉", "桂。"]
    assert wrapped(font, "罗定肉（一级）", em, 4, 2) == ["罗定肉", "（一级）"]
    assert wrapped(font, "批次 A1-B2", em, 4, 2) == ["批次", "A1-B2"]
    assert wrapped(font, "罗定肉桂皮", em, 2, 2) is None
    assert wrapped(font, "桂", em, 0.5, 2) is None
