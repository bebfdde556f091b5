"""Master data: places where produce is, and products that it is."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.events.base import Event, Text
from domain.ids import Division, Gln, Gtin, MarkCode, PartyId, PlaceId, is_gtin
from domain.measures import Amount, Content, Unit

Category = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{1,30}\Z", description="such as cinnamon")]
"""What kind of produce a product is."""


class PlaceKind(Enum):
    """What a place is for; only on a plot does produce grow."""

    PLOT = "plot"
    YARD = "yard"
    PACKING_HOUSE = "packing_house"
    WORKSHOP = "workshop"
    WAREHOUSE = "warehouse"
    SHOP = "shop"
    OFFICE = "office"


class PlaceRegistered(Event, frozen=True, kw_only=True, tag="place.registered.v1"):
    """A place with its holder and township; exact coordinates are kept in the vault."""

    place: PlaceId
    holder: PartyId
    kind: PlaceKind
    township: Division
    name: Text
    area_m2: Amount | None = None
    gln: Gln | None = None


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """A name in both languages."""

    zh: Text
    en: Text


class ProductRegistered(Event, frozen=True, kw_only=True, tag="product.registered.v1"):
    """A trade item, by its own GTIN or by the county's restricted-circulation number.

    A `mark` binds the product's name to a geographical indication: no batch of it without it.
    """

    gtin: Gtin
    names: Names
    category: Category
    unit: Unit
    content: Content | None = None
    shelf_life_days: Annotated[int, Meta(ge=1, le=36500)] | None = None
    mark: MarkCode | None = None

    def __post_init__(self) -> None:
        """Hold the GTIN to its check digit."""
        if not is_gtin(self.gtin):
            raise ValueError(f"GTIN {self.gtin} has a wrong check digit")
