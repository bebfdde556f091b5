"""Produce is found by what people call it, in either language and script, or by pinyin."""

from collections.abc import Iterator

import psycopg
import pytest

from domain.taxonomy import BY_CODE, CATEGORIES, simplified
from projections.called import categories_called
from projections.holdings_projection import HoldingsProjection
from projections.market import Market
from projections.market_queries import OfferFilter, Page, offers
from projections.runner import Projection, Runner
from projections.search import search
from projections.trace_projection import TraceProjection
from tests import county as c
from tests.county import kg, of
from tests.recorded_world import recorded_world


@pytest.fixture
def county(database_url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    with recorded_world(database_url) as (world, ledger):
        batch = world.admit(world.harvest()).batch
        offer = world.admit(world.offer(c.FARMER, c.YARD, of(batch, kg(100))))
        models: list[Projection] = [TraceProjection(), HoldingsProjection(), Market()]
        Runner(ledger.url, models).catch_up()
        conn = ledger.connect()
        yield conn, offer.id
        conn.close()


NAMES = (
    ("chicken", "三黄鸡 走地鸡 鸡 雞 三黃雞 chicken sanhuangji shj zdj Free-Range"),
    ("cinnamon", "肉桂 桂皮 guipi cassia"),
    ("douchi", "豆豉 douchi fermented"),
    ("rice", "稻米 大米 dami"),
    ("longan", "龍眼 桂圓"),
)


def test_it_is_found_by_any_of_its_names(county: tuple[psycopg.Connection, str]) -> None:
    for code, names in NAMES:
        for text in (*names.split(), names.split()[0].upper()):
            found = search(county[0], text)
            assert code in [category.code for category in found.categories], text
    found = search(county[0], "fermented soybeans")
    assert found.categories[0].code == "douchi"


def test_a_whole_name_comes_before_a_part_of_one(county: tuple[psycopg.Connection, str]) -> None:
    assert search(county[0], "rice").categories[0].code == "rice"
    assert search(county[0], "豆豉").categories[0].code == "douchi"


def test_offers_of_what_was_found_come_with_it(county: tuple[psycopg.Connection, str]) -> None:
    conn, offer = county
    for text in ("大豆", "黑豆", "heidou", "hd", "soybeans", "某产品", "mou chanpin"):
        assert [row.id for row in search(conn, text).offers] == [offer], text


def test_what_nobody_calls_anything_finds_nothing(
    county: tuple[psycopg.Connection, str],
) -> None:
    for text in ("", "  ", "a", "没有这种东西", "%", "xyzzy", "鸡 xyzzy"):
        found = search(county[0], text)
        assert (found.categories, found.offers) == ([], []), text


def test_codes_are_once_and_names_simplified() -> None:
    assert len(BY_CODE) == len(CATEGORIES)
    for category in CATEGORIES:
        assert simplified(category.zh) == category.zh
        assert all(simplified(name) == name for name in category.also_zh)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("大豆", True), ("乌豆", True), ("heidou", True), ("hei", True), ("hd", True),
        ("Soybeans", True), ("黑豆 晒谷坪", True), ("heidou 没有的", False), ("rou", False),
        ("ou", False), ("i", False), ("鸡", False),
    ],
)  # fmt: skip
def test_a_list_of_offers_is_narrowed_by_what_produce_is_called(
    county: tuple[psycopg.Connection, str], text: str, *, found: bool
) -> None:
    conn, offer = county
    rows = offers(conn, OfferFilter(words=text.split()), Page(10))
    assert [row.id for row in rows] == ([offer] if found else [])


def test_words_that_call_a_category_together_name_it() -> None:
    assert categories_called("sanhuangji") == {"chicken"}
    assert categories_called("free range") >= {"chicken"}
    assert categories_called("鸡 豆豉") == set()
    assert categories_called("") == set()
