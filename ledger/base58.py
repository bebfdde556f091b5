"""Base58 as Bitcoin writes it, the `base58btc` of multibase."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_BASE: Final = len(ALPHABET)


def encode(data: bytes) -> str:
    """Write `data` in base58; each leading zero byte becomes a `1`."""
    number = int.from_bytes(data)
    letters = []
    while number:
        number, value = divmod(number, _BASE)
        letters.append(ALPHABET[value])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return ALPHABET[0] * zeros + "".join(reversed(letters))


def decode(text: str) -> bytes:
    """Read base58; one sequence of bytes has one spelling.

    Raises:
        ValueError: naming the first letter outside the alphabet. The time is quadratic in the
            length, so callers bound it.
    """
    number = 0
    for letter in text:
        value = _VALUE.get(letter)
        if value is None:
            raise ValueError(f"{letter!r} is not a base58 letter")
        number = number * _BASE + value
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
