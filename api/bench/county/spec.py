"""Which county: its seed and size, and the key and name of its log."""

from hashlib import sha256
from typing import Final

from msgspec import Struct

from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key, P256Key, SigningKey

VERSION: Final = 2
"""Raised whenever the same seed and size give other events: generated files are named by it."""

ORIGIN: Final = "suyuan.example/bench"
LEAST_EVENTS: Final = 1000


class Spec(Struct, frozen=True):
    """A county: how many events, of which seed, and how many batches descend from its hub."""

    events: int
    seed: int = 1
    descendants: int = 0
    """How many batches come of the one named `Manifest.hub`; 0 for no such batch."""

    @property
    def name(self) -> str:
        """What a file of it is called, without an ending."""
        hub = f"-hub{self.descendants}" if self.descendants else ""
        return f"county{VERSION}-seed{self.seed}-{self.events}{hub}"

    @property
    def log_key(self) -> Ed25519Key:
        """The key of the log; the opening names it, so a sequencer must sign with it."""
        return Ed25519Key.from_seed(_secret(self.seed, "log"))

    @property
    def log_vkey(self) -> str:
        """The log's verifier key."""
        return encode_vkey(NoteSigner(ORIGIN, self.log_key).verifier)


def unsafe_key(seed: int, name: str) -> SigningKey:
    """Make the key of a name, known to all; a name that ends in `/p256` has a key of P-256."""
    secret = _secret(seed, name)
    return P256Key.from_private_bytes(secret) if name.endswith("/p256") else Ed25519Key(secret)


def _secret(seed: int, name: str) -> bytes:
    return sha256(f"suyuan bench county|{seed}|{name}".encode()).digest()
