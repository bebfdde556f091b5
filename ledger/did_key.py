"""Public keys by their `did:key`, and the algorithms that the ledger admits.

Source: the did:key method v0.9 (w3c-ccg.github.io/did-key-spec); multicodec's table.

- **Ed25519** (RFC 8032 §5.1). Implementations disagree at the edges ("Taming the many EdDSAs",
  Chalkias, Garillot, Nikolaenko, SSR 2020), so a key is admitted only if it is a canonical point of
  the prime-order subgroup, and a signature only if libsodium takes it: S reduced, R canonical and
  not of small order, the equation without the cofactor. Whatever passes here passes everywhere.
- **ECDSA on P-256 with SHA-256** (FIPS 186-5), the signature as r ‖ s, 64 bytes, as WebCrypto
  makes it (IEEE P1363). A high s is admitted, because WebCrypto makes one half of the time: see
  `ledger.envelope` for what that means for an envelope's bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import nacl.bindings
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from nacl.exceptions import BadSignatureError

from ledger import base58
from ledger.errors import MalformedKey

ED25519: Final = "Ed25519"
P256: Final = "P-256"

_DID_PREFIX: Final = "did:key:z"
_MAX_DID: Final = 128
_CACHED_KEYS: Final = 16_384  # under 1 KB each; checking a new key costs a verification
_SIGNATURE_BYTES: Final = 64
_HALF: Final = _SIGNATURE_BYTES // 2
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())

Verify = Callable[[bytes, bytes], bool]
"""(signature, message) → whether the key made the signature."""


class Algorithm(NamedTuple):
    """What a `did:key` needs to know of an algorithm: a row of `ALGORITHMS`."""

    name: str
    multicodec: bytes
    """The prefix of the key's bytes: the code as an unsigned varint."""
    key_bytes: int
    load: Callable[[bytes], Verify]
    """Turns a key's bytes into its check; ValueError says why they are no key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that can check signatures; `verify(signature, message)` says whether one is its own."""

    did: str
    algorithm: str
    """The algorithm's name in `ALGORITHMS`."""
    raw: bytes = field(repr=False)
    """The key as its algorithm encodes it: Ed25519 32 bytes, P-256 33."""
    verify: Verify = field(repr=False, compare=False)

    @classmethod
    def load(cls, algorithm: str, raw: bytes) -> PublicKey:
        """Take a key as its algorithm encodes it.

        Raises:
            MalformedKey: if the ledger does not admit it.
        """
        row = ALGORITHMS[algorithm]
        if len(raw) != row.key_bytes:
            detail = f"an {row.name} key has {row.key_bytes} bytes, not {len(raw)}"
            raise MalformedKey("key", detail)
        did = _DID_PREFIX + base58.encode(row.multicodec + raw)
        try:
            return cls(did, row.name, raw, row.load(raw))
        except ValueError as error:
            raise MalformedKey(did, str(error)) from error


def _load_ed25519(raw: bytes) -> Verify:
    if not nacl.bindings.crypto_core_ed25519_is_valid_point(raw):
        raise ValueError("not a canonical point of Ed25519's prime-order subgroup")
    check = nacl.bindings.crypto_sign_open

    def verify(signature: bytes, message: bytes) -> bool:
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            check(signature + message, raw)
        except BadSignatureError:
            return False
        return True

    return verify


def _load_p256(raw: bytes) -> Verify:
    if raw[0] not in (2, 3):  # SEC 1 §2.3.3: the only heads of a compressed point
        raise ValueError("not a compressed point of P-256")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError as error:
        raise ValueError("not a point of P-256") from error

    def verify(signature: bytes, message: bytes) -> bool:
        if len(signature) != _SIGNATURE_BYTES:
            return False
        r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
        try:
            key.verify(encode_dss_signature(r, s), message, _ECDSA_SHA256)
        except InvalidSignature:
            return False
        return True

    return verify


ALGORITHMS: Final = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(ED25519, b"\xed\x01", 32, _load_ed25519),
        Algorithm(P256, b"\x80\x24", 33, _load_p256),
    )
}
"""Every algorithm that may sign; another (SM2) joins with a row."""


@lru_cache(maxsize=_CACHED_KEYS)
def parse_did_key(did: str) -> PublicKey:
    """Read a `did:key`; the last 16,384 different ones are remembered.

    Raises:
        MalformedKey: if it is not one, or its key is not one that the ledger admits.
    """
    if not did.startswith(_DID_PREFIX) or len(did) > _MAX_DID:
        raise MalformedKey(did[:_MAX_DID], f"a key is named {_DID_PREFIX}… in base58btc")
    try:
        data = base58.decode(did[len(_DID_PREFIX) :])
    except ValueError as error:
        raise MalformedKey(did, str(error)) from error
    for algorithm in ALGORITHMS.values():
        if data.startswith(algorithm.multicodec):
            return PublicKey.load(algorithm.name, data[len(algorithm.multicodec) :])
    raise MalformedKey(did, f"not a key of a known algorithm ({', '.join(ALGORITHMS)})")
