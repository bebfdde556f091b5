"""When the scans of one unit can't all be of one thing: what a counterfeit leaves behind."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from msgspec import Struct

from domain.ids import Division
from domain.townships import distance_between

MOST_SCANS: Final = 200
"""More than a unit is scanned in its life: shop, kitchen and the curious together."""
MOST_A_DAY: Final = 40
"""More than a unit is scanned in a day."""
FAR_M: Final = 100_000
"""Two places that nothing is carried between within `MOMENTS_APART`, in metres."""
MOMENTS_APART: Final = timedelta(hours=1)


class Suspicion(Enum):
    """Why a unit's label may be a copy."""

    NEVER_PRINTED = "never-printed"
    SOLD = "sold"
    FAR_APART = "far-apart"
    TOO_MANY = "too-many"


class Sighting(Struct, frozen=True):
    """A scan: when, and in which prefecture where that is known (nothing of who scanned)."""

    at: datetime
    region: Division | None = None


class Scanned(Struct, frozen=True, kw_only=True):
    """What is known of a unit when it is scanned.

    Attributes:
        now: this scan.
        before: the scan before it.
        count: scans so far, this one included.
        today: those of this day.
        printed: whether its serial was printed; None where the ledger tells of no print run.
        sold: when it was sold to a consumer.
    """

    now: Sighting
    before: Sighting | None = None
    count: int = 1
    today: int = 1
    printed: bool | None = None
    sold: datetime | None = None


def suspicions(unit: Scanned) -> tuple[Suspicion, ...]:
    """Give what speaks against a unit, the gravest first; nothing in the usual case."""
    found = (
        (Suspicion.NEVER_PRINTED, unit.printed is False),
        (Suspicion.FAR_APART, _far_apart(unit)),
        (Suspicion.TOO_MANY, unit.count > MOST_SCANS or unit.today > MOST_A_DAY),
        (Suspicion.SOLD, unit.sold is not None and unit.sold < unit.now.at),
    )
    return tuple(suspicion for suspicion, holds in found if holds)


def _far_apart(unit: Scanned) -> bool:
    if unit.before is None or unit.before.region is None or unit.now.region is None:
        return False
    if unit.now.at - unit.before.at > MOMENTS_APART:
        return False
    distance = distance_between(unit.before.region, unit.now.region)
    return distance is not None and distance > FAR_M
