"""Keys by name: what is admitted, what is refused, against published vectors."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import base58
from ledger.did_key import ALGORITHMS, ED25519, P256, PublicKey, parse_did_key
from ledger.errors import MalformedKey
from ledger.keys import Ed25519Key, P256Key

VECTORS = Path(__file__).parents[1] / "vectors"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def cases(name: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / name).read_text())["cases"])


# The eight points of small order and their other encodings (libsodium's own list).
SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
OFF_CURVE = "0200000000000000000000000000000000000000000000000000000000000000"


@pytest.mark.parametrize("case", cases("ed25519_rfc8032.json"), ids=lambda case: case["name"])
def test_rfc_8032_signs_and_verifies(case: dict[str, Any]) -> None:
    key = Ed25519Key.from_seed(bytes.fromhex(case["seed"]))
    message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
    assert key.public.raw.hex() == case["public_key"]
    assert key.sign(message) == signature
    assert key.public.verify(signature, message)
    assert not key.public.verify(signature, message + b"\0")
    for at in (0, 31, 32, 63):
        tampered = bytearray(signature)
        tampered[at] ^= 1
        assert not key.public.verify(bytes(tampered), message)


@pytest.mark.parametrize("case", cases("ed25519_edge_cases.json"), ids=lambda case: case["about"])
def test_no_signature_on_which_implementations_disagree_is_admitted(case: dict[str, Any]) -> None:
    raw, message = bytes.fromhex(case["public_key"]), bytes.fromhex(case["message"])
    signature = bytes.fromhex(case["signature"])
    try:
        key = PublicKey.load(ED25519, raw)
    except MalformedKey:
        return
    assert not key.verify(signature, message)


def test_the_edge_cases_with_sound_keys_are_refused_for_their_signature() -> None:
    admitted = []
    for case in cases("ed25519_edge_cases.json"):
        try:
            PublicKey.load(ED25519, bytes.fromhex(case["public_key"]))
        except MalformedKey:
            continue
        admitted.append(case["number"])
    assert admitted == [6, 7]  # S out of bounds; in all others the key itself is unsound


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_is_signed_here_another_implementation_verifies(seed: bytes, message: bytes) -> None:
    key = Ed25519Key.from_seed(seed)
    signature = key.sign(message)
    assert key.public.verify(signature, message)
    Ed25519PublicKey.from_public_bytes(key.public.raw).verify(signature, message)


@given(st.binary(min_size=64, max_size=64), st.binary(max_size=50))
def test_what_is_refused_elsewhere_is_refused_here(signature: bytes, message: bytes) -> None:
    key = Ed25519Key.from_seed(bytes(32)).public
    assert not key.verify(signature, message)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)


@pytest.mark.parametrize("raw", [*SMALL_ORDER, OFF_CURVE])
def test_an_unsound_ed25519_key_is_refused(raw: str) -> None:
    did = "did:key:z" + base58.encode(b"\xed\x01" + bytes.fromhex(raw))
    with pytest.raises(MalformedKey, match="prime-order subgroup"):
        parse_did_key(did)


def test_an_ed25519_key_written_beyond_the_prime_is_refused() -> None:
    # y = 3 is a point of the curve; y = p + 3 is the same point, not canonical.
    for y in range(3, 19):
        raw = (2**255 - 19 + y).to_bytes(32, "little")
        with pytest.raises(MalformedKey):
            PublicKey.load(ED25519, raw)


def test_a_published_ed25519_did_key_reads_and_writes() -> None:
    did = "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"  # RFC 8032's TEST 1
    key = parse_did_key(did)
    assert (key.did, key.algorithm) == (did, ED25519)
    assert key.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert PublicKey.load(ED25519, key.raw) == key
    assert did in repr(key)


@pytest.mark.parametrize(
    ("did", "x", "y"),
    [  # did:key method, test vectors for nistp256
        (
            "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
            "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI=",
            "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU=",
        ),
        (
            "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
            "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns=",
            "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM=",
        ),
    ],
)
def test_a_published_p256_did_key_is_the_compressed_point(did: str, x: str, y: str) -> None:
    head = 2 + (base64.urlsafe_b64decode(y)[-1] & 1)
    key = parse_did_key(did)
    assert key.raw == bytes((head,)) + base64.urlsafe_b64decode(x)
    assert (PublicKey.load(P256, key.raw), key.did) == (key, did)


@pytest.mark.parametrize(
    ("did", "reason"),
    [
        ("", "a key is named"),
        ("did:web:example.com", "a key is named"),
        ("did:key:f00", "a key is named"),
        ("did:key:z", "not a key of a known algorithm"),
        ("did:key:z0OIl", "'0' is not a base58 letter"),
        ("did:key:z" + "2" * 200, "a key is named"),
        ("did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw ", "' ' is not"),
        ("did:key:z16MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw", "known algorithm"),
        ("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "known algorithm"),
        ("did:key:z" + base58.encode(b"\xed\x01" + bytes(31)), "has 32 bytes, not 31"),
        ("did:key:z" + base58.encode(b"\x80\x24" + b"\x02" * 34), "has 33 bytes, not 34"),
        ("did:key:z" + base58.encode(b"\x80\x24\x04" + bytes(32)), "not a compressed point"),
    ],
)
def test_what_is_no_did_key_of_ours_is_refused_with_the_reason(did: str, reason: str) -> None:
    with pytest.raises(MalformedKey, match=reason):
        parse_did_key(did)


@pytest.mark.parametrize(
    "x",
    [
        (1).to_bytes(32),  # no y for it
        P256_PRIME.to_bytes(32),
        (P256_PRIME + 5).to_bytes(32),  # 5 is on the curve; not canonical
        b"\xff" * 32,
    ],
)
def test_what_is_no_point_of_p256_is_refused(x: bytes) -> None:
    with pytest.raises(MalformedKey, match="not a point of P-256"):
        PublicKey.load(P256, b"\x02" + x)


def test_x_of_5_is_on_p256_so_that_only_its_spelling_was_refused() -> None:
    assert PublicKey.load(P256, b"\x02" + (5).to_bytes(32)).algorithm == P256


def test_a_p256_signature_is_r_and_s_and_nothing_else() -> None:
    key, message = P256Key.generate(), b"harvest"
    signature = key.sign(message)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    assert key.public.verify(signature, message)
    # A high s is admitted: WebCrypto does not lower it.
    assert key.public.verify(signature[:32] + (P256_ORDER - s).to_bytes(32), message)
    assert not key.public.verify(signature, message + b"!")
    assert not key.public.verify(signature[:-1], message)
    assert not key.public.verify(signature + b"\0", message)
    assert not key.public.verify(bytes(64), message)
    assert not key.public.verify(b"\xff" * 64, message)
    assert not key.public.verify(signature[:32] + bytes(32), message)
    assert not key.public.verify(bytes(32) + signature[32:], message)
    if s + P256_ORDER < 2**256:
        assert not key.public.verify(signature[:32] + (s + P256_ORDER).to_bytes(32), message)
    if r + P256_ORDER < 2**256:
        assert not key.public.verify((r + P256_ORDER).to_bytes(32) + signature[32:], message)


def test_an_ed25519_signature_has_64_bytes() -> None:
    key = Ed25519Key.generate()
    signature = key.sign(b"")
    assert not key.public.verify(signature[:-1], b"")
    assert not key.public.verify(b"", b"")
    assert not key.public.verify(signature + b"\0", b"")
    assert not key.public.verify(signature + b"m", b"m")


def test_every_algorithm_stands_in_the_one_table() -> None:
    assert [*ALGORITHMS] == [ED25519, P256]
    prefixes = [row.multicodec for row in ALGORITHMS.values()]
    assert not any(a != b and a.startswith(b) for a in prefixes for b in prefixes)


@given(st.binary(max_size=60))
def test_base58_reads_back_what_it_wrote(data: bytes) -> None:
    assert base58.decode(base58.encode(data)) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [  # draft-msporny-base58-03, §5
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_base58_matches_the_published_examples(data: bytes, text: str) -> None:
    assert base58.encode(data) == text
    assert base58.decode(text) == data
