"""The shortest way to write a text in QR modes: digits, capitals, or bytes, where each pays.

Source: ISO/IEC 18004 §7.4 and Table 3. A Digital Link has a host in small letters and then
mostly digits and capitals: written in one mode it is a version larger than it need be.
"""

from typing import Final, Literal

Mode = Literal[1, 2, 4]

NUMERIC: Final = 1
ALPHANUMERIC: Final = 2
BYTE: Final = 4

_ALPHANUMERIC_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_DIGITS = frozenset(b"0123456789")
# Sixths of a bit a character, so that 10/3 and 11/2 bits are whole numbers.
_COST: dict[Mode, int] = {NUMERIC: 20, ALPHANUMERIC: 33, BYTE: 48}
_MODES: dict[int, Mode] = {mode: mode for mode in _COST}
_UNREACHABLE = 1 << 40
# Bits of the length field, for versions from 1, 10 and 27.
_LENGTH_BITS: dict[int, dict[Mode, int]] = {
    1: {NUMERIC: 10, ALPHANUMERIC: 9, BYTE: 8},
    10: {NUMERIC: 12, ALPHANUMERIC: 11, BYTE: 16},
    27: {NUMERIC: 14, ALPHANUMERIC: 13, BYTE: 16},
}


def segments(data: bytes, first_version: int) -> list[tuple[Mode, bytes]]:
    """Split `data` into (mode, bytes) so that the bits, with their headers, are fewest.

    Args:
        data: the text, encoded.
        first_version: 1, 10 or 27: the first of the versions that share its length fields.
    """
    header = {mode: (4 + bits) * 6 for mode, bits in _LENGTH_BITS[first_version].items()}
    cost = dict(header)
    back: list[dict[Mode, Mode]] = []
    for byte in data:
        # Going on in the same mode is free; changing closes the segment, at a whole bit.
        cheapest = min(cost, key=cost.__getitem__)
        changed = -(-cost[cheapest] // 6) * 6
        came_from: dict[Mode, Mode] = {}
        spent = dict.fromkeys(cost, _UNREACHABLE)
        for mode in _modes_of(byte):
            stays = cost[mode] <= changed + header[mode]
            came_from[mode] = mode if stays else cheapest
            spent[mode] = _COST[mode] + (cost[mode] if stays else changed + header[mode])
        back.append(came_from)
        cost = spent
    return _joined(data, _walked(back, min(cost, key=cost.__getitem__)))


def payload_bits(mode: int, length: int) -> int:
    """Bits that `length` characters take in a mode, without the segment's header."""
    return -(-_COST[_MODES[mode]] * length // 6)


def _modes_of(byte: int) -> tuple[Mode, ...]:
    if byte in _DIGITS:
        return NUMERIC, ALPHANUMERIC, BYTE
    return (ALPHANUMERIC, BYTE) if byte in _ALPHANUMERIC_BYTES else (BYTE,)


def _walked(back: list[dict[Mode, Mode]], last: Mode) -> list[Mode]:
    modes: list[Mode] = []
    for came_from in reversed(back):
        modes.append(last)
        last = came_from[last]
    return modes[::-1]


def _joined(data: bytes, modes: list[Mode]) -> list[tuple[Mode, bytes]]:
    parts: list[tuple[Mode, bytes]] = []
    for byte, mode in zip(data, modes, strict=True):
        if parts and parts[-1][0] == mode:
            parts[-1] = (mode, parts[-1][1] + bytes([byte]))
        else:
            parts.append((mode, bytes([byte])))
    return parts
