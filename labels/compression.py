"""A compressed GS1 Digital Link, expanded: bits in base64url, read AI by AI.

Source: GS1 Digital Link Standard: Compression.
"""

import math
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from labels.application_identifiers import FORMS, QUALIFIERS
from labels.digital_link import DigitalLink, Element, assembled, unescaped
from labels.errors import AddressError

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BYTE: Final = 8
_LENGTH_OF_AI: Final = {ai[:2]: len(ai) for ai in FORMS}
"""How many digits an AI has, by its first two."""

_SEQUENCES: Final[dict[str, tuple[str, ...]]] = {
    "0A": ("01", "22"), "0B": ("01", "10"), "0C": ("01", "21"), "0D": ("01", "17"),
    "0E": ("01", "7003"), "0F": ("01", "30"), "1A": ("01", "10", "21", "17"), "1B": ("01", "15"),
    "1C": ("01", "11"), "1D": ("01", "16"), "1E": ("01", "91"), "1F": ("01", "10", "15"),
    **{f"2{letter}": ("01", f"310{n}") for n, letter in enumerate("ABCDEF")},
    **{f"3{letter}": ("01", f"320{n}") for n, letter in enumerate("ABCDEF")},
    "9A": ("8010", "8011"), "9B": ("8017", "8019"), "9C": ("8018", "8019"), "9D": ("414", "254"),
    **{f"A{n}": ("01", f"392{n}") for n in range(10)},
    **{f"C{n}": ("255", f"390{n}") for n in range(10)},
    **{f"C{letter}": ("255", f"394{n}") for n, letter in enumerate("ABCD")},
}  # fmt: skip
"""Sequences of AIs that are written as one byte."""


class NotCompressedError(AddressError):
    """The bits are no sequence of AIs and values."""


class Component(NamedTuple):
    """One part of a value as it is compressed."""

    digits: bool
    most: int
    fixed: bool


class _Bits:
    """Reads numbers off a string of bits."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._bits = "".join(f"{_ALPHABET.index(character):06b}" for character in code)
        self._at = 0

    def more(self) -> bool:
        """Tell whether another AI follows; what is left over is padding."""
        return len(self._bits) - self._at > _BYTE

    def take(self, count: int) -> int:
        """Read a number of so many bits."""
        bits = self._bits[self._at : self._at + count]
        if len(bits) < count:
            raise _unreadable(self._code)
        self._at += count
        return int(bits, 2) if bits else 0


def expand(code: str, query: str = "", key: Element | None = None) -> DigitalLink:
    """Expand a compressed path segment.

    Args:
        code: one segment of base64url characters.
        query: as sent; what is in it joins what was compressed.
        key: the primary key where it was left uncompressed before the segment.

    Raises:
        LinkError: it is no compressed Digital Link, or what it says is none.
    """
    if not code or any(character not in _ALPHABET for character in code):
        raise _unreadable(code)
    elements: list[Element] = [key] if key else []
    others: list[Element] = []
    for name, value in _elements(_Bits(code), code):
        (elements if name in FORMS else others).append((name, value))
    for pair in query.split("&") if query else ():
        name, _, raw = pair.partition("=")
        known = name in FORMS
        (elements if known else others).append((name, unescaped(f"?{pair}", raw)))
    return _arranged(code, elements, others)


def _arranged(code: str, elements: list[Element], others: list[Element]) -> DigitalLink:
    values = dict(elements)
    keys = [ai for ai, _ in elements if ai in QUALIFIERS]
    if not keys or len(values) != len(elements):
        raise _unreadable(code)
    first = keys[0]
    order = next((o for o in QUALIFIERS[first] if any(ai in values for ai in o)), ())
    path = [(ai, values[ai]) for ai in (first, *order) if ai in values]
    rest = [(ai, value) for ai, value in elements if ai not in dict(path)]
    return assembled(f"/{code}", path, rest, others)


def _elements(bits: _Bits, code: str) -> Iterator[Element]:
    while bits.more():
        byte = f"{bits.take(4):X}{bits.take(4):X}"
        if byte.isdigit():
            ai = byte
            for _ in range(_LENGTH_OF_AI.get(byte, 2) - 2):
                ai += f"{bits.take(4):X}"
            yield ai, _value(bits, ai, code)
        elif byte in _SEQUENCES:
            for ai in _SEQUENCES[byte]:
                yield ai, _value(bits, ai, code)
        elif byte[0] == "F":
            yield _other(bits, int(byte[1], 16), code)
        else:
            raise _unreadable(code)


def _other(bits: _Bits, high: int, code: str) -> Element:
    """Read a pair that is no AI: the length of its name began in the flag's second half."""
    length = high << 3 | bits.take(3)
    name = "".join(_ALPHABET[bits.take(6)] for _ in range(length))
    encoding = bits.take(3)
    return name, _text(bits, encoding, bits.take(7), code)


def _value(bits: _Bits, ai: str, code: str) -> str:
    if ai not in FORMS:
        raise _unreadable(code)
    return "".join(_component(bits, component, code) for component in components(ai))


def _component(bits: _Bits, component: Component, code: str) -> str:
    if component.digits:
        size = component.most if component.fixed else bits.take(length_bits(component.most))
        return _digits(bits, size, code)
    encoding = bits.take(3)
    size = component.most if component.fixed else bits.take(length_bits(component.most))
    return _text(bits, encoding, size, code)


def _text(bits: _Bits, encoding: int, size: int, code: str) -> str:
    match encoding:
        case 0:
            return _digits(bits, size, code)
        case 1:
            return "".join(f"{bits.take(4):x}" for _ in range(size))
        case 2:
            return "".join(f"{bits.take(4):X}" for _ in range(size))
        case 3:
            return "".join(_ALPHABET[bits.take(6)] for _ in range(size))
        case 4:
            return "".join(chr(bits.take(7)) for _ in range(size))
        case _:
            raise _unreadable(code)


def _digits(bits: _Bits, size: int, code: str) -> str:
    number = bits.take(value_bits(size))
    digits = f"{number:0{size}d}" if size else ""
    if len(digits) > size:
        raise _unreadable(code)
    return digits


def length_bits(most: int) -> int:
    """How many bits tell a length of up to so many characters."""
    return math.ceil(math.log2(most) + 0.01)


def value_bits(size: int) -> int:
    """How many bits hold so many digits."""
    return math.ceil(size * math.log2(10) + 0.01)


@cache
def components(ai: str) -> tuple[Component, ...]:
    """Give an AI's value as it is compressed: neighbours of one kind are one component."""
    joined: list[Component] = []
    for part in FORMS[ai].parts:
        fixed = not part.optional and part.least == part.most
        new = Component(part.characters == "N", part.most, fixed)
        last = joined[-1] if joined else None
        same = last and last.digits == new.digits and (last.fixed == new.fixed or not new.digits)
        if last and same:
            joined[-1] = Component(new.digits, last.most + new.most, new.fixed)
        else:
            joined.append(new)
    return tuple(joined)


def _unreadable(code: str) -> NotCompressedError:
    return NotCompressedError(
        f"/{code}", "不是压缩的 GS1 数字链接", "it is no compressed GS1 Digital Link"
    )
