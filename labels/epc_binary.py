"""An EPC binary string in an address, as a hybrid RFID and NFC tag gives it, expanded.

Read are the schemes of the keys that are found here, GTIN with serial and SSCC, as they stood
before release 2.0 of the Tag Data Standard.

Source: GS1 Digital Link URI: Compression Technical Standard for EPC binary strings 1.0.0, 4.2.1
(`eh`, hexadecimal) and 4.2.2 (`ex`, base64url); EPC Tag Data Standard, the partition tables.
"""

import re
from typing import Final, NamedTuple

from domain.ids import gtin_check_digit
from labels.digital_link import DigitalLink, Element, assembled

_SEGMENT: Final = re.compile(r"eh([0-9a-f]+)|ex([A-Za-z0-9_-]+)")
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PREFIX_BITS: Final = (40, 37, 34, 30, 27, 24, 20)
"""Of the GS1 company prefix, by partition; it has twelve digits in the first, six in the last."""
_FILTER_BITS: Final = 3
_PARTITION_BITS: Final = 3
_LETTER_BITS: Final = 7


class Scheme(NamedTuple):
    """How a scheme's bits lie behind its header: prefix and reference share `shared` of them.

    `digits` is what the two have together; `rest` bits follow, of which `letters` are a serial of
    seven bits a letter, and otherwise a number, or nothing where there is no serial.
    """

    name: str
    shared: int
    digits: int
    rest: int
    serial: bool
    letters: int = 0


_SCHEMES: Final = {
    0x30: Scheme("SGTIN-96", 44, 13, 38, serial=True),
    0x36: Scheme("SGTIN-198", 44, 13, 140, serial=True, letters=20),
    0x31: Scheme("SSCC-96", 58, 17, 24, serial=False),
}


class _Unreadable(ValueError):
    """The bits are of no scheme that is read, or break it."""


def expand(segment: str, query: str = "") -> DigitalLink | None:
    """Expand a path segment; None where it holds no EPC binary string that is read.

    Raises:
        LinkError: where what it stands for is no Digital Link.
    """
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        return None
    digits, letters = found.groups()
    bits = (
        "".join(f"{int(digit, 16):04b}" for digit in digits)
        if digits
        else "".join(f"{_ALPHABET.index(letter):06b}" for letter in letters)
    )
    try:
        elements = _elements(bits)
    except _Unreadable:
        return None
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return assembled(f"/{segment}", elements, [], [(name, value) for name, _, value in pairs])


def _elements(bits: str) -> list[Element]:
    scheme = _SCHEMES.get(int(bits[:8] or "0", 2))
    at = 8 + _FILTER_BITS + _PARTITION_BITS
    if scheme is None or len(bits) < at + scheme.shared + scheme.rest:
        raise _Unreadable
    partition = int(bits[at - _PARTITION_BITS : at], 2)
    if partition >= len(_PREFIX_BITS):
        raise _Unreadable
    split, end = at + _PREFIX_BITS[partition], at + scheme.shared
    prefix_digits = 12 - partition
    prefix = _number(bits[at:split], prefix_digits)
    reference = _number(bits[split:end], scheme.digits - prefix_digits)
    rest, after = bits[end : end + scheme.rest], bits[end + scheme.rest :]
    if "1" in after:
        raise _Unreadable
    body = reference[0] + prefix + reference[1:]
    key = body + gtin_check_digit(body)
    if not scheme.serial:
        if "1" in rest:
            raise _Unreadable
        return [("00", key)]
    serial = _text(rest) if scheme.letters else str(int(rest, 2))
    return [("01", key), ("21", serial)]


def _number(bits: str, digits: int) -> str:
    written = f"{int(bits, 2):0{digits}d}"
    if len(written) > digits:
        raise _Unreadable
    return written


def _text(bits: str) -> str:
    codes = [int(bits[at : at + _LETTER_BITS], 2) for at in range(0, len(bits), _LETTER_BITS)]
    written = "".join(map(chr, codes)).rstrip("\0")
    if not written or "\0" in written:
        raise _Unreadable
    return written
