"""A GS1 Digital Link URI of any primary key, read strictly and written canonically.

`labels.link` writes what stands on our labels; here is read whatever an address may say.

Source: GS1 Digital Link Standard: URI Syntax 1.6; RFC 3986 for the percent-encoding.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from labels.application_identifiers import FORMS, NO_ATTRIBUTES, QUALIFIERS, REQUIRED, fault_of
from labels.errors import AddressError, LinkError
from labels.link import checked_gtin, checked_lot, checked_sscc, escape

Element = tuple[str, str]
"""An AI and its value, decoded."""

_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}|[!$&'()*+,\-.0-9:;=@A-Z_a-z~\"<>|{}`^\\\[\]])*")
_DELIMITERS: Final = re.compile("[&;]")
_FIELDS: Final = {"10": "lot", "21": "serial"}
_SHORT_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,13}")


class DigitalLink(msgspec.Struct, frozen=True, kw_only=True):
    """What a Digital Link identifies and states.

    Attributes:
        key: the primary key's AI and value; a GTIN has fourteen digits.
        qualifiers: key qualifiers, in the order of the standard.
        attributes: AIs of the query, in its order.
        others: what else the query has, decoded, in its order.
        short: whether the GTIN was given with fewer digits than fourteen.
    """

    key: Element
    qualifiers: tuple[Element, ...] = ()
    attributes: tuple[Element, ...] = ()
    others: tuple[Element, ...] = ()
    short: bool = False

    def qualifier(self, ai: str) -> str | None:
        """Give the value of a key qualifier, if it is there."""
        return dict(self.qualifiers).get(ai)

    @property
    def path(self) -> str:
        """The path in canonical form: upper-case escapes, nothing escaped without need."""
        elements = (self.key, *self.qualifiers)
        return "".join(f"/{ai}/{escape(value)}" for ai, value in elements)

    @property
    def uri(self) -> str:
        """Path and attributes in canonical form: attributes sorted by AI, other pairs left out."""
        pairs = sorted(self.attributes)
        query = "&".join(f"{ai}={escape(value)}" for ai, value in pairs)
        return f"{self.path}?{query}" if query else self.path


def read(path: str, query: str = "") -> DigitalLink:
    """Read the path and query of an address, as they were sent (nothing decoded yet).

    One slash at the end is tolerated.

    Raises:
        LinkError: no primary key, qualifiers unknown or out of order, a value that breaks its
            form, a wrong check digit, a bad escape; GtinError and LotError are its kinds.
    """
    segments = path.removeprefix("/").removesuffix("/").split("/")
    if len(segments) % 2:
        raise AddressError(
            path,
            "路径不成对（应用标识符/值）",
            "its path has an AI without a value, or the reverse",
        )
    pairs = [
        (ai, unescaped(path, raw)) for ai, raw in zip(segments[::2], segments[1::2], strict=True)
    ]
    attributes, others = _query(query)
    return assembled(path, pairs, attributes, others)


def assembled(
    path: str, pairs: list[Element], attributes: list[Element], others: list[Element]
) -> DigitalLink:
    """Make a Digital Link of the pairs of its path and query, checked.

    Raises:
        LinkError: see `read`.
    """
    ai, value = pairs[0]
    if ai not in QUALIFIERS:
        raise AddressError(
            path,
            f"{ai[:20]} 不是 GS1 主标识的应用标识符",
            f"{ai[:20]!r} is the AI of no primary key",
        )
    short = ai == "01" and _SHORT_GTIN.fullmatch(value) is not None
    key = (ai, value.zfill(14) if short else value)
    _check_order(path, ai, [name for name, _ in pairs[1:]])
    _check_placed(path, [name for name, _ in pairs], [name for name, _ in attributes])
    for element in (key, *pairs[1:], *attributes):
        check(path, element)
    return DigitalLink(
        key=key, qualifiers=tuple(pairs[1:]), attributes=tuple(attributes), others=tuple(others),
        short=short,
    )  # fmt: skip


def check(address: str, element: Element) -> None:
    """Hold a value to the form of its AI.

    Raises:
        LinkError: where it breaks it, or a path could not carry it.
    """
    ai, value = element
    if ai == "01":
        checked_gtin(value)
    elif ai == "00":
        checked_sscc(value)
    elif ai in _FIELDS:
        checked_lot(value, _FIELDS[ai])
    elif value in {".", ".."}:
        raise AddressError(
            address, "单独的点会被当作路径省略", "a browser would take the dots for a relative path"
        )
    fault = fault_of(ai, value)
    if fault:
        raise AddressError(address, *fault)


def _check_order(path: str, key: str, given: list[str]) -> None:
    orders = QUALIFIERS[key]
    if key in REQUIRED and REQUIRED[key] not in given:
        raise AddressError(
            path,
            f"应用标识符 {key} 之后必须有 {REQUIRED[key]}",
            f"AI {key} must be followed by AI {REQUIRED[key]}",
        )
    if not given or any(given == [ai for ai in order if ai in given] for order in orders):
        return
    listed = " | ".join("/".join(order) for order in orders)
    raise AddressError(
        path,
        f"应用标识符 {key} 之后只能依次是 {listed}" if listed else f"{key} 之后不能再有限定符",
        f"AI {key} may be followed by {listed or 'nothing'}, in this order",
    )


def _check_placed(path: str, in_path: list[str], in_query: list[str]) -> None:
    """Refuse in the query what stands in the path, or belongs there; and anything twice."""
    orders = (order for order in QUALIFIERS[in_path[0]] if set(in_path[1:]) <= set(order))
    own = {ai for order in orders for ai in order}
    for at, ai in enumerate(in_query):
        if ai in in_path or ai in own:
            raise AddressError(
                path, f"应用标识符 {ai} 要写在路径里，不能放在问号后面",
                f"AI {ai} belongs in the path, not in the query",
            )  # fmt: skip
        if ai in in_query[:at]:
            raise AddressError(path, f"{ai} 给了两次", f"AI {ai} stands there twice")


def _query(query: str) -> tuple[list[Element], list[Element]]:
    attributes: list[Element] = []
    others: list[Element] = []
    for pair in _DELIMITERS.split(query) if query else ():
        name, _, raw = pair.partition("=")
        if not (name.isascii() and name.isdigit()):
            others.append((_loosely(name), _loosely(raw)))
            continue
        if name not in FORMS or name in NO_ATTRIBUTES:
            raise AddressError(
                f"?{pair}", f"{name[:20]} 不是可以放在问号后面的应用标识符",
                f"{name[:20]} is no AI that may stand in a query",
            )  # fmt: skip
        attributes.append((name, unescaped(f"?{pair}", raw)))
    return attributes, others


def _loosely(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def unescaped(address: str, segment: str) -> str:
    """Decode one segment, once.

    Raises:
        LinkError: an escape that is not whole, a character that no path carries, or no UTF-8.
    """
    if not _ESCAPES.fullmatch(segment):
        raise AddressError(
            address, "有不能出现在网址里的字符，或百分号转义不完整",
            "it has a character that an address can't carry, or an incomplete percent-escape",
        )  # fmt: skip
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AddressError(address, "转义的不是文字", "its escapes are no text") from error


__all__ = ["DigitalLink", "Element", "LinkError", "assembled", "check", "read", "unescaped"]
