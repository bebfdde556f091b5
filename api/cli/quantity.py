"""A quantity as a person writes it: 120kg, 240斤, 30件."""

import argparse
import re
from decimal import Decimal
from typing import Final

from msgspec import Struct

from api.weighing.cells import GRAMS
from domain.measures import MAX_AMOUNT, Unit

_UNITS: Final = {
    **{name: (Unit.GRAM, grams) for name, grams in GRAMS.items()}, "件": (Unit.PIECE, 1),
    "pcs": (Unit.PIECE, 1), "l": (Unit.MILLILITRE, 1000), "升": (Unit.MILLILITRE, 1000),
    "ml": (Unit.MILLILITRE, 1), "毫升": (Unit.MILLILITRE, 1),
}  # fmt: skip
_WRITTEN: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?) ?([^\s0-9.]+)")


class Quantity(Struct, frozen=True):
    """So much, in the smallest unit."""

    amount: int
    unit: Unit


def quantity(text: str) -> Quantity:
    """Read a quantity with its unit for argparse, such as 120kg, 240斤 or 30件."""
    found = _WRITTEN.fullmatch(text.strip().replace(",", ""))
    unit = _UNITS.get(found[2].lower()) if found else None
    amount = Decimal(found[1]) * unit[1] if found and unit else Decimal(0)
    if unit is None or amount != int(amount) or not 0 < amount <= MAX_AMOUNT:
        raise argparse.ArgumentTypeError(
            f"{text!r}：数量写作 120kg、240斤、500克、30件 / a quantity is 120kg, 500g, 30pcs"
        )
    return Quantity(int(amount), unit[0])
