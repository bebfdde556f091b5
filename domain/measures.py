"""Quantities as integers of the smallest unit, and how a person reads them."""

from enum import Enum
from typing import Annotated, Final

from msgspec import Meta, Struct

from domain.ids import BatchId

MAX_AMOUNT = 2**53 - 1
"""The greatest integer that every JSON reader keeps exactly (RFC 8259 §6)."""

Amount = Annotated[int, Meta(ge=1, le=MAX_AMOUNT)]


class Unit(Enum):
    """A unit by its UN/ECE Recommendation 20 code; each is the smallest that we count in."""

    GRAM = "GRM"
    PIECE = "H87"
    MILLILITRE = "MLT"


UNIT_NAMES: Final = {
    Unit.GRAM: ("克", "grams"),
    Unit.PIECE: ("件", "pieces"),
    Unit.MILLILITRE: ("毫升", "millilitres"),
}
"""Each unit's name in Chinese and English."""


class BatchQuantity(Struct, frozen=True, forbid_unknown_fields=True):
    """So much of one batch."""

    batch: BatchId
    quantity: Amount
    unit: Unit


class Content(Struct, frozen=True, forbid_unknown_fields=True):
    """What one piece of a product holds, such as 500 g in a bag."""

    quantity: Amount
    unit: Unit


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """Money for a stated quantity: `amount` 分 (hundredths) of `currency` for each `per` units."""

    amount: Annotated[int, Meta(ge=0, le=MAX_AMOUNT, description="hundredths, 分")]
    per: Amount
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="ISO 4217")] = "CNY"


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """Money: `amount` 分 (hundredths) of `currency`."""

    amount: Annotated[int, Meta(ge=0, le=MAX_AMOUNT, description="hundredths, 分")]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="ISO 4217")] = "CNY"


def show(quantity: int, unit: Unit, language: str = "zh") -> str:
    """Write a quantity as people read it: grams as kilograms with their decimals, pieces as 件.

    >>> show(120_000, Unit.GRAM, "en"), show(3, Unit.PIECE)
    ('120 kg', '3 件')
    """
    if unit is Unit.PIECE:
        return f"{quantity:,} 件" if language == "zh" else f"{quantity:,} pcs"
    whole, rest = divmod(quantity, 1000)
    number = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    names = {Unit.GRAM: ("公斤", "kg"), Unit.MILLILITRE: ("升", "L")}[unit]
    return f"{number} {names[0] if language == 'zh' else names[1]}"


def show_price(price: Price, unit: Unit, language: str = "zh") -> str:
    """Write a price as `¥38.00/公斤`, or for an odd quantity `¥38.00/12 件`."""
    symbol = "¥" if price.currency == "CNY" else f"{price.currency} "
    yuan, fen = divmod(price.amount, 100)
    per = {"zh": "件", "en": "pc"} if unit is Unit.PIECE else {"zh": "公斤", "en": "kg"}
    if unit is Unit.MILLILITRE:
        per = {"zh": "升", "en": "L"}
    one = 1 if unit is Unit.PIECE else 1000
    each = per[language] if price.per == one else show(price.per, unit, language)
    return f"{symbol}{yuan:,}.{fen:02d}/{each}"


def total_price(price: Price, quantity: int) -> int:
    """Give the money for a quantity in hundredths, halves rounded up."""
    return (2 * price.amount * quantity + price.per) // (2 * price.per)
