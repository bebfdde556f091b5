"""Who and what there is in the simulated county: parties, places, products, and their keys."""

from datetime import datetime, timedelta, timezone
from functools import cache
from hashlib import sha256
from typing import Final

from domain.events.governance import PartyKind, Role
from domain.events.registry import PlaceKind
from domain.ids import gtin_check_digit
from domain.measures import BatchQuantity, Content, Price, Unit
from ledger.keys import Ed25519Key

CST: Final = timezone(timedelta(hours=8))
START: Final = datetime(2026, 3, 1, 8, tzinfo=CST)
COUNTY: Final = "445381"


def _party(number: int) -> str:
    return f"P{COUNTY}-{number:06d}"


def _place(number: int) -> str:
    return f"L{COUNTY}-{number:06d}"


def _gtin(number: int) -> str:
    digits = f"02{number:011d}"
    return digits + gtin_check_digit(digits)


AUTHORITY: Final = _party(1)
COOP: Final = _party(2)
FARMER: Final = _party(3)
"""Has a phone with its own key, and is a member of COOP, which may not sign for it."""
ELDER: Final = _party(4)
"""A farmer without a key: COOP signs."""
MILL: Final = _party(5)
CARRIER: Final = _party(6)
SHOP: Final = _party(7)
BUYER: Final = _party(8)
INSPECTOR: Final = _party(9)
NOBODY: Final = _party(99)
"""Was never admitted."""

PLOT: Final = _place(1)
OTHER_PLOT: Final = _place(2)
"""The elder's."""
YARD: Final = _place(3)
"""Where the farmer keeps the harvest."""
ELDERS_YARD: Final = _place(4)
WORKSHOP: Final = _place(5)
SHELF: Final = _place(6)
STORE: Final = _place(7)
OFFICE: Final = _place(8)
NOWHERE: Final = _place(99)
"""Was never registered."""

PADDY: Final = _gtin(1)
RICE: Final = _gtin(2)
RICE_BAG: Final = _gtin(3)
"""Counted in pieces of 5 kg."""
CHICKEN: Final = _gtin(4)
"""Counted in pieces, of no stated content."""
SAUCE: Final = _gtin(5)
"""Counted in millilitres."""
UNREGISTERED: Final = _gtin(99)

UNITS: Final = {
    PADDY: Unit.GRAM,
    RICE: Unit.GRAM,
    RICE_BAG: Unit.PIECE,
    CHICKEN: Unit.PIECE,
    SAUCE: Unit.MILLILITRE,
}
CONTENTS: Final = {RICE_BAG: Content(5_000, Unit.GRAM)}

PARTIES: Final = (
    (COOP, PartyKind.ORGANISATION, Role.COOPERATIVE, "陈屋合作社"),
    (FARMER, PartyKind.PERSON, Role.FARMER, None),
    (ELDER, PartyKind.PERSON, Role.FARMER, None),
    (MILL, PartyKind.ORGANISATION, Role.PROCESSOR, "谷满仓米厂"),
    (CARRIER, PartyKind.ORGANISATION, Role.CARRIER, "泷水快运"),
    (SHOP, PartyKind.ORGANISATION, Role.RETAILER, "东山口超市"),
    (BUYER, PartyKind.ORGANISATION, Role.BUYER, "穗禾食材公司"),
    (INSPECTOR, PartyKind.ORGANISATION, Role.INSPECTOR, "检测站"),
)
PLACES: Final = (
    (PLOT, FARMER, PlaceKind.PLOT, "塘边田"),
    (OTHER_PLOT, ELDER, PlaceKind.PLOT, "岭脚田"),
    (YARD, FARMER, PlaceKind.YARD, "晒谷坪"),
    (ELDERS_YARD, ELDER, PlaceKind.YARD, "老屋坪"),
    (WORKSHOP, MILL, PlaceKind.WORKSHOP, "米厂车间"),
    (SHELF, SHOP, PlaceKind.SHOP, "超市货架"),
    (STORE, BUYER, PlaceKind.WAREHOUSE, "穗禾仓库"),
    (OFFICE, INSPECTOR, PlaceKind.OFFICE, "检测站"),
)

MARK: Final = "luoding-rice"

TEN_YUAN: Final = Price(1000, 1000)
"""10.00 yuan a kilogram."""


def kg(kilograms: int) -> int:
    """Give grams."""
    return kilograms * 1000


def lot(gtin: str, name: str) -> str:
    """Name a batch."""
    return f"{gtin}/{name}"


def of(batch: str, quantity: int) -> BatchQuantity:
    """Give so much of a batch, in its product's unit."""
    return BatchQuantity(batch, quantity, UNITS.get(batch[:14], Unit.GRAM))


@cache
def key_of(owner: str) -> Ed25519Key:
    """Make the key of a name: the same each time."""
    return Ed25519Key.from_seed(sha256(f"simulated county|{owner}".encode()).digest())
