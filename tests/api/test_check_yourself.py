"""A batch's bundle checked in the browser: it passes, and fails where and as the verifier does."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from domain.events.governance import LogRotated
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.fingerprint import fingerprint
from ledger.keys import Ed25519Key
from ledger.verifier import Failed, Verified, verify
from tests.api.pages_parts import County, Served, common, demo_county, serving
from tests.county import AUTHORITY
from tests.ledger.bundle_forgeries import FORGED, name_of
from tests.ledger.forgeries import ORIGIN, VKEY, Forge, bundle, note_of

pytestmark = pytest.mark.browser

NO_ED25519: Final = """
const take = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, algorithm, ...rest) =>
    (algorithm?.name ?? algorithm) === 'Ed25519'
        ? Promise.reject(new DOMException('no such curve', 'NotSupportedError'))
        : take(format, data, algorithm, ...rest);
"""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("check"), "checked") as served:
        yield served


@pytest.fixture(scope="module")
def site(county: County) -> Iterator[Served]:
    with serving(county) as served:
        yield served


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="zh-CN")
    yield made
    made.close()


def bundle_path(county: County) -> str:
    return f"/api/batches/{county.showcase.removeprefix('/01/').replace('/10/', '/')}/bundle"


def bundle_of(county: County) -> list[bytes]:
    return county.client.get(bundle_path(county)).content.splitlines(keepends=True)


def checked(page: Page, url: str) -> tuple[str, list[str]]:
    """Open a passport, press the button, and give the outcome with the steps that were told."""
    page.goto(url)
    page.get_by_role("button", name="自己验一验").click()
    outcome = page.wait_for_selector("[data-outcome=good], [data-outcome=bad]")
    assert outcome is not None
    steps = [one.get_attribute("data-step") or "" for one in page.query_selector_all("[data-step]")]
    return outcome.get_attribute("data-outcome") or "", steps


def test_it_passes_and_shows_each_step_and_the_next_time_the_log_must_continue(
    county: County, site: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    outcome, steps = checked(page, site.base + county.showcase)
    assert (outcome, steps) == (
        "good",
        [
            "signatures",
            "keys",
            "checkpoint",
            "inclusion",
            "marks",
            "certificates",
            "first",
            "page",
        ],
    )
    assert "浏览器自带的密码算法" in page.content()
    outcome, steps = checked(page, site.base + county.showcase)
    assert (outcome, steps[6]) == ("good", "consistency")
    assert complaints == []
    assert isinstance(verify(bundle_of(county)), Verified)


def test_a_browser_without_ed25519_checks_with_the_library(
    county: County, site: Served, context: BrowserContext
) -> None:
    context.add_init_script(NO_ED25519)
    page = context.new_page()
    outcome, _ = checked(page, site.base + county.showcase)
    assert outcome == "good"
    assert "noble" in page.inner_text("[data-outcome]")


def test_the_fingerprint_that_the_page_works_out_is_the_printed_one(
    county: County, site: Served, context: BrowserContext
) -> None:
    header = json.loads(bundle_of(county)[0])
    page = context.new_page()
    page.goto(site.base + county.showcase)
    page.get_by_text("这样验，还信了谁").click()
    assert page.inner_text("[data-fingerprint]") == fingerprint(header["log_key"])
    written = context.request.get(site.base + county.showcase).text()
    assert fingerprint(header["log_key"]) in written


def changed(text: str, at: int) -> str:
    """Change one letter of base64 (or of anything) to another that may stand there."""
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def envelope_of(line: dict[str, Any]) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.b64decode(line["envelope"]))
    return decoded


def resealed(line: dict[str, Any], envelope: dict[str, Any]) -> dict[str, Any]:
    raw = json.dumps(envelope, separators=(",", ":")).encode()
    return {**line, "envelope": base64.b64encode(raw).decode()}


def in_payload(line: dict[str, Any]) -> dict[str, Any]:
    envelope = envelope_of(line)
    payload = base64.b64decode(envelope["payload"]).replace(b'"nonce":"', b'"nonce":"A', 1)
    cut = payload.index(b'"nonce":"A') + len(b'"nonce":"A')
    payload = payload[:cut] + payload[cut + 1 :]
    return resealed(line, {**envelope, "payload": base64.b64encode(payload).decode()})


def in_signature(line: dict[str, Any]) -> dict[str, Any]:
    envelope = envelope_of(line)
    (first, *rest) = envelope["signatures"]
    first = {**first, "sig": changed(first["sig"], 8)}
    return resealed(line, {**envelope, "signatures": [first, *rest]})


def in_key(line: dict[str, Any]) -> dict[str, Any]:
    envelope = envelope_of(line)
    (first, *rest) = envelope["signatures"]
    first = {**first, "keyid": changed(first["keyid"], 20)}
    return resealed(line, {**envelope, "signatures": [first, *rest]})


def in_proof(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "proof": [changed(line["proof"][0], 3), *line["proof"][1:]]}


def in_position(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "position": line["position"] + 1}


def in_note(line: dict[str, Any]) -> dict[str, Any]:
    lines = line["checkpoint"].split("\n")
    return {"checkpoint": "\n".join([*lines[:2], changed(lines[2], 4), *lines[3:]])}


def in_seal(line: dict[str, Any]) -> dict[str, Any]:
    note = line["checkpoint"]
    return {"checkpoint": changed(note, len(note) - 12)}


def in_size(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "size": line["size"] + 1}


def in_origin(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "origin": changed(line["origin"], 2)}


def in_batch(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "batch": line["batch"][:-1] + "9"}


CHANGES: Final[dict[str, tuple[int, Callable[[dict[str, Any]], dict[str, Any]]]]] = {
    "payload": (-3, in_payload),
    "signature": (-3, in_signature),
    "key": (-3, in_key),
    "proof": (-3, in_proof),
    "position": (-2, in_position),
    "root": (-1, in_note),
    "seal": (-1, in_seal),
    "size": (0, in_size),
    "origin": (0, in_origin),
    "batch": (0, in_batch),
}


@pytest.mark.parametrize("kind", list(CHANGES))
def test_one_byte_changed_is_found_where_the_verifier_finds_it(
    county: County, site: Served, context: BrowserContext, kind: str
) -> None:
    lines = bundle_of(county)
    at, change = CHANGES[kind]
    lines[at] = json.dumps(change(json.loads(lines[at])), separators=(",", ":")).encode() + b"\n"
    context.route("**/bundle", lambda route: route.fulfill(body=b"".join(lines)))
    page = context.new_page()
    outcome, steps = checked(page, site.base + county.showcase)
    assert (outcome, steps[-1]) == ("bad", "failed")
    refused = verify(lines)
    assert isinstance(refused, Failed)
    told = page.inner_text("[data-step=failed]")
    # A key that is no point of the curve can't be read; a browser says that it signed nothing.
    codes = {refused.code, "bad-signature"} if kind == "key" else {refused.code}
    assert any(f"（{code}）" in told for code in codes), told
    where = f"第 {refused.position} 条" if refused.position else "没有验成"
    assert where in page.inner_text("[data-outcome]")


JUDGE: Final = """
async ([content, batch, logKey]) => {
  const { check } = await import("/static/js/check/bundle.js");
  const steps = [];
  try {
    await check(content, batch, logKey, (step) => steps.push(step));
  } catch (fault) {
    return [fault.position, fault.code];
  }
  return steps;
}
"""


def test_a_forged_bundle_is_refused_where_and_as_the_verifier_does(
    site: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(site.base + "/batches")
    for make in FORGED:
        made = make()
        judged = page.evaluate(JUDGE, [b"".join(made.lines).decode(), made.batch, VKEY])
        good = ["signatures", "keys", "checkpoint", "inclusion", "marks"]
        assert judged == (good if made.code is None else [made.position, made.code]), name_of(make)


def test_a_ledger_opened_under_a_known_key_and_changed_to_another_is_a_strangers(
    site: Served, context: BrowserContext
) -> None:
    """Anybody can name another's public key; that it signed the checkpoint is what counts."""
    forge = Forge()
    thief = Ed25519Key.from_seed(b"who would be the county, 32 byt.")
    thiefs = encode_vkey(NoteSigner(ORIGIN, thief).verifier)
    rotation = LogRotated(**forge.world.common(AUTHORITY), log_key=thiefs, reason="换钥")
    forge.world.admit(rotation)
    crop = forge.world.admit(forge.world.harvest())
    lines = bundle(forge.lines, range(1, len(forge.lines) + 1), crop.batch)
    trailer = {"checkpoint": note_of(forge.lines, thief)}
    content = b"".join([*lines[:-1], json.dumps(trailer).encode() + b"\n"]).decode()
    page = context.new_page()
    page.goto(site.base + "/batches")
    assert page.evaluate(JUDGE, [content, crop.batch, VKEY]) == [0, "wrong-log-key"]
    assert "inclusion" in page.evaluate(JUDGE, [content, crop.batch, thiefs])


@pytest.mark.parametrize("kind", ["event", "certificate", "grant"])
def test_what_only_the_page_tells_of_is_found(
    county: County, site: Served, context: BrowserContext, kind: str
) -> None:
    answer = context.request.get(site.base + county.showcase)
    text = answer.text()
    known = f'data-{kind}="' + text.split(f'data-{kind}="')[1][:36]
    forged = text.replace(known, changed(known, len(known) - 1))
    context.route(
        f"**{county.showcase}",
        lambda route: route.fulfill(body=forged, content_type="text/html; charset=utf-8"),
    )
    page = context.new_page()
    outcome, steps = checked(page, site.base + county.showcase)
    assert (outcome, steps[-1]) == ("bad", "failed")
    assert "page-differs" in page.inner_text("[data-step=failed]")


def test_another_log_key_or_a_rewritten_log_is_noticed_by_who_checked_before(
    county: County, site: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    assert checked(page, site.base + county.showcase)[0] == "good"
    page.evaluate("() => localStorage.setItem('suyuan-check', JSON.stringify({logKey: 'another'}))")
    outcome, _ = checked(page, site.base + county.showcase)
    assert outcome == "bad"
    assert "another-log-key" in page.inner_text("[data-step=failed]")
    header, trailer = (json.loads(bundle_of(county)[at]) for at in (0, -1))
    forged = in_note(trailer)["checkpoint"].replace(f"\n{header['size']}\n", "\n100\n")
    page.evaluate(
        "([logKey, note]) => localStorage.setItem('suyuan-check', JSON.stringify({logKey, note}))",
        [header["log_key"], forged],
    )
    outcome, _ = checked(page, site.base + county.showcase)
    assert outcome == "bad"
    assert "rewritten" in page.inner_text("[data-step=failed]")


def test_what_the_network_does_not_give_is_said(
    county: County, site: Served, context: BrowserContext
) -> None:
    context.route("**/bundle", lambda route: route.abort())
    page = context.new_page()
    outcome, _ = checked(page, site.base + county.showcase)
    assert outcome == "bad"
    assert "取不到证明" in page.inner_text("[data-step=failed]")


def test_a_change_of_the_logs_key_is_followed_by_who_checked_before(
    database_server: str, tmp_path: Path, context: BrowserContext
) -> None:
    """The page shows the key that signs now; the device goes over with the log that it knows."""
    with demo_county(database_server, tmp_path, "check_rotated") as county, serving(county) as site:
        page = context.new_page()
        assert checked(page, site.base + county.showcase)[0] == "good"
        key = county.keyring.new_log_key()
        origin = json.loads(bundle_of(county)[0])["origin"]
        vkey = encode_vkey(NoteSigner(origin, key).verifier)
        county.record(LogRotated(**common(AUTHORITY), log_key=vkey, reason="定期换钥"))
        fresh = f"{site.base}{county.showcase}?lang=zh"  # the page before may be some seconds old
        outcome, steps = checked(page, fresh)
        assert (outcome, "consistency" in steps) == ("good", True)
        page.get_by_text("这样验，还信了谁").click()
        assert page.inner_text("[data-fingerprint]") == fingerprint(vkey)
        page.evaluate("() => localStorage.clear()")
        assert checked(page, fresh)[0] == "good"
        assert isinstance(verify(bundle_of(county), log_key=vkey), Verified)
