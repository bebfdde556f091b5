"""Keys of the demo's parties: anyone can compute them, so they must never sign anything real."""

from hashlib import sha256

from domain.ids import PartyId
from ledger.keys import Ed25519Key, P256Key, SigningKey


def unsafe_demo_key(seed: int, party: PartyId, *, p256: bool = False) -> SigningKey:
    """Make the key that a party has in a season of this seed: a public secret, for the demo only.

    P-256 stands for a phone whose browser has no Ed25519.
    """
    private = sha256(f"suyuan demo key, never for production|{seed}|{party}".encode()).digest()
    return P256Key.from_private_bytes(private) if p256 else Ed25519Key.from_seed(private)
