"""Passkeys in a real browser, whose authenticator is a virtual one (Chrome DevTools Protocol)."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from api.demo.parties import AUTHORITY, CHEN_XIULAN
from api.signin import passkeys
from api.signin.viewer import COOKIE
from tests.api.browsing import launched, on_a_port
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEND = """async ([path, body]) => {
    const answer = await fetch('/api/signin/passkey' + path, {
        method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body),
    });
    return [answer.status, await answer.json()];
}"""
CREATE = """async (options) => {
    const made = await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
    });
    return made.toJSON();
}"""
GET = """async (options) => {
    const got = await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
    });
    return got.toJSON();
}"""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("passkeys"), "passkeys") as served:
        yield served


@pytest.fixture(scope="module")
def context(county: County, chromium: Path) -> Iterator[BrowserContext]:
    with on_a_port(county) as base, launched(chromium) as browser:
        # A passkey belongs to a name; an address of numbers has none.
        context = browser.new_context(base_url=base.replace("127.0.0.1", "localhost"))
        yield context
        context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    context.clear_cookies()
    page = context.new_page()
    page.goto("/")
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    yield page
    page.close()


def send(page: Page, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    status, said = page.evaluate(SEND, [path, body])
    return int(status), said


def invite(county: County, party: str) -> str:
    with county.services.connection() as conn:
        return passkeys.invite(conn, party)


def registered(county: County, page: Page) -> str:
    """Register the county office's passkey by invitation, and give its id."""
    code = invite(county, AUTHORITY)
    status, options = send(page, "/registration/options", {"invitation": code})
    assert status == 200, options
    credential = page.evaluate(CREATE, options)
    body = {"invitation": code, "name": "办公室电脑", "credential": credential}
    status, made = send(page, "/registration", body)
    assert (status, made["party"], made["name"]) == (201, AUTHORITY, "办公室电脑"), made
    status, again = send(page, "/registration", body)
    assert (status, again["code"]) == (403, "invitation-over")
    return str(made["id"])


def answered(page: Page) -> Any:  # noqa: ANN401
    """Have the browser answer a challenge."""
    status, options = send(page, "/options", {})
    assert status == 200
    return page.evaluate(GET, options)


def test_an_office_registers_by_invitation_and_signs_in_with_a_touch(
    county: County, page: Page
) -> None:
    registered(county, page)
    credential = answered(page)
    status, said = send(page, "", {"credential": credential})
    assert (status, said) == (201, {"party": AUTHORITY})
    who = page.evaluate("async () => (await fetch('/api/signin')).json()")
    assert (who["party"], who["means"]) == (AUTHORITY, "passkey")
    assert any(cookie["name"] == COOKIE and cookie["httpOnly"] for cookie in page.context.cookies())
    status, again = send(page, "", {"credential": credential})
    assert status == 403, again


def test_a_forgotten_passkey_opens_nothing_and_ends_its_sessions(
    county: County, page: Page
) -> None:
    passkey = registered(county, page)
    assert send(page, "", {"credential": answered(page)})[0] == 201
    gone = page.evaluate(
        "async id => (await fetch('/api/signin/passkey/' + id, {method: 'DELETE'})).status", passkey
    )
    assert gone == 204
    assert page.evaluate("async () => (await fetch('/api/signin')).status") == 401
    status, said = send(page, "", {"credential": answered(page)})
    assert (status, said["code"]) == (403, "passkey-not-valid")


def test_what_was_changed_or_is_of_another_challenge_opens_nothing(
    county: County, page: Page
) -> None:
    registered(county, page)
    good, other = answered(page), answered(page)
    response = good["response"]
    for name in ("signature", "authenticatorData"):
        text = response[name]
        changed = ("B" if text[10] == "A" else "A").join((text[:10], text[11:]))
        bad = {**good, "response": {**response, name: changed}}
        status, said = send(page, "", {"credential": bad})
        assert (status, said["code"]) == (403, "passkey-not-valid"), name
    mixed = {
        **good,
        "response": {**response, "clientDataJSON": other["response"]["clientDataJSON"]},
    }
    status, said = send(page, "", {"credential": mixed})
    assert (status, said["code"]) == (403, "passkey-not-valid")


def test_only_an_office_is_invited_and_a_token_registers_nothing(county: County) -> None:
    county.client.cookies.clear()
    post = county.client.post
    path = "/api/signin/passkey/registration/options"
    assert post(path, content=b"{}").json()["code"] == "not-signed-in"
    assert post(path, json={"invitation": "no code"}).json()["code"] == "invitation-over"
    farmer = invite(county, CHEN_XIULAN.party)
    assert post(path, json={"invitation": farmer}).json()["code"] == "not-yours"
    sign_in(county.client, AUTHORITY, county.keyring.party_key(AUTHORITY))
    assert post(path, content=b"{}").status_code == 200
    made = post("/api/tokens", json={"name": "程序"}).json()["token"]
    county.client.cookies.clear()
    answer = post(path, content=b"{}", headers={"Authorization": f"Bearer {made}"})
    assert answer.json()["code"] == "not-yours"


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'{"credential": 7}', b"{}", b'{"credential": {"response": {}}}', b"\xff"]
)
def test_what_is_no_credential_is_said(county: County, raw: bytes) -> None:
    for path in ("", "/registration"):
        answer = county.client.post(f"/api/signin/passkey{path}", content=raw)
        assert answer.status_code == 400, answer.text
        assert json.loads(answer.text)["code"] == "malformed"


def test_an_invitation_holds_a_day(county: County) -> None:
    code = invite(county, AUTHORITY)
    with county.services.connection() as conn:
        assert passkeys.invited(conn, code) == AUTHORITY
        conn.execute("UPDATE signin.invitation SET expires = clock_timestamp()")
        time.sleep(0.01)
        assert passkeys.invited(conn, code) is None
