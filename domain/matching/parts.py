"""The parts of a score: each from 0 to 1000, and what each weighs.

Written with +, −, ×, // and abs alone, so that one rule takes a number or a whole column of them: a
demand is held against thousands of offers at once.
"""

from enum import Enum
from typing import Any, Final

WHOLE: Final = 1000
"""The most that a part, and a score, can be."""

NEAR_M: Final = 50_000
"""At this distance the part for it is half, metres."""

UNKNOWN_M: Final = 300_000
"""What a distance counts as where a place's seat is not known, metres."""

KEEPS_DAYS: Final = 365
"""How long a product keeps where nobody said, days."""

Number = Any
"""An integer, or an array of integers; no float."""


class Part(Enum):
    """What a score is made of."""

    PRICE = "price"
    QUANTITY = "quantity"
    DISTANCE = "distance"
    FRESHNESS = "freshness"
    CERTIFICATES = "certificates"
    RECORD = "record"


WEIGHTS: Final = {
    Part.PRICE: 30,
    Part.QUANTITY: 20,
    Part.DISTANCE: 15,
    Part.FRESHNESS: 15,
    Part.CERTIFICATES: 10,
    Part.RECORD: 10,
}
"""Of 100."""


def price_part(price: Number, cheapest: Number) -> Number:
    """Give 1000 for the cheapest offer that qualifies, 500 for twice its price.

    Prices are for the same quantity, so that they compare, and at least 1.
    """
    return WHOLE * cheapest // price


def quantity_part(available: Number, wanted: int) -> Number:
    """Give which share of what is wanted the offer can fill."""
    return WHOLE * _least(available, wanted) // wanted


def distance_part(distance_m: Number) -> Number:
    """Give 1000 at the door, 500 at 50 km, 250 at 150 km."""
    return WHOLE * NEAR_M // (NEAR_M + distance_m)


def freshness_part(age_days: Number, keeps_days: Number) -> Number:
    """Give which share of the time that it keeps is left; a harvest to come has age 0."""
    return WHOLE * (keeps_days - _least(age_days, keeps_days)) // keeps_days


def certificates_part(certified: Number, inspected: Number) -> Number:
    """Give 500 for a certificate of commitment in force, 500 for a passed inspection (0 or 1)."""
    return certified * (WHOLE // 2) + inspected * (WHOLE // 2)


def record_part(kept: Number, broken: Number) -> Number:
    """Give which share of confirmed orders the seller kept, as if one of two had been before.

    So a seller without a record has 500, and one good delivery does not make it perfect.
    """
    return WHOLE * (kept + 1) // (kept + broken + 2)


def score(parts: dict[Part, Number]) -> Number:
    """Weigh the parts to one number from 0 to 1000, rounded down."""
    return sum(WEIGHTS[part] * value for part, value in parts.items()) // 100


def _least(one: Number, other: Number) -> Number:
    return (one + other - abs(one - other)) // 2
