"""Quantities, prices and moments as people read them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.measures import MAX_AMOUNT, UNIT_NAMES, Price, Unit, show, show_price, total_price
from domain.moments import show_moment


@pytest.mark.parametrize(
    ("quantity", "unit", "zh", "en"),
    [
        (120_000, Unit.GRAM, "120 公斤", "120 kg"),
        (1, Unit.GRAM, "0.001 公斤", "0.001 kg"),
        (1_500, Unit.GRAM, "1.5 公斤", "1.5 kg"),
        (1_234_567_890, Unit.GRAM, "1,234,567.89 公斤", "1,234,567.89 kg"),
        (0, Unit.GRAM, "0 公斤", "0 kg"),
        (3, Unit.PIECE, "3 件", "3 pcs"),
        (12_000, Unit.PIECE, "12,000 件", "12,000 pcs"),
        (750, Unit.MILLILITRE, "0.75 升", "0.75 L"),
    ],
)
def test_a_quantity_is_shown_exactly(quantity: int, unit: Unit, zh: str, en: str) -> None:
    assert show(quantity, unit) == zh
    assert show(quantity, unit, "en") == en


@given(st.integers(0, MAX_AMOUNT))
def test_no_gram_is_lost_in_showing(quantity: int) -> None:
    number = show(quantity, Unit.GRAM).removesuffix(" 公斤").replace(",", "")
    whole, _, rest = number.partition(".")
    assert int(whole) * 1000 + int(rest.ljust(3, "0")) == quantity


@pytest.mark.parametrize(
    ("price", "unit", "zh", "en"),
    [
        (Price(3800, 1000), Unit.GRAM, "¥38.00/公斤", "¥38.00/kg"),
        (Price(5, 1), Unit.PIECE, "¥0.05/件", "¥0.05/pc"),
        (Price(123_456_700, 1000), Unit.MILLILITRE, "¥1,234,567.00/升", "¥1,234,567.00/L"),
        (Price(3800, 12), Unit.PIECE, "¥38.00/12 件", "¥38.00/12 pcs"),
        (Price(3800, 500), Unit.GRAM, "¥38.00/0.5 公斤", "¥38.00/0.5 kg"),
        (Price(3800, 1000, "HKD"), Unit.GRAM, "HKD 38.00/公斤", "HKD 38.00/kg"),
    ],
)
def test_a_price_is_shown_for_its_unit(price: Price, unit: Unit, zh: str, en: str) -> None:
    assert show_price(price, unit) == zh
    assert show_price(price, unit, "en") == en


@pytest.mark.parametrize(
    ("amount", "per", "quantity", "money"),
    [(1000, 1000, 2500, 2500), (1, 2, 1, 1), (1, 3, 1, 0), (2, 3, 1, 1), (0, 1, 9, 0)],
)
def test_money_is_rounded_to_the_hundredth_halves_up(
    amount: int, per: int, quantity: int, money: int
) -> None:
    assert total_price(Price(amount, per), quantity) == money


def test_every_unit_has_its_names() -> None:
    assert set(UNIT_NAMES) == set(Unit)


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-05-03T08:00:00+08:00", "2026年5月3日 08:00", "3 May 2026, 08:00"),
        ("2026-05-03T08:00:07+08:00", "2026年5月3日 08:00:07", "3 May 2026, 08:00:07"),
        ("2026-12-31T23:59:00+00:00", "2026年12月31日 23:59 (UTC)", "31 Dec 2026, 23:59 (UTC)"),
        (
            "0001-01-01T00:00:00-05:30",
            "1年1月1日 00:00 (UTC-05:30)",
            "1 Jan 1, 00:00 (UTC-05:30)",
        ),
    ],
)
def test_a_moment_is_shown_at_the_offset_at_which_it_was_said(
    moment: str, zh: str, en: str
) -> None:
    assert show_moment(datetime.fromisoformat(moment)) == zh
    assert show_moment(datetime.fromisoformat(moment), "en") == en
