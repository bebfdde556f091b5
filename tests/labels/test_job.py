import re
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from labels.content import LabelContent
from labels.errors import (
    CountError,
    LotError,
    MissingGlyphError,
    SerialsError,
    StartError,
    TextTooLongError,
    UnknownSheetError,
)
from labels.job import MOST_LABELS, calibration_sheet, render_pdf
from labels.layout import place_symbol
from labels.qr import symbol
from labels.sheets import SHEETS, sheet

Make = Callable[..., LabelContent]

names = pytest.mark.parametrize("name", list(SHEETS))


def pages(pdf: bytes, dpi: int) -> list[np.ndarray[Any, Any]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_numpy().copy() for page in document]
    finally:
        document.close()


def decoded(pdf: bytes, dpi: int = 300) -> list[str]:
    return [found.text for page in pages(pdf, dpi) for found in zxingcpp.read_barcodes(page)]


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@names
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("lot", ["20250718-A1", "%/?:;<=>&\"'", "a.b_c!(d)*+,"])
def test_each_printed_code_reads_as_the_address_that_went_in(
    make_content: Make, name: str, dpi: int, lot: str
) -> None:
    content = make_content(lot=lot)
    count = sheet(name).per_page
    assert decoded(render_pdf(content, name, count), dpi) == [content.url] * count


@names
def test_unit_labels_carry_each_its_serial_in_the_code_and_in_words(
    make_content: Make, name: str
) -> None:
    content = make_content()
    serials = ["7", "00012", "A-9/2"]
    pdf = render_pdf(content, name, 3, serials=serials)
    escaped = ["7", "00012", "A-9%2F2"]
    assert sorted(decoded(pdf)) == sorted(f"{content.url}/21/{serial}" for serial in escaped)
    assert all(serial in text_of(pdf) for serial in serials)


@names
def test_the_module_and_the_quiet_zone_are_on_the_paper_as_placed(
    make_content: Make, name: str
) -> None:
    stock, dpi = sheet(name), 1200
    placed = place_symbol(stock, symbol(make_content().url))
    page = pages(render_pdf(make_content(), name, 1), dpi)[0]
    cell, quiet = stock.position(0), placed.quiet_box
    per_mm = dpi / 25.4
    top, left = (cell.y + quiet.y) * per_mm, (cell.x + quiet.x) * per_mm
    side = quiet.width * per_mm
    cut = page[round(top) : round(top + side), round(left) : round(left + side)] < 128
    rows = np.flatnonzero(cut.any(axis=1))
    module = placed.module * per_mm
    assert rows[0] == pytest.approx(4 * module, abs=1.5)
    assert rows[-1] + 1 == pytest.approx(side - 4 * module, abs=1.5)
    centres = ((np.arange(placed.symbol.side) + 4.5) * module).astype(int)
    assert np.array_equal(cut[np.ix_(centres, centres)], placed.symbol.matrix)


@names
def test_the_words_can_be_copied_out_and_rare_characters_are_embedded(
    make_content: Make, name: str
) -> None:
    words = re.sub(r"\s", "", text_of(render_pdf(make_content(), name, 1)))
    for part in ("榃滨肉桂", "罗定市榃滨镇", "2025-07-18", "20250718-A1"):
        assert part in words


def test_the_ink_of_a_rare_character_is_not_an_empty_box(make_content: Make) -> None:
    inks = [
        pages(render_pdf(make_content(product=product), "roll-100x150", 1), 150)[0][:200].tobytes()
        for product in ("榃", "田", "滨")
    ]
    assert len(set(inks)) == 3


def test_a_job_begins_at_the_given_label_and_goes_on_over_pages(make_content: Make) -> None:
    pdf = render_pdf(make_content(), "a4-24", 30, start=20)
    found = pages(pdf, 150)
    assert [len(zxingcpp.read_barcodes(page)) for page in found] == [5, 24, 1]
    height = found[0].shape[0]
    assert (found[0][: height * 6 // 8] == 255).all()


def test_the_file_is_the_same_each_time_and_asks_not_to_be_scaled(make_content: Make) -> None:
    one, other = (render_pdf(make_content(), "a4-24", 24) for _ in range(2))
    assert one == other
    assert one.startswith(b"%PDF-1.7")
    assert b"/PrintScaling /None" in one
    document = pypdfium2.PdfDocument(one)
    metadata = document.get_metadata_dict()
    document.close()
    assert metadata["Title"] == "榃滨肉桂 20250718-A1"
    assert metadata["Author"] == "罗定市泗纶肉桂种植专业合作社"


def test_a_thousand_labels_hold_one_symbol_and_one_font(make_content: Make) -> None:
    begun = time.perf_counter()
    pdf = render_pdf(make_content(), "a4-24", 1000)
    same = time.perf_counter() - begun
    assert pdf.count(b"/FontFile2") == 1
    assert pdf.count(b"/Subtype /Form") == 1
    assert len(pdf) < 60_000
    begun = time.perf_counter()
    units = render_pdf(make_content(), "a4-24", 1000, serials=[f"{i:06}" for i in range(1000)])
    print(  # noqa: T201
        f"1000 labels: {same:.3f} s, {len(pdf)} bytes; "
        f"1000 unit labels: {time.perf_counter() - begun:.3f} s, {len(units)} bytes"
    )
    assert len(units) < 500_000


def test_two_jobs_at_once_do_not_disturb_each_other(make_content: Make) -> None:
    contents = [make_content(product=name) for name in ("榃滨肉桂", "泗纶蒸笼", "豆豉", "桂圆")]
    alone = [render_pdf(content, "a4-24", 24) for content in contents]
    together: dict[int, bytes] = {}

    def work(index: int) -> None:
        for _ in range(3):
            together[index] = render_pdf(contents[index], "a4-24", 24)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[index] for index in range(4)] == alone


@names
def test_an_outline_is_drawn_only_when_asked_for(make_content: Make, name: str) -> None:
    plain, outlined = (
        pages(render_pdf(make_content(), name, 1, outline=outline), 300)[0]
        for outline in (False, True)
    )
    assert (outlined < 128).sum() > (plain < 128).sum()
    assert decoded(render_pdf(make_content(), name, 1, outline=True)) == [make_content().url]


@names
def test_the_calibration_page_has_rulers_of_true_length(name: str) -> None:
    stock, per_mm = sheet(name), 600 / 25.4
    page = pages(calibration_sheet(name), 600)[0] < 128
    assert page.shape[1] == pytest.approx(stock.page_width * per_mm, abs=1)
    length = min(100, int((stock.page_width - 8) // 10 * 10))
    left = (stock.page_width - length) / 2
    longest = min(100, int((stock.page_height - 8) // 10 * 10))
    top = (stock.page_height - longest) / 2
    # The centimetre marks end 3 mm below the ruler's edge; only they reach so far down.
    row = page[round((top + 2.8) * per_mm), round((left - 1) * per_mm) :]
    marks = [0.0, *(float(mm) for mm in range(10, length + 1, 10))]
    for mm in marks:
        middle = round((mm + 1) * per_mm)
        assert row[middle - 2 : middle + 3].any(), mm


@pytest.mark.parametrize("count", [0, -1, MOST_LABELS + 1])
def test_a_count_outside_one_to_ten_thousand_is_refused(make_content: Make, count: int) -> None:
    with pytest.raises(CountError):
        render_pdf(make_content(), "a4-24", count)


@pytest.mark.parametrize(("name", "start"), [("a4-24", 0), ("a4-24", 25), ("roll-60x40", 2)])
def test_a_start_that_the_sheet_does_not_have_is_refused(
    make_content: Make, name: str, start: int
) -> None:
    with pytest.raises(StartError):
        render_pdf(make_content(), name, 1, start=start)


@pytest.mark.parametrize("serials", [["1"], ["1", "1"], ["1", "2", "3"]])
def test_serials_that_repeat_or_miscount_are_refused(
    make_content: Make, serials: list[str]
) -> None:
    with pytest.raises(SerialsError):
        render_pdf(make_content(), "a4-24", 2, serials=serials)


def test_bad_words_are_refused_before_any_page_is_made(make_content: Make) -> None:
    good = make_content()
    with pytest.raises(UnknownSheetError):
        render_pdf(good, "a5-7", 1)
    with pytest.raises(LotError):
        render_pdf(good, "a4-24", 1, serials=["序1"])
    with pytest.raises(LotError):
        render_pdf(make_content(lot="批次", url=good.url), "a4-24", 1)
    with pytest.raises(MissingGlyphError):
        render_pdf(make_content(product="𰻝面"), "a4-24", 1)
    with pytest.raises(TextTooLongError):
        render_pdf(make_content(product="罗定榃滨特级肉桂" * 9), "a4-24", 1)
