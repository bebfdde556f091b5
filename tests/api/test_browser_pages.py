"""The pages in a browser: room at every width, large targets, contrast, and no need of scripts."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.api.browsing import launched, on_a_port
from tests.api.pages_parts import GTIN, County, demo_county, record_trouble

pytestmark = pytest.mark.browser

WIDTHS: Final = (320, 390, 768, 1280)
NAMES: Final = ("home", "showcase", "trouble", "blend", "market", "offer", "batches", "missing")

OVERFLOW: Final = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('svg, .out, .skip, pre'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40))"""

SMALL_TARGETS: Final = """() => [...document.querySelectorAll('a, button, input, summary')]
    .filter(e => e.type !== 'hidden' && e.checkVisibility() && !e.matches('.skip'))
    // The map's circles lead where the chips lead too (WCAG 2.2, 2.5.8, equivalent).
    .filter(e => !e.closest('.offered'))
    // The map's circles lead where the chips lead too (WCAG 2.2, 2.5.8, equivalent).
    .filter(e => !e.closest('.offered'))
    // A link within a sentence or a value is as high as its line (WCAG 2.2, 2.5.8, inline).
    .filter(e => !(e.matches('p a:not(.btn, .more, .proof, .tap), dd a')))
    .filter(e => e.getBoundingClientRect().height < 47.5)
    .map(e => e.outerHTML.slice(0, 120))"""

FAINT_TEXT: Final = """() => {
    const light = c => {
        const [r, g, b] = c.map(v => v / 255)
            .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const parts = c => c.match(/[\\d.]+/g).map(Number);
    const ground = e => {
        for (let at = e; at; at = at.parentElement) {
            const c = parts(getComputedStyle(at).backgroundColor);
            if (c.length < 4 || c[3] === 1) return c.slice(0, 3);
        }
        return [255, 255, 255];
    };
    const bad = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (!walk.currentNode.textContent.trim() || e.closest('svg') || !e.offsetParent) continue;
        const style = getComputedStyle(e);
        const [a, b] = [light(parts(style.color).slice(0, 3)), light(ground(e))];
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.outerHTML.slice(0, 100));
    }
    return bad;
}"""

SMALL_TEXT: Final = """() => [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => !e.closest('svg') && parseFloat(getComputedStyle(e).fontSize) < 13)
    .map(e => e.outerHTML.slice(0, 100))"""

NAMELESS: Final = """() => [
    ...[...document.querySelectorAll('a, button')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent).trim()),
    ...[...document.querySelectorAll('input:not([type=hidden])')].filter(e => !e.labels.length),
    ...[...document.querySelectorAll('svg:not([aria-hidden]):not([role=img][aria-label]):not([role=group][aria-label])')],
    ...[...document.querySelectorAll('[id]')]
        .filter(e => document.querySelectorAll('#' + CSS.escape(e.id)).length > 1),
].map(e => e.outerHTML.slice(0, 120))"""

HEADINGS: Final = "() => [...document.querySelectorAll('h1,h2,h3')].map(e => +e.tagName[1])"


def first(county: County, path: str, begins: str) -> str:
    """Give the first link of a page that begins so."""
    found = re.search(rf'href="({begins}[^"]+)"', county.get(path))
    assert found is not None
    return found[1]


class Site:
    """The demo county behind a port of its own."""

    def __init__(self, county: County, base: str) -> None:
        self.base = base
        self.paths = {
            "home": "/", "showcase": county.showcase, "trouble": f"/01/{GTIN}/10/A%2FB%26C%3F",
            "blend": first(county, "/batches?q=LX", "/01/"), "market": "/market",
            "offer": first(county, "/market", "/market/offers/"), "batches": "/batches",
            "missing": county.showcase + "9",
        }  # fmt: skip

    def url(self, name: str) -> str:
        """Give a page's address."""
        return self.base + self.paths[name]


@pytest.fixture(scope="module")
def site(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browser")
    with demo_county(database_server, folder, "browsed") as county:
        record_trouble(county)
        with on_a_port(county) as base:
            yield Site(county, base)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as started:
        yield started


def opened(
    browser: Browser, site: Site, name: str, width: int,
    scheme: Literal["light", "dark"] = "light", locale: str = "zh-CN",
) -> tuple[Page, list[str]]:  # fmt: skip
    """Open a page, with what the browser complained about."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda sent: complaints.append(sent.url) if foreign(sent.url, site) else None
    )
    page.goto(site.url(name))
    return page, [text for text in complaints if "404" not in text]


def foreign(url: str, site: Site) -> bool:
    return not url.startswith((site.base, "data:"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_and_every_target_is_large(
    browser: Browser, site: Site, name: str, width: int
) -> None:
    for locale in ("zh-CN", "en-US"):
        page, complaints = opened(browser, site, name, width, locale=locale)
        assert complaints == []
        assert page.evaluate(OVERFLOW) == []
        for summary in page.query_selector_all("summary"):
            summary.click()
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate(SMALL_TARGETS) == []
        page.context.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_large_and_dark_enough_and_everything_has_a_name(
    browser: Browser, site: Site, name: str, scheme: Literal["light", "dark"]
) -> None:
    page, _ = opened(browser, site, name, 390, scheme)
    for summary in page.query_selector_all("summary"):
        summary.click()
    assert page.evaluate(FAINT_TEXT) == []
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(NAMELESS) == []
    levels: list[Any] = page.evaluate(HEADINGS)
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    page.context.close()


def test_without_javascript_a_batch_is_found_and_walked_back_to_its_source(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(site.url("home"))
    lot = site.paths["showcase"].rpartition("/")[2]
    page.get_by_role("searchbox").fill(f"{site.base}{site.paths['showcase']}")
    page.get_by_role("button", name="查一查").click()
    page.wait_for_url(site.url("showcase"))
    assert not page.locator("[data-check] button").is_visible()
    page.locator(".tree:visible").get_by_role("link", name="桂皮（干）").click()
    page.locator(".tree:visible").get_by_role("link", name="鲜桂皮").click()
    page.get_by_text("它就是源头").first.wait_for(state="attached")
    assert lot in page.url
    page.get_by_role("link", name="English").click()
    page.get_by_text("It is the source").first.wait_for(state="attached")
    context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, site, "showcase", 390)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.context.close()


def test_a_page_has_room_on_a_desk_and_is_whole_on_paper(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, site, "showcase", 1280)
    side, body = page.query_selector(".two > .side"), page.query_selector(".two > .body")
    assert side is not None
    assert body is not None
    left, right = side.bounding_box(), body.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] < right["x"]
    page.emulate_media(media="print")
    assert page.get_by_text("榃滨桂皮 500 克").first.is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.pdf().startswith(b"%PDF")
    page.context.close()
