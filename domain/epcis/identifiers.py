"""The node that an identifier names: two spellings of one batch or item are one node.

Sources: GS1 EPC Tag Data Standard (TDS) 2.0 §6.3.1 (SGTIN), §6.4.1 (LGTIN), §7 (correspondence of
EPCs and GS1 keys), Annex A (escapes in a serial or lot); GS1 Digital Link: URI Syntax 1.2 (the path
of keys and key qualifiers; canonical URIs); GS1 General Specifications §3.2 (AIs 01, 10, 21, 22)
and §7.11 (character set 82).
"""

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from domain.ids import CHARSET_82, batch_id, gtin_check_digit

_EPC: Final = re.compile(
    r"(?i:urn:epc):(?P<scheme>class:lgtin|id:sgtin):(?P<prefix>\d{6,12})\.(?P<item>\d{1,7})"
    r"\.(?P<last>\S+)"
)
_WEB: Final = re.compile(r"(?i:https?)://[^/?#\s]+(?P<path>/[^?#\s]*)(?:\?[^#\s]*)?(?:#\S*)?")
_GTIN: Final = re.compile(r"\d{8}|\d{12,14}")
_TWENTY: Final = re.compile(rf"[{CHARSET_82}]{{1,20}}")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

_WITHOUT_CHECK: Final = 13
"""The digits of a GTIN-14 before its check digit."""
_GTIN_AI: Final = "01"
_LOT_AI: Final = "10"
_SERIAL_AI: Final = "21"
_QUALIFIERS: Final = ("22", _LOT_AI, _SERIAL_AI)
"""What may follow a GTIN in a Digital Link's path, in this order: variant, lot, serial."""

_CANONICAL_HOST: Final = "https://id.gs1.org"


def canonical_key(identifier: str) -> str:
    """Name the node that an identifier stands for.

    - a batch, as an LGTIN or as a Digital Link with GTIN and lot: `GTIN14/LOT`, as our own batches
      are named. A foreign GTIN is taken as it is, its check digit too: it is evidence, not ours;
    - an item, as an SGTIN or as a Digital Link with GTIN and serial: its canonical Digital Link,
      `https://id.gs1.org/01/{gtin14}/21/{serial}`. A URN can be turned into a link, but not back:
      only its issuer knows how long the company prefix is;
    - anything else, and what leaves character set 82: the identifier itself.
    """
    if match := _EPC.fullmatch(identifier):
        gtin = _gtin_of_epc(match["prefix"], match["item"])
        ai = _LOT_AI if match["scheme"] == "class:lgtin" else _SERIAL_AI
        key = _key(gtin, {ai: match["last"]}) if gtin else None
    elif match := _WEB.fullmatch(identifier):
        key = _key_of_path(match["path"])
    else:
        key = None
    return key or identifier


def _gtin_of_epc(prefix: str, item: str) -> str | None:
    """Put a GTIN-14 together: the indicator moves to the front, the check digit is computed.

    Source: TDS 2.0 §7, "SGTIN", steps 1 to 4.
    """
    digits = item[0] + prefix + item[1:]
    return digits + gtin_check_digit(digits) if len(digits) == _WITHOUT_CHECK else None


def _key_of_path(path: str) -> str | None:
    """Read a Digital Link's path: anything, then 01, the GTIN, and qualifiers in their order."""
    segments = path.rstrip("/").split("/")
    for at, segment in enumerate(segments[:-1]):
        gtin = segments[at + 1]
        if segment == _GTIN_AI and _GTIN.fullmatch(gtin):
            qualifiers = _qualifiers(segments[at + 2 :])
            return None if qualifiers is None else _key(gtin.zfill(14), qualifiers)
    return None


def _qualifiers(segments: list[str]) -> dict[str, str] | None:
    found = dict(zip(segments[::2], segments[1::2], strict=False))
    in_order = [ai for ai in _QUALIFIERS if ai in found]
    return found if segments[::2] == in_order and len(segments) % 2 == 0 else None


def _key(gtin: str, qualifiers: dict[str, str]) -> str | None:
    """Give the key of a GTIN with qualifiers as they stand in the URI; a serial says most."""
    if (serial := qualifiers.get(_SERIAL_AI)) is not None:
        plain = _unescape(serial)
        return plain and f"{_CANONICAL_HOST}/01/{gtin}/21/{quote(plain, safe='')}"
    if (lot := qualifiers.get(_LOT_AI)) is not None:
        plain = _unescape(lot)
        return plain and batch_id(gtin, plain)
    return None


def _unescape(written: str) -> str | None:
    """Undo percent-escapes; None where they are broken or what they hide is not of the set."""
    if _STRAY_PERCENT.search(written):
        return None
    plain = unquote_to_bytes(written).decode("latin-1")
    return plain if _TWENTY.fullmatch(plain) else None
