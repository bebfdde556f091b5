"""A spreadsheet's cells, from XLSX or CSV in whatever encoding an office saved it."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from api.weighing.cells import Cell, text

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ROWS: Final = 10_000
MAX_COLUMNS: Final = 60

_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_SEPARATORS: Final = ",\t;"
_XLSX: Final = b"PK\x03\x04"
_XLS: Final = b"\xd0\xcf\x11\xe0"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


class NotATable(ValueError):
    """A file that can't be read as a table: why, and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """Say it."""
        super().__init__(en)
        self.zh = zh
        self.en = en


class Row(NamedTuple):
    """A row that is not empty: its number in the file, from 1, and its cells."""

    number: int
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """The rows of a sheet, and the cells that were merged into others (row, column from 0)."""

    rows: list[Row]
    merged: frozenset[tuple[int, int]] = frozenset()


def read(raw: bytes) -> Table:
    """Read an XLSX file's first sheet, or a CSV in UTF-8, UTF-16 or GB 18030 (GBK).

    A merged cell's value counts for all of it, and `merged` says where.

    Raises:
        NotATable: where it is neither, too large, or empty.
    """
    if len(raw) > MAX_BYTES:
        raise NotATable(
            f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几份。",
            f"The file is over {MAX_BYTES // 1024 // 1024} MB; cut it into parts.",
        )
    if raw.startswith(_XLS):
        raise NotATable(
            "这是旧式的 .xls，请在 WPS 或 Excel 里另存为 .xlsx。",
            "This is an old .xls; save it as .xlsx.",
        )
    table = _xlsx(raw) if raw.startswith(_XLSX) else Table(list(_rows(_csv(raw))))
    if not table.rows:
        raise NotATable("表里没有内容。", "The table is empty.")
    return table


def column_name(column: int) -> str:
    """Name a column, counted from 0, as a spreadsheet does: `A`, `B` … `AA`."""
    return str(get_column_letter(column + 1))


def _xlsx(raw: bytes) -> Table:
    try:
        book = load_workbook(io.BytesIO(raw), data_only=True)
    except Exception as error:  # a damaged file fails in whatever part of the reader it reaches
        raise NotATable(
            "这个 .xlsx 打不开，可能没传完整，请重新另存一份。",
            f"The .xlsx can't be opened ({error}); save it again.",
        ) from error
    sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
    if sheet is None or sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise _too_wide()
    grid: list[list[Cell]] = [list(row) for row in sheet.iter_rows(values_only=True)]  # type: ignore[arg-type]
    merged = frozenset(_spread(sheet, grid))
    return Table(list(_rows(grid)), merged)


def _spread(sheet: Worksheet, grid: list[list[Cell]]) -> Iterator[tuple[int, int]]:
    """Give each merged range its first cell's value all over, and say which cells that filled."""
    for area in sheet.merged_cells.ranges:
        top, left = area.min_row - 1, area.min_col - 1
        for row in range(top, area.max_row):
            for column in range(left, area.max_col):
                if (row, column) != (top, left):
                    grid[row][column] = grid[top][left]
                    yield row + 1, column


def _csv(raw: bytes) -> Iterator[Sequence[Cell]]:
    written = _decoded(raw)
    first = written.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader):
            if number >= MAX_ROWS or len(row) > MAX_COLUMNS:
                raise _too_wide()
            yield row
    except csv.Error as error:
        raise NotATable(
            f"第 {reader.line_num} 行的引号没有配对。", f"Line {reader.line_num}: {error}."
        ) from error


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF_16):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            written = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in written:
            return written
    raise NotATable(
        "看不懂这个文件，请另存为 .xlsx，或者 UTF-8、GBK 编码的 .csv。",
        "The file can't be read; save it as .xlsx, or as .csv in UTF-8 or GBK.",
    )


def _rows(grid: Iterator[Sequence[Cell]] | list[list[Cell]]) -> Iterator[Row]:
    for number, cells in enumerate(grid, 1):
        if any(text(cell) for cell in cells):
            yield Row(number, tuple(cells))


def _too_wide() -> NotATable:
    return NotATable(
        f"表太大了，一次最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列。",
        f"The table is too large; at most {MAX_ROWS} rows and {MAX_COLUMNS} columns.",
    )
