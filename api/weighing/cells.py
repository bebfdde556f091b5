"""What people write into cells: days, weights and names, as text, numbers or dates."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

Cell = str | int | float | datetime | date | None
"""A cell as a spreadsheet holds it; a CSV holds text alone."""

JIN_G: Final = 500
GRAMS: Final = {
    "斤": JIN_G, "市斤": JIN_G, "公斤": 1000, "千克": 1000, "kg": 1000, "克": 1, "g": 1,
    "吨": 1_000_000, "t": 1_000_000, "担": 50_000, "两": 50,
}  # fmt: skip
"""Grams in each unit that people weigh in."""

_DAYS: Final = (
    re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}.*)?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_DAY_OF_YEAR: Final = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_WEIGHT: Final = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*([a-z一-龥]*)")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_LONGEST: Final = 15
"""Digits before the point and after it: more is no weight, and would take long to reckon with."""
_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet's dates (ECMA-376 Part 1, §18.17.4.1)."""
_SERIAL_DAYS: Final = range(36_526, 73_051)
"""The years 2000 to 2099 as a spreadsheet counts days."""


class BadCell(ValueError):
    """A cell that can't be read: what is wrong and what to write, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """Say it."""
        super().__init__(en)
        self.zh = zh
        self.en = en


def text(cell: Cell) -> str:
    """Give a cell as text: full-width forms narrowed (NFKC), white space gathered."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def day(cell: Cell, today: date) -> date:
    """Read a day: a date, or as people write it; without a year, the last such day.

    Raises:
        BadCell: where it is none, or lies ahead.
    """
    found = _day(cell, today)
    if found is None:
        raise BadCell(
            f"「{text(cell)}」不是日期，请写成 {today.isoformat()} 这样。",
            f"{text(cell)!r} is no day; write it as {today.isoformat()}.",
        )
    if found > today:
        raise BadCell(f"{found} 还没有到，请核对日期。", f"{found} lies ahead; check the day.")
    return found


def _day(cell: Cell, today: date) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and _SERIAL_DAYS.start <= cell < _SERIAL_DAYS.stop:
        return _EPOCH + timedelta(days=int(cell))
    written = text(cell)
    for pattern in _DAYS:
        if match := pattern.fullmatch(written):
            return _made(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_OF_YEAR.fullmatch(written):
        found = _made(today.year, int(match[1]), int(match[2]))
        ahead = found is not None and found > today
        return _made(today.year - 1, int(match[1]), int(match[2])) if ahead else found
    return None


def _made(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def grams(cell: Cell, unit: str) -> int:
    """Read a weight; `unit` (a key of `GRAMS`) is the column's, unless the cell names another.

    Raises:
        BadCell: where it is none, is nothing, finer than a gram, or its comma may mean two things.
    """
    written = text(cell).lower().replace("，", ",")
    match = _WEIGHT.fullmatch(written)
    if match is None or (match[2] and match[2] not in GRAMS):
        raise BadCell(
            f"「{text(cell)}」不是重量，请只写数字，比如 125.5。",
            f"{text(cell)!r} is no weight; write a number, such as 125.5.",
        )
    if "," in match[1] and not _GROUPED.fullmatch(match[1].partition(".")[0]):
        raise BadCell(
            f"「{text(cell)}」里的逗号分不清是小数点还是千位，请改成 1.5 或 1500。",
            f"The comma in {text(cell)!r} may mean two things; write 1.5 or 1500.",
        )
    return _whole_grams(match[1].replace(",", ""), GRAMS[match[2] or unit])


def _whole_grams(number: str, grams_each: int) -> int:
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    if len(whole.lstrip("0")) > _LONGEST:
        raise BadCell(f"{number[:_LONGEST]}… 重得不像话，请核对。", "That is too heavy; check it.")
    if len(fraction) > _LONGEST:
        raise BadCell(f"{number[: 2 * _LONGEST]}… 精细到不足一克了。", "That is finer than a gram.")
    scale: int = 10 ** len(fraction)
    total, rest = divmod(int(whole + fraction) * grams_each, scale)
    if rest:
        raise BadCell(f"{number} 精细到不足一克了。", f"{number} is finer than a gram.")
    if total == 0:
        raise BadCell("重量是 0。", "The weight is 0.")
    return total
