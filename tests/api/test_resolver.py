"""The GS1-Conformant Resolver over the demo county: each test holds a demand of the standard.

`docs/digital-link.md` names these tests, demand by demand.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.demo.parties import CHEN_XIULAN
from domain.events.correction import EventCorrected
from domain.events.links import LinkSet, LinkWithdrawn, MediaType
from domain.events.movements import BatchHarvested, BatchTransformed
from domain.events.registry import ProductRegistered
from domain.ids import gtin_check_digit
from domain.link_types import NAMESPACE
from domain.measures import Unit
from labels.application_identifiers import QUALIFIERS
from ledger import log
from tests.api.pages_parts import GTIN, PLOT, County, common, demo_county, record_trouble
from tests.labels.test_compression import encoded
from tests.labels.test_epc_binary import base64url, bits_of, hexadecimal

REFERENCE = Path(__file__).parents[2].parent / "shared/reference/digital-link"
SHOP = "https://shop.example.cn"
LINKSET = "application/linkset+json"
DESCRIBED = {
    "resolverRoot", "supportedPrimaryKeys", "name", "supportedLinkType", "extensionProfile",
    "linkTypeDefaultCanBeLinkset", "supportedContextValuesEnumerated", "contact",
    "supportedContextValuesExternal", "jsonLdContextLocation", "termsOfUse",
}  # fmt: skip
"""What a resolver's description may tell."""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    data = tmp_path_factory.mktemp("resolver")
    with demo_county(
        database_server, data, "resolver_pages", SUYUAN_PUBLIC_URL="https://sy.example.cn"
    ) as served:
        record_trouble(served)
        yield served


@pytest.fixture(scope="module")
def gtin(county: County) -> str:
    return county.showcase.split("/")[2]


@pytest.fixture(scope="module")
def lot(county: County) -> str:
    return county.showcase.split("/")[4]


def owner_of(county: County, batch: str) -> str:
    """Give who first recorded a batch."""
    with county.services.connection() as conn:
        for recorded in log.read(conn, 0, 100_000):
            event = recorded.event
            if isinstance(event, BatchHarvested) and event.batch == batch:
                return event.actor
            if isinstance(event, BatchTransformed) and any(
                one.batch == batch for one in event.outputs
            ):
                return event.actor
    raise AssertionError(batch)


def registrant_of(county: County, gtin: str) -> str:
    """Give who registered a product."""
    with county.services.connection() as conn:
        for recorded in log.read(conn, 0, 100_000):
            event = recorded.event
            if isinstance(event, ProductRegistered) and event.gtin == gtin:
                return event.actor
    raise AssertionError(gtin)


@pytest.fixture(scope="module")
def links(county: County, gtin: str, lot: str) -> dict[str, LinkSet]:
    """Links of a batch and of its product, set by their owners."""
    batch, owner = f"{gtin}/{lot}", owner_of(county, f"{gtin}/{lot}")
    sort = "gs1:recipeInfo"
    told: dict[str, LinkSet] = {}
    for name, who, what, kind, language, more in (
        ("recipe-zh", owner, batch, sort, "zh", {}),
        ("recipe-en", owner, batch, sort, "en", {}),
        ("recipe-gb", owner, batch, sort, "en-GB", {"context": "GB"}),
        ("recipe-pdf", owner, batch, sort, "en", {"media_type": MediaType.PDF}),
        ("pip", registrant_of(county, gtin), gtin, "gs1:pip", "zh", {"media_type": MediaType.HTML}),
        ("video", registrant_of(county, gtin), gtin, "gs1:relatedVideo", "zh", {}),
    ):
        told[name] = LinkSet(
            **common(who), identifier=what, link_type=kind, target=f"{SHOP}/{name}?from=qr",
            title=f"链接 {name}", language=language, **more,
        )  # fmt: skip
    county.record(*told.values())
    return told


def ask(county: County, path: str, accept: str = "text/html", **headers: str) -> Any:  # noqa: ANN401
    county.client.cookies.clear()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return county.client.get(path, headers={"Accept": accept, **named})


def linkset_of(county: County, path: str) -> Any:  # noqa: ANN401
    answer = ask(county, path, LINKSET)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == LINKSET
    return answer.json()["linkset"]


# What is read, and what is wrong with it


def test_get_head_and_options_are_answered(county: County) -> None:
    get = ask(county, county.showcase)
    head = county.client.head(county.showcase, headers={"Accept": "text/html"})
    assert (get.status_code, head.status_code, head.content) == (200, 200, b"")
    assert head.headers["link"] == get.headers["link"]
    for path in (county.showcase, "/CxFKk4XBoI1XgkY", "/.well-known/gs1resolver", "/00/1"):
        options = county.client.options(path)
        assert options.status_code == 204
        assert options.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/01/1", "/01/09506000134352", "/.well-known/gs1resolver", None])
def test_any_site_may_ask(county: County, path: str | None) -> None:
    answer = ask(county, path or county.showcase)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Link" in answer.headers["access-control-expose-headers"]
    preflight = county.client.options(path or county.showcase)
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_a_browser_s_scan_lands_on_the_passport_at_once(county: County) -> None:
    answer = ask(county, county.showcase, "text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.status_code == 200
    assert "溯源" in answer.text
    assert 'rel="linkset"' in answer.headers["link"]


def test_a_slash_at_the_end_is_tolerated(county: County) -> None:
    assert ask(county, county.showcase + "/").status_code == 200
    assert ask(county, county.showcase + "//").status_code == 400


BAD = {
    "wrong check digit": "/01/09506000134353",
    "wrong check digit of a batch": "/01/09506000134353/10/A",
    "letters": "/01/0950600013435X",
    "fifteen digits": "/01/109506000134352",
    "full-width digits": "/01/%EF%BC%90%EF%BC%99506000134352",
    "qualifiers out of order": "/01/09506000134352/21/1/10/A",
    "qualifiers mixed": "/01/09506000134352/10/A/235/B",
    "unknown AI": "/01/09506000134352/99/A",
    "an attribute in the path": "/01/09506000134352/17/271231",
    "a qualifier twice": "/01/09506000134352/10/A/10/B",
    "an AI without a value": "/01/09506000134352/10",
    "an empty lot": "/01/09506000134352/10//21/1",
    "a lot of 21": "/01/09506000134352/10/" + "A" * 21,
    "a lot outside set 82": "/01/09506000134352/10/%E6%89%B9",
    "a space": "/01/09506000134352/10/A%20B",
    "a null": "/01/09506000134352/10/A%00",
    "a line feed": "/01/09506000134352/10/A%0A",
    "a dot": "/01/09506000134352/10/%2E",
    "two dots": "/01/09506000134352/10/%2e%2e",
    "a broken escape": "/01/09506000134352/10/A%2",
    "escaped bytes that are no text": "/01/09506000134352/10/%FF",
    "a wrong date": "/01/09506000134352?17=271332",
    "an unknown AI in the query": "/01/09506000134352?29=1",
    "a serial in the query": "/01/09506000134352?21=1",
    "an attribute twice": "/01/09506000134352?17=271231&17=271230",
    "a wrong GSIN": "/402/12345678901234569",
    "a wrong GLN": "/414/9506000134353",
    "an SSCC with a qualifier": "/00/340123450000000000/10/A",
    "a compressed wrong check digit": "/" + encoded([("01", "09506000134353")]),
    "half compressed and unreadable": "/01/09506000134352/____",
}


@pytest.mark.parametrize("fault", BAD)
def test_what_is_no_digital_link_is_400_with_help(county: County, fault: str) -> None:
    page = ask(county, BAD[fault])
    assert page.status_code == 400, page.text[:300]
    assert page.headers["content-type"].startswith("text/html")
    for accept in ("application/json", LINKSET):
        problem = ask(county, BAD[fault], accept)
        assert problem.status_code == 400
        assert problem.headers["content-type"] == "application/problem+json"
        told = problem.json()
        assert told["message"]["zh"]
        assert told["message"]["en"]


def test_every_primary_key_is_checked_and_those_not_served_are_404(county: County) -> None:
    right = {
        "00": "340123450000000000", "253": "9506000134352", "255": "9506000134352",
        "401": "ABC", "402": "12345678901234560", "414": "9506000134352/254/A",
        "415": "9506000134352/8020/1", "417": "9506000134352", "8003": "09506000134352",
        "8004": "9506", "8006": "095060001343520102/21/A", "8010": "9506A/8011/1",
        "8013": "1987654Ad4X4bL5ttr2310c2K", "8017": "123456789012345675",
        "8018": "123456789012345675",
    }  # fmt: skip
    right["402"] = "1234567890123456" + gtin_check_digit("1234567890123456")
    for ai in ("8017", "8018"):
        right[ai] = "12345678901234567" + gtin_check_digit("12345678901234567")
    assert set(right) == set(QUALIFIERS) - {"01"}
    for ai, value in right.items():
        answer = ask(county, f"/{ai}/{value}", "application/json")
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    "path", ["/01/09506000134352", "/01/09506000134352/10/NOSUCH", "/01/09506000134352/10/%252F"]
)
def test_what_is_not_known_is_404_that_helps_and_guesses_nothing(county: County, path: str) -> None:
    for suffix in ("", "?linkType=linkset", "?linkType=gs1:pip"):
        page = ask(county, path + suffix)
        assert page.status_code == 404
        assert "09506000134352" in page.text
        others = re.findall(r'href="/01/(?!09506000134352)', page.text)
        assert others == []
        assert ask(county, path + suffix, LINKSET).status_code == 404


def test_a_lot_one_letter_off_is_not_answered_by_its_neighbour(county: County) -> None:
    answer = ask(county, county.showcase + "X", LINKSET)
    assert answer.status_code == 404
    assert county.showcase.replace("/10/", "/") not in answer.text


@pytest.mark.parametrize("size", [4097, 8192, 60_000])
def test_an_address_of_8_kb_is_414(county: County, size: int) -> None:
    assert ask(county, "/01/" + "9" * size).status_code == 414
    assert ask(county, f"{county.showcase}?x={'y' * size}").status_code == 414
    assert ask(county, "/" + "A" * size).status_code == 414


def test_a_short_gtin_is_led_to_its_canonical_address(county: County, gtin: str, lot: str) -> None:
    answer = ask(county, f"/01/{gtin[1:]}/10/{lot}?a=1&b=%E6%BA%AF")
    assert answer.status_code == 308
    assert answer.headers["location"] == (
        f"https://sy.example.cn/01/{gtin}/10/{lot}?a=1&b=%E6%BA%AF"
    )


def test_escapes_that_are_not_needed_name_the_same_batch(
    county: County, gtin: str, lot: str
) -> None:
    raw = "".join(f"%{ord(c):02x}" for c in lot)
    answer = ask(county, f"/01/{gtin}/10/{raw}")
    assert answer.status_code == 200
    assert f'<https://sy.example.cn{county.showcase}>; rel="canonical"' in answer.headers["link"]


# Compressed


def test_a_compressed_address_opens_and_names_what_it_stands_for(
    county: County, gtin: str, lot: str
) -> None:
    whole = "/" + encoded([("01", gtin), ("10", lot), ("17", "271231")])
    part = f"/01/{gtin}/" + encoded([("10", lot)])
    for path, uri in (
        (whole, f"{county.showcase}?17=271231"), (part, county.showcase),
    ):  # fmt: skip
        answer = ask(county, path)
        assert answer.status_code == 200
        same = f'<https://sy.example.cn{uri}>; rel="owl:sameAs"'
        assert same in answer.headers["link"]
        assert linkset_of(county, path)[0]["anchor"] == f"https://sy.example.cn{county.showcase}"


def test_a_tag_s_binary_string_opens_and_names_what_it_stands_for(
    county: County, gtin: str
) -> None:
    bits = bits_of("sgtin-96", gtin[1:7], gtin[0] + gtin[7:13], f"{7:038b}")
    for code in (hexadecimal(bits), base64url(bits)):
        answer = ask(county, f"/{code}?x=1", LINKSET)
        assert answer.status_code == 200
        assert answer.json()["linkset"][0]["anchor"] == f"https://sy.example.cn/01/{gtin}"
        same = f'<https://sy.example.cn/01/{gtin}/21/7>; rel="owl:sameAs"'
        assert same in answer.headers["link"]
        assert ask(county, f"/{code}?x=1").status_code == 307
    unknown = ask(county, "/eh30164596f40c0e5cbe991a83")
    assert unknown.status_code == 404
    assert "09528765123457" in unknown.text


@pytest.mark.parametrize("word", ["administrator", "wp-login-page", "AAAAAAAAAAAA", "robots_text"])
def test_a_word_is_no_compressed_address(county: County, word: str) -> None:
    assert ask(county, "/" + word).status_code in {400, 404}


# Linksets


def asks_for_all(county: County, path: str) -> list[Any]:
    return [
        ask(county, path, LINKSET), ask(county, f"{path}?linkType=linkset"),
        ask(county, f"{path}?linkType=all", "*/*"),
        ask(county, f"{path}?linkType=linkset", "application/json"),
    ]  # fmt: skip


def test_the_linkset_is_returned_not_redirected_to_however_it_is_asked_for(
    county: County, links: dict[str, LinkSet]
) -> None:
    answers = asks_for_all(county, county.showcase)
    assert [one.status_code for one in answers] == [200] * 4
    assert [one.headers["content-type"] for one in answers] == [*[LINKSET] * 3, "application/json"]
    assert len({one.text for one in answers}) == 1
    assert links
    for one in answers:
        assert 'rel="http://www.w3.org/ns/json-ld#context"' in one.headers["link"]


def test_links_of_a_batch_and_of_its_product_are_shown_together(
    county: County, links: dict[str, LinkSet], gtin: str
) -> None:
    batch, product = linkset_of(county, county.showcase)
    assert batch["anchor"] == f"https://sy.example.cn{county.showcase}"
    assert product["anchor"] == f"https://sy.example.cn/01/{gtin}"
    recipes = [one["href"] for one in batch[f"{NAMESPACE}recipeInfo"]]
    assert recipes == [links[n].target for n in links if n.startswith("recipe")]
    assert product[f"{NAMESPACE}pip"][0]["href"] == links["pip"].target
    assert linkset_of(county, f"/01/{gtin}")[0][f"{NAMESPACE}pip"] == product[f"{NAMESPACE}pip"]


def test_every_link_has_target_type_and_title_and_there_is_one_bare_default(
    county: County, links: dict[str, LinkSet], gtin: str
) -> None:
    assert links
    for path, levels in ((county.showcase, 2), (f"/01/{gtin}", 1)):
        contexts = linkset_of(county, path)
        assert len(contexts) == levels
        defaults = [one for c in contexts for one in c.get(f"{NAMESPACE}defaultLink", [])]
        assert len(defaults) == 1
        assert set(defaults[0]) == {"href", "title"}
        described = [
            target["href"] for c in contexts for kind, targets in c.items()
            if kind.startswith(NAMESPACE) and not kind.endswith("defaultLink")
            for target in targets
        ]  # fmt: skip
        assert defaults[0]["href"] in described
        for context in contexts:
            for kind, targets in context.items():
                if kind not in {"anchor", "itemDescription"}:
                    assert kind.startswith(NAMESPACE)
                    assert all(one["href"] and one["title"] for one in targets)


def test_linksets_hold_the_standard_s_schema_and_so_do_its_examples(
    county: County, links: dict[str, LinkSet], gtin: str
) -> None:
    if not REFERENCE.is_dir():
        pytest.skip("the schemas of the standard are not at hand")

    def read(name: str) -> Any:  # noqa: ANN401
        return json.loads((REFERENCE / name).read_text("utf-8"))

    gs1, basic = read("gs1-linkset-schema.json"), read("linkset-schema.json")
    for path in (county.showcase, f"/01/{gtin}"):
        told = {"linkset": linkset_of(county, path)}
        jsonschema.validate(told, gs1)
    assert links
    jsonschema.validate(read("valid-gs1-example.json"), gs1)
    jsonschema.validate(read("valid-basic-example.json"), basic)
    for schema, name in ((gs1, "invalid-gs1-example.json"), (basic, "invalid-basic-example.json")):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(read(name), schema)


# One link


def test_the_default_of_a_product_is_led_to_with_the_query_kept(county: County, gtin: str) -> None:
    answer = ask(county, f"/01/{gtin}?17=271231&utm=a%26b")
    assert answer.status_code == 307
    where = f"https://sy.example.cn/batches?q={gtin}&17=271231&utm=a%26b"
    assert answer.headers["location"] == where
    assert 'rel="linkset"' in answer.headers["link"]
    for path in (f"/01/{gtin}/21/7", f"/01/{gtin}/22/A", f"/01/{gtin}/235/X"):
        assert ask(county, path).headers["location"].startswith("https://sy.example.cn/batches")


def test_every_qualifier_of_a_gtin_opens_its_batch(county: County, gtin: str, lot: str) -> None:
    for path in (f"/01/{gtin}/22/A/10/{lot}", f"/01/{gtin}/22/A/10/{lot}/21/1"):
        assert ask(county, path).status_code == 200


@pytest.mark.parametrize(
    ("headers", "query", "name"),
    [
        ({}, "", "recipe-zh"),
        ({"Accept_Language": "en"}, "", "recipe-en"),
        ({"Accept_Language": "zh;q=0.4, en;q=0.5"}, "", "recipe-en"),
        ({"Accept_Language": "en-US,en;q=0.9,zh;q=0.1"}, "", "recipe-en"),
        ({"Accept_Language": "fr"}, "", "recipe-zh"),
        ({"Accept_Language": "en;q=banana,,;;"}, "", "recipe-zh"),
        ({"Accept_Language": "en"}, "&context=GB", "recipe-gb"),
        ({"Accept_Language": "zh"}, "&context=gb", "recipe-gb"),
        ({"Accept_Language": "en"}, "&context=FR", "recipe-en"),
        ({"Accept_Language": "en", "accept": "application/pdf"}, "", "recipe-pdf"),
        ({"Accept_Language": "zh", "accept": "application/pdf"}, "", "recipe-zh"),
    ],
)
def test_the_requested_type_is_led_to_by_context_language_and_media_type(
    county: County, links: dict[str, LinkSet], headers: dict[str, str], query: str, name: str
) -> None:
    accept = {"accept": "*/*", **headers}
    answer = ask(county, f"{county.showcase}?linkType=gs1:recipeInfo{query}", **accept)
    assert answer.status_code == 307
    assert answer.headers["location"].partition("&")[0] == links[name].target


@pytest.mark.parametrize(
    "kind", ["gs1:relatedVideo", f"{NAMESPACE}relatedVideo", "https://gs1.org/voc/relatedVideo"]
)
def test_a_batch_without_a_link_of_the_type_has_its_product_s(
    county: County, links: dict[str, LinkSet], kind: str
) -> None:
    answer = ask(county, f"{county.showcase}?linkType={quote(kind, safe='')}")
    assert answer.headers["location"].startswith(links["video"].target)


def test_the_owner_s_page_goes_before_ours_and_ours_is_there_too(
    county: County, links: dict[str, LinkSet]
) -> None:
    led = ask(county, f"{county.showcase}?linkType=gs1:pip", Accept_Language="zh")
    assert led.headers["location"].startswith(links["pip"].target)
    assert ask(county, f"{county.showcase}?linkType=gs1:dpp").status_code == 200
    assert ask(county, f"{county.showcase}?linkType=gs1:defaultLink").status_code == 200
    data = ask(county, f"{county.showcase}?linkType=gs1:dpp", "application/json")
    assert data.headers["location"].startswith("https://sy.example.cn/api/batches/")


@pytest.mark.parametrize(
    "kind", ["gs1:smpc", "gs1:nothing", "pip", "", "javascript:alert(1)", "//evil.example"]
)
def test_a_type_that_is_not_there_is_404(county: County, kind: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = ask(county, f"{county.showcase}?linkType={kind}", accept)
        assert answer.status_code == 404
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "url=https://evil.example", "//evil.example", "target=https://evil.example&next=//evil",
        "@evil.example", "%0d%0aLocation:%20https://evil.example", "\\\\evil.example",
    ],
)  # fmt: skip
def test_no_query_leads_to_a_host_that_no_owner_has_set(
    county: County, gtin: str, query: str
) -> None:
    answer = county.client.get(
        f"/01/{gtin}?{query}", headers={"Accept": "text/html", "Host": "evil.example"}
    )
    assert answer.status_code == 307
    assert answer.headers["location"].startswith(f"https://sy.example.cn/batches?q={gtin}&")
    assert "\r" not in answer.headers["location"]


# What was withdrawn


def test_a_link_that_was_taken_back_is_gone(county: County, gtin: str) -> None:
    owner = registrant_of(county, gtin)
    link = LinkSet(
        **common(owner), identifier=gtin, link_type="gs1:review", target=f"{SHOP}/r",
        title="评价", language="zh",
    )  # fmt: skip
    county.record(link)
    path = f"/01/{gtin}?linkType=gs1:review"
    assert ask(county, path).status_code == 307
    county.record(LinkWithdrawn(**common(owner), link=link.id, identifier=gtin, reason="网站关了"))
    assert ask(county, path).status_code == 410
    assert ask(county, path, "application/json").json()["code"] == "gone"
    assert f"{NAMESPACE}review" not in linkset_of(county, f"/01/{gtin}")[0]


def test_a_batch_recorded_in_error_is_gone(county: County) -> None:
    harvest = BatchHarvested(
        **common(CHEN_XIULAN.party), place="L445381-009001", batch=f"{GTIN}/STRAY-1", plot=PLOT,
        quantity=5000, unit=Unit.GRAM,
    )  # fmt: skip
    county.record(harvest)
    path = "/01/" + harvest.batch.replace("/", "/10/")
    assert ask(county, path).status_code == 200
    county.record(
        EventCorrected(**common(harvest.actor), event=harvest.id, reason="没有采收，记错了")
    )
    for accept in ("text/html", "application/json", LINKSET):
        assert ask(county, path, accept).status_code == 410


# Of itself


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("", "application/vc"),
        ("", "application/vc, text/html;q=0.5, */*;q=0.1"),
        ("?linkType=gs1:dpp", "application/vc"),
    ],
)
def test_the_passport_as_a_credential_is_led_to(county: County, query: str, accept: str) -> None:
    answer = ask(county, county.showcase + query, accept)
    assert answer.status_code == 307
    where = answer.headers["location"].removeprefix("https://sy.example.cn").partition("?")[0]
    credential = county.client.get(where)
    assert credential.headers["content-type"] == "application/vc"
    assert credential.json()["credentialSubject"]["id"].endswith(county.showcase)


def test_a_browser_that_could_also_take_a_credential_has_the_page(county: County) -> None:
    answer = ask(county, county.showcase, "text/html, application/vc;q=0.9")
    assert answer.status_code == 200
    ghost = ask(county, f"{county.showcase}x", "application/vc")
    assert ghost.status_code == 404


def test_the_resolver_describes_itself(county: County) -> None:
    answer = ask(county, "/.well-known/gs1resolver", "*/*")
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["resolverRoot"] == "https://sy.example.cn"
    assert told["supportedPrimaryKeys"] == ["01", "00"]
    assert told["supportedLinkType"] == [{"namespace": NAMESPACE, "prefix": "gs1:"}]
    assert told["jsonLdContextLocation"].startswith("https://ref.gs1.org/")
    assert told["linkTypeDefaultCanBeLinkset"] is False
    assert set(told) <= DESCRIBED
    assert re.fullmatch(r"[a-zA-Z_][A-Za-z0-9_-]*:", told["supportedLinkType"][0]["prefix"])
    schema = REFERENCE / "description-file-schema.json"
    if schema.exists():
        jsonschema.validate(told, json.loads(schema.read_text("utf-8")))


# Whatever comes

WEIGHTS = ["", ";q=0", ";q=1", ";q=0.5", ";q=nan", ";q=-1", ";q=1e999", ";q=x", ";;", ";q"]
ACCEPT = st.lists(
    st.tuples(
        st.sampled_from(["text/html", "*/*", LINKSET, "application/json", "text/*", "x", "", "/"]),
        st.sampled_from(WEIGHTS),
    ).map("".join),
    max_size=4,
).map(",".join)


@given(
    rest=st.text(st.characters(max_codepoint=0x2FF), max_size=40),
    accept=ACCEPT,
    languages=st.text(st.sampled_from("enzh-;q=0.5,* "), max_size=20),
    kind=st.text(max_size=12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
def test_no_path_or_header_makes_the_resolver_fail(
    county: County, rest: str, accept: str, languages: str, kind: str
) -> None:
    query = f"?linkType={quote(kind.encode('utf-8', 'replace'))}" if kind else ""
    safe = quote(rest.encode("utf-8", "replace"), safe="/:;,@&=+$!*'()%")
    for path in (f"/01/{safe}", f"{county.showcase}{query}", f"/414/{safe}{query}"):
        answer = ask(county, path, accept, Accept_Language=languages)
        assert answer.status_code in {200, 307, 308, 400, 404}, (path, answer.text[:300])
