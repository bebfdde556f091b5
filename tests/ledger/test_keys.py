"""Key files: written once, for the owner only, read with clear refusals."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ledger.errors import KeyFileError, MalformedKey
from ledger.keys import Ed25519Key, P256Key, SigningKey, load_key, save_key

ED25519_KEY, P256_KEY = Ed25519Key.generate(), P256Key.generate()
KEYS: list[Ed25519Key | P256Key] = [ED25519_KEY, P256_KEY]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
@pytest.mark.parametrize(
    "password", [None, "红薯 sweet potato".encode()], ids=["plain", "password"]
)
def test_a_key_comes_back_from_its_file(
    tmp_path: Path, key: Ed25519Key | P256Key, password: bytes | None
) -> None:
    path = tmp_path / "farmer.pem"
    save_key(path, key, password)
    back = load_key(path, password)
    assert (back.did, type(back)) == (key.did, type(key))
    assert key.public.verify(back.sign(b"harvest"), b"harvest")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [path]


def test_openssl_reads_what_is_written(tmp_path: Path) -> None:
    for number, key in enumerate(KEYS):
        path = tmp_path / f"{number}.pem"
        save_key(path, key)
        run = subprocess.run(  # noqa: S603
            ["/usr/bin/openssl", "pkey", "-in", str(path), "-noout", "-text"],
            capture_output=True,
            check=True,
        )
        assert b"rivate" in run.stdout


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "farmer.pem"
    save_key(path, KEYS[0])
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="never overwritten"):
        save_key(path, KEYS[1])
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_cannot_be_written_or_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "farmer.pem"
    with pytest.raises(KeyFileError, match=r"farmer\.pem: can't be written: No such file"):
        save_key(path, KEYS[0])
    with pytest.raises(KeyFileError, match=r"farmer\.pem: can't be read: No such file"):
        load_key(path)


def test_a_missing_or_wrong_password_is_said(tmp_path: Path) -> None:
    path = tmp_path / "farmer.pem"
    save_key(path, KEYS[0], b"right")
    with pytest.raises(KeyFileError, match="under a password"):
        load_key(path)
    with pytest.raises(KeyFileError, match="the password is wrong"):
        load_key(path, b"wrong")


def test_a_password_for_a_plain_file_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "farmer.pem"
    save_key(path, KEYS[0])
    assert load_key(path, b"needless").did == KEYS[0].did


@pytest.mark.parametrize(
    ("key", "detail"),
    [
        (rsa.generate_private_key(65537, 2048), "expected an Ed25519 or P-256 key, got RSA"),
        (ec.generate_private_key(ec.SECP384R1()), "expected curve P-256, got secp384r1"),
    ],
)
def test_a_key_of_another_kind_is_refused(
    tmp_path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, detail: str
) -> None:
    path = tmp_path / "other.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(KeyFileError, match=detail):
        load_key(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pem"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=r"broken\.pem: not a key in PEM"):
        load_key(path)


def test_a_private_key_has_32_bytes_within_the_order() -> None:
    for make in (Ed25519Key.from_seed, P256Key.from_private_bytes):
        with pytest.raises(MalformedKey, match="32 bytes, not 31"):
            make(bytes(31))
    for scalar in (bytes(32), b"\xff" * 32):
        with pytest.raises(MalformedKey, match="not a private scalar"):
            P256Key.from_private_bytes(scalar)


def test_both_kinds_are_signing_keys_and_hide_their_secret() -> None:
    for key in KEYS:
        signing: SigningKey = key
        assert signing.did == key.public.did
        assert key.public.verify(signing.sign(b"m"), b"m")
    assert ED25519_KEY.seed.hex() not in repr(ED25519_KEY)
