"""What this machine's log is called, and the key that checks it under that name."""

from typing import Final
from urllib.parse import urlsplit

from api.keyring import Keyring
from api.settings import Settings
from ledger.checkpoint import NoteSigner, encode_vkey

_LOOPBACKS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_ORIGIN: Final = 120


def default_origin(settings: Settings, county: str) -> str:
    """Name the log after the host that serves it; a county that is not on the net yet is local."""
    host = urlsplit(settings.public_url).hostname or ""
    if host in _LOOPBACKS:
        host = "suyuan.local"
    plain = "".join(letter for letter in host if letter.isprintable() and letter not in " +/")
    return f"{plain or 'suyuan'}/{county}"[:_LONGEST_ORIGIN]


def log_vkey(keyring: Keyring, origin: str) -> str:
    """Give the verifier key of this machine's log under an origin (C2SP signed-note)."""
    return encode_vkey(NoteSigner(origin, keyring.log_key()).verifier)
