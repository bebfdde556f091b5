"""Quantities as people write them on the command line."""

import argparse

import pytest

from api.cli.quantity import Quantity, quantity
from domain.measures import Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("120kg", 120_000, Unit.GRAM),
        ("0.5公斤", 500, Unit.GRAM),
        ("240 斤", 120_000, Unit.GRAM),
        ("1,200克", 1200, Unit.GRAM),
        ("30件", 30, Unit.PIECE),
        ("2L", 2000, Unit.MILLILITRE),
    ],
)
def test_a_quantity_is_read_in_the_units_that_people_use(
    text: str, amount: int, unit: Unit
) -> None:
    assert quantity(text) == Quantity(amount, unit)


@pytest.mark.parametrize(
    "text", ["", "120", "kg", "-1kg", "0kg", "1.5件", "0.0001kg", "1头", "１kg"]
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="120kg"):
        quantity(text)
