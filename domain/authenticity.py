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
BUYERS_TIME: Final = timedelta(days=30)
"""So long after a sale a scan is most likely the buyer's: it came by post, and is eaten slowly."""


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
        sold: when it was sold to a consumer, and in which division.
    """

    now: Sighting
    before: Sighting | None = None
    count: int = 1
    today: int = 1
    printed: bool | None = None
    sold: Sighting | None = None


def suspicions(unit: Scanned) -> tuple[Suspicion, ...]:
    """Give what speaks against a unit, the gravest first; nothing in the usual case."""
    found = (
        (Suspicion.NEVER_PRINTED, unit.printed is False),
        (Suspicion.FAR_APART, _far_apart(unit)),
        (Suspicion.TOO_MANY, unit.count > MOST_SCANS or unit.today > MOST_A_DAY),
        (Suspicion.SOLD, _sold_before(unit)),
    )
    return tuple(suspicion for suspicion, holds in found if holds)


def sold_elsewhere(unit: Scanned) -> bool:
    """Tell whether it was sold so lately and so far away that this can't be the same thing."""
    return unit.sold is not None and _impossible(unit.sold, unit.now)


def _sold_before(unit: Scanned) -> bool:
    """Tell whether the buyer can hardly be who scans; the sale's time is the seller's word."""
    if unit.sold is None:
        return False
    return unit.now.at - unit.sold.at > BUYERS_TIME or sold_elsewhere(unit)


def _far_apart(unit: Scanned) -> bool:
    return unit.before is not None and _impossible(unit.before, unit.now)


def _impossible(before: Sighting, now: Sighting) -> bool:
    """Tell whether nothing is carried so far in the time between, where both places are known."""
    if before.region is None or now.region is None:
        return False
    if abs(now.at - before.at) > MOMENTS_APART:
        return False
    distance = distance_between(before.region, now.region)
    return distance is not None and distance > FAR_M
