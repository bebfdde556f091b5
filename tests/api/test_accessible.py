"""axe-core finds nothing serious on any page, light in Chinese and dark in English.

A page of another part joins with a line in `PAGES`.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.demo.parties import AUTHORITY, BUYER
from api.proposals.store import propose
from api.signin.viewer import COOKIE
from projections.allocation import allocate
from projections.market_queries import OfferFilter, Page, offers
from tests.api.pages_parts import (
    GTIN,
    County,
    Served,
    demo_county,
    first_link,
    record_trouble,
    serving,
)
from tests.api.signing_in import sign_in

pytestmark = pytest.mark.browser

AXE: Final = Path(__file__).parents[1] / "web/node_modules/axe-core/axe.min.js"
SERIOUS: Final = {"serious", "critical"}

PAGES: Final[dict[str, Callable[[County], str]]] = {
    "home": lambda _: "/",
    "passport": lambda county: county.showcase,
    "passport of a blend": lambda county: first_link(county, "/batches?q=LX", "/01/"),
    "passport with a failed inspection": lambda _: f"/01/{GTIN}/10/A%2FB%26C%3F",
    "batches": lambda _: "/batches",
    "market": lambda _: "/market",
    "offer": lambda county: first_link(county, "/market", "/market/offers/"),
    "problems": lambda _: "/problems",
    "one problem": lambda _: "/problems/not-held",
    "not found": lambda county: f"{county.showcase}9",
    "report": lambda county: (
        "/report?batch=" + county.showcase.removeprefix("/01/").replace("/10/", "/")
    ),
}
"""What is looked at, by name: the address, in the demo county."""


def _tiered(county: County) -> str:
    with county.services.connection() as conn:
        rows = offers(conn, OfferFilter(), Page(100))
    return f"/market/offers/{next(row.id for row in rows if row.tiers)}"


def _proposed(county: County) -> str:
    with county.services.connection() as conn:
        assert propose(conn, AUTHORITY, allocate(conn, datetime.now(UTC)))
    return "/market/orders"


SIGNED_IN: Final[dict[str, tuple[str, Callable[[County], str]]]] = {
    "the county's sharing": (AUTHORITY, lambda _: "/market/sharing"),
    "the county's marks": (AUTHORITY, lambda _: "/marks"),
    "an offer, to a buyer": (BUYER, _tiered),
    "orders, with proposals": (BUYER, _proposed),
}
"""The same of those that are for a party."""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("axe"), "axe") as served:
        record_trouble(served)
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


@pytest.mark.parametrize("name", [*PAGES, *SIGNED_IN])
def test_axe_finds_nothing_serious(
    browser: Browser, county: County, site: Served, name: str
) -> None:
    party, address = SIGNED_IN.get(name) or (None, PAGES[name])
    session = None
    if party:
        assert sign_in(county.client, party, county.keyring.party_key(party)).status_code == 201
        session = county.client.cookies[COOKIE]
    looks: tuple[tuple[Literal["light", "dark"], str], ...] = (
        ("light", "zh-CN"),
        ("dark", "en-US"),
    )
    for scheme, locale in looks:
        context = browser.new_context(
            viewport={"width": 390, "height": 800}, color_scheme=scheme, locale=locale
        )
        if session:
            context.add_cookies([{"name": COOKIE, "value": session, "url": site.base}])
        page = context.new_page()
        page.goto(site.base + address(county))
        for summary in page.query_selector_all("summary"):
            summary.click()
        page.evaluate(AXE.read_text("utf-8"))
        found: list[dict[str, Any]] = page.evaluate(
            "async () => (await axe.run({resultTypes: ['violations']})).violations"
        )
        told = [
            f"{one['id']} ({one['impact']}): {node['html'][:160]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]
        assert told == [], (scheme, locale)
        context.close()
