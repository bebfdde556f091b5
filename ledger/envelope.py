"""The DSSE envelope: a payload's bytes with the signatures over them.

Source: DSSE v1.0.2 (github.com/secure-systems-lab/dsse), `protocol.md` and `envelope.md`.

What is stored, and hashed into the tree, is `to_bytes`: the envelope as canonical JSON, which
settles white space, order and the base64 alphabet while the payload, inside its base64, stays the
very bytes that were signed. The signatures are not themselves signed: whoever holds an ECDSA
signature (r, s) can make another, (r, n − s), over the same payload. The stored bytes, and so the
leaf, would differ, the payload not; two envelopes say the same when their payloads are equal.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from ledger.errors import BadSignature, EnvelopeTooLarge, MalformedEnvelope
from ledger.keys import SigningKey, parse_did_key

PAYLOAD_TYPE: Final = "application/vnd.suyuan.event+json"
MAX_PAYLOAD: Final = 64 * 1024
"""The longest payload admitted, in bytes."""
MAX_ENVELOPE: Final = 128 * 1024
"""The longest envelope read at all, in bytes: a full payload in base64, signatures, white space."""
MAX_SIGNATURES: Final = 8

_KeyId = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
_Sig = Annotated[bytes, msgspec.Meta(min_length=1, max_length=256)]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature: `keyid` is a `did:key`, `sig` the signature's bytes (base64 in JSON)."""

    keyid: _KeyId
    sig: _Sig


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payload (base64 in JSON), its type, and one to eight signatures over both."""

    payload: bytes
    payloadType: str  # noqa: N815  the name DSSE gives it
    signatures: Annotated[
        tuple[Signature, ...], msgspec.Meta(min_length=1, max_length=MAX_SIGNATURES)
    ]


# The fields stand in the order of their names and hold ASCII only, so writing them as declared
# is canonical JSON already; a test holds it equal to `canonical.encode`.
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Envelope)
_STANDARD_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
_PAE_HEAD: Final = b"DSSEv1 %d %b " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode())


def pae(payload_type: str, payload: bytes) -> bytes:
    """Build the bytes that are signed (DSSE's pre-authentication encoding).

    `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload`, lengths in bytes, in decimal.
    """
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def parse(raw: bytes, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Read an envelope of a payload type; its signatures are not checked here.

    A name that is given twice counts with its last value, as in JavaScript; what is stored
    (`to_bytes`) holds each once.

    Raises:
        MalformedEnvelope: with the JSON path of what is wrong; EnvelopeTooLarge where it is size.
    """
    if len(raw) > MAX_ENVELOPE:
        raise EnvelopeTooLarge("$", f"{len(raw)} bytes; an envelope has at most {MAX_ENVELOPE}")
    try:
        envelope = _decode(raw)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).rpartition(" - at `")
        raise MalformedEnvelope(path.rstrip("`") if detail else "$", detail or path) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedEnvelope("$", f"not JSON: {error}") from error
    _check(envelope, payload_type)
    return envelope


def _decode(raw: bytes) -> Envelope:
    try:
        return _DECODER.decode(raw)
    except msgspec.ValidationError:
        # DSSE lets a signer write base64 in the URL's alphabet too. Neither of its two letters
        # has a place elsewhere in an envelope of ours.
        if b"-" not in raw and b"_" not in raw:
            raise
        return _DECODER.decode(raw.translate(_STANDARD_ALPHABET))


def _check(envelope: Envelope, payload_type: str) -> None:
    if envelope.payloadType != payload_type:
        detail = f"expected {payload_type!r}, got {envelope.payloadType[:100]!r}"
        raise MalformedEnvelope("$.payloadType", detail)
    size = len(envelope.payload)
    if size > MAX_PAYLOAD:
        raise EnvelopeTooLarge("$.payload", f"{size} bytes; a payload has at most {MAX_PAYLOAD}")
    if len(envelope.signatures) > 1:
        keyid, count = Counter(s.keyid for s in envelope.signatures).most_common(1)[0]
        if count > 1:
            raise MalformedEnvelope("$.signatures", f"{keyid} signs {count} times; once is enough")


def to_bytes(envelope: Envelope) -> bytes:
    """Write the envelope as it is stored: canonical JSON, the payload's bytes untouched."""
    return _ENCODER.encode(envelope)


def leaf_entry(stored: bytes) -> bytes:
    """Give the log's entry for a stored envelope: its SHA-256 (32 bytes)."""
    return sha256(stored).digest()


def sign(payload: bytes, *keys: SigningKey, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Sign `payload` with each of one to eight different keys.

    Raises:
        MalformedEnvelope: if there is no key, a key twice, too many, or the payload is too long.
    """
    if not 1 <= len(keys) <= MAX_SIGNATURES:
        raise MalformedEnvelope("$.signatures", f"1 to {MAX_SIGNATURES} keys sign, not {len(keys)}")
    message = pae(payload_type, payload)
    signatures = tuple(Signature(key.did, key.sign(message)) for key in keys)
    envelope = Envelope(payload, payload_type, signatures)
    _check(envelope, payload_type)
    return envelope


def verify(envelope: Envelope) -> tuple[str, ...]:
    """Check every signature and name the keys that made them, in the envelope's order.

    That a key may speak for anybody is not said here.

    Raises:
        BadSignature: if any signature is not its key's.
        MalformedKey: if a `keyid` names no key that the ledger admits.
    """
    if envelope.payloadType == PAYLOAD_TYPE:
        message = b"%b%d %b" % (_PAE_HEAD, len(envelope.payload), envelope.payload)
    else:
        message = pae(envelope.payloadType, envelope.payload)
    for signature in envelope.signatures:
        if not parse_did_key(signature.keyid).verify(signature.sig, message):
            raise BadSignature(signature.keyid)
    return tuple([signature.keyid for signature in envelope.signatures])
