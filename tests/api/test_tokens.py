"""Tokens for programs: by whom they are made, how they are listed, how they end."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.demo.parties import AUTHORITY, BUYER, CHENWU
from api.signin import passkeys, sessions, tokens
from api.signin.viewer import COOKIE
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("tokens"), "tokens") as served:
        yield served


@pytest.fixture(autouse=True)
def signed_in(county: County) -> None:
    county.client.cookies.clear()
    sign_in(county.client, BUYER, county.keyring.party_key(BUYER))


def make(county: County, **wanted: Any) -> Any:  # noqa: ANN401
    """Make a token, and give the answer's JSON."""
    answer = county.client.post("/api/tokens", json={"name": "采购系统", **wanted})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def bearer(made: Any) -> dict[str, str]:  # noqa: ANN401
    """Give the header that carries it."""
    return {"Authorization": f"Bearer {made['token']}"}


def test_a_token_opens_what_its_party_may_see_until_it_is_revoked(county: County) -> None:
    made = make(county, scopes=["read"], days=7)
    assert made["token"].startswith(tokens.PREFIX)
    listed = county.client.get("/api/tokens").json()["tokens"]
    assert listed[0]["id"] == made["id"]
    assert "token" not in listed[0]
    session = county.client.cookies[COOKIE]
    county.client.cookies.clear()
    who = county.client.get("/api/signin", headers=bearer(made)).json()
    assert (who["party"], who["means"], who["scopes"]) == (BUYER, "token", ["read"])
    county.client.cookies.set(COOKIE, session)
    assert county.client.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert county.client.delete(f"/api/tokens/{made['id']}").status_code == 404
    county.client.cookies.clear()
    answer = county.client.get("/api/signin", headers=bearer(made))
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_only_a_hash_is_kept(county: County) -> None:
    secret = make(county)["token"]
    with county.services.connection() as conn:
        rows = conn.execute("SELECT t::text FROM signin.token t").fetchall()
    assert rows
    assert all(secret not in row[0] and secret[3:] not in row[0] for row in rows)


def test_a_stolen_token_makes_no_successor_and_ends_no_other(county: County) -> None:
    made = make(county, scopes=["read", "write"])
    county.client.cookies.clear()
    for method, path in (("POST", ""), ("GET", ""), ("DELETE", f"/{made['id']}")):
        answer = county.client.request(method, f"/api/tokens{path}", headers=bearer(made))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-yours"), method


def test_another_partys_token_is_not_there(county: County) -> None:
    made = make(county)
    sign_in(county.client, CHENWU, county.keyring.party_key(CHENWU))
    assert county.client.delete(f"/api/tokens/{made['id']}").status_code == 404
    ids = [one["id"] for one in county.client.get("/api/tokens").json()["tokens"]]
    assert made["id"] not in ids


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": ""}, {"name": "x" * 81}, {"name": "a\nb"}, {"scopes": []}, {"scopes": ["root"]},
        {"days": 0}, {"days": 367}, {"days": "7"}, {"party": AUTHORITY},
    ],
)  # fmt: skip
def test_what_no_token_can_be_is_said(county: County, wanted: dict[str, Any]) -> None:
    answer = county.client.post("/api/tokens", json={"name": "采购系统", **wanted})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"[" * 5000, b'{"name": "\\ud800"}'])
def test_what_is_no_request_is_said(county: County, raw: bytes) -> None:
    answer = county.client.post("/api/tokens", content=raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_a_party_has_only_so_many_tokens(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    with county.services.connection() as conn:
        in_force = sum(one.revoked is None for one in tokens.listed(conn, BUYER))
    monkeypatch.setattr(tokens, "MAX_TOKENS", in_force + 1)
    make(county)
    answer = county.client.post("/api/tokens", json={"name": "一个太多"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-tokens")


def test_a_token_made_with_a_passkey_ends_with_it_and_no_other_does(county: County) -> None:
    with county.services.connection() as conn:
        for credential in (b"lost", b"kept"):
            conn.execute(
                "INSERT INTO signin.passkey (credential, party, name, public_key, uses)"
                " VALUES (%s, %s, 'x', 'k', 0)",
                [credential, CHENWU],
            )
        begun = [
            sessions.begin(conn, CHENWU, "passkey", f"challenge-{one!r}", credential=one)
            for one in (b"lost", b"kept")
        ]
        operators, _ = tokens.make(conn, CHENWU, tokens.Wanted("x"), None)
    made = []
    for secret in begun:
        assert secret is not None
        county.client.cookies.clear()
        county.client.cookies.set(COOKIE, secret)
        made.append(make(county))
    with county.services.connection() as conn:
        assert passkeys.forget(conn, CHENWU, "bG9zdA")
    county.client.cookies.clear()
    others = [made[1], {"token": operators}]
    answers = [county.client.get("/api/signin", headers=bearer(one)) for one in (made[0], *others)]
    assert [one.status_code for one in answers] == [401, 200, 200]
    with county.services.connection() as conn:
        revoked = {one.id: one.revoked for one in tokens.listed(conn, CHENWU)}
    assert revoked[made[0]["id"]] is not None
    assert revoked[made[1]["id"]] is None
