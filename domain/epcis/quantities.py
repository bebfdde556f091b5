"""A quantity's decimal, exact to the digit: never a binary float on the way."""

import re
from decimal import Decimal
from typing import Final

MAX_DIGITS: Final = 40
"""The most characters of a quantity that we read, and the greatest power of ten in it."""

_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?(?P<exponent>\d+))?")


class BadQuantity(ValueError):
    """What stands where a quantity should: `zh` and `en` say what is wrong."""

    def __init__(self, zh: str, en: str) -> None:
        """Say it in both languages."""
        super().__init__(en)
        self.zh = zh
        self.en = en


def plain_decimal(written: bytes) -> str:
    """Write a JSON number, as its bytes stand in the text, without exponent or closing zeros.

    >>> plain_decimal(b"200.50"), plain_decimal(b"1.2e3")
    ('200.5', '1200')

    Raises:
        BadQuantity: where it is not a number, not above 0, or too long to be a quantity.
    """
    shown = written[:MAX_DIGITS].decode(errors="replace")
    match = _NUMBER.fullmatch(written)
    if match is None:
        raise BadQuantity(f"数量应为数字，实为 {shown}", f"a quantity is a number, not {shown}")
    if len(written) > MAX_DIGITS or int(match["exponent"] or 0) > MAX_DIGITS:
        zh = f"数量的位数太多（最多 {MAX_DIGITS} 位）：{shown}"
        raise BadQuantity(zh, f"a quantity has at most {MAX_DIGITS} digits: {shown}")
    number = Decimal(written.decode())
    if number <= 0:
        raise BadQuantity(f"数量应大于 0，实为 {shown}", f"a quantity is above 0, not {shown}")
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
