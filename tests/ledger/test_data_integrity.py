"""Credentials of the suite eddsa-jcs-2022, by the vectors of its specification."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from ledger import base58
from ledger.data_integrity import digest, secured, verify
from ledger.errors import NotCanonical
from ledger.keys import Ed25519Key

VECTORS: Final = Path(__file__).parents[2].parent / "shared/reference/eddsa-jcs-2022"


def vector(name: str) -> Any:  # noqa: ANN401
    return json.loads((VECTORS / name).read_text("utf-8"))


@pytest.mark.skipif(not VECTORS.exists(), reason="the reference files are not beside the project")
def test_the_specification_s_example_is_signed_and_verified_to_the_letter() -> None:
    pair, signed = vector("keyPair.json"), vector("signedJCS.json")
    key = Ed25519Key.from_seed(base58.decode(pair["privateKeyMultibase"][1:])[2:])
    assert key.public.did == f"did:key:{pair['publicKeyMultibase']}"
    created = datetime.fromisoformat(signed["proof"]["created"])
    unsigned = vector("unsigned.json")
    assert secured(unsigned, key, created) == signed
    assert verify(signed)
    combined = (VECTORS / "combinedHashJCS.txt").read_text("ascii").strip()
    assert digest(unsigned, vector("proofConfigJCS.json")).hex() == combined


@pytest.fixture
def credential() -> dict[str, Any]:
    key = Ed25519Key.from_seed(bytes(32))
    return secured({"@context": ["a"], "id": "x", "n": [1, "二"]}, key, datetime.now(UTC))


def test_whatever_is_changed_is_found(credential: dict[str, Any]) -> None:
    assert verify(credential)
    proof = credential["proof"]
    other = Ed25519Key.from_seed(bytes([1] * 32)).public.did
    for changed in (
        {**credential, "id": "y"},
        {**credential, "more": 1},
        {**credential, "@context": ["b"]},
        {**credential, "proof": {**proof, "created": "2020-01-01T00:00:00Z"}},
        {**credential, "proof": {**proof, "cryptosuite": "eddsa-rdfc-2022"}},
        {**credential, "proof": {**proof, "proofValue": proof["proofValue"][1:]}},
        {**credential, "proof": {**proof, "proofValue": "z0"}},
        {**credential, "proof": {**proof, "verificationMethod": f"{other}#x"}},
        {**credential, "proof": {**proof, "verificationMethod": "did:web:x"}},
        {name: value for name, value in credential.items() if name != "proof"},
    ):
        assert not verify(changed)


def test_what_two_writers_of_json_could_write_differently_is_not_signed() -> None:
    with pytest.raises(NotCanonical):
        secured({"share": 0.5}, Ed25519Key.from_seed(bytes(32)), datetime.now(UTC))
