"""The farmer's and the clerk's pages in a browser, against the real server, at phone width."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.demo.parties import CHENWU, MILL
from labels.qr import symbol
from ledger.exporter import export_ledger
from ledger.verifier import Verified, verify
from projections import directory, holdings, marks, papers
from tests.api.browsing import launched, on_a_port
from tests.api.pages_parts import County, demo_county

pytestmark = pytest.mark.browser

PHONE: Final = {"width": 390, "height": 844}
WAIT_MS: Final = 30_000


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("field"), "field") as served:
        yield served


@pytest.fixture(scope="module")
def base(county: County) -> Iterator[str]:
    with on_a_port(county) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as started:
        yield started


def a_phone(browser: Browser) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return context, page


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")


@pytest.fixture
def farmer(browser: Browser, base: str) -> Iterator[Page]:
    """A phone that came in by the demonstration's door as a farmer."""
    context, page = a_phone(browser)
    opened(page, f"{base}/farm")
    page.click("[data-role=farmer]")
    page.wait_for_selector(".tiles")
    yield page
    context.close()


@pytest.fixture
def clerk(browser: Browser, base: str) -> Iterator[Page]:
    """A phone that came in as the cooperative's clerk."""
    context, page = a_phone(browser)
    opened(page, f"{base}/coop")
    page.click("[data-role=cooperative]")
    page.wait_for_selector(".tiles")
    yield page
    context.close()


def harvest(page: Page, much: str) -> str:
    """Record a harvest: one tap, one number, one tap."""
    page.click(".tile.main")
    page.fill("[name=quantity]", much)
    page.click(".act")
    page.wait_for_selector(".done, .told")
    return page.inner_text("#stage")


def test_a_harvest_takes_two_taps_and_one_number(farmer: Page, county: County) -> None:
    shown = harvest(farmer, "480.5")
    assert "480.5 斤" in shown
    assert re.search(r"台账第 [\d,]+ 条", shown)
    with county.services.connection() as conn:
        lines = list(export_ledger(conn))
    assert isinstance(verify(lines), Verified)


@pytest.mark.parametrize(
    ("written", "answer", "shown"),
    [("1,5", 0, "1.5 斤"), ("1,500", 1, "1,500 斤"), ("１２．５", None, "12.5 斤")],
)
def test_a_comma_is_asked_about(farmer: Page, written: str, answer: int | None, shown: str) -> None:
    farmer.click(".tile.main")
    farmer.fill("[name=quantity]", written)
    farmer.click(".act")
    if answer is not None:
        farmer.click(f".told button >> nth={answer}")
    farmer.wait_for_selector(".done")
    assert shown in farmer.inner_text("#stage")


@pytest.mark.parametrize("written", ["", "一百", "-5", "0", "1.2.3"])
def test_what_is_no_number_is_said_and_nothing_is_recorded(farmer: Page, written: str) -> None:
    shown = harvest(farmer, written)
    assert "请写一个数" in shown
    assert farmer.locator(".done").count() == 0


def test_more_than_a_plot_can_give_is_asked_not_refused(farmer: Page) -> None:
    farmer.click(".tile.main")
    farmer.fill("[name=quantity]", "999999")
    farmer.click(".act")
    expect(farmer.locator(".told")).to_contain_text("没写错")
    farmer.click(".told button >> nth=1")
    assert farmer.locator(".done").count() == 0
    farmer.click(".act")
    farmer.click(".told button >> nth=0")
    farmer.wait_for_selector(".done")


def test_a_harvest_bears_a_mark_where_a_grant_fits_and_keeps_it_when_split(
    farmer: Page, county: County
) -> None:
    farmer.click(".tile.main")
    farmer.click(".pick:has-text('稻谷')")
    expect(farmer.locator(".pick.mark")).to_be_hidden()
    farmer.click(".pick:has-text('鲜桂皮')")
    farmer.click(".pick:has-text('七号山地')")
    farmer.click(".pick.mark:has-text('罗定肉桂')")
    farmer.fill("[name=quantity]", "40")
    farmer.click(".act")
    farmer.wait_for_selector(".done")
    labels = farmer.locator(".done ~ .btns a").first.get_attribute("href") or ""
    passport = labels.removeprefix("/print")
    opened(farmer, f"{farmer.url.split('/farm')[0]}/farm#process")
    farmer.click(".pick:has-text('分批')")
    lot = passport.split("/10/")[1]
    farmer.click(f".pick:has-text('{lot}')")
    farmer.fill("[name=quantity]", "10")
    farmer.click(".act")
    farmer.wait_for_selector(".done")
    part = (farmer.locator(".done ~ .btns a").first.get_attribute("href") or "").removeprefix(
        "/print"
    )
    for batch in (passport, part):
        told = county.client.get(batch, headers={"Accept": "application/json"}).json()
        assert told["mark"]["zh"] == "罗定肉桂（演示）"


def test_a_sale_names_the_units_sold_and_none_twice(farmer: Page) -> None:
    harvest(farmer, "3")
    for written, words in (
        ("12x", "看不懂"), ("0012-0010", "看不懂"), ("0012、0014－0016", None), ("15", "卖过"),
    ):  # fmt: skip
        farmer.reload()
        farmer.wait_for_selector("html[data-ready=yes]")
        farmer.evaluate("location.hash = ''")
        farmer.click("a.tile[href='#sell']")
        farmer.fill("[name=quantity]", "1")
        farmer.fill("[name=text]", "门市")
        farmer.fill("[name=serials]", written)
        farmer.click(".act")
        if words:
            expect(farmer.locator(".told.alarm")).to_contain_text(words)
        else:
            farmer.wait_for_selector(".done")


def test_a_plot_under_interval_says_how_many_days_it_waits(farmer: Page) -> None:
    assert re.search(r"二号水田还要等 \d+ 天", farmer.inner_text("#stage"))
    farmer.click(".tile.main")
    farmer.click(".pick:has-text('二号水田')")
    farmer.fill("[name=quantity]", "10")
    farmer.click(".act")
    expect(farmer.locator(".told.alarm")).to_contain_text("间隔期")


def test_labels_are_seen_signed_for_and_printed(farmer: Page, county: County) -> None:
    harvest(farmer, "77")
    farmer.click(".btn:has-text('打标签')")
    farmer.wait_for_selector("[name=count]")
    expect(farmer.locator(".preview")).not_to_have_js_property("naturalWidth", 0)
    farmer.check("input[value=unit]")
    farmer.fill("[name=count]", "3")
    with farmer.expect_response("**/api/labels") as answered:
        farmer.click(".act")
    assert answered.value.headers["content-type"] == "application/pdf"
    farmer.wait_for_selector(".done")
    with farmer.expect_download() as saved:
        farmer.click("a[download]")
    page = pypdfium2.PdfDocument(saved.value.path())[0].render(scale=4).to_pil()
    texts = sorted(found.text for found in zxingcpp.read_barcodes(page))
    assert [text.rpartition("/21/")[2] for text in texts] == ["1", "2", "3"]


@pytest.mark.parametrize("count", ["0", "1000000", "两张"])
def test_a_count_of_labels_that_can_not_be_is_said(farmer: Page, count: str) -> None:
    farmer.click("a.tag.ok[href^='/print']")
    farmer.wait_for_selector("[name=count]")
    farmer.fill("[name=count]", count)
    farmer.click(".act")
    expect(farmer.locator(".told.alarm")).to_be_visible()


def test_a_certificate_is_issued_on_the_way_to_its_label(farmer: Page) -> None:
    harvest(farmer, "88")
    farmer.click(".btn:has-text('打标签')")
    farmer.wait_for_selector("[name=count]")
    farmer.check("input[value=certificate]")
    farmer.click("button:has-text('签名开证')")
    farmer.wait_for_selector("[name=contact]")
    farmer.fill("[name=count]", "1")
    farmer.fill("[name=contact]", "0766-1234567")
    farmer.click(".act")
    farmer.wait_for_selector(".done")


def qr_png(text: str) -> bytes:
    """A photo of a code: dark modules on white, with its quiet zone."""
    matrix = symbol(text).matrix
    side = len(matrix)
    small = Image.new("L", (side + 8, side + 8), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x + 4, y + 4), 0)
    drawn = io.BytesIO()
    small.resize((small.width * 8, small.height * 8), Image.Resampling.NEAREST).save(drawn, "PNG")
    return drawn.getvalue()


def scan(page: Page, text: str) -> None:
    """Give the page a photo of a code."""
    page.set_input_files(
        ".scanner input[type=file]",
        {"name": "code.png", "mimeType": "image/png", "buffer": qr_png(text)},
    )


def test_handing_over_by_scanning_and_receiving_with_a_difference(
    farmer: Page, clerk: Page, county: County, base: str
) -> None:
    harvest(farmer, "100")
    with county.services.connection() as conn:
        place = directory.places_of(conn, CHENWU)[-1]
    opened(farmer, f"{base}/farm#hand_over")
    public = county.services.settings.public_url
    scan(farmer, f"{public}/to/{CHENWU}/{place.id}")
    chosen = farmer.locator("input[name=to]:checked")
    expect(chosen).to_have_value(f"{CHENWU}/{place.id}")
    farmer.locator(".pick:has-text('100 斤') input").last.check()
    expect(farmer.locator("[name=quantity]")).to_have_value("100")
    farmer.click(".act")
    farmer.wait_for_selector(".done")

    clerk.goto(f"{base}/farm")
    clerk.wait_for_selector("html[data-ready=yes]")
    clerk.click("a.row[href^='#receive']")
    clerk.fill("[name=item-0]", "101")
    clerk.click(".act")
    expect(clerk.locator(".told.alarm")).to_contain_text("多出来的收不了")
    clerk.fill("[name=item-0]", "97")
    clerk.click(".act")
    expect(clerk.locator(".told")).to_contain_text("少了 3 斤")
    clerk.click(".told button:has-text('秤不一样')")
    clerk.wait_for_selector(".done")
    with county.services.connection() as conn:
        held = holdings.of_party(conn, CHENWU, place.id)
    assert 97 * 500 in {one.quantity for one in held}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://evil.example/01/02044538101004/10/X", "别的网站"),
        ("https://weixin.qq.com/r/abc", "不是溯源的"),
        ("随便一句话", "不是溯源的"),
    ],
)
def test_a_foreign_code_is_told_from_ours(farmer: Page, base: str, text: str, words: str) -> None:
    opened(farmer, f"{base}/farm#hand_over")
    scan(farmer, text)
    expect(farmer.locator(".told.alarm")).to_contain_text(words)


def test_a_photo_without_a_code_and_a_refused_camera_leave_other_ways(
    farmer: Page, base: str
) -> None:
    opened(farmer, f"{base}/farm#hand_over")
    farmer.set_input_files(
        ".scanner input[type=file]",
        {"name": "x.png", "mimeType": "image/png", "buffer": b"\x89PNG nothing"},
    )
    expect(farmer.locator(".told.alarm")).to_contain_text("没有认出码")
    farmer.evaluate("""() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(
            new DOMException("no", "NotAllowedError"));
    }""")
    farmer.click(".scanner button >> nth=0")
    expect(farmer.locator(".told.alarm")).to_contain_text("没有允许用相机")
    assert farmer.locator(".scanner .field").is_visible()


def test_a_phone_whose_key_was_cleared_says_so(farmer: Page, base: str) -> None:
    farmer.evaluate("indexedDB.deleteDatabase('suyuan')")
    context = farmer.context
    farmer.close()
    page = context.new_page()
    opened(page, f"{base}/farm")
    expect(page.locator("#stage")).to_contain_text("没有您的密钥")


def test_without_a_line_a_harvest_waits_in_the_phone_and_then_goes_out(farmer: Page) -> None:
    farmer.context.set_offline(True)
    shown = harvest(farmer, "33")
    assert "没有网" in shown
    farmer.context.set_offline(False)
    farmer.evaluate("dispatchEvent(new Event('online'))")
    farmer.click("a:has-text('回首页') >> nth=0")
    expect(farmer.locator("#stage")).to_contain_text(re.compile(r"33 斤.*第 [\d,]+ 条", re.DOTALL))


def test_joining_with_a_phone_and_losing_it(
    browser: Browser, clerk: Page, county: County, base: str
) -> None:
    context, phone = a_phone(browser)
    opened(clerk, f"{base}/coop#invite")
    address = clerk.inner_text(".address")
    path = address.removeprefix(county.services.settings.public_url)
    opened(phone, base + path)
    phone.fill("[name=name]", "周阿榃")
    phone.click(".act")
    digits = phone.inner_text(".digits")
    assert re.fullmatch(r"\d{4}", digits)
    expect(clerk.locator(".digits")).to_have_text(digits)
    assert "周阿榃" in clerk.inner_text("#stage")
    clerk.fill("[name=plot]", "屋背田")
    clerk.fill("[name=area]", "1.5")
    clerk.click("button:has-text('同意入社')")
    phone.wait_for_selector(".done")
    phone.click(".done a")
    phone.wait_for_selector(".tiles")
    assert "周阿榃" in phone.inner_text(".who")
    assert "屋背田" in harvest(phone, "20") or phone.locator(".done").count() == 1

    clerk.wait_for_selector(".row:has-text('周阿榃')")
    clerk.click(".row:has-text('周阿榃') a.tap")
    clerk.click("button:has-text('手机丢了')")
    clerk.click(".told button >> nth=0")
    clerk.wait_for_selector("img.code")
    opened(phone, f"{base}/farm?again")
    expect(phone.locator("#stage")).to_contain_text(re.compile("不能用|撤销"))
    second = clerk.inner_text(".address").removeprefix(county.services.settings.public_url)
    context.close()
    again, new_phone = a_phone(browser)
    opened(new_phone, base + second)
    new_phone.click(".act")
    clerk.click("button:has-text('同意换手机')")
    new_phone.wait_for_selector(".done")
    new_phone.click(".done a")
    new_phone.wait_for_selector(".tiles")
    again.close()


def test_the_clerk_sends_a_stranger_away(
    browser: Browser, clerk: Page, county: County, base: str
) -> None:
    context, phone = a_phone(browser)
    opened(clerk, f"{base}/coop#invite")
    path = clerk.inner_text(".address").removeprefix(county.services.settings.public_url)
    opened(phone, base + path)
    phone.fill("[name=name]", "不认识的人")
    phone.click(".act")
    clerk.click("button:has-text('退回')")
    expect(clerk.locator("#stage")).not_to_contain_text("不认识的人")
    phone.reload()
    expect(phone.locator("#stage")).to_contain_text("没有这份邀请")
    context.close()


def test_a_weighing_list_is_recorded_whole_or_not_at_all(
    clerk: Page, county: County, base: str
) -> None:
    with county.services.connection() as conn:
        member = next(
            one.member
            for one in directory.members_of(conn, CHENWU)
            if one.may_sign and any(p.kind == "plot" for p in directory.places_of(conn, one.member))
        )
        name = county.services.vault.names(conn, [member])[member].name
        plot = next(p for p in directory.places_of(conn, member) if p.kind == "plot")
    wrong = f"姓名,品名,斤数,地块\n{name},稻谷,120,{plot.name}\n没这个人,稻谷,3,\n"
    right = f"姓名,品名,斤数,地块\n{name},稻谷,120,{plot.name}\n{name},稻谷,80,{plot.name}\n"
    opened(clerk, f"{base}/coop#weighing")
    upload(clerk, wrong)
    expect(clerk.locator(".errors")).to_contain_text("第 3 行 A 列")
    assert clerk.locator(".act.wide").count() == 0
    opened(clerk, f"{base}/coop?again#weighing")
    upload(clerk, right)
    expect(clerk.locator(".weighed")).to_contain_text("和第 2 行是同一户")
    clerk.click(".act.wide")
    clerk.wait_for_selector(".done, .told.alarm")
    assert not clerk.locator(".told.alarm").all_inner_texts()
    clerk.wait_for_selector(".done")
    with county.services.connection() as conn:
        assert county.services.wait_for(county.services.head() or 1)
        held = [one.quantity for one in holdings.of_party(conn, member, plot.id)]
    assert {60_000, 40_000} <= set(held)


def test_a_weighing_list_may_bear_the_mark_that_is_granted(
    clerk: Page, county: County, base: str
) -> None:
    with county.services.connection() as conn:
        grant = next(one for one in marks.grants(conn, [CHENWU]) if one.quota)
        member, plot = next(
            (one.member, place)
            for one in directory.members_of(conn, CHENWU) if one.may_sign
            for place in directory.places_of(conn, one.member)
            if place.kind == "plot" and place.township in grant.townships
        )  # fmt: skip
        name = county.services.vault.names(conn, [member])[member].name
    opened(clerk, f"{base}/coop?marked#weighing")
    upload(
        clerk, f"姓名,品名,斤数,地块\n{name},鲜桂皮,20,{plot.name}\n{name},稻谷,30,{plot.name}\n"
    )
    box = clerk.locator("label.mark input")
    expect(clerk.locator("label.mark")).to_contain_text("的 1 笔，都挂上")
    expect(box).not_to_be_checked()
    box.check()
    clerk.click(".act.wide")
    clerk.wait_for_selector(".done, .told.alarm")
    assert not clerk.locator(".told.alarm").all_inner_texts()
    with county.services.connection() as conn:
        assert county.services.wait_for(county.services.head() or 1)
        (now,) = (one for one in marks.grants(conn, [CHENWU]) if one.id == grant.id)
    assert (now.used, now.batches) == (grant.used + 10_000, grant.batches + 1)


def test_a_member_without_a_phone_is_taken_in_and_recorded_for(
    clerk: Page, county: County, base: str
) -> None:
    opened(clerk, f"{base}/coop#newcomer")
    clerk.fill("[name=name]", "黎二伯")
    clerk.fill("[name=plot]", "榃底田")
    clerk.fill("[name=area]", "两亩")
    clerk.click(".act")
    expect(clerk.locator(".told.alarm")).to_be_visible()
    clerk.fill("[name=area]", "2")
    clerk.click(".act")
    clerk.wait_for_selector("h1:has-text('黎二伯')")
    expect(clerk.locator("#stage")).to_contain_text("2 亩")
    clerk.fill("[name=plot]", "坡脚园")
    clerk.click(".act")
    clerk.wait_for_selector(".row:has-text('坡脚园')")
    clerk.click("a.btn:has-text('代记')")
    clerk.wait_for_selector(".tiles")
    expect(clerk.locator("#behalf")).to_contain_text("正在替黎二伯记")
    assert "66 斤" in harvest(clerk, "66")
    member = clerk.url.partition("for=")[2].partition("#")[0]
    with county.services.connection() as conn:
        assert county.services.wait_for(county.services.head() or 1)
        [held] = holdings.of_party(conn, member)
    assert held.quantity == 33_000
    clerk.goto(f"{base}/01/{held.batch.replace('/', '/10/')}")
    expect(clerk.locator("main")).to_contain_text("由陈屋合作社代签")


def test_nobody_records_for_a_member_who_signs_alone(farmer: Page, base: str) -> None:
    opened(farmer, f"{base}/farm?for={MILL}")
    expect(farmer.locator("#stage")).to_contain_text("您的身份看不了")


def test_labels_are_printed_once_more_and_say_so(farmer: Page, county: County) -> None:
    harvest(farmer, "79")
    farmer.click(".btn:has-text('打标签')")
    farmer.check("input[value=unit]")
    farmer.fill("[name=count]", "2")
    farmer.click(".act")
    farmer.click("button:has-text('再记一次')")
    farmer.click(".row button:has-text('补打')")
    expect(farmer.locator(".card.note")).to_contain_text("标签上会印「补打」")
    expect(farmer.locator(".preview")).not_to_have_js_property("naturalWidth", 0)
    with farmer.expect_response("**/api/labels") as answered:
        farmer.click(".act")
    event = answered.value.headers["suyuan-event"]
    batch = farmer.get_attribute("#stage", "data-batch")
    with county.services.connection() as conn:
        assert county.services.wait_for(county.services.head() or 1)
        again, first = papers.runs_of(conn, str(batch))
    assert (again.id, again.reprint_of) == (event, first.id)
    assert (again.first, again.last) == (first.first, first.last) == ("1", "2")


def upload(page: Page, text: str) -> None:
    page.set_input_files(
        "#list",
        {"name": "过磅单.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")},
    )
