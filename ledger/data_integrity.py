"""Signed credentials: a document with a Data Integrity proof of the suite `eddsa-jcs-2022`.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0. What is signed is the SHA-256 of the proof's
options and the SHA-256 of the document, both in the form of RFC 8785.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from ledger import base58, canonical
from ledger.errors import LedgerError
from ledger.keys import Ed25519Key, parse_did_key

SUITE: Final = "eddsa-jcs-2022"
_MULTIBASE: Final = "z"
_OPTIONAL: Final = "@context"

Document = Mapping[str, Any]


def secured(document: Document, key: Ed25519Key, created: datetime) -> dict[str, Any]:
    """Give a document with a proof by a key, which is named by its `did:key`.

    Raises:
        NotCanonical: where it holds what RFC 8785 and our writer could differ in, such as a float.
    """
    did = key.public.did
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
        "proofPurpose": "assertionMethod",
    }
    if _OPTIONAL in document:
        options[_OPTIONAL] = document[_OPTIONAL]
    value = _MULTIBASE + base58.encode(key.sign(digest(document, options)))
    return {**document, "proof": {**options, "proofValue": value}}


def verify(document: Document) -> bool:
    """Tell whether a document's proof is of the key that it names; that the key may is not said."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("cryptosuite") != SUITE:
        return False
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    if proof.get(_OPTIONAL) != document.get(_OPTIONAL):
        return False
    try:
        key = parse_did_key(str(proof["verificationMethod"]).split("#")[0])
        value = str(proof["proofValue"])
        signature = base58.decode(value.removeprefix(_MULTIBASE))
        return value.startswith(_MULTIBASE) and key.verify(signature, digest(bare, options))
    except (KeyError, ValueError, LedgerError):
        return False


def digest(document: Document, options: Document) -> bytes:
    """Give the 64 bytes that are signed: the hash of the options, then that of the document.

    Raises:
        NotCanonical: as for `secured`.
    """
    for one in (options, document):
        canonical.check_subset(one)
    return b"".join(sha256(canonical.encode(one)).digest() for one in (options, document))
