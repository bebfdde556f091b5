"""A forger at work: one byte of an export's line changed, so that it says another weight."""

from typing import Final, NamedTuple

import msgspec

from domain.events.catalogue import decode
from domain.events.movements import BatchHarvested
from domain.measures import show
from ledger import envelope, export
from ledger.errors import LedgerError

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NEAR: Final = 12
"""A number of six digits is spread over so many letters of base64 within base64, and some."""


class Changed(NamedTuple):
    """A line with one byte changed, and what it now says."""

    line: bytes
    zh: str
    en: str


def change_one_byte(line: bytes) -> Changed:
    """Change one letter of a harvest's envelope so that it reads well and weighs otherwise.

    Where no letter does that, one in the middle is changed, which can't be read any more.
    """
    honest = _harvest(line)
    start = line.index(b'"envelope":"') + len(b'"envelope":"')
    end = line.index(b'"', start)
    if honest:
        for last in range(end - 1, start, -1):
            if _forgeries(line, honest, range(last, last + 1)):
                # The number's other digits stand in the letters before.
                found = _forgeries(line, honest, range(last - _NEAR, last + 1))
                return _told(*max(found, key=lambda one: one[1].quantity), honest)
    middle = (start + end) // 2
    letter = ord("B") if line[middle] == ord("A") else ord("A")
    changed = line[:middle] + bytes((letter,)) + line[middle + 1 :]
    return Changed(changed, "在这一条的正中", "in the middle of the line")


def _forgeries(
    line: bytes, honest: BatchHarvested, places: range
) -> list[tuple[bytes, BatchHarvested]]:
    """Give the lines that come of changing one letter, at these places, and weigh otherwise."""
    found: list[tuple[bytes, BatchHarvested]] = []
    for at in places:
        for letter in _ALPHABET:
            changed = line[:at] + bytes((letter,)) + line[at + 1 :]
            forged = _harvest(changed)
            if forged and forged.quantity != honest.quantity:
                found.append((changed, forged))
    return found


def _told(line: bytes, forged: BatchHarvested, honest: BatchHarvested) -> Changed:
    zh = [show(event.quantity, event.unit) for event in (honest, forged)]
    en = [show(event.quantity, event.unit, "en") for event in (honest, forged)]
    return Changed(line, f"把采剥的 {zh[0]}改成 {zh[1]}", f"{en[0]} become {en[1]}")


def _harvest(line: bytes) -> BatchHarvested | None:
    """Read the harvest in a line; None where it can't be read."""
    try:
        item = export.read_line(line, 0)
        if not isinstance(item, export.Line):
            return None
        event = decode(envelope.parse(item.envelope).payload)
    except (LedgerError, msgspec.DecodeError, ValueError):
        return None
    return event if isinstance(event, BatchHarvested) else None
