"""Identifiers, each a type that says what it names, with the pattern the wire must match.

GS1 keys where they exist; the county's own (`P445381-000123`, `L445381-000045`) from a range that
can't be mistaken for one: a GS1 key never begins with a letter.
"""

import re
from typing import Annotated, Final

from msgspec import Meta

CHARSET_82: Final = r"""!"%&'()*+,\-./0-9:;<=>?A-Z_a-z"""
"""GS1 AI encodable character set 82, as the inside of a regular expression's brackets.

Source: GS1 General Specifications, §7.11, figure 7.11-1.
"""

_UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"

EventId = Annotated[str, Meta(pattern=_UUID7, description="UUIDv7 (RFC 9562 §5.7), lower case")]
"""An event's id, made by its author; also names the shipment, offer or order that it began."""

PartyId = Annotated[
    str, Meta(pattern=r"^P[0-9]{6}-[0-9]{6,10}\Z", description="P<county>-<number>")
]
PlaceId = Annotated[
    str, Meta(pattern=r"^L[0-9]{6}-[0-9]{6,10}\Z", description="L<county>-<number>")
]
Gtin = Annotated[str, Meta(pattern=r"^[0-9]{14}\Z", description="GTIN, 14 digits (AI 01)")]
Lot = Annotated[str, Meta(pattern=rf"^[{CHARSET_82}]{{1,20}}\Z", description="Lot (AI 10)")]
BatchId = Annotated[
    str,
    Meta(
        pattern=rf"^[0-9]{{14}}/[{CHARSET_82}]{{1,20}}\Z", description="GTIN-14, a slash, the lot"
    ),
]
Gln = Annotated[str, Meta(pattern=r"^[0-9]{13}\Z", description="GLN (AI 414/417)")]
DidKey = Annotated[str, Meta(pattern=r"^did:key:z[1-9A-HJ-NP-Za-km-z]{40,60}\Z")]
County = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z", description="GB/T 2260 code of a county")]
Division = Annotated[
    str,
    Meta(pattern=r"^[0-9]{6}([0-9]{3})?\Z", description="GB/T 2260 county or GB/T 10114 township"),
]
Digits = Annotated[str, Meta(pattern=r"^[0-9]{1,20}\Z", description="a serial (AI 21) or SSCC")]
MarkCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}\Z", description="a mark, such as luoding-cinnamon")
]
"""A geographical-indication mark, by the short name that the county gives it."""
Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]

_GTIN = re.compile(r"^[0-9]{14}\Z")
_SSCC = re.compile(r"^[0-9]{18}\Z")
_BATCH = re.compile(rf"^[0-9]{{14}}/[{CHARSET_82}]{{1,20}}\Z")


def uuid7(milliseconds: int, drawn: bytes) -> str:
    """Make an event's id of a time in milliseconds of the Unix epoch and 10 random bytes.

    Source: RFC 9562, §5.7; six of the drawn bits give way to version and variant.
    """
    number = milliseconds << 80 | int.from_bytes(drawn)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def batch_id(gtin: str, lot: str) -> str:
    """Join a GTIN and a lot to a batch id.

    Raises:
        ValueError: where the GTIN has not 14 digits or the lot leaves charset 82 or 20 characters.
    """
    joined = f"{gtin}/{lot}"
    if not _BATCH.match(joined):
        raise ValueError(
            f"{joined!r} is no batch: a GTIN has 14 digits, a lot 1 to 20 characters of GS1"
            " character set 82 (letters, digits and ! \" % & ' ( ) * + , - . / : ; < = > ? _)"
        )
    return joined


def split_batch_id(batch: str) -> tuple[str, str]:
    """Give the GTIN-14 and the lot of a batch id; a lot may itself hold a slash."""
    return batch[:14], batch[15:]


def gtin_check_digit(digits: str) -> str:
    """Compute the check digit for the digits that come before it.

    Source: GS1 General Specifications, §7.9.1 (modulo 10, weights 3 and 1 from the right).
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Tell whether text is a GTIN-14 with the right check digit."""
    return bool(_GTIN.match(text)) and gtin_check_digit(text[:-1]) == text[-1]


def is_sscc(text: str) -> bool:
    """Tell whether text is an SSCC (AI 00): 18 digits with the right check digit."""
    return bool(_SSCC.match(text)) and gtin_check_digit(text[:-1]) == text[-1]


def is_county_issued(gtin: str) -> bool:
    """Tell whether a GTIN-14 holds a restricted-circulation number (GTIN-13 prefix 02, 20–29).

    Source: GS1 General Specifications, §2.1.11 and figure 1.4.2-1.
    """
    return gtin[0] == "0" and (gtin[1:3] == "02" or gtin[1] == "2")
