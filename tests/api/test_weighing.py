"""Weighing lists: spreadsheets as offices save them, read whole or told cell by cell."""

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from api.weighing import cells, columns
from api.weighing.bearing import Usable
from api.weighing.cells import BadCell
from api.weighing.columns import Field
from api.weighing.deliveries import Known, Plot, Reading, read_deliveries
from api.weighing.table import MAX_BYTES, MAX_ROWS, NotATable, column_name, read
from domain.measures import Unit

TODAY = date(2026, 11, 20)
CHEN, LI, LI_TOO, ZHOU = (f"P445381-00020{n}" for n in range(4))
BARK, EGG = "02044538101004", "02044538101998"
KNOWN = Known(
    members={"陈秀兰": [CHEN], "李四": [LI, LI_TOO], "周阿榃": [ZHOU], CHEN: [CHEN]},
    products={"鲜桂皮": [BARK], "Cinnamon bark": [BARK], BARK: [BARK], "鸡蛋": [EGG]},
    units={BARK: Unit.GRAM, EGG: Unit.PIECE},
    plots={
        CHEN: [Plot("L445381-000101", "七号山地"), Plot("L445381-000102", "八号山地")],
        ZHOU: [Plot("L445381-000103", "屋背田")],
    },
)
HEADING = ["日期", "社员姓名", "品名", "净重（公斤）", "地块", "等级"]


def xlsx(rows: Sequence[Sequence[Any]], *merged: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


WORKBOOK = xlsx([HEADING, ["2026-11-20", "陈秀兰", "鲜桂皮", 10, "七号山地"]])


def reading(raw: bytes) -> Reading:
    table = read(raw)
    return read_deliveries(table, columns.guess(table), KNOWN, TODAY)


def test_a_list_with_a_title_a_heading_and_a_total_is_read() -> None:
    found = reading(xlsx([
        ["陈屋合作社 11 月 20 日过磅单"],
        [],
        HEADING,
        [datetime.fromisoformat("2026-11-20 08:30"), "陈秀兰", "鲜桂皮", 125.5, "七号山地", "一级"],
        ["11月19日", "周阿榃", "鲜桂皮", "80", None, None],
        ["合计", None, None, 205.5],
    ]))  # fmt: skip
    assert found.errors == []
    first, second = found.deliveries
    assert (first.row, first.member, first.gtin) == (4, CHEN, BARK)
    assert (first.quantity, first.unit, first.grade) == (125_500, "GRM", "一级")
    assert first.plot == "L445381-000101"
    assert (second.day, second.plot, second.quantity) == (
        date(2026, 11, 19), "L445381-000103", 80_000,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_in_the_encodings_that_offices_save(encoding: str, separator: str) -> None:
    rows = [["姓名", "产品", "斤数"], ["陈秀兰", "鲜桂皮", "100斤"]]
    if encoding != "gbk":  # 榃 is not in GBK
        rows[1][0] = "周阿榃"
    written = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    table = read(written)
    found = columns.guess(table)
    assert dict(found.of) == {Field.MEMBER: 0, Field.PRODUCT: 1, Field.WEIGHT: 2}
    assert found.unit == "斤"
    assert cells.text(table.rows[1].cells[0]) == rows[1][0]


def test_every_cell_that_is_wrong_is_named_by_row_and_column() -> None:
    found = reading(xlsx([
        HEADING,
        ["2026-11-20", "陈秀", "鲜桂皮", 10, "七号山地"],
        ["2026-11-20", "李四", "鲜桂皮", 10],
        ["2026-11-20", "陈秀兰", "干桂皮", 10, "七号山地"],
        ["2026-11-20", "陈秀兰", "鲜桂皮", "十斤", "七号山地"],
        ["2026-11-20", "陈秀兰", "鲜桂皮", 10, None],
        ["2026-11-20", "陈秀兰", "鲜桂皮", 10, "九号山地"],
        ["2026-11-21", "陈秀兰", "鲜桂皮", 10, "七号山地"],
        ["上周三", "陈秀兰", "鲜桂皮", 10, "七号山地"],
        [None, "陈秀兰", "鸡蛋", 10, "七号山地"],
        [None, None, "鲜桂皮", 10],
        [None, "陈秀兰", "鲜桂皮", None, "七号山地"],
    ]))  # fmt: skip
    assert [(error.row, error.column) for error in found.errors] == [
        (2, "B"), (3, "B"), (4, "C"), (5, "D"), (6, "E"), (7, "E"), (8, "A"), (9, "A"), (10, "C"),
        (11, "B"), (12, "D"),
    ]  # fmt: skip
    assert "七号山地、八号山地" in found.errors[4].zh
    assert f"{LI}、{LI_TOO}" in found.errors[1].zh


def test_merged_names_count_for_each_row_and_merged_weights_are_refused() -> None:
    rows: list[list[Any]] = [
        HEADING,
        [None, "陈秀兰", "鲜桂皮", 10, "七号山地"],
        [None, None, "鲜桂皮", 20, "八号山地"],
        [None, "周阿榃", "鲜桂皮", 30, None],
        [None, "周阿榃", "鲜桂皮", None, None],
    ]
    found = reading(xlsx(rows, "B2:B3", "D4:D5"))
    assert [one.member for one in found.deliveries] == [CHEN, CHEN, ZHOU]
    assert [(error.row, error.column) for error in found.errors] == [(5, "D")]
    assert "合并" in found.errors[0].zh


def test_two_rows_that_would_be_one_batch_are_pointed_out() -> None:
    row: list[Any] = ["2026-11-20", "陈秀兰", "鲜桂皮", 10, "七号山地"]
    found = reading(xlsx([[*HEADING], row, row, [*row[:4], "八号山地"]]))
    assert [one.same_as for one in found.deliveries] == [None, 2, None]


def test_three_thousand_rows_are_read() -> None:
    row = ["2026-11-20", "周阿榃", "鲜桂皮", 10.5, None, None]
    rows: list[list[Any]] = [HEADING, *[row] * 3000]
    found = reading(xlsx(rows))
    assert len(found.deliveries) == 3000
    assert found.errors == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "没有内容"),
        (b"\n\n  \n", "没有内容"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
        (b"PK\x03\x04 cut off", "打不开"),
        (b"\x00\x01\x02\x03", "看不懂"),
        (b"x" * (MAX_BYTES + 1), "MB"),
        (b'a,"b\n', "引号"),
        (b"a\n" * (MAX_ROWS + 1), "太大"),
    ],
    ids=["empty", "blank", "xls", "cut off", "binary", "large", "quotes", "long"],
)
def test_what_is_no_table_is_said_with_what_to_do(raw: bytes, words: str) -> None:
    with pytest.raises(NotATable) as said:
        read(raw)
    assert words in said.value.zh


@settings(max_examples=300)
@given(data=st.data())
def test_a_damaged_workbook_is_a_table_or_said_to_be_none(data: st.DataObject) -> None:
    whole = bytearray(WORKBOOK)
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(4, len(whole))) :]
    for at in data.draw(st.lists(st.integers(4, max(4, len(whole) - 1)), max_size=4)):
        if at < len(whole):
            whole[at] ^= data.draw(st.integers(1, 255))
    with suppress(NotATable):
        read(bytes(whole))


def test_a_workbook_whose_sheet_is_cut_off_is_said_to_be_broken() -> None:
    whole = io.BytesIO()
    with (
        ZipFile(io.BytesIO(xlsx([HEADING]))) as old,
        ZipFile(whole, "w") as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-20] if name.endswith("sheet1.xml") else part)
    with pytest.raises(NotATable, match="can't be opened"):
        read(whole.getvalue())


@pytest.mark.parametrize("written", [float("inf"), float("nan"), 1e300, -1e300])
def test_a_number_that_is_no_day_is_said_to_be_none(written: float) -> None:
    with pytest.raises(BadCell):
        cells.day(written, TODAY)


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        (125.5, 62_750), ("125.5", 62_750), ("１２５．５", 62_750), ("1,250", 625_000),
        ("1，250.5斤", 625_250), ("3 公斤", 3_000), ("2kg", 2_000), ("0.002", 1), (7, 3_500),
        ("1吨", 1_000_000), ("1,234,567", 617_283_500),
    ],
)  # fmt: skip
def test_a_weight_is_read_as_people_write_it(written: cells.Cell, grams: int) -> None:
    assert cells.grams(written, "斤") == grams


@pytest.mark.parametrize(
    "written",
    [
        "1,5",
        "1,50",
        "12,34,567",
        "-3",
        "1e5",
        "十斤",
        "",
        None,
        "0",
        "3筐",
        "0.0001",
        "1.2.3",
        "9" * 5000,
        "0." + "1" * 5000,
        float("inf"),
        float("nan"),
        1e300,
    ],
)
def test_a_weight_that_may_mean_two_things_or_none_is_not_guessed(written: cells.Cell) -> None:
    with pytest.raises(BadCell):
        cells.grams(written, "斤")


@pytest.mark.parametrize(
    "written",
    [
        date(2026, 11, 3), datetime.fromisoformat("2026-11-03 07:00"), "2026-11-03",
        "2026/11/3", "2026.11.3",
        "2026年11月3日", "20261103", "11月3日", "11/3", "11月3号", "2026-11-03 07:30", 46_329,
        "２０２６－１１－０３",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: cells.Cell) -> None:
    assert cells.day(written, TODAY) == date(2026, 11, 3)


def test_a_day_without_a_year_is_the_last_such_day() -> None:
    assert cells.day("12月31日", TODAY) == date(2025, 12, 31)


@pytest.mark.parametrize("written", ["2026-13-01", "2月30日", "昨天", "2026-11-21", 5, ""])
def test_what_is_no_day_or_lies_ahead_is_said(written: cells.Cell) -> None:
    with pytest.raises(BadCell):
        cells.day(written, TODAY)


@given(st.binary(max_size=300))
def test_no_file_brings_the_reader_down(raw: bytes) -> None:
    try:
        table = read(raw)
    except NotATable:
        return
    read_deliveries(table, columns.guess(table), KNOWN, TODAY)


@given(st.text(max_size=20))
def test_no_text_brings_a_cell_down(written: str) -> None:
    for parse in (lambda: cells.grams(written, "斤"), lambda: cells.day(written, TODAY)):
        try:
            parse()
        except BadCell as error:
            assert error.zh  # noqa: PT017  the refusal is what is looked at


def test_columns_are_named_as_a_spreadsheet_does() -> None:
    assert [column_name(n) for n in (0, 25, 26)] == ["A", "Z", "AA"]


GRANT = Usable(
    "0198f000-0000-7000-8000-000000000001", "P445381-000002", "luoding-cinnamon", "罗定肉桂",
    "Luoding cinnamon", ["cinnamon"], ["445381111"],
)  # fmt: skip
GRANTED = KNOWN._replace(
    plots={
        CHEN: [Plot("L445381-000101", "七号山地", "445381111")],
        ZHOU: [Plot("L445381-000103", "屋背田", "445381400")],
    },
    categories={BARK: "cinnamon"},
    grants={CHEN: [GRANT], ZHOU: [GRANT]},
)


def marked(*rows: Sequence[str]) -> Reading:
    lines = [",".join(["姓名", "产品", "斤数", "地理标志"]), *(",".join(row) for row in rows)]
    table = read("\n".join(lines).encode())
    return read_deliveries(table, columns.guess(table), GRANTED, TODAY)


@pytest.mark.parametrize("yes", ["是", "√", "Yes", "1", "罗定肉桂", "luoding cinnamon"])
def test_a_column_says_which_deliveries_bear_a_mark(yes: str) -> None:
    found = marked(["陈秀兰", "鲜桂皮", "100", yes], ["陈秀兰", "鲜桂皮", "60", ""])
    assert found.errors == []
    assert [(one.bears, one.mark) for one in found.deliveries] == [(True, GRANT), (False, GRANT)]


def test_a_mark_outside_its_grant_or_unreadable_is_told_by_its_cell() -> None:
    found = marked(
        ["周阿榃", "鲜桂皮", "100", "是"], ["陈秀兰", "鲜桂皮", "60", "也许"],
        ["周阿榃", "鲜桂皮", "80", "否"],
    )  # fmt: skip
    assert [(one.row, one.column) for one in found.errors] == [(2, "D"), (3, "D")]
    assert "没有给这户、这种产品、这块地的授权" in found.errors[0].zh
    assert [(one.bears, one.mark) for one in found.deliveries] == [(False, None)]


def test_without_such_a_column_nothing_bears_a_mark_by_itself() -> None:
    table = read("姓名,产品,斤数\n陈秀兰,鲜桂皮,100".encode())
    found = read_deliveries(table, columns.guess(table), GRANTED, TODAY)
    assert [(one.bears, one.mark) for one in found.deliveries] == [(False, GRANT)]
