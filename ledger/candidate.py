"""From bytes to an event that may be decided: read, canonical, with good signatures.

All of this needs no lock and no database; the signature check is the cost.
"""

from hashlib import sha256

import msgspec

from domain.events.catalogue import AnyEvent, decode, encode
from domain.events.times import FIRST_YEAR, LAST_YEAR, time_out_of_range
from domain.refusals import Code, Refusal, refuse
from domain.state import Signed
from ledger import envelope
from ledger.errors import BadSignature, EnvelopeTooLarge, MalformedEnvelope, MalformedKey
from ledger.hashing import leaf_hash


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An event ready to be decided, with the envelope as it would be stored and its leaf's hash."""

    stored: bytes
    leaf: bytes
    signed: Signed


def read_candidate(raw: bytes) -> Candidate | Refusal:
    """Read an envelope, check that its payload is canonical, and verify every signature."""
    try:
        parsed = envelope.parse(raw)
    except EnvelopeTooLarge:
        return refuse(Code.TOO_LARGE, size=len(raw), limit=envelope.MAX_PAYLOAD)
    except MalformedEnvelope as error:
        return refuse(Code.MALFORMED, path=error.path, detail=error.detail)
    event = read_payload(parsed.payload)
    if isinstance(event, Refusal):
        return event
    try:
        keyids = envelope.verify(parsed)
    except BadSignature as error:
        return refuse(Code.BAD_SIGNATURE, key=error.keyid)
    except MalformedKey as error:
        return refuse(Code.MALFORMED, path="$.signatures", detail=str(error))
    stored = envelope.to_bytes(parsed)
    digest = sha256(parsed.payload).digest()
    leaf = leaf_hash(envelope.leaf_entry(stored))
    return Candidate(stored, leaf, Signed(event, keyids, digest))


def read_payload(payload: bytes) -> AnyEvent | Refusal:
    """Read a payload as an event, and check that it is written canonically."""
    try:
        event = decode(payload)
    except msgspec.ValidationError as error:
        return _invalid(str(error), payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refuse(Code.MALFORMED, path="$.payload", detail=f"not JSON: {error}")
    try:
        canonical = encode(event) == payload
    except (OverflowError, ValueError):
        canonical = False
    if not canonical:
        return refuse(
            Code.MALFORMED, path="$.payload",
            detail="not canonical JSON (RFC 8785): names sorted, no white space, no defaults",
        )  # fmt: skip
    out_of_range = time_out_of_range(event)
    if out_of_range:
        return refuse(
            Code.MALFORMED, path=f"$.{out_of_range}",
            detail=f"$.{out_of_range}: a moment is of the years {FIRST_YEAR} to {LAST_YEAR}",
        )  # fmt: skip
    return event


def _invalid(message: str, payload: bytes) -> Refusal:
    detail, _, path = message.rpartition(" - at `")
    path = path.rstrip("`") if detail else "$"
    detail = detail or message
    if path == "$.type" and detail.startswith("Invalid value"):
        return refuse(Code.UNKNOWN_TYPE, path="$.type", type=_type_named(payload))
    return refuse(Code.MALFORMED, path=path, detail=f"{path}: {detail}")


def _type_named(payload: bytes) -> str:
    named = msgspec.json.decode(payload)["type"]
    return str(named)[:80]
