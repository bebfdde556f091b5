"""Signing in by a signature: who may, who may not, and for how long."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.parties import AUTHORITY, BUYER, CHENWU
from api.signin import challenge
from api.signin.viewer import COOKIE
from domain.events.governance import Custody, KeyBound, KeyRevoked
from ledger import envelope
from ledger.keys import Ed25519Key, P256Key, SigningKey
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import asked, sealed_in, sign_in, statement
from tests.author import Author

SECRET = b"a secret of the tests, 32 bytes."


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("signin"), "signin") as served:
        yield served


@pytest.fixture(autouse=True)
def signed_out(county: County) -> None:
    county.client.cookies.clear()


def bind(county: County, party: str, key: SigningKey) -> None:
    """Bind another key to a party."""
    common = Author(int(time.time() * 1000)).common(AUTHORITY) | {"occurred_at": datetime.now(UTC)}
    county.record(KeyBound(**common, party=party, key=key.did, custody=Custody.DEVICE))


def revoke(county: County, party: str, key: SigningKey) -> None:
    """Revoke a key."""
    common = Author(int(time.time() * 1000)).common(AUTHORITY) | {"occurred_at": datetime.now(UTC)}
    county.record(KeyRevoked(**common, party=party, key=key.did, reason="手机丢了"))


def code(answer: object) -> str:
    return str(json.loads(getattr(answer, "text", ""))["code"])


def test_a_signature_signs_in_and_the_cookie_is_not_for_scripts(county: County) -> None:
    answer = sign_in(county.client, CHENWU, county.keyring.party_key(CHENWU))
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    who = county.client.get("/api/signin").json()
    assert who["party"] == CHENWU
    assert "cooperative" in who["roles"]
    assert who["means"] == "signature"


def test_the_public_is_told_to_sign_in(county: County) -> None:
    answer = county.client.get("/api/signin")
    assert (answer.status_code, code(answer)) == (401, "not-signed-in")
    assert "/api/signin/challenge" in answer.headers["www-authenticate"]


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied(county: County) -> None:
    sign_in(county.client, CHENWU, county.keyring.party_key(CHENWU))
    copied = county.client.cookies[COOKIE]
    assert county.client.delete("/api/signin").status_code == 204
    county.client.cookies.set(COOKIE, copied)
    assert county.client.get("/api/signin").status_code == 401


def test_the_same_sign_in_does_not_count_twice(county: County) -> None:
    raw = sealed_in(statement(county.client, CHENWU), county.keyring.party_key(CHENWU))
    assert county.client.post("/api/signin", content=raw).status_code == 201
    again = county.client.post("/api/signin", content=raw)
    assert (again.status_code, code(again)) == (403, "challenge-used")


def test_what_was_signed_for_another_site_opens_nothing_here(county: County) -> None:
    key = county.keyring.party_key(CHENWU)
    answer = sign_in(county.client, CHENWU, key, origin="https://sy.example.net")
    assert (answer.status_code, code(answer)) == (403, "wrong-origin")


def test_a_challenge_of_another_secret_opens_nothing(county: County) -> None:
    foreign = challenge.make(SECRET, int(time.time()))
    answer = sign_in(county.client, CHENWU, county.keyring.party_key(CHENWU), challenge=foreign)
    assert (answer.status_code, code(answer)) == (403, "challenge-expired")


def test_a_key_opens_no_other_party(county: County) -> None:
    answer = sign_in(county.client, BUYER, county.keyring.party_key(CHENWU))
    assert (answer.status_code, code(answer)) == (403, "key-not-valid")
    answer = sign_in(county.client, CHENWU, Ed25519Key.generate())
    assert (answer.status_code, code(answer)) == (403, "key-not-valid")


def test_a_p256_key_signs_in_until_it_is_revoked(county: County) -> None:
    key = P256Key.generate()
    bind(county, CHENWU, key)
    assert sign_in(county.client, CHENWU, key).status_code == 201
    assert county.client.get("/api/signin").status_code == 200
    revoke(county, CHENWU, key)
    assert county.client.get("/api/signin").status_code == 401
    assert code(sign_in(county.client, CHENWU, key)) == "key-not-valid"


def test_a_sign_in_is_no_event_and_an_event_no_sign_in(county: County) -> None:
    key = county.keyring.party_key(CHENWU)
    raw = sealed_in(statement(county.client, CHENWU), key)
    answer = county.client.post("/api/events", content=raw)
    assert (answer.status_code, code(answer)) == (400, "malformed")
    said = envelope.to_bytes(envelope.sign(envelope.parse(raw, _type(raw)).payload, key))
    answer = county.client.post("/api/signin", content=said)
    assert (answer.status_code, code(answer)) == (400, "malformed")


def _type(raw: bytes) -> str:
    return str(json.loads(raw)["payloadType"])


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"\xff", b'{"payload":"","payloadType":"x","signatures":[]}'],
    ids=["nothing", "empty", "list", "bytes", "unsigned"],
)  # fmt: skip
def test_what_is_no_sign_in_is_refused_plainly(county: County, raw: bytes) -> None:
    answer = county.client.post("/api/signin", content=raw)
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_a_changed_byte_is_no_signature(county: County) -> None:
    key = county.keyring.party_key(CHENWU)
    parsed = json.loads(sealed_in(statement(county.client, CHENWU), key))
    sig = parsed["signatures"][0]["sig"]
    parsed["signatures"][0]["sig"] = ("B" if sig[0] == "A" else "A") + sig[1:]
    answer = county.client.post("/api/signin", content=json.dumps(parsed))
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_the_challenge_names_the_origin_that_is_to_be_signed(county: County) -> None:
    given_ = asked(county.client)
    assert given_["origin"] == "http://testserver"
    assert given_["expires_in"] == challenge.LIFETIME_S


def test_a_challenge_holds_for_its_time() -> None:
    made = challenge.make(SECRET, 1_000)
    assert challenge.holds(SECRET, made, 1_000 + challenge.LIFETIME_S)
    assert not challenge.holds(SECRET, made, 1_001 + challenge.LIFETIME_S)
    assert not challenge.holds(b"another secret of the tests, 32.", made, 1_000)


@given(st.text(max_size=80))
def test_no_text_passes_for_a_challenge(text: str) -> None:
    assert not challenge.holds(SECRET, text, 1_000)
