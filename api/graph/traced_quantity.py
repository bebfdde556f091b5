"""Quantities that a foreign record may have given: decimals, in any unit."""

from typing import Final, Self

import strawberry

from api.graph.fields import resolved
from api.graph.measures import InLanguage
from api.graph.scalars import Language
from domain.measures import Unit, show
from projections.amounts import Shown

_UNITS: Final = {unit.value for unit in Unit}


@strawberry.type(
    description="A quantity that may come from a foreign record: exact, as decimal text."
)
class TracedQuantity:
    """A decimal number of any UN/ECE Rec 20 unit."""

    decimal: str = strawberry.field(description="The exact number, e.g. 120000 or 200.5.")
    unit: str | None = strawberry.field(
        description="UN/ECE Rec 20 code, e.g. GRM, LBR; null where it is not stated."
    )

    @classmethod
    def of(cls, quantity: Shown | None, unit: str | None) -> Self | None:
        """Make it of what a read model shows; None where nothing was counted."""
        return None if quantity is None else cls(decimal=str(quantity), unit=unit)

    @resolved("As people read it, e.g. 120 公斤, or 200.5 LBR.")
    def display(self, language: InLanguage = Language.ZH) -> str:
        """Write it for people."""
        if self.unit in _UNITS and self.decimal.isdecimal():
            return show(int(self.decimal), Unit(self.unit), language.value)
        return f"{self.decimal} {self.unit or ''}".rstrip()
