"""Canonical JSON (RFC 8785) for payloads: one value, one sequence of bytes.

`msgspec` writes the bytes of RFC 8785 in a fraction of the time, for a subset of JSON that payloads
keep to. The subset, and where the two would differ outside it:

- names are ASCII (RFC 8785 §3.2.3 sorts by UTF-16 code unit, msgspec by code point: the orders
  part ways for a name with an astral character);
- numbers are integers within ±(2^53 − 1) (RFC 8785 refuses larger ones; it writes 1.0 as `1` and
  1e21 as `1e+21`, msgspec as `1.0` and `1e21`);
- strings hold whole Unicode characters, no lone surrogates (both refuse them).

A typed payload can't leave the subset; `check_subset` holds an untyped value to it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.errors import NotCanonical

MAX_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON implementation reads exactly (RFC 8785 §3.2.2.3)."""

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def encode(value: object) -> bytes:
    """Write `value` (a struct, or plain dicts, lists, strings, integers) as canonical JSON.

    Raises:
        NotCanonical: if a string holds half a surrogate pair or a value has no JSON form.
    """
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, TypeError, RecursionError, msgspec.MsgspecError) as error:
        raise NotCanonical("$", str(error)) from error


def is_canonical(decoded: object, raw: bytes) -> bool:
    """Tell whether `raw` is the canonical form of what was decoded from it.

    Complete for values of the subset: white space, order, escapes, a name given twice and other
    spellings of a number all change the bytes. A `bytes` field counts as its base64.
    """
    return encode(decoded) == raw


def check_subset(value: object, path: str = "$") -> None:
    """Hold an untyped JSON value to the subset in which `encode` equals RFC 8785.

    Raises:
        NotCanonical: with the JSON path of the first value outside it.
    """
    try:
        _check(value, path)
    except RecursionError as error:
        raise NotCanonical(path, "nested too deeply") from error


def _check(value: object, path: str) -> None:
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            if not (isinstance(name, str) and name.isascii()):
                raise NotCanonical(path, f"the name {name!r} is not ASCII text")
            _check(item, f"{path}.{name}")
    else:
        _check_scalar(value, path)


def _check_scalar(value: object, path: str) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise NotCanonical(path, f"{value} is beyond ±(2^53 − 1)")
        case str():
            _check_text(value, path)
        case _:
            expected = "expected text, an integer, true, false, null, a list or an object"
            raise NotCanonical(path, f"{expected}, got {type(value).__name__}")


def _check_text(text: str, path: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(path, "half a surrogate pair is not a character") from error
