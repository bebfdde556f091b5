"""The envelope: read strictly, stored in one spelling, the signed bytes untouched."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.did_key import P256, PublicKey
from ledger.envelope import (
    MAX_ENVELOPE,
    MAX_PAYLOAD,
    PAYLOAD_TYPE,
    Envelope,
    Signature,
    leaf_entry,
    pae,
    parse,
    sign,
    to_bytes,
    verify,
)
from ledger.errors import (
    BadSignature,
    EnvelopeTooLarge,
    LedgerError,
    MalformedEnvelope,
    MalformedKey,
)
from ledger.keys import Ed25519Key, P256Key, SigningKey

VECTORS = Path(__file__).parents[1] / "vectors"
FARMER = Ed25519Key.from_seed(bytes(32))
PHONE = P256Key.from_private_bytes((7).to_bytes(32))
ONE = {"keyid": FARMER.did, "sig": base64.b64encode(bytes(64)).decode()}
GOOD: dict[str, object] = {
    "payload": "e30=",
    "payloadType": PAYLOAD_TYPE,
    "signatures": [ONE],
}


def test_the_published_example_of_dsse_is_encoded_and_verifies() -> None:
    vector = json.loads((VECTORS / "dsse_p256.json").read_text())
    message = pae(vector["payload_type"], vector["payload"].encode())
    assert message == vector["pae"].encode()
    point = bytes((2 + int(vector["y"]) % 2,)) + int(vector["x"]).to_bytes(32)
    key = PublicKey.load(P256, point)
    assert key.verify(base64.b64decode(vector["sig"]), message)
    scalar = ec.derive_private_key(int(vector["d"]), ec.SECP256R1())
    assert P256Key(scalar).public == key


def test_the_length_of_a_type_counts_bytes() -> None:
    assert pae("溯", b"") == b"DSSEv1 3 \xe6\xba\xaf 0 "


@given(st.binary(max_size=300), st.sampled_from([(FARMER,), (PHONE,), (FARMER, PHONE)]))
def test_what_is_signed_is_read_back_and_verifies(
    payload: bytes, keys: tuple[SigningKey, ...]
) -> None:
    envelope = sign(payload, *keys)
    stored = to_bytes(envelope)
    assert stored == canonical.encode(envelope)
    assert parse(stored) == envelope
    assert parse(stored).payload == payload
    assert verify(envelope) == tuple(key.did for key in keys)
    assert leaf_entry(stored) == sha256(stored).digest()


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    stored = bytearray(to_bytes(sign(b'{"quantity":5}', FARMER)))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = parse(bytes(stored))
        verify(changed)
    except LedgerError:
        return
    # Another spelling of the same base64 may pass; what is stored is the same then.
    assert to_bytes(changed) == to_bytes(sign(b'{"quantity":5}', FARMER))


def test_white_space_order_and_alphabet_make_no_difference_to_what_is_stored() -> None:
    envelope = sign(bytes(range(248, 256)) * 3, FARMER)
    document = json.loads(to_bytes(envelope))
    turned = json.dumps(dict(reversed(document.items())), indent=4).encode()
    payload = document["payload"]
    assert "+" in payload
    url = turned.replace(payload.encode(), base64.urlsafe_b64encode(envelope.payload))
    assert b"_" in url or b"-" in url
    for spelling in (turned, url):
        assert to_bytes(parse(spelling)) == to_bytes(envelope)


def test_a_signature_over_another_payload_or_type_is_bad() -> None:
    envelope = sign(b"{}", FARMER, PHONE)
    with pytest.raises(BadSignature) as refusal:
        verify(msgspec.structs.replace(envelope, payload=b"[]"))
    assert refusal.value.keyid == FARMER.did
    with pytest.raises(BadSignature):
        verify(msgspec.structs.replace(envelope, payloadType="text/plain"))


def test_one_bad_signature_among_good_ones_spoils_the_envelope() -> None:
    envelope = sign(b"{}", FARMER, PHONE)
    good, other = envelope.signatures
    spoiled = Envelope(b"{}", PAYLOAD_TYPE, (good, Signature(other.keyid, good.sig)))
    with pytest.raises(BadSignature) as refusal:
        verify(spoiled)
    assert refusal.value.keyid == PHONE.did


def test_a_signer_that_is_no_did_key_is_named() -> None:
    envelope = Envelope(b"{}", PAYLOAD_TYPE, (Signature("farmer", bytes(64)),))
    with pytest.raises(MalformedKey, match="farmer"):
        verify(envelope)


def with_signatures(*signatures: object) -> dict[str, object]:
    return GOOD | {"signatures": list(signatures)}


@pytest.mark.parametrize(
    ("document", "path", "detail"),
    [
        ([], "$", "Expected `object`"),
        ({}, "$", "missing required field `payload`"),
        (GOOD | {"note": 1}, "$", "unknown field `note`"),
        (GOOD | {"payload": 5}, "$.payload", "Expected `bytes`"),
        (GOOD | {"payload": "e30"}, "$.payload", "Invalid base64"),
        (GOOD | {"payload": "e3 0="}, "$.payload", "Invalid base64"),
        (GOOD | {"payload": "e3-_="}, "$.payload", "Invalid base64"),
        (GOOD | {"payloadType": "text/plain"}, "$.payloadType", "expected 'application/vnd"),
        (with_signatures(), "$.signatures", "length >= 1"),
        (with_signatures(*[ONE] * 9), "$.signatures", "length <= 8"),
        (with_signatures(ONE, ONE), "$.signatures", "signs 2 times"),
        (with_signatures({"sig": "AA=="}), "$.signatures[0]", "missing required field `keyid`"),
        (with_signatures(ONE | {"sig": ""}), "$.signatures[0].sig", "length >= 1"),
        (with_signatures(ONE | {"keyid": ""}), "$.signatures[0].keyid", "length >= 1"),
        (with_signatures(ONE | {"keyid": "x" * 300}), "$.signatures[0].keyid", "length <= 256"),
        (with_signatures(ONE | {"alg": "none"}), "$.signatures[0]", "unknown field `alg`"),
    ],
)
def test_a_malformed_envelope_is_refused_with_the_path(
    document: object, path: str, detail: str
) -> None:
    with pytest.raises(MalformedEnvelope) as refusal:
        parse(json.dumps(document).encode())
    assert refusal.value.path == path
    assert detail in refusal.value.detail
    assert str(refusal.value).startswith(f"{path}: ")


@given(st.integers(0, len(to_bytes(sign(b"{}", FARMER))) - 1))
def test_a_cut_off_envelope_is_refused(length: int) -> None:
    with pytest.raises(MalformedEnvelope, match="not JSON"):
        parse(to_bytes(sign(b"{}", FARMER))[:length])


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b"{}{}", b"\xef\xbb\xbf{}", b'{"payloadType":"\xff"}', b'{"\xff":1}', b"[" * 100_000],
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        parse(raw)


@given(st.binary(max_size=100))
def test_no_bytes_at_all_make_the_reader_fail_otherwise(raw: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        parse(raw)


def test_the_longest_payload_passes_and_one_byte_more_does_not() -> None:
    assert parse(to_bytes(sign(bytes(MAX_PAYLOAD), FARMER))).payload == bytes(MAX_PAYLOAD)
    longer = GOOD | {"payload": base64.b64encode(bytes(MAX_PAYLOAD + 1)).decode()}
    with pytest.raises(EnvelopeTooLarge, match=r"\$\.payload: 65537 bytes"):
        parse(json.dumps(longer).encode())
    with pytest.raises(EnvelopeTooLarge, match="65537 bytes"):
        sign(bytes(MAX_PAYLOAD + 1), FARMER)
    with pytest.raises(EnvelopeTooLarge, match="an envelope has at most"):
        parse(b" " * (MAX_ENVELOPE + 1))


def test_eight_keys_may_sign_and_each_once() -> None:
    keys = [Ed25519Key.generate() for _ in range(9)]
    assert len(verify(sign(b"{}", *keys[:8]))) == 8
    for wrong in ([], keys, [FARMER, FARMER]):
        with pytest.raises(MalformedEnvelope, match=r"\$\.signatures"):
            sign(b"{}", *wrong)
