"""Keys that sign, and the files they are kept in.

A key file is PKCS#8 in PEM (RFC 5958, RFC 7468), plain or under a password, as OpenSSL reads it.
The public side, `PublicKey` and `parse_did_key`, is `ledger.did_key`, and can be had from here.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, Protocol

import nacl.bindings
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ledger.did_key import ED25519, P256, PublicKey, parse_did_key
from ledger.errors import KeyFileError, MalformedKey

__all__ = [
    "Ed25519Key",
    "P256Key",
    "PublicKey",
    "SigningKey",
    "load_key",
    "parse_did_key",
    "save_key",
]

PRIVATE_BYTES: Final = 32
"""The length of a private key, of either algorithm."""

_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())


class SigningKey(Protocol):
    """What can sign: a key in memory, or one behind a module that keeps it."""

    @property
    def did(self) -> str:
        """The `did:key` of the public key."""

    @property
    def algorithm(self) -> str:
        """The algorithm's name in `ALGORITHMS`."""

    def sign(self, message: bytes) -> bytes:
        """Sign `message`; 64 bytes with either algorithm."""


class Ed25519Key:
    """An Ed25519 key (RFC 8032 §5.1); signing is deterministic."""

    algorithm: Final = ED25519

    def __init__(self, seed: bytes) -> None:
        """Take the private key of RFC 8032, 32 random bytes."""
        _check_length(seed)
        raw, self._secret = nacl.bindings.crypto_sign_seed_keypair(seed)
        self.seed: Final = seed
        self.public: Final = PublicKey.load(ED25519, raw)
        self.did: Final = self.public.did

    @classmethod
    def generate(cls) -> Ed25519Key:
        """Make a new key from the system's randomness."""
        return cls(secrets.token_bytes(PRIVATE_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Ed25519Key:
        """Make the key of a 32-byte seed."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        """Sign `message`: 64 bytes."""
        return nacl.bindings.crypto_sign(message, self._secret)[: nacl.bindings.crypto_sign_BYTES]


class P256Key:
    """An ECDSA key on P-256 (FIPS 186-5), for where a browser has no Ed25519."""

    algorithm: Final = P256

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        """Take a key of `cryptography`; its curve must be P-256."""
        if not isinstance(private.curve, ec.SECP256R1):
            raise MalformedKey("key", f"expected curve P-256, got {private.curve.name}")
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
        )
        self.private: Final = private
        self.public: Final = PublicKey.load(P256, point)
        self.did: Final = self.public.did

    @classmethod
    def generate(cls) -> P256Key:
        """Make a new key from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_private_bytes(cls, scalar: bytes) -> P256Key:
        """Make the key of a 32-byte big-endian private scalar.

        Raises:
            MalformedKey: if it is 0 or not below the order of the curve.
        """
        _check_length(scalar)
        try:
            return cls(ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1()))
        except ValueError as error:
            raise MalformedKey("key", "not a private scalar of P-256") from error

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of `message`: r ‖ s, 64 bytes, other bytes each time."""
        r, s = decode_dss_signature(self.private.sign(message, _ECDSA_SHA256))
        return r.to_bytes(PRIVATE_BYTES) + s.to_bytes(PRIVATE_BYTES)


def _check_length(private: bytes) -> None:
    if len(private) != PRIVATE_BYTES:
        detail = f"a private key has {PRIVATE_BYTES} bytes, not {len(private)}"
        raise MalformedKey("key", detail)


def save_key(path: Path, key: Ed25519Key | P256Key, password: bytes | None = None) -> None:
    """Write `key` to a new file that only its owner may read.

    The file appears whole or not at all, and never takes the place of another.

    Raises:
        KeyFileError: if `path` exists or can't be written.
    """
    pem = _to_pem(key, password)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(draft)  # unlike a rename, this fails where `path` exists
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyFileError(str(path), "exists already; a key is never overwritten") from error
    except OSError as error:
        raise KeyFileError(str(path), f"can't be written: {error.strerror}") from error


def load_key(path: Path, password: bytes | None = None) -> Ed25519Key | P256Key:
    """Read the key that `save_key`, or OpenSSL, wrote.

    Raises:
        KeyFileError: if there is no such file, it is not a key of an admitted algorithm, or the
            password is missing or wrong.
    """
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise KeyFileError(str(path), f"can't be read: {error.strerror}") from error
    encrypted = b"ENCRYPTED" in pem
    if encrypted and not password:
        raise KeyFileError(str(path), "is under a password; give it")
    try:
        private = serialization.load_pem_private_key(pem, password if encrypted else None)
        return _from_private(private)
    except MalformedKey as error:
        raise KeyFileError(str(path), error.detail) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        detail = "the password is wrong, or the file damaged" if encrypted else "not a key in PEM"
        raise KeyFileError(str(path), detail) from error


def _to_pem(key: Ed25519Key | P256Key, password: bytes | None) -> bytes:
    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    if isinstance(key, Ed25519Key):
        private = ed25519.Ed25519PrivateKey.from_private_bytes(key.seed)
    else:
        private = key.private
    encryption = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


def _from_private(private: object) -> Ed25519Key | P256Key:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return Ed25519Key(private.private_bytes_raw())
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return P256Key(private)
    raise MalformedKey("key", f"expected an Ed25519 or P-256 key, got {type(private).__name__}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
