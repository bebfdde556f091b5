"""Signing in a browser: the key stays in it, the event waits for the line, anyone can verify."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from api.demo.parties import AUTHORITY, CHEN_XIULAN
from domain.events.governance import Custody, KeyBound
from ledger.exporter import export_ledger
from ledger.verifier import Verified, verify
from projections import directory
from tests.api.browsing import launched, on_a_port
from tests.api.pages_parts import County, common, demo_county

pytestmark = pytest.mark.browser

PARTY: Final = CHEN_XIULAN.party
NO_ED25519: Final = """
    const real = crypto.subtle.generateKey.bind(crypto.subtle);
    crypto.subtle.generateKey = (how, ...rest) => how.name === "Ed25519"
        ? Promise.reject(new DOMException("no such curve", "NotSupportedError"))
        : real(how, ...rest);
"""
WITH_MODULES: Final = """async (input) => {
    const load = (name) => import(`/static/js/signing/${name}.js`);
    const [keys, signin, events, outbox] = await Promise.all(
        ["keys", "signin", "events", "outbox"].map(load));
    %s
}"""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("signing"), "signing") as served:
        yield served


@pytest.fixture(scope="module")
def base(county: County) -> Iterator[str]:
    with on_a_port(county) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as started:
        yield started


@pytest.fixture(params=["Ed25519", "P-256"])
def phone(
    browser: Browser, base: str, request: pytest.FixtureRequest
) -> Iterator[tuple[BrowserContext, Page, str]]:
    """A phone with its own storage, on the home page; with the one algorithm or the other."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    if request.param == "P-256":
        context.add_init_script(NO_ED25519)
    page = context.new_page()
    page.goto(base)
    yield context, page, request.param
    context.close()


def ask(page: Page, script: str, value: object = None) -> Any:  # noqa: ANN401
    """Run a script with the signing modules loaded."""
    return page.evaluate(WITH_MODULES % script, value)


def joined(county: County, page: Page) -> str:
    """Make a key on the phone and bind it to the farmer."""
    did: str = ask(page, "return (await keys.make()).did;")
    bind = KeyBound(**common(AUTHORITY), party=PARTY, key=did, custody=Custody.DEVICE)
    county.record(bind)
    ask(page, "await keys.adopt(input.did, input.party);", {"did": did, "party": PARTY})
    return did


def plot_of(county: County) -> tuple[str, str]:
    """A plot of the farmer's, and a product by weight."""
    with county.services.connection() as conn:
        plot = next(p.id for p in directory.places_of(conn, PARTY) if p.kind == "plot")
        gtin = next(g for g, p in directory.products(conn).items() if p.unit == "GRM")
    return plot, gtin


RECORD: Final = """
    const key = await keys.current();
    const made = events.event("batch.harvested.v1", key.party, {
        batch: input.batch, plot: input.plot, place: input.plot, quantity: 5000, unit: "GRM",
    }, {refs: input.refs ?? []});
    const entry = await outbox.record(made, "采收", key);
    return {id: entry.id, state: entry.state, position: entry.position, code: entry.problem?.code};
"""
LOOK: Final = (
    "return (await outbox.entries()).map(e => ({id: e.id, state: e.state, at: e.position}));"
)


def test_a_key_made_here_signs_in_and_records_and_anyone_can_verify(
    county: County, phone: tuple[BrowserContext, Page, str]
) -> None:
    _, page, algorithm = phone
    did = joined(county, page)
    assert did.startswith("did:key:z6Mk" if algorithm == "Ed25519" else "did:key:zDn")
    ask(page, "await signin.signIn(await keys.current());")
    who = page.evaluate("fetch('/api/signin').then(a => a.json())")
    assert (who["party"], who["key"]) == (PARTY, did)
    plot, gtin = plot_of(county)
    said = ask(page, RECORD, {"batch": f"{gtin}/{algorithm}-1", "plot": plot})
    assert said["state"] == "recorded"
    with county.services.connection() as conn:
        lines = list(export_ledger(conn))
    assert len(lines) > said["position"]
    assert isinstance(verify(lines), Verified)


def test_the_private_key_can_not_be_taken_out(phone: tuple[BrowserContext, Page, str]) -> None:
    _, page, _ = phone
    said = ask(page, """
        const key = await keys.make();
        return crypto.subtle.exportKey("pkcs8", key.private).then(() => "out", (e) => e.name);
    """)  # fmt: skip
    assert said == "InvalidAccessError"


def test_what_is_signed_without_a_line_waits_and_goes_out_in_order(
    county: County, phone: tuple[BrowserContext, Page, str]
) -> None:
    context, page, algorithm = phone
    joined(county, page)
    plot, gtin = plot_of(county)
    ask(page, "return 1;")
    context.set_offline(True)
    first = ask(page, RECORD, {"batch": f"{gtin}/{algorithm}-2", "plot": plot})
    second = ask(
        page, RECORD, {"batch": f"{gtin}/{algorithm}-3", "plot": plot, "refs": [first["id"]]}
    )
    assert (first["state"], second["state"]) == ("waiting", "waiting")
    context.set_offline(False)
    ask(page, "await outbox.send();")
    later, earlier = ask(page, LOOK)[:2]
    assert [earlier["id"], later["id"]] == [first["id"], second["id"]]
    assert earlier["state"] == later["state"] == "recorded"
    assert earlier["at"] < later["at"]


def test_a_refusal_is_kept_and_a_missing_cause_is_waited_for(
    county: County, phone: tuple[BrowserContext, Page, str]
) -> None:
    _, page, algorithm = phone
    joined(county, page)
    plot, gtin = plot_of(county)
    batch = f"{gtin}/{algorithm}-4"
    ask(page, RECORD, {"batch": batch, "plot": plot})
    twice = ask(page, RECORD, {"batch": batch, "plot": plot})
    assert (twice["state"], twice["code"]) == ("refused", "batch-exists")
    never = ask(page, "return events.uuid7();")
    waits = ask(page, RECORD, {"batch": batch + "x", "plot": plot, "refs": [never]})
    assert waits["state"] == "waiting"
    lost = ask(page, RECORD, {"batch": batch + "y", "plot": plot, "refs": [twice["id"]]})
    assert (lost["state"], lost["code"]) == ("refused", "ref-missing")


def test_the_same_event_sent_twice_is_recorded_once(
    county: County, phone: tuple[BrowserContext, Page, str]
) -> None:
    _, page, algorithm = phone
    joined(county, page)
    plot, gtin = plot_of(county)
    said = ask(page, RECORD, {"batch": f"{gtin}/{algorithm}-5", "plot": plot})
    again = ask(page, """
        const entry = (await outbox.entries())[0];
        const answer = await fetch("/api/events", {method: "POST", body: entry.envelope,
            headers: {"Content-Type": "application/json"}});
        return [answer.status, (await answer.json()).position];
    """)  # fmt: skip
    assert again == [200, said["position"]]
