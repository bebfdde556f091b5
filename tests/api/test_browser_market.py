"""A buyer and a seller, each with a browser: an order from placed to settled."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from api.demo.parties import AUTHORITY, CHEN_XIULAN
from api.demo.produce import PRODUCTS
from api.signin.viewer import COOKIE
from domain.events.market import OfferMade
from domain.events.movements import BatchHarvested
from domain.measures import Price, Unit
from tests.api.browsing import launched, on_a_port
from tests.api.pages_parts import PLOT, County, common, demo_county
from tests.api.signing_in import sign_in

pytestmark = pytest.mark.browser

WAIT_MS: Final = 30_000


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("market"), "market_browsed") as it:
        yield it


@pytest.fixture(scope="module")
def base(county: County) -> Iterator[str]:
    with on_a_port(county) as at:
        yield at


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as started:
        yield started


def a_person(browser: Browser, base: str, role: str) -> Page:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{base}/market/orders")
    page.wait_for_selector("html[data-ready=yes]")
    page.click(f"[data-role={role}]")
    page.wait_for_selector("#waiting")
    return page


def an_offer(page: Page, base: str, seller: str) -> None:
    """Open an offer of a seller's, with the form to order from it."""
    page.goto(f"{base}/market")
    links = page.eval_on_selector_all(
        "a.btn[href^='/market/offers/']", "all => all.map(one => one.getAttribute('href'))"
    )
    for link in links:
        page.goto(base + link)
        if seller in page.inner_text("main"):
            page.wait_for_selector("#stage form")
            return
    raise AssertionError(f"{seller} offers something in the demonstration")


def tap(page: Page, act: str) -> None:
    page.wait_for_selector("html[data-ready=yes]")
    page.click(f"[data-act={act}]")


def test_an_order_is_answered_with_a_tap_and_both_see_it(browser: Browser, base: str) -> None:
    buyer = a_person(browser, base, "buyer")
    seller = a_person(browser, base, "cooperative")
    an_offer(buyer, base, "陈屋合作社")
    buyer.fill("[name=quantity]", "20")
    buyer.click(".act")
    buyer.wait_for_url(re.compile(r"/market/orders/[0-9a-f-]{36}"))
    order = buyer.url.split("?")[0]
    expect(buyer.locator(".side .tag")).to_have_text("已下单")
    buyer.wait_for_selector("html[data-ready=yes]")

    seller.goto(order)
    tap(seller, "confirm")
    expect(seller.locator(".side .tag")).to_have_text("卖家已确认", timeout=WAIT_MS)
    expect(buyer.locator(".side .tag")).to_have_text("卖家已确认", timeout=WAIT_MS)

    tap(seller, "ship")
    expect(seller.locator(".side .tag")).to_have_text("已发货", timeout=WAIT_MS)
    buyer.goto(f"{base}/farm")
    buyer.wait_for_selector("html[data-ready=yes]")
    buyer.click("a.row[href^='#receive']:has-text('20 件')")
    buyer.wait_for_selector("[name=item-0]")
    buyer.click(".act")
    buyer.wait_for_selector(".done")
    buyer.goto(order)
    expect(buyer.locator(".side .tag")).to_have_text("已收货", timeout=WAIT_MS)
    seller.goto(order)
    tap(seller, "settle")
    expect(seller.locator(".side .tag")).to_have_text("已结清", timeout=WAIT_MS)


def test_an_order_below_the_least_is_told_before_it_is_signed(browser: Browser, base: str) -> None:
    buyer = a_person(browser, base, "buyer")
    an_offer(buyer, base, "陈屋合作社")
    buyer.fill("[name=quantity]", "1")
    buyer.click(".act")
    expect(buyer.locator(".told.alarm")).to_contain_text("起订")


def test_a_seller_says_why_an_order_is_not_taken(browser: Browser, base: str) -> None:
    buyer = a_person(browser, base, "buyer")
    seller = a_person(browser, base, "cooperative")
    an_offer(buyer, base, "陈屋合作社")
    buyer.fill("[name=quantity]", "30")
    buyer.click(".act")
    buyer.wait_for_url(re.compile(r"/market/orders/[0-9a-f-]{36}"))
    seller.goto(buyer.url.split("?")[0])
    tap(seller, "refuse")
    seller.click(".told button:has-text('送不到')")
    expect(seller.locator(".side .tag")).to_have_text("卖家没接", timeout=WAIT_MS)
    expect(seller.locator(".way")).to_contain_text("送不到")


def test_what_the_county_proposes_is_ordered_with_one_tap(
    browser: Browser, base: str, county: County
) -> None:
    assert sign_in(county.client, AUTHORITY, county.keyring.party_key(AUTHORITY)).status_code == 201
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    session = county.client.cookies[COOKIE]
    context.add_cookies([{"name": COOKIE, "value": session, "url": base}])
    desk = context.new_page()
    desk.goto(f"{base}/market/sharing")
    desk.click(".propose button")
    expect(desk.locator(".told")).to_contain_text("已向双方提出")
    buyer = a_person(browser, base, "buyer")
    card = buyer.locator("#proposed ~ ul .deal").first
    said = card.locator("b").first.inner_text()
    address = card.locator("h3 a").get_attribute("href")
    card.locator("[data-act=place]").click()
    buyer.wait_for_url(re.compile(r"/market/orders/[0-9a-f-]{36}"))
    expect(buyer.locator(".side .tag")).to_have_text("已下单")
    expect(buyer.locator(".side dl")).to_contain_text(said)
    buyer.goto(f"{base}/market/orders")
    expect(buyer.locator(f"#proposed ~ ul a[href='{address}'] >> nth=0")).to_have_count(0)


def test_who_looks_at_the_market_is_told_of_a_new_offer(
    browser: Browser, base: str, county: County
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{base}/market")
    page.wait_for_selector("html[data-ready=yes]")
    expect(page.locator("#fresh a")).to_have_count(0)
    page.wait_for_timeout(500)
    goods: dict[str, Any] = {
        "batch": f"{PRODUCTS[0].gtin}/FRESH-1",
        "quantity": 40_000,
        "unit": Unit.GRAM,
        "place": PLOT,
    }
    harvested = BatchHarvested(**common(CHEN_XIULAN.party), plot=PLOT, **goods)
    county.record(
        harvested,
        OfferMade(**common(CHEN_XIULAN.party, harvested.id), price=Price(900, 1000), **goods),
    )
    page.click("#fresh a")
    expect(page.locator("main")).to_contain_text("FRESH-1", timeout=WAIT_MS)
