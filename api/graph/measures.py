"""Quantities and prices: whole numbers, and how a person reads them."""

from typing import Annotated, Self

import strawberry

from api.graph.fields import resolved
from api.graph.scalars import Amount, Language, UnitCode
from domain.measures import Price as DomainPrice
from domain.measures import Unit, show, show_price, total_price

InLanguage = Annotated[Language, strawberry.argument(description="The language to write it in.")]


@strawberry.type(description="So much of something, exactly.")
class Quantity:
    """A whole number of a unit."""

    amount: Amount = strawberry.field(description="In the smallest unit, e.g. 120000 grams.")
    unit: UnitCode = strawberry.field(description="The unit it is counted in, e.g. GRM.")

    @classmethod
    def of(cls, amount: int, unit: str) -> Self:
        """Make it of a row's columns."""
        return cls(amount=Amount(amount), unit=UnitCode(unit))

    @resolved("As people read it, e.g. 120 公斤 or 120 kg.")
    def display(self, language: InLanguage = Language.ZH) -> str:
        """Write it for people."""
        return show(self.amount, Unit(self.unit.value), language.value)


@strawberry.type(description="Money for a stated quantity.")
class Price:
    """So many hundredths of a currency for each so many units."""

    amount: Amount = strawberry.field(description="分, hundredths of the currency, e.g. 3800.")
    per: Amount = strawberry.field(
        description="For how many of the unit that is, e.g. 1000 (grams: a kilogram)."
    )
    unit: UnitCode = strawberry.field(description="The unit that `per` counts, e.g. GRM.")
    currency: str = strawberry.field(description="ISO 4217, e.g. CNY.")

    @classmethod
    def of(cls, amount: int, per: int, unit: str, currency: str) -> Self:
        """Make it of a row's columns."""
        return cls(
            amount=Amount(amount), per=Amount(per), unit=UnitCode(unit), currency=currency
        )  # fmt: skip

    @resolved("As people read it, e.g. ¥38.00/公斤 or ¥38.00/kg.")
    def display(self, language: InLanguage = Language.ZH) -> str:
        """Write it for people."""
        return show_price(self._domain(), Unit(self.unit.value), language.value)

    def total(self, quantity: int) -> Amount:
        """Give the money for a quantity in hundredths, halves rounded up."""
        return Amount(total_price(self._domain(), quantity))

    def _domain(self) -> DomainPrice:
        return DomainPrice(self.amount, self.per, self.currency)
