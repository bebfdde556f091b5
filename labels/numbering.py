"""Numbers for labels: serials that count upwards at one length, and SSCCs with check digits."""

from typing import Final

from domain.ids import gtin_check_digit
from labels.errors import LotError, SerialsError
from labels.link import LONGEST_LOT, checked_sscc

_LONGEST: Final = LONGEST_LOT


def serials_from(first: str, count: int) -> tuple[str, ...]:
    """So many serials from the first on, all as long as it.

    Raises:
        LotError: the first is not 1–20 digits.
        SerialsError: one of them would be longer.
    """
    if not (first.isascii() and first.isdecimal() and len(first) <= _LONGEST):
        raise LotError(
            "serial", first, f"应为 1 到 {_LONGEST} 位数字", f"1 to {_LONGEST} digits are needed"
        )
    last = int(first) + count - 1
    if last >= 10 ** len(first):
        raise SerialsError(
            f"从 {first} 起编 {count} 个，{len(first)} 位数不够用，请在前面补 0",
            f"{count} serials from {first} on need more than {len(first)} digits; put zeros first",
        )
    return tuple(f"{number:0{len(first)}d}" for number in range(int(first), last + 1))


def ssccs_from(first: str, count: int) -> tuple[str, ...]:
    """So many SSCCs from the first on: the serial reference counts, the check digit follows.

    Raises:
        SsccError: the first is none.
        SerialsError: the seventeen digits before the check digit don't go so far.
    """
    start = int(checked_sscc(first)[:-1])
    if start + count > 10**17:
        raise SerialsError(
            f"从 {first} 起编不到 {count} 个箱码", f"there are no {count} SSCCs from {first} on"
        )
    bodies = (f"{number:017d}" for number in range(start, start + count))
    return tuple(body + gtin_check_digit(body) for body in bodies)
