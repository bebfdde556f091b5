"""The GS1 Digital Link URI of a batch or unit, written and read.

Source: GS1 Digital Link Standard: URI Syntax 1.6, with RFC 3986 for the percent-encoding;
GS1 General Specifications §7.9 (check digit), §7.11 (character set 82), §3.4.1 (AI 10) and
§3.5.2 (AI 21).
"""

import re
from urllib.parse import SplitResult, urlsplit

import msgspec

from domain.ids import gtin_check_digit
from labels.errors import AddressError, GtinError, LotError, SsccError

CHARSET_82 = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
LONGEST_LOT = 20

# All of RFC 3986's unreserved characters that charset 82 has (it has no "~").
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# Key qualifiers of a GTIN, in the order that the standard gives.
_QUALIFIERS = ("22", "10", "21")
_FIELD_OF_AI = {"22": "variant", "10": "lot", "21": "serial"}


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A GS1 Digital Link URI taken apart.

    Attributes:
        base_url: scheme, authority and any path before the GTIN, without a final slash.
        host: the authority in lower case, with its port where one is given.
        gtin: fourteen digits with a valid check digit (AI 01).
        variant: consumer product variant (AI 22).
        lot: batch or lot (AI 10), decoded.
        serial: serial number (AI 21), decoded.
        query: what follows the question mark, verbatim.
    """

    base_url: str
    host: str
    gtin: str
    variant: str | None = None
    lot: str | None = None
    serial: str | None = None
    query: str = ""


def checked_gtin(gtin: str) -> str:
    """`gtin` itself if it is fourteen digits with a valid check digit.

    Raises:
        GtinError: it is not.
    """
    if not re.fullmatch(r"[0-9]{14}", gtin):
        raise GtinError(gtin)
    expected = gtin_check_digit(gtin[:-1])
    if gtin[-1] != expected:
        raise GtinError(gtin, expected)
    return gtin


def checked_lot(value: str, field: str = "lot") -> str:
    """`value` itself if it is a lot or serial that GS1 allows and a URI path can carry.

    A lone "." or ".." is in the character set, but every client takes it for a dot segment
    (RFC 3986 §5.2.4), escaped or not (WHATWG URL), so that its address would name another page.

    Raises:
        LotError: it is not.
    """
    if not 1 <= len(value) <= LONGEST_LOT:
        raise LotError(
            field,
            value,
            f"长度应为 1 到 {LONGEST_LOT} 个字符，现为 {len(value)} 个",
            f"it must have 1 to {LONGEST_LOT} characters, it has {len(value)}",
        )
    for character in value:
        if character not in CHARSET_82:
            raise LotError(
                field,
                value,
                f"「{character}」不在 GS1 允许的字符之内（字母、数字和常用英文标点）",
                f"{character!r} (U+{ord(character):04X}) is outside GS1 character set 82",
            )
    if value in {".", ".."}:
        raise LotError(
            field,
            value,
            "单独的点会被浏览器当作路径省略",
            "a browser would take the dots for a relative path",
        )
    return value


def digital_link(base_url: str, gtin14: str, lot: str, serial: str | None = None) -> str:
    """The Digital Link of a batch, or of one unit of it.

    Args:
        base_url: `https://HOST`, with an optional path; a final slash does not matter.
        gtin14: fourteen digits, the last a valid check digit.
        lot: 1–20 characters of GS1 character set 82.
        serial: the same, for a unit label.

    Raises:
        AddressError: the base is not an http(s) URL, or has a query, fragment or user.
        GtinError: see `checked_gtin`.
        LotError: see `checked_lot`.
    """
    base = checked_base_url(base_url)
    uri = f"{base}/01/{checked_gtin(gtin14)}/10/{escape(checked_lot(lot))}"
    return uri if serial is None else with_serial(uri, serial)


def with_serial(batch_uri: str, serial: str) -> str:
    """The Digital Link of a unit, from its batch's, which has no query.

    Raises:
        LotError: the serial is not 1–20 characters of GS1 character set 82.
    """
    return f"{batch_uri}/21/{escape(checked_lot(serial, 'serial'))}"


def sscc_link(base_url: str, sscc: str) -> str:
    """The Digital Link of a crate or pallet (AI 00).

    Raises:
        SsccError: not eighteen digits, or the check digit is wrong.
    """
    return f"{base_url}/00/{checked_sscc(sscc)}"


def checked_sscc(sscc: str) -> str:
    """`sscc` itself if it is eighteen digits with a valid check digit.

    Raises:
        SsccError: it is not.
    """
    if not re.fullmatch(r"[0-9]{18}", sscc):
        raise SsccError(sscc)
    expected = gtin_check_digit(sscc[:-1])
    if sscc[-1] != expected:
        raise SsccError(sscc, expected)
    return sscc


def escape(value: str) -> str:
    """A value of character set 82 as one path segment; upper-case hex (RFC 3986 §2.1)."""
    return "".join(c if _UNRESERVED.match(c) else f"%{ord(c):02X}" for c in value)


def checked_base_url(base_url: str) -> str:
    """The base of all links without its final slash.

    Raises:
        AddressError: not an http(s) URL with a host, or with a query, fragment or user.
    """
    parts = _split(base_url)
    if parts.query or parts.fragment or "?" in base_url or "#" in base_url:
        raise AddressError(base_url, "不应带有「?」或「#」", "it must have no query or fragment")
    return base_url.rstrip("/")


def parse(uri: str) -> Link:
    """Take a Digital Link with a GTIN apart; short GTINs are filled up to fourteen digits.

    Raises:
        AddressError: not an http(s) URL, no `/01/`, unknown or disordered qualifiers, a bad escape.
        GtinError: the check digit is wrong.
        LotError: a decoded value is outside character set 82.
    """
    parts = _split(uri)
    segments = parts.path.removesuffix("/").split("/")
    start = _key_index(uri, segments)
    base = f"{parts.scheme}://{parts.netloc}{'/'.join(segments[:start])}"
    values = {
        _FIELD_OF_AI[ai]: checked_lot(_unescape(uri, raw), _FIELD_OF_AI[ai])
        for ai, raw in _pairs(segments[start + 2 :])
    }
    gtin = checked_gtin(segments[start + 1].zfill(14))
    host = parts.netloc.lower()
    return Link(base_url=base, host=host, gtin=gtin, query=parts.query, **values)


def _split(address: str) -> SplitResult:
    if not address.isascii() or any(c.isspace() or not c.isprintable() for c in address):
        raise AddressError(address, "只能用英文字符，不能有空格", "it must be ASCII without spaces")
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise AddressError(address, "格式不对", f"it can't be read ({error})") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressError(
            address, "应以 https:// 加域名开头", "it must begin with https:// and a host"
        )
    if "@" in parts.netloc:
        raise AddressError(address, "不应带有用户名", "it must not name a user")
    return parts


def _pairs(segments: list[str]) -> list[tuple[str, str]]:
    return list(zip(segments[::2], segments[1::2], strict=True))


def _key_index(uri: str, segments: list[str]) -> int:
    """Where `01` stands: the first one after which nothing but its key and qualifiers follows."""
    for index, segment in enumerate(segments):
        if segment == "01" and _is_key(segments[index + 1 :]):
            return index
    raise AddressError(
        uri,
        "不是 GS1 数字链接（应含 /01/商品条码，其后依次为 /10/批次、/21/编号）",
        "it is no GS1 Digital Link (/01/GTIN, then /22/, /10/ and /21/ in this order)",
    )


def _is_key(rest: list[str]) -> bool:
    if len(rest) % 2 == 0 or not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", rest[0]):
        return False
    qualifiers = [ai for ai, _ in _pairs(rest[1:])]
    return qualifiers == [ai for ai in _QUALIFIERS if ai in qualifiers]


def _unescape(uri: str, segment: str) -> str:
    if segment.count("%") != len(_ESCAPE.findall(segment)):
        raise AddressError(uri, "百分号转义不完整", "it has an incomplete percent-escape")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), segment)
