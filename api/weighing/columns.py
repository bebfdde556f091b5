"""Which column holds what: guessed from the heading, changed by the clerk where it is wrong."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from api.weighing.cells import GRAMS, text
from api.weighing.table import Row, Table

_HEADING_ROWS: Final = 10
"""A heading stands within so many first rows; above it there may be a title."""
_UNIT: Final = re.compile(r"[(（/\[【]\s*([a-z一-龥]+)\s*[)）\]】]?$")
_USUAL_UNIT: Final = "斤"


class Field(Enum):
    """What a column may hold."""

    MEMBER = "member"
    PRODUCT = "product"
    WEIGHT = "weight"
    DAY = "day"
    PLOT = "plot"
    GRADE = "grade"
    MARK = "mark"


REQUIRED: Final = (Field.MEMBER, Field.PRODUCT, Field.WEIGHT)

_WORDS: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.MEMBER: ("社员", "姓名", "农户", "户主", "交货人", "送货人", "卖方", "member", "name"),
    Field.PRODUCT: ("产品", "品名", "货名", "品种", "货物", "名称", "product"),
    Field.WEIGHT: ("净重", "重量", "斤数", "数量", "公斤", "千克", "斤", "weight", "kg"),
    Field.DAY: ("日期", "时间", "交货日", "date", "day"),
    Field.PLOT: ("地块", "田块", "基地", "plot"),
    Field.GRADE: ("等级", "级别", "规格", "grade"),
    Field.MARK: ("地理标志", "地标", "标志", "mark"),
}


class Columns(NamedTuple):
    """The heading's row, the column of each field (from 0), and the weights' unit."""

    heading: int
    of: Mapping[Field, int]
    unit: str = _USUAL_UNIT

    @property
    def missing(self) -> tuple[Field, ...]:
        """Give the fields that a list must have and no column holds."""
        return tuple(field for field in REQUIRED if field not in self.of)


def guess(table: Table) -> Columns:
    """Guess the columns from the row, of the first ten, that looks most like a heading."""
    found = [_guess(row) for row in table.rows[:_HEADING_ROWS]]
    return max(found, key=lambda columns: (len(columns.of), -columns.heading))


def _guess(row: Row) -> Columns:
    headings = [text(cell).lower().replace(" ", "") for cell in row.cells]
    taken: dict[Field, int] = {}
    for field, words in _WORDS.items():
        column = _best(headings, words, set(taken.values()))
        if column is not None:
            taken[field] = column
    weight = taken.get(Field.WEIGHT)
    return Columns(row.number, taken, _unit_of(headings[weight]) if weight is not None else "斤")


def _best(headings: list[str], words: tuple[str, ...], taken: set[int]) -> int | None:
    for word in words:
        for column, heading in enumerate(headings):
            if column not in taken and word in heading:
                return column
    return None


def _unit_of(heading: str) -> str:
    match = _UNIT.search(heading)
    if match and match[1] in GRAMS:
        return match[1]
    named = [unit for unit in ("公斤", "千克", "kg", "吨", "斤") if unit in heading]
    return named[0] if named else _USUAL_UNIT
