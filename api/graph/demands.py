"""Demands: what buyers are looking for."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry import relay

from api.graph.context import Info
from api.graph.fields import resolved, value
from api.graph.identifiers import own_id, plain_or_none
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
from api.graph.scalars import Position
from api.graph.terms import Window
from domain.events.market import Proof
from projections import market_queries as query
from projections.market_rows import DemandRow


@strawberry.enum(description="Where a demand stands.")
class DemandState(Enum):
    """Values as the market read model has them."""

    OPEN = value("open", "求购中 It is still wanted.")
    MET = value("met", "已买齐 Orders for it were confirmed in full.")
    WITHDRAWN = value("withdrawn", "已撤回 The buyer took it back.")
    EXPIRED = value("expired", "已过期 Its time is over.")


@strawberry.input(description="Which demands; what is left out does not narrow.")
class DemandFilter:
    """All conditions must hold."""

    category: str | None = strawberry.field(default=None, description="E.g. cinnamon, rice.")
    buyer: strawberry.ID | None = strawberry.field(
        default=None, description="Of one party, by node id or plain id, e.g. P445381-000008."
    )
    states: list[DemandState] = strawberry.field(
        default_factory=lambda: [DemandState.OPEN], description="Standing so; open if not said."
    )

    def wanted(self) -> query.DemandFilter:
        """Give what the read model is asked for.

        Raises:
            Mistaken: where a text can't be looked for.
        """
        return query.DemandFilter(
            states=[state.value for state in self.states],
            category=plain_or_none(self.category, "category"),
            buyer=None if self.buyer is None else own_id(self.buyer, "Party"),
        )


@strawberry.type(description="A demand 求购: so much of a kind of produce is wanted.")
class Demand(relay.Node):
    """A demand as it stands now."""

    event_id: relay.NodeID[str]
    row: strawberry.Private[DemandRow]
    public_id: str = strawberry.field(
        name="eventId", description="The event that posted it, a UUIDv7."
    )
    state: DemandState = strawberry.field(description="Whether it is still wanted.")
    category: str = strawberry.field(description="The kind of produce, e.g. cinnamon.")
    quantity: Quantity = strawberry.field(description="How much is wanted.")
    ceiling: Price | None = strawberry.field(description="The most it may cost, where said.")
    until: datetime | None = strawberry.field(description="Until when; null: no end.")
    occurred_at: datetime = strawberry.field(description="When it was posted.")
    position: Position = strawberry.field(description="Where it stands in the ledger.")

    @classmethod
    def of(cls, row: DemandRow) -> Self:
        """Make it of its row."""
        return cls(
            event_id=row.id, public_id=row.id, row=row, state=DemandState(row.state),
            category=row.category, quantity=Quantity.of(row.quantity, row.unit),
            ceiling=_ceiling(row), until=row.until, occurred_at=row.occurred_at,
            position=Position(row.position),
        )  # fmt: skip

    @resolved("Who wants it.")
    def buyer(self, info: Info) -> Party | None:
        """Load the buyer."""
        return party(info, self.row.buyer)

    @resolved("Where it is to be delivered.")
    def deliver_to(self, info: Info) -> Place | None:
        """Load the place."""
        return place(info, self.row.deliver_to)

    @resolved("How much confirmed orders for it have left open.")
    def left(self) -> Quantity:
        """Give what is still wanted."""
        return Quantity.of(self.row.remaining, self.row.unit)

    @resolved("The one product that will do; null: any of the category.")
    def product(self, info: Info) -> Product | None:
        """Load the product."""
        return product(info, self.row.product) if self.row.product else None

    @resolved("When the goods are wanted; null: at any time.")
    def window(self) -> Window | None:
        """Give the window."""
        return Window.of(self.row.window_since, self.row.window_until)

    @resolved("What the batch must have, e.g. [COMMITMENT].")
    def certificates(self) -> list[Proof]:
        """Give what is asked for."""
        return [Proof(one) for one in self.row.certificates]

    @resolved("Whether the buyer would fetch the goods, e.g. false.")
    def fetches(self) -> bool:
        """Tell whether it may be picked up."""
        return self.row.fetches


def demand(info: Info, event_id: str) -> Demand | None:
    """Give a demand, or an awaitable of it."""
    return info.context.loads.demands.made(event_id, Demand.of)


@strawberry.enum(description="How demands are sorted.")
class DemandOrder(Enum):
    """Values as `projections.market_queries.Sort` has them."""

    NEWEST = value("newest", "The newest first.")
    LARGEST = value("largest", "By quantity, the most first.")
    ENDING_SOON = value("ending-soon", "By the end of its time, the next first; the endless last.")


WhichDemands = Annotated[DemandFilter | None, strawberry.argument(description="Which demands.")]
SortedDemands = Annotated[DemandOrder, strawberry.argument(description="How they are sorted.")]


async def demands(
    info: Info,
    filter: WhichDemands = None,  # noqa: A002  the name that clients see
    order_by: SortedDemands = DemandOrder.NEWEST,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> relay.Connection[Demand]:
    """List demands."""
    wanted = (filter or DemandFilter()).wanted()
    asked = Asked(first, after, last, before)
    page = page_of("demands", asked, query.Sort(order_by.value))
    try:
        rows = await info.context.read(lambda conn: query.demands(conn, wanted, page))
    except query.BadMark as error:
        raise bad_cursor() from error
    return connection("demands", rows, page, Demand.of)


def _ceiling(row: DemandRow) -> Price | None:
    if row.ceiling_amount is None or row.ceiling_per is None or row.ceiling_currency is None:
        return None
    return Price.of(row.ceiling_amount, row.ceiling_per, row.unit, row.ceiling_currency)
