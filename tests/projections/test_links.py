"""What is linked now, and what was taken back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.links import LinkSet, LinkWithdrawn
from projections.links import links_of
from projections.links_projection import LinksProjection
from tests.link_histories import play
from tests.projections.happenings import FARMER, lot
from tests.projections.scribe import project
from tests.worlds import World

MODEL = LinksProjection()


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("size", [1, 1000])
def test_a_link_is_replaced_in_its_slot_taken_back_and_set_again(
    conn: psycopg.Connection[Any], size: int
) -> None:
    world = World()

    def link(language: str, target: str, **more: Any) -> LinkSet:  # noqa: ANN401
        return world.link(FARMER, lot(1), language=language, target=target, **more)

    first, second = link("zh", "https://a.cn"), link("zh", "https://b.cn")
    english, abroad = link("en", "https://c.cn"), link("en", "https://d.cn", context="GB")
    end: LinkWithdrawn = world.unlink(english)
    elsewhere = world.link(FARMER, lot(2))
    project(conn, [first, english, second, abroad, elsewhere, end], [MODEL], size)
    found = links_of(conn, [lot(1)[:14], lot(1)])
    assert [(one.target, one.context, one.withdrawn) for one in found] == [
        ("https://c.cn", None, True), ("https://b.cn", None, False), ("https://d.cn", "GB", False),
    ]  # fmt: skip
    assert {one.event for one in found} == {english.id, second.id, abroad.id}
    assert links_of(conn, [lot(3)]) == []
    assert [one.identifier for one in links_of(conn, [lot(2)])] == [lot(2)]
    project(conn, [first, english, end, link("en", "https://e.cn")], [MODEL], size)
    assert [(one.target, one.withdrawn) for one in links_of(conn, [lot(1)])] == [
        ("https://a.cn", False), ("https://e.cn", False),
    ]  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.integers(1, 30), st.sampled_from([1, 7, 1000]))
def test_what_is_read_is_what_a_naive_list_says(
    conn: psycopg.Connection[Any], data: st.DataObject, steps: int, size: int
) -> None:
    _, reference, told = play(data, steps)
    project(conn, told, [MODEL], size)
    for identifier in reference.owners:
        rows = [row for row in reference.rows if row["on"] == identifier]
        found = links_of(conn, [identifier])
        standing = [one.event for one in found if not one.withdrawn]
        assert standing == [row["link"].id for row in rows if row["set"]]
        gone = {one.event for one in found if one.withdrawn}
        assert gone <= {row["link"].id for row in rows if row["withdrawn"]}
        kinds = {one.link_type for one in found}
        assert kinds == {row["link"].link_type for row in rows}
