"""Scalars and enums: 64-bit integers, units, languages."""

from enum import Enum
from typing import Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from api.graph.fields import value
from domain.events.governance import PartyKind, Role
from domain.events.registry import PlaceKind
from domain.measures import MAX_AMOUNT

Amount = NewType("Amount", int)
Position = NewType("Position", int)


def _whole(value: object) -> int:
    """Take a whole number that every JSON reader keeps exactly (RFC 8259 §6)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_AMOUNT:
        raise GraphQLError(f"a whole number from 0 to {MAX_AMOUNT} is wanted, not {value!r:.60}")
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Amount: strawberry.scalar(
        name="Amount",
        description="A whole number from 0 to 2^53 - 1, in the smallest unit (grams, pieces,"
        " millilitres; of money 分, hundredths). Written as a JSON number, e.g. 120000 (120 kg).",
        serialize=_whole,
        parse_value=_whole,
    ),
    Position: strawberry.scalar(
        name="Position",
        description="The place of an event in the ledger, counted from 1 without a gap, as a JSON"
        " number up to 2^53 - 1, e.g. 4711.",
        serialize=_whole,
        parse_value=_whole,
    ),
}


@strawberry.enum(name="Unit", description="A unit by its UN/ECE Recommendation 20 code.")
class UnitCode(Enum):
    """The smallest units that are counted in; values as in `domain.measures.Unit`."""

    GRM = value("GRM", "克 grams")
    H87 = value("H87", "件 pieces")
    MLT = value("MLT", "毫升 millilitres")


@strawberry.enum(description="The language of what is written for people.")
class Language(Enum):
    """Values as `domain.measures.show` takes them."""

    ZH = value("zh", "简体中文 Simplified Chinese")
    EN = value("en", "English")


strawberry.enum(PartyKind, description="A person (named only with consent) or an organisation.")
strawberry.enum(Role, description="What a party may do in the trade.")
strawberry.enum(PlaceKind, description="What a place is for; only on a plot does produce grow.")
