"""What the pages are made of: languages, names, numbers, the sketch, the catalogue."""

import re
import string
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from babel.messages.extract import extract
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from api.pages import language
from api.pages.accept import wants_json
from api.pages.catalogue import parts
from api.pages.naming import Naming, address, parts_of, spoken
from api.pages.ordering import order_example
from api.pages.passport_view import passport_view
from api.pages.problems import EXPLAINED
from api.pages.reader import reader
from api.pages.render import TEMPLATES
from api.pages.sketch import HEIGHT, WIDTH, sketch
from domain.events.catalogue import decode
from domain.refusals import Code
from domain.townships import TOWNSHIPS
from ledger.vault import PersonCard
from projections.market_rows import OfferRow
from projections.passport import Passport, Product, Signature, Step, Stock, Where, Who

API = Path(__file__).parents[2] / "api"
BATCH = "02044538101035/20261012-TB07-3"
CST = timezone(timedelta(hours=8))


def request(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": query.encode(),
        "headers": raw, "scheme": "http", "server": ("host", 80),
    }  # fmt: skip
    return Request(scope)


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "chosen"),
    [
        ("", "", "", "zh"),
        ("", "", "en-GB,en;q=0.9", "en"),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "", "fr,en;q=0.3", "en"),
        ("", "", "en;q=0.5,zh;q=0.5", "zh"),
        ("", "lang=en", "zh-CN", "en"),
        ("lang=zh", "lang=en", "en", "zh"),
        ("lang=xx", "lang=yy", "en;q=x", "zh"),
    ],
)
def test_the_address_beats_the_cookie_and_the_cookie_the_browser(
    query: str, cookie: str, accept: str, chosen: str
) -> None:
    asked = request(query, cookie=cookie, accept_language=accept)
    assert language.of_request(asked) == chosen


@given(st.text(st.characters(max_codepoint=255)))
def test_any_accept_header_gets_some_language_and_some_kind_of_answer(header: str) -> None:
    asked = Request({"type": "http", "query_string": b"", "headers": [
        (b"accept-language", header.encode("latin-1")), (b"accept", header.encode("latin-1")),
    ]})  # fmt: skip
    assert language.of_request(asked) in {"zh", "en"}
    assert wants_json(asked) in {True, False}


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/json", True),
        ("application/json, */*;q=0.1", True),
        ("application/problem+json", True),
        ("text/html, application/json", False),
        ("text/html;q=0.5, application/json", True),
        ("application/json;q=0", False),
        ("image/avif,image/webp,*/*", False),
    ],
)
def test_a_page_is_the_answer_unless_json_weighs_more(accept: str, json: bool) -> None:  # noqa: FBT001
    assert wants_json(request(accept=accept)) is json


def sentences() -> dict[str, str]:
    """Every sentence that the pages say, with the file that says it."""
    found: dict[str, str] = {}
    keywords: Any = {"say": None, "say_count": None, "marked": None}
    for method, pattern in (("python", "pages/**/*.py"), ("jinja2", "web/templates/**/*.html")):
        for file in sorted(API.glob(pattern)):
            with file.open("rb") as source:
                for _, message, _, _ in extract(method, source, keywords, (), {}):
                    text = message if isinstance(message, str) else message[0]
                    found.setdefault(text, file.name)
    return found


def test_every_sentence_has_its_english_and_no_english_is_left_over() -> None:
    entries = [one for part in parts("en") for one in part if one.id]
    known = {one.id if isinstance(one.id, str) else one.id[0] for one in entries}
    said = sentences()
    assert len(said) > 200
    assert len(known) == len(entries), "a sentence stands in one catalogue"
    assert known == set(said)
    for one in entries:
        strings = [one.string] if isinstance(one.string, str) else list(one.string or ())
        assert all(strings), one.id
        blanks = set(re.findall(r"%\((\w+)\)s", str(one.id)))
        assert all(set(re.findall(r"%\((\w+)\)s", text)) == blanks for text in strings), one.id
        assert not any(re.search(r"[\u4e00-\u9fff]", text) for text in strings), one.id


def test_no_template_says_anything_outside_the_catalogue() -> None:
    for file in TEMPLATES.glob("**/*.html"):
        text = file.read_text("utf-8")
        text = re.sub(r"say(_count)?\(\"[^\"]*\"", "", text)
        text = re.sub(r"\{#.*?#\}", "", text)
        left = re.sub(r"溯<i>源</i>|\"中文\"", "", text)
        assert not re.findall(r"[\u4e00-\u9fff]+", left), file.name


def test_every_code_is_explained_in_both_languages() -> None:
    assert {code.value for code in Code} <= set(EXPLAINED)
    for one in EXPLAINED.values():
        assert re.search(r"[\u4e00-\u9fff]", one.zh)
        assert not re.search(r"[\u4e00-\u9fff{}]", one.en)
        assert one.status >= 400


def test_days_and_spans_leave_out_a_year_that_is_known() -> None:
    zh, en = reader("zh"), reader("en")
    first, last = date(2026, 10, 12), date(2026, 10, 19)
    assert zh.day(first) == "2026 年 10 月 12 日"
    assert zh.day(first, 2026) == "10 月 12 日"
    assert en.moment(datetime(2026, 10, 12, 7, 5, tzinfo=CST), 2026) == "12 Oct 07:05"
    assert zh.span(first, last, 2026) == "10 月 12 日 至 10 月 19 日"
    assert zh.span(first, first) == "2026 年 10 月 12 日"
    assert en.span(date(2025, 12, 30), date(2026, 1, 2)) == "30 Dec 2025 – 2 Jan 2026"


def test_one_and_many_differ_in_english_only() -> None:
    assert reader("en").say_count("%(n)s 户", 1) == "1 farm"
    assert reader("en").say_count("%(n)s 户", 1200) == "1,200 farms"
    assert reader("zh").say_count("%(n)s 户", 1) == "1 户"


def test_a_person_is_named_only_with_consent() -> None:
    cards = {"P1": PersonCard("陈秀兰", consent=True), "P2": PersonCard("陈水生")}
    naming = Naming(reader("zh"), cards)
    assert naming.who(Who(id="P1", kind="person")) == "陈秀兰"
    assert naming.who(Who(id="P2", kind="person")) == "农户（未公开姓名）"
    assert naming.who(Who(id="P3", kind="person")) == "农户（未公开姓名）"
    assert naming.who(Who(id="P4", name="陈屋合作社", kind="organisation")) == "陈屋合作社"
    assert naming.who(None) == "（没有写是谁）"


def test_an_amount_is_written_in_the_reader_s_unit_and_a_foreign_one_as_it_came() -> None:
    zh, en = Naming(reader("zh"), {}), Naming(reader("en"), {})
    assert zh.amount(212_000, "GRM") == "212 公斤"
    assert zh.amount(25_000, "LBR") == "25,000 磅"
    assert en.amount("200.5", "LBR") == "200.5 lb"
    assert en.amount(3, "XYZ") == "3 XYZ"
    assert en.amount(3, None) == "3 pcs"
    assert zh.amount(None, "GRM") is None


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (BATCH, "/01/02044538101035/10/20261012-TB07-3"),
        ("02044538101035/A/B", "/01/02044538101035/10/A%2FB"),
        ("02044538101036/A", "/batch?id=02044538101036%2FA"),
        ("02044538101035/..", "/batch?id=02044538101035%2F.."),
        ("urn:epc:id:sscc:1.2", "/batch?id=urn%3Aepc%3Aid%3Asscc%3A1.2"),
    ],
)
def test_every_batch_has_an_address_that_a_browser_keeps(key: str, path: str) -> None:
    assert address(key) == path


def test_identifiers_are_spoken_as_people_say_them() -> None:
    assert spoken("https://id.gs1.org/414/0860009999060") == "GLN 0860009999060"
    assert spoken("https://id.gs1.org/00/008600099999850000") == "SSCC 008600099999850000"
    assert spoken("https://example.org/414/x") == "https://example.org/414/x"
    assert parts_of("urn:epc:id:sgtin:1") == (None, None)


CODES = [place.code for place in TOWNSHIPS]
BEYOND = ["440104", "441900", "999999", "440200", "440800"]


@given(
    st.lists(st.sampled_from(CODES), max_size=6),
    st.lists(st.sampled_from(CODES + BEYOND), max_size=6),
    st.sampled_from(["zh", "en"]),
)
def test_every_sketch_stays_inside_its_frame(
    origins: list[str], stops: list[str], tongue: str
) -> None:
    drawn = sketch(origins, stops, tongue)
    known = [code for code in origins if code != "445381400"]
    assert (drawn is None) == (not known)
    if drawn is None:
        return
    assert sum(dot.mark == "origin" for dot in drawn.dots) == len(set(known))
    points = [dot.at for dot in drawn.dots] + ([drawn.tip] if drawn.tip else [])
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    numbers = re.findall(r"-?\d+\.?\d*", " ".join((drawn.outline, *drawn.route)))
    assert all(-20 <= float(number) <= WIDTH + 20 for number in numbers)
    assert set("".join(drawn.route)) <= set(string.digits + "MQ. -")


def test_a_township_without_known_coordinates_is_not_invented() -> None:
    assert sketch(["445381400"], [], "zh") is None


def an_offer() -> OfferRow:
    return OfferRow(
        id="01a1f160-2b30-7c13-9a89-5d4f355dc86e", position=562, seller="P445381-000002",
        place="L445381-000003", batch=BATCH, gtin=BATCH[:14], unit="H87", quantity=363,
        remaining=363, least=20, price_amount=3200, price_per=1, currency="CNY", until=None,
        occurred_at=datetime(2026, 11, 19, tzinfo=CST), state="open",
    )  # fmt: skip


def test_the_example_of_an_order_is_a_true_event_once_the_buyer_s_values_are_in() -> None:
    example = order_example(an_offer())
    filled = (
        example.payload.replace("UUIDv7", "01a1f160-2b30-7c13-9a89-5d4f355dc86f")
        .replace("YOUR-PARTY", "P445381-000011")
        .replace("YOUR-PLACE", "L445381-000012")
        .replace("YYYY-MM-DDThh:mm:ss", "2026-11-20T10:00:00")
        .replace("BASE64-OF-16-BYTES", "AAAAAAAAAAAAAAAAAAAAAA==")
    )
    event = cast("Any", decode(filled.encode()))
    assert event.batch == BATCH
    assert event.price.amount == 3200
    assert "placeOrder" in example.call


def a_step(kind: str, position: int, **fields: Any) -> Step:  # noqa: ANN401
    at = datetime(2026, 10, 12, 8, tzinfo=CST) + timedelta(hours=position)
    return Step(
        kind=kind, position=position, event=f"e{position}", occurred_at=at, admitted_at=at,
        late=False, actor=fields.pop("actor", Who(id="P1", name="陈屋合作社", kind="organisation")),
        signed=fields.pop("signed", ()), batch=fields.pop("batch", BATCH), **fields,
    )  # fmt: skip


def a_passport(*steps: Step) -> Passport:
    return Passport(
        id=BATCH, key=BATCH, kind="own", gtin=BATCH[:14], lot=BATCH[15:],
        product=Product(
            gtin=BATCH[:14], zh="榃滨桂皮", en="Tanbin cassia", category="cinnamon", unit="GRM",
            content_quantity=None, content_unit=None, county_issued=True,
        ),
        made=None, origins=(), origins_left_out=0, timeline=steps, timeline_left_out=0,
        withdrawn=(),
        stock=Stock(
            made=100, held=40, on_the_way=20, used=0, sold=30, disposed=5, lost=5, holders=(),
            holders_left_out=0,
        ),
        position=9,
    )  # fmt: skip


def test_who_signed_for_whom_and_who_keeps_the_key_is_said() -> None:
    coop = Who(id="P1", name="陈屋合作社", kind="organisation")
    farmer = Who(id="P2", kind="person")
    carrier = Who(id="P3", name="泷水快运", kind="organisation")
    signed = Signature(key="did:key:z1", party=coop, custody="device", for_actor=True)
    kept = Signature(key="did:key:z2", party=carrier, custody="server", for_actor=False)
    own = Signature(key="did:key:z1", party=coop, custody="device", for_actor=False)
    passport = a_passport(
        a_step("harvested", 1, actor=farmer, signed=(signed,)),
        a_step("shipped", 2, signed=(kept,)), a_step("inspected", 3, signed=(own,)),
    )  # fmt: skip
    view = passport_view(passport, Naming(reader("zh"), {}), {})
    harvested, shipped, inspected = cast("Any", view.way.entries)
    assert harvested.who == "农户（未公开姓名）"
    assert harvested.plain == "本人没有签名用的手机，由陈屋合作社代签"
    assert shipped.plain == "泷水快运：签名密钥由服务器代管"
    assert inspected.plain is None
    assert "陈屋合作社：用自己的密钥签名" in view.custody


def test_like_steps_of_several_ancestors_stand_together_with_their_sum() -> None:
    yard = Where(id="L1", name="陈屋合作社晒场", township="445381111")
    steps = [
        a_step(
            "harvested", number, batch=f"02044538101011/L{number}", quantity=10_000 * number,
            unit="GRM", place=yard,
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    view = passport_view(a_passport(*steps), Naming(reader("zh"), {}), {})
    (group,) = cast("Any", view.way.entries)
    assert (group.title, group.amount, len(group.steps)) == ("剥皮采收", "60 公斤", 3)


def test_the_shares_of_a_batch_fill_the_bar_exactly() -> None:
    view = passport_view(a_passport(), Naming(reader("en"), {}), {})
    assert [share.mark for share in view.shares] == ["held", "way", "sold", "gone", "lost"]
    last = view.shares[-1]
    assert last.left + last.width == pytest.approx(320)
