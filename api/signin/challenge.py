"""The challenge that a sign-in signs: known again by its seal, so that none need be stored.

A challenge is 16 random bytes, the second at which it expires (4 bytes, big-endian) and the first
16 bytes of an HMAC-SHA-256 (RFC 2104) over both, as base64url without padding (RFC 4648 §5). That
none is used twice is kept by the table of sessions, where a challenge is unique.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

LIFETIME_S: Final = 300
"""How long a challenge may be signed, in seconds."""

_RANDOM: Final = 16
_EXPIRES: Final = 4
_SEAL: Final = 16
_BYTES: Final = _RANDOM + _EXPIRES + _SEAL


def make(secret: bytes, now_s: int) -> str:
    """Make a challenge that holds from a time (seconds of the Unix epoch) for `LIFETIME_S`."""
    body = os.urandom(_RANDOM) + (now_s + LIFETIME_S).to_bytes(_EXPIRES)
    return urlsafe_b64encode(body + _seal(secret, body)).rstrip(b"=").decode()


def holds(secret: bytes, challenge: str, now_s: int) -> bool:
    """Tell whether a challenge was made with this secret and has not expired."""
    try:
        raw = urlsafe_b64decode(challenge.encode("ascii") + b"==")
    except ValueError:
        return False
    body, seal = raw[:-_SEAL], raw[-_SEAL:]
    sound = len(raw) == _BYTES and hmac.compare_digest(seal, _seal(secret, body))
    return sound and now_s <= int.from_bytes(body[_RANDOM:])


def _seal(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, body, "sha256")[:_SEAL]
