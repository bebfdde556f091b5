"""A score's parts: whole numbers from 0 to 1000, the same for one offer as for a column of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.events.market import Tier
from domain.matching import parts
from domain.matching.explain import Found, explain
from domain.matching.parts import Part
from domain.measures import Price, Unit
from domain.pricing import price_at, within

COUNTS = st.integers(0, 10**9)
MANY = st.integers(1, 10**9)


@given(st.lists(st.tuples(MANY, COUNTS, COUNTS, MANY), min_size=1, max_size=9), MANY)
def test_a_column_scores_as_each_of_its_offers(
    rows: list[tuple[int, int, int, int]], wanted: int
) -> None:
    price, available, ages, keeps = np.array(rows, np.int64).T
    cheapest = int(price.min())
    columns = (
        parts.price_part(price, cheapest), parts.quantity_part(available, wanted),
        parts.distance_part(available), parts.freshness_part(ages, keeps),
        parts.record_part(ages, available),
    )  # fmt: skip
    for at, (one, much, age, life) in enumerate(rows):
        each = (
            parts.price_part(one, cheapest), parts.quantity_part(much, wanted),
            parts.distance_part(much), parts.freshness_part(age, life),
            parts.record_part(age, much),
        )  # fmt: skip
        assert [int(column[at]) for column in columns] == list(each)
        assert all(0 <= value <= parts.WHOLE for value in each)


@given(st.dictionaries(st.sampled_from(Part), st.integers(0, 1000), min_size=6, max_size=6))
def test_a_score_lies_between_nothing_and_the_whole(values: dict[Part, int]) -> None:
    assert 0 <= parts.score(values) <= parts.WHOLE


@given(st.dictionaries(st.sampled_from(Part), st.integers(0, 1000), min_size=6, max_size=6), COUNTS)
def test_every_score_can_be_said_in_a_sentence(values: dict[Part, int], days: int) -> None:
    found = Found(
        Price(980, 1000), Unit.GRAM, 1000, 2000, None, days, certified=True, inspected=False,
        kept=3, broken=1,
    )  # fmt: skip
    zh, en = explain(parts.score(values), values, found)
    assert zh.endswith("。")
    assert en.endswith(".")


def test_a_price_by_quantity_is_the_last_that_is_reached() -> None:
    first, second = Price(900, 1000), Price(800, 1000)
    tiers = (Tier(10, first), Tier(20, second))
    found = [price_at(Price(1000, 1000), tiers, quantity) for quantity in (9, 10, 19, 20)]
    assert found == [Price(1000, 1000), first, first, second]


def test_a_ceiling_is_kept_to_exactly_and_in_its_currency() -> None:
    assert within(Price(1, 3), Price(1, 3))
    assert not within(Price(10**15, 3), Price(10**15 - 1, 3))
    assert not within(Price(1, 1000, "USD"), Price(1000, 1))
    assert within(Price(10**15, 1), None)
