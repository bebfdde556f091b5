"""Master data: parties, places with their townships, products."""

from typing import Self

import strawberry
from strawberry import relay

from api.graph.context import Info
from api.graph.fields import resolved
from api.graph.measures import InLanguage
from api.graph.scalars import Language, UnitCode
from domain import townships
from domain.events.governance import PartyKind, Role
from domain.events.registry import PlaceKind
from projections import directory


@strawberry.type(description="A township or another division, by its official code.")
class Township:
    """A GB/T 2260 or GB/T 10114 code, and its name."""

    code: str = strawberry.field(
        description="GB/T 2260 (six digits) or GB/T 10114 (nine), e.g. 445381111."
    )

    @resolved("Its name, or the code where none is known, e.g. 榃滨镇.")
    def name(self, language: InLanguage = Language.ZH) -> str:
        """Name it."""
        return townships.name(self.code, language.value)


@strawberry.type(description="How to reach a person who agreed to it.")
class Contact:
    """Out of the vault, never out of the ledger."""

    concerns: strawberry.Private[tuple[str, ...]]
    name: str = strawberry.field(description="The person's name, e.g. 陈秀兰.")
    phone: str | None = strawberry.field(description="A telephone number, e.g. 138 0000 0000.")


@strawberry.type(description="A party 主体: a farmer, cooperative, processor, carrier, buyer, …")
class Party(relay.Node):
    """A party, named where that is public."""

    party_id: relay.NodeID[str]
    public_id: str = strawberry.field(
        name="partyId", description="The id that events name it by, e.g. P445381-000008."
    )
    kind: PartyKind = strawberry.field(description="A person or an organisation.")
    name: str | None = strawberry.field(
        description="An organisation's name, or a person's who agreed to show it, e.g. 陈屋合作社."
    )
    roles: list[Role] = strawberry.field(description="What it may do in the trade.")
    township: Township | None = strawberry.field(description="Where it is at home.")
    gln: str | None = strawberry.field(description="GS1 Global Location Number, where it has one.")

    @classmethod
    def of(cls, row: directory.Party) -> Self:
        """Make it of its row."""
        return cls(
            party_id=row.id, public_id=row.id, kind=PartyKind(row.kind), name=row.name,
            roles=[Role(role) for role in row.roles],
            township=Township(code=row.township) if row.township else None, gln=row.gln,
        )  # fmt: skip

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give whose contact this is."""
        return (self.party_id,)

    @resolved("How to reach it, where it is a person who agreed; for buyers, itself, the county.")
    async def contact(self, info: Info) -> Contact | None:
        """Load it out of the vault."""
        if self.kind is not PartyKind.PERSON:
            return None
        card = await info.context.loads.contacts.load(self.party_id)
        return Contact(concerns=self.concerns, name=card.name, phone=card.phone) if card else None


@strawberry.type(description="A place 地点: a plot, yard, packing house, warehouse or shop.")
class Place(relay.Node):
    """A place; its exact position is not public."""

    place_id: relay.NodeID[str]
    public_id: str = strawberry.field(
        name="placeId", description="The id that events name it by, e.g. L445381-000003."
    )
    kind: PlaceKind = strawberry.field(description="What it is for.")
    name: str = strawberry.field(description="Its name, e.g. 冲花晒场.")
    township: Township = strawberry.field(description="Where it lies.")
    gln: str | None = strawberry.field(description="GS1 Global Location Number, where it has one.")

    @classmethod
    def of(cls, row: directory.Place) -> Self:
        """Make it of its row."""
        return cls(
            place_id=row.id, public_id=row.id, kind=PlaceKind(row.kind), name=row.name,
            township=Township(code=row.township), gln=row.gln,
        )  # fmt: skip


@strawberry.type(description="A product 产品: a trade item with a GTIN.")
class Product(relay.Node):
    """A product as it is registered."""

    gtin_id: relay.NodeID[str]
    gtin: str = strawberry.field(description="GTIN-14, e.g. 02000000000015.")
    name_zh: str = strawberry.field(description="Its name in Chinese, e.g. 罗定肉桂.")
    name_en: str = strawberry.field(description="Its name in English, e.g. Luoding cinnamon.")
    category: str = strawberry.field(description="What kind of produce it is, e.g. cinnamon.")
    unit: UnitCode = strawberry.field(description="The unit it is counted in.")
    shelf_life_days: int | None = strawberry.field(
        description="How long it keeps, in days, where stated."
    )

    @classmethod
    def of(cls, row: directory.Product) -> Self:
        """Make it of its row."""
        return cls(
            gtin_id=row.gtin, gtin=row.gtin, name_zh=row.name_zh, name_en=row.name_en,
            category=row.category, unit=UnitCode(row.unit), shelf_life_days=row.shelf_life_days,
        )  # fmt: skip

    @resolved("Its name in one language.")
    def name(self, language: InLanguage = Language.ZH) -> str:
        """Name it."""
        return self.name_zh if language is Language.ZH else self.name_en


def party(info: Info, party_id: str) -> Party | None:
    """Give a party, or an awaitable of it."""
    return info.context.loads.parties.made(party_id, Party.of)


def place(info: Info, place_id: str) -> Place | None:
    """Give a place, or an awaitable of it."""
    return info.context.loads.places.made(place_id, Place.of)


def product(info: Info, gtin: str) -> Product | None:
    """Give a product, or an awaitable of it."""
    return info.context.loads.products.made(gtin, Product.of)
