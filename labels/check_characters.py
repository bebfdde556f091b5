"""What the parts of an AI's value must satisfy beyond their form: check digits, dates, times.

Source: GS1 General Specifications §7.9 (check digit and check character pair) and §3 (dates).
"""

import calendar
import re
from collections.abc import Callable
from typing import Final

from domain.ids import gtin_check_digit

_CHARACTERS: Final = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
"""Set 82 in the order of its reference values."""
_HOURS: Final = 24
_SIXTY: Final = 60
_MONTHS: Final = 12
_HALF_CIRCLE: Final = 1_800_000_000
_CIRCLE: Final = 3_600_000_000
_PAIR: Final = 2
_WITH_CENTURY: Final = 8
_PAIRS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES: Final = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
)  # fmt: skip


def has_check_digit(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others."""
    return gtin_check_digit(digits[:-1]) == digits[-1]


def check_pair(text: str) -> str:
    """Compute the pair of check characters of a Global Model Number (modulo 1021)."""
    weights = _PRIMES[: len(text)][::-1]
    values = (_CHARACTERS.index(character) for character in text)
    total = sum(v * w for v, w in zip(values, weights, strict=True)) % 1021
    return _PAIRS[total >> 5] + _PAIRS[total & 31]


def has_check_pair(text: str) -> bool:
    """Tell whether the last two characters are the check pair of the others."""
    return len(text) > _PAIR and check_pair(text[:-2]) == text[-2:]


def is_date(digits: str) -> bool:
    """Tell whether YYMMDD or YYYYMMDD is a day; the century does not matter but for 29 February."""
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    year = year if len(digits) == _WITH_CENTURY else 2000 + year
    return year > 0 and 1 <= month <= _MONTHS and 1 <= day <= calendar.monthrange(year, month)[1]


def is_date_or_month(digits: str) -> bool:
    """Tell whether YYMMDD is a day, or with day 00 a month."""
    return is_date(digits[:4] + "01" if digits.endswith("00") else digits)


def is_time(digits: str) -> bool:
    """Tell whether HHMM is a time of day."""
    return int(digits[:2]) < _HOURS and int(digits[2:]) < _SIXTY


def is_piece_of_total(digits: str) -> bool:
    """Tell whether the first two digits number a piece of as many as the last two say."""
    return 0 < int(digits[:2]) <= int(digits[2:])


SATISFIES: Final[dict[str, Callable[[str], bool]]] = {
    "csum": has_check_digit,
    "csumalpha": has_check_pair,
    "yymmd0": is_date_or_month,
    "yymmdd": is_date,
    "yyyymmdd": is_date,
    "hhmi": is_time,
    "hh": lambda text: int(text) < _HOURS,
    "mi": lambda text: int(text) < _SIXTY,
    "ss": lambda text: int(text) < _SIXTY,
    "zero": lambda text: text == "0",
    "nonzero": lambda text: int(text) > 0,
    "nozeroprefix": lambda text: text == "0" or not text.startswith("0"),
    "hasnondigit": lambda text: not text.isdigit(),
    "hyphen": lambda text: text == "-",
    "yesno": lambda text: text in {"0", "1"},
    "winding": lambda text: text in {"0", "1", "9"},
    "pieceoftotal": is_piece_of_total,
    "importeridx": lambda text: re.fullmatch(r"[A-Za-z0-9_-]", text) is not None,
    "iso5218": lambda text: text in {"0", "1", "2", "9"},
    "latitude": lambda text: int(text) <= _HALF_CIRCLE,
    "longitude": lambda text: int(text) <= _CIRCLE,
    "iso3166alpha2": lambda text: re.fullmatch(r"[A-Z]{2}", text) is not None,
    "posinseqslash": lambda text: re.fullmatch(r"[1-9]/[1-9]", text) is not None,
}
"""The checks that rest on no table of others, by their names in the GS1 syntax dictionary."""
