"""A log's key in letters few enough to compare by eye, on paper or over the telephone."""

from hashlib import sha256
from typing import Final

_BYTES: Final = 16


def fingerprint(vkey: str) -> str:
    """Give the first 16 bytes of the SHA-256 of a verifier key, in groups of four digits."""
    digits = sha256(vkey.encode()).hexdigest()[: 2 * _BYTES]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
