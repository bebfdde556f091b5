"""The pages as they are served: over PostgreSQL, the demo county, and every link followed."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from api.demo.parties import AUTHORITY, CHEN_XIULAN, people
from domain.events.governance import PartyAdmitted, PartyKind, Role
from domain.events.holds import BatchHeld, BatchRecalled
from domain.events.marks import MarkClaim, MarkGranted, MarkRevoked, Quota
from domain.events.movements import BatchHarvested, BatchSold, PlotTreated, ShipmentSent
from domain.events.registry import Names, PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import gtin_check_digit
from domain.measures import BatchQuantity, Unit
from tests.api.pages_parts import (
    GTIN,
    LOT,
    PLOT,
    SCRIPT,
    County,
    common,
    demo_county,
    record_trouble,
)

FSMA = Path(__file__).parents[2].parent / "shared/reference/fsma204"
TROUBLE = f"/01/{GTIN}/10/A%2FB%26C%3F"
PAGES = ("/", "/market", "/batches", "/problems", "/problems/not-held", TROUBLE)


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("pages"), "pages") as county:
        record_trouble(county)
        yield county


@pytest.fixture
def county(served: County) -> County:
    """The county to somebody who comes for the first time."""
    served.client.cookies.clear()
    return served


class Links(HTMLParser):
    """Collects what a page leads to or loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.found += [
            value for name, value in attrs if name in {"href", "src", "action"} and value
        ]


def parsed(page: str) -> Links:
    links = Links()
    links.feed(page)
    return links


def test_every_link_of_every_page_leads_somewhere(county: County) -> None:
    waiting = ["/", county.showcase, TROUBLE, "/market", "/problems/not-held"]
    seen: set[str] = set()
    followed = 0
    while waiting:
        path = waiting.pop()
        answer = county.client.get(path, headers={"Accept": "text/html"})
        # 401: a page of one's own, which leads on to signing in.
        assert answer.status_code in {200, 303, 401}, (path, answer.status_code)
        if "text/html" not in answer.headers.get("content-type", "") or path == "/docs":
            continue
        for link in parsed(answer.text).found:
            local = link.removeprefix(county.services.settings.public_url).split("#")[0]
            local = urljoin(path, local) if local.startswith("?") else local
            assert local.startswith("/") or not local, (path, link)
            kind = re.sub(r"[0-9a-f-]{36}|/01/\d{14}/10/[^?.]+|\d{3,}", "N", local)
            if local and kind not in seen and local != "/graphql":
                seen.add(kind)
                waiting.append(local)
                followed += 1
    assert followed > 20


def test_every_batch_opens_and_nobody_is_named_without_consent(county: County) -> None:
    hidden = {one.name for one in people() if not one.consent}
    shown = {one.name for one in people() if one.consent}
    page, paths, text = "/batches", set[str](), ""
    while page:
        listing = county.get(page)
        links = parsed(listing).found
        paths |= {link for link in links if link.startswith("/01/")}
        more = [link for link in links if re.fullmatch(r"/batches\?q=&before=\d+", link)]
        page = more[0] if more else ""
    assert len(paths) > 90
    for path in sorted(paths):
        text += county.get(path)
    assert not [name for name in hidden if name in text]
    assert [name for name in shown if name in text]
    assert "由陈屋合作社代签" in text
    assert "签名密钥由服务器代管" in text


def test_the_showpiece_tells_its_way_from_the_plot_to_the_shelf(county: County) -> None:
    page = county.get(county.showcase)
    said = (
        "榃滨桂皮 500 克", "14 次流转，都有签名可查", "承诺达标合格证", "陈秀兰", "七号山地",
        "480 公斤 → 212 公斤", "212 公斤 → 423 件", "晒掉水分 268 公斤", "水分 9.8 %，农残未检出",
        "卖出 4 次", "GeoNames（CC BY 4.0）", "示意图", "suyuan verify", "示范数据", "县里自编的号",
    )  # fmt: skip
    assert not [text for text in said if text not in page]
    english = county.get(county.showcase, "en")
    assert "14 steps, all signed and open to check" in english
    assert '<html lang="en">' in english


def test_the_mark_is_shown_with_its_authorisation_until_and_after_it_is_taken_back(
    county: County,
) -> None:
    page = county.get(county.showcase)
    assert "罗定肉桂（演示）" in page
    assert "授权陈屋合作社使用" in page
    assert "榃滨镇、泗纶镇" in page
    assert "Luoding cinnamon (demo)" in county.get(county.showcase, "en")
    data = county.client.get(county.showcase, headers={"Accept": "application/json"}).json()
    grant = data["mark"]["event"]
    assert f'href="/api/events/{grant}"' in page
    bundle = f"/api/batches/{county.showcase[4:].replace('/10/', '/')}/bundle"
    lines = county.client.get(bundle).content.splitlines()[1:-1]
    envelopes = (json.loads(b64decode(json.loads(line)["envelope"])) for line in lines)
    proved = {json.loads(b64decode(one["payload"]))["id"] for one in envelopes}
    assert grant in proved
    granted = {one["id"]: one for one in county.client.get("/api/marks").json()}
    assert granted[grant]["quota"] > granted[grant]["used"] > 480_000
    assert "罗定肉桂" not in county.get(TROUBLE)
    county.record(MarkRevoked(
        **common(AUTHORITY), mark=data["mark"]["mark"], grant=grant, reason="抽检不合格"
    ))  # fmt: skip
    assert "不再授权" in county.get(county.showcase)


def test_the_same_address_answers_a_machine_with_data(county: County) -> None:
    answer = county.client.get(county.showcase, headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["id"] == county.showcase.removeprefix("/01/").replace("/10/", "/")
    assert "陈秀兰" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_has_no_inline_script(
    county: County, path: str
) -> None:
    answer = county.client.get(path, headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    links = parsed(answer.text)
    assert not [tag for tag, _ in links.tags if tag in {"style", "iframe"}]
    scripts = [attrs for tag, attrs in links.tags if tag == "script"]
    assert all((attrs.get("src") or "").startswith("/static/js/") for attrs in scripts)
    handlers = [a for _, attrs in links.tags for a in attrs if a == "style" or a.startswith("on")]
    assert handlers == []
    assert answer.headers["vary"].startswith("Accept, Accept-Language, Cookie")


def test_a_script_in_any_text_field_is_shown_as_text(county: County) -> None:
    for path in (TROUBLE, "/batches", f"/batches?q={SCRIPT}x"):
        page = county.get(path)
        ours = '<script type="module" src="/static/js/check/main.js"></script>'
        assert "<script" not in page.replace(ours, "")
    page = county.get(TROUBLE)
    assert page.count("&lt;script&gt;alert(&#39;谁&#39;)") >= 8
    failed = county.client.get("/01/02044538101035/10/%3Cscript%3E", headers={"Accept": "*/*"})
    assert failed.status_code == 404
    assert "<script" not in failed.text


def test_a_script_in_what_was_sprayed_granted_sold_held_or_recalled_is_text_too(
    county: County,
) -> None:
    grower, mill = CHEN_XIULAN.party, "P445381-009901"
    kind, place = "0204453819998", "L445381-009902"
    gtin = kind + gtin_check_digit(kind)
    batch = f"{gtin}/SCRIPTED"
    granted = MarkGranted(
        **common(AUTHORITY), mark="scripted", names=Names(SCRIPT, SCRIPT), party=grower,
        categories=("tea",), townships=("445381",), quota=Quota(10_000, Unit.GRAM),
    )  # fmt: skip
    county.record(
        PartyAdmitted(
            **common(AUTHORITY), party=mill, kind=PartyKind.ORGANISATION, roles=(Role.PROCESSOR,),
            township="445381111", name=SCRIPT,
        ),
        ProductRegistered(
            **common(AUTHORITY), gtin=gtin, names=Names("茶", "Tea"), category="tea",
            unit=Unit.GRAM,
        ),
        PlaceRegistered(
            **common(AUTHORITY), place=place, holder=mill, kind=PlaceKind.YARD,
            township="445381111", name=SCRIPT,
        ),
        granted,
        PlotTreated(
            **common(grower), place=PLOT, substance=SCRIPT, registration="DEMO-1", dose=SCRIPT,
            interval_days=0,
        ),
    )  # fmt: skip
    county.record(BatchHarvested(
        **common(grower), place=PLOT, batch=batch, plot=PLOT, quantity=5000, unit=Unit.GRAM,
        mark=MarkClaim("scripted", granted.id, grower),
    ))  # fmt: skip
    county.record(ShipmentSent(
        **common(grower), place=PLOT, to=mill, to_place=place,
        items=(BatchQuantity(batch, 1000, Unit.GRAM),),
    ))  # fmt: skip
    county.record(BatchSold(
        **common(grower), place=PLOT, batch=batch, quantity=1000, unit=Unit.GRAM, channel=SCRIPT
    ))  # fmt: skip
    county.record(BatchHeld(**common(AUTHORITY), batch=batch, reason=SCRIPT))
    county.record(BatchRecalled(
        **common(AUTHORITY), batch=batch, hazard=SCRIPT, instruction=SCRIPT, level=1
    ))  # fmt: skip
    for language in ("zh", "en"):
        page = county.get(f"/01/{gtin}/10/SCRIPTED", language)
        ours = '<script type="module" src="/static/js/check/main.js"></script>'
        assert "<script" not in page.replace(ours, "")
        assert page.count("&lt;script&gt;alert(&#39;谁&#39;)") >= 6
    assert "<script>alert" not in county.get("/marks")


def test_a_lot_with_a_slash_opens_and_its_troubles_are_said_first(county: County) -> None:
    page = county.get(TROUBLE)
    assert LOT.replace("&", "&amp;") in page
    assert "这个批次有一次检验不合格" in page
    assert "记错了，已作废" in page
    main = page.partition("<main")[2]
    assert main.index("检验不合格") < main.index("都有签名可查")


def test_a_serial_is_named_and_leads_to_its_batch(county: County) -> None:
    assert "编号 000123" in county.get(f"{county.showcase}/21/000123")


def test_a_wrong_check_digit_is_a_400_that_helps(county: County) -> None:
    path = "/01/02044538101036/10/X"
    page = county.client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "末位校验码应为 5" in page.text
    machine = county.client.get(path, headers={"Accept": "application/json"})
    assert machine.status_code == 400
    assert machine.headers["content-type"] == "application/problem+json"
    assert machine.json()["code"] == "label-gtin"


def test_an_unknown_batch_is_a_404_that_helps_and_guesses_nothing(county: County) -> None:
    path = county.showcase[:-1] + "4"
    county.client.cookies.clear()
    page = county.client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "台账里没有这个批次" in page.text
    assert county.showcase not in page.text
    machine = county.client.get(path, headers={"Accept": "application/json"})
    assert machine.status_code == 404
    assert machine.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page", 404), ("GET", "/static/none.css", 404), ("POST", "/docs", 405),
        ("GET", "/api/events/none", 404), ("GET", "/api/marks?at=soon", 422),
        ("GET", "/01/02044538101035/10/A?at=soon", 422), ("POST", "/api/labels", 422),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_a_page_for_a_browser_and_a_problem_for_a_program(
    county: County, method: str, path: str, status: int
) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = county.client.request(method, path, headers={"Accept": browser})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>" in page.text
    assert page.headers["content-security-policy"]
    answers = [page]
    for accept in ("*/*", "application/json", ""):
        told = county.client.request(method, path, headers={"Accept": accept})
        assert told.status_code == status
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["message"]["en"]
        answers.append(told)
    if path.startswith("/01/"):
        assert {one.headers.get("access-control-allow-origin") for one in answers} == {"*"}


def test_what_is_pasted_or_typed_finds_the_batch(county: County) -> None:
    lot = county.showcase.rpartition("/")[2]
    for typed in (
        f"https://anywhere.example{county.showcase}",
        county.showcase.removeprefix("/01/").replace("/10/", "/"),
    ):
        answer = county.client.get("/batches", params={"q": typed})
        assert answer.status_code == 303
        assert answer.headers["location"] == county.showcase
    assert county.showcase in county.get(f"/batches?q={lot}")
    assert "蒸黑豆" in county.get("/batches?q=soybeans")
    assert "没有查到" in county.get("/batches?q=nothing-like-it")


def test_a_product_s_address_lists_its_batches(county: County) -> None:
    answer = county.client.get("/01/02044538101035")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/batches?q=02044538101035")


def test_the_market_narrows_by_kind_township_and_words(county: County) -> None:
    every = county.get("/market")
    assert every.count('class="card offer"') == 11  # two more are of a recalled batch
    assert county.get("/market?category=cinnamon").count('class="card offer"') == 5
    assert county.get("/market?township=445381116").count('class="card offer"') == 2
    assert county.get("/market?q=%E6%A1%82%E7%9A%AE+500").count('class="card offer"') == 1
    assert "没有合适的供应" in county.get("/market?q=nothing")
    cheapest = county.get("/market?sort=cheapest")
    assert cheapest.index("¥6.40") < cheapest.index("¥26.00") < cheapest.index("¥38.00")
    assert "有人求购" in every
    assert "¥40.00/公斤" in every


def test_an_offer_says_how_to_order_with_its_own_ids(county: County) -> None:
    path = next(link for link in parsed(county.get("/market")).found if "/offers/" in link)
    page = county.get(path)
    offer = path.rpartition("/")[2]
    assert f"&#34;offer&#34;: &#34;{offer}&#34;" in page
    assert "placeOrder" in page
    missing = county.client.get("/market/offers/none", headers={"Accept": "text/html"})
    assert missing.status_code == 404


def test_the_language_is_kept_by_a_cookie(county: County) -> None:
    county.client.cookies.clear()
    answer = county.client.get("/?lang=en", headers={"Accept": "text/html"})
    assert "lang=en" in answer.headers["set-cookie"]
    assert answer.headers["content-language"] == "en"
    assert 'hreflang="zh-CN"' in answer.text
    again = county.client.get("/market", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert '<html lang="en">' in again.text


def test_the_home_page_counts_what_there_is(county: County) -> None:
    with county.services.connection() as conn:
        row = conn.execute("SELECT position FROM ledger.head").fetchone()
    assert row is not None
    page = county.get("/")
    assert f"{row[0]:,} 条" in page
    assert county.showcase in page
    assert "密钥不出手机" in page


QUERIES = st.dictionaries(
    st.sampled_from(["q", "category", "township", "sort", "after", "before", "lang"]),
    st.text(max_size=30)
    | st.sampled_from(["cheapest", "3~x", "9~9", "-1", "99999999999999999999"]),
)


@given(st.sampled_from(["/", "/market", "/batches", "/problems"]), QUERIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_query_makes_a_page_fail(county: County, path: str, query: dict[str, str]) -> None:
    encodable = {name: text.encode(errors="replace").decode() for name, text in query.items()}
    answer = county.client.get(path, params=encodable, headers={"Accept": "text/html"})
    refused = any("\0" in text for text in query.values())
    assert answer.status_code in ({400} if refused else {200, 303}), (path, query, answer.text)


@given(st.text(st.characters(max_codepoint=255, exclude_characters="?#"), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_path_under_01_makes_the_passport_fail(county: County, rest: str) -> None:
    raw = "/01/" + "".join(f"%{byte:02X}" for byte in rest.encode())
    answer = county.client.get(raw, headers={"Accept": "text/html"})
    assert answer.status_code in {307, 308, 400, 404}


@pytest.mark.skipif(not FSMA.is_dir(), reason=f"{FSMA} is not here")
def test_foreign_batches_open_and_show_what_their_documents_say(county: County) -> None:
    for file in sorted(FSMA.glob("*.jsonld")):
        county.capture(file.read_bytes())
    page = county.get("/01/00860009999923/10/ABC1234")
    said = (
        "外来批次",
        "条外来记录，原文一字未改",
        "25,000 磅",
        "GLN 0860009999060",
        "由陈屋合作社",
    )
    assert not [text for text in said[:4] if text not in page]
    assert "/01/10860009999920/10/ABC1234" in page
    salad = county.get("/01/10860009998039/10/SALAD-20260420-A")
    assert "/01/10860009998022/10/DEF2345" in salad
    pallet = county.get("/batch?id=https%3A%2F%2Fid.gs1.org%2F00%2F008600099999850000")
    assert "SSCC 008600099999850000" in pallet
    led = county.client.get("/batch", params={"id": "00860009999923/ABC1234"})
    assert led.headers["location"] == "/01/00860009999923/10/ABC1234"
    answer = county.client.get(
        "/01/00860009999923/10/ABC1234", headers={"Accept": "application/json"}
    )
    assert json.loads(answer.text)["kind"] == "foreign"
