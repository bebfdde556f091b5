"""Offers: what is for sale, each bound to a batch that its seller holds."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry import relay

from api.graph.batches import Batch, batch
from api.graph.context import Info, Loads
from api.graph.errors import Mistaken
from api.graph.fields import resolved, value
from api.graph.identifiers import own_id, plain, plain_or_none
from api.graph.master import Party, Place, Product, party, place, product
from api.graph.measures import Price, Quantity
from api.graph.paging import (
    After,
    Asked,
    Before,
    First,
    Last,
    bad_cursor,
    connection,
    page_of,
)
from api.graph.scalars import Amount, Position, UnitCode
from api.graph.selection import selected
from api.graph.terms import Tier, Window
from domain.events.market import Way
from ledger.log import Connection
from projections import market_queries as query
from projections.market_rows import OfferRow


@strawberry.enum(description="Where an offer stands.")
class OfferState(Enum):
    """Values as the market read model has them."""

    OPEN = value("open", "在售 It can be ordered.")
    SOLD_OUT = value("sold-out", "售罄 Less is left than the least that one may order.")
    WITHDRAWN = value("withdrawn", "已撤回 The seller took it back.")
    EXPIRED = value("expired", "已过期 Its time is over.")
    HALTED = value("halted", "已停供 Its batch is held or recalled; it opens when that is lifted.")


@strawberry.enum(description="How offers are sorted.")
class OfferOrder(Enum):
    """Values as `projections.market_queries.Sort` has them."""

    NEWEST = value("newest", "The newest first.")
    CHEAPEST = value("cheapest", "By price for one of the smallest unit, the lowest first.")
    LARGEST = value("largest", "By what is left, the most first.")
    ENDING_SOON = value("ending-soon", "By the end of its time, the next first; the endless last.")


@strawberry.input(description="The most that one would pay: only offers in that unit are meant.")
class PriceCeiling:
    """A price, such as 4000 分 for 1000 grams."""

    amount: Amount = strawberry.field(description="分, hundredths of the currency, e.g. 4000.")
    per: Amount = strawberry.field(description="For how many of the unit, e.g. 1000.")
    unit: UnitCode = strawberry.field(description="The unit that `per` counts, e.g. GRM.")
    currency: str = strawberry.field(default="CNY", description="ISO 4217.")


@strawberry.input(description="Which offers; what is left out does not narrow.")
class OfferFilter:
    """All conditions must hold."""

    category: str | None = strawberry.field(default=None, description="E.g. cinnamon, rice.")
    township: str | None = strawberry.field(
        default=None, description="Where the goods are: a division code, e.g. 445381111."
    )
    gtin: str | None = strawberry.field(default=None, description="Of one product, by GTIN-14.")
    text: str | None = strawberry.field(
        default=None,
        description="Words that must all occur in the product's names, lot, place or seller,"
        " e.g. 肉桂 冲花.",
    )
    max_price: PriceCeiling | None = strawberry.field(default=None, description="At most so dear.")
    seller: strawberry.ID | None = strawberry.field(
        default=None, description="Of one party, by node id or plain id, e.g. P445381-000008."
    )
    states: list[OfferState] = strawberry.field(
        default_factory=lambda: [OfferState.OPEN], description="Standing so; open if not said."
    )

    def wanted(self) -> query.OfferFilter:
        """Give what the read model is asked for.

        Raises:
            Mistaken: where a text can't be looked for.
        """
        township = plain_or_none(self.township, "township")
        return query.OfferFilter(
            states=[state.value for state in self.states],
            category=plain_or_none(self.category, "category"),
            townships=None if township is None else [township],
            gtin=plain_or_none(self.gtin, "gtin"),
            seller=None if self.seller is None else own_id(self.seller, "Party"),
            ceiling=_ceiling(self.max_price),
            words=plain(self.text or "", "text").split(),
        )


@strawberry.type(description="An offer 供应: so much of a batch, at a price.")
class Offer(relay.Node):
    """An offer as it stands now."""

    event_id: relay.NodeID[str]
    row: strawberry.Private[OfferRow]
    public_id: str = strawberry.field(
        name="eventId", description="The id that orders name it by: the event that made it."
    )
    state: OfferState = strawberry.field(description="Whether it can be ordered.")
    quantity: Quantity = strawberry.field(description="How much was offered.")
    left: Quantity = strawberry.field(description="How much confirmed orders have left of it.")
    least: Quantity = strawberry.field(description="The least that one may order.")
    price: Price = strawberry.field(description="What it costs.")
    until: datetime | None = strawberry.field(description="Until when it holds; null: no end.")
    occurred_at: datetime = strawberry.field(description="When it was made.")
    position: Position = strawberry.field(description="Where it stands in the ledger.")

    @classmethod
    def of(cls, row: OfferRow) -> Self:
        """Make it of its row."""
        return cls(
            event_id=row.id, public_id=row.id, row=row, state=OfferState(row.state),
            quantity=Quantity.of(row.quantity, row.unit),
            left=Quantity.of(row.remaining, row.unit), least=Quantity.of(row.least, row.unit),
            price=Price.of(row.price_amount, row.price_per, row.unit, row.currency),
            until=row.until, occurred_at=row.occurred_at, position=Position(row.position),
        )  # fmt: skip

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give whose it is, who sees its prices by quantity."""
        return (self.row.seller,)

    @resolved("The lowest price that it can be had for, of the largest quantity.")
    def price_from(self) -> Price:
        """Give the price of the last tier, or the only one."""
        if not self.row.tiers:
            return self.price
        last = self.row.tiers[-1]["price"]
        return Price.of(last["amount"], last["per"], self.row.unit, last["currency"])

    @resolved("Prices by quantity, each from so much on; for buyers, the seller, the county.")
    def tiers(self) -> list[Tier]:
        """Give the steps, in order of quantity."""
        return [Tier.of(tier, self.row.unit, self.row.seller) for tier in self.row.tiers]

    @resolved("How much may be confirmed now: of what is left, what the seller holds unpromised.")
    def available(self) -> Quantity:
        """Give what is available to promise."""
        return Quantity.of(self.row.available, self.row.unit)

    @resolved("How much confirmed orders have taken of it.")
    def confirmed(self) -> Quantity:
        """Give what is promised."""
        return Quantity.of(self.row.quantity - self.row.remaining, self.row.unit)

    @resolved("When the goods can be handed over; null: as agreed.")
    def window(self) -> Window | None:
        """Give the window."""
        return Window.of(self.row.window_since, self.row.window_until)

    @resolved("How the goods can come to the buyer, e.g. [PICK_UP, DELIVERY].")
    def ways(self) -> list[Way]:
        """Give the ways."""
        return [Way(way) for way in self.row.ways]

    @resolved("Of a harvest to come, the plot; null where the batch is there.")
    def plot(self, info: Info) -> Place | None:
        """Load the plot."""
        return place(info, self.row.plot) if self.row.plot else None

    @resolved("Who sells it.")
    def seller(self, info: Info) -> Party | None:
        """Load the seller."""
        return party(info, self.row.seller)

    @resolved("Where the goods are.")
    def place(self, info: Info) -> Place | None:
        """Load the place."""
        return place(info, self.row.place)

    @resolved("What it is.")
    def product(self, info: Info) -> Product | None:
        """Load the product."""
        return product(info, self.row.gtin)

    @resolved("The batch that it is of, with passport and trace.")
    def batch(self, info: Info) -> Batch | None:
        """Load the batch."""
        return batch(info, self.row.batch)

    @resolved("The lot of that batch, e.g. L7.")
    def lot(self) -> str:
        """Give the lot."""
        return self.row.batch[15:]


def offer(info: Info, event_id: str) -> Offer | None:
    """Give an offer, or an awaitable of it."""
    return info.context.loads.offers.made(event_id, Offer.of)


WhichOffers = Annotated[OfferFilter | None, strawberry.argument(description="Which offers.")]
SortedOffers = Annotated[OfferOrder, strawberry.argument(description="How they are sorted.")]


async def offers(
    info: Info,
    filter: WhichOffers = None,  # noqa: A002  the name that clients see
    order_by: SortedOffers = OfferOrder.NEWEST,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> relay.Connection[Offer]:
    """List offers."""
    wanted = (filter or OfferFilter()).wanted()
    asked = Asked(first, after, last, before)
    page = page_of("offers", asked, query.Sort(order_by.value))
    listing = (wanted, page, selected(info))
    try:
        rows = await info.context.read(lambda conn: _listed(info.context.loads, conn, listing))
    except query.BadMark as error:
        raise bad_cursor() from error
    return connection("offers", rows, page, Offer.of)


def _listed(
    loads: Loads, conn: Connection, listing: tuple[query.OfferFilter, query.Page, frozenset[str]]
) -> list[OfferRow]:
    """Read a page, and over the same connection what its offers are asked for."""
    wanted, page, names = listing
    rows = query.offers(conn, wanted, page)
    fetch_beside(loads, conn, rows, names)
    return rows


def fetch_beside(
    loads: Loads, conn: Connection, rows: Sequence[OfferRow], names: frozenset[str]
) -> None:
    """Have ready what offers are asked for, over a connection that is there."""
    if "seller" in names:
        loads.parties.fetch(conn, (row.seller for row in rows))
    if names & {"place", "plot"}:
        plots = (row.plot for row in rows if row.plot)
        loads.places.fetch(conn, (*(row.place for row in rows), *plots))
    if "product" in names:
        loads.products.fetch(conn, (row.gtin for row in rows))
    if "batch" in names:
        loads.passports.fetch(conn, (row.batch for row in rows))


def _ceiling(ceiling: PriceCeiling | None) -> query.Ceiling | None:
    if ceiling is None:
        return None
    if ceiling.per == 0:
        raise Mistaken("bad-argument", "maxPrice.per 至少是 1。", "maxPrice.per is at least 1.")
    return query.Ceiling(
        ceiling.amount, ceiling.per, ceiling.unit.value, plain(ceiling.currency, "currency")
    )
