"""Orders: both sides, what was agreed, and the order's life as a timeline."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from msgspec.structs import replace
from strawberry import relay

from api.audience import Audience, may
from api.graph.access import denied
from api.graph.batches import Batch, batch
from api.graph.context import Info, Loads
from api.graph.demands import Demand, demand
from api.graph.errors import sign_in_first
from api.graph.fields import resolved, value
from api.graph.identifiers import own_id, own_id_or_none, plain_or_none
from api.graph.master import Party, Place, Product, party, place, product
from api.graph.measures import Price, Quantity
from api.graph.offers import Offer, offer
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
from api.graph.scalars import Amount, Position
from api.graph.selection import selected
from api.graph.terms import Window
from domain.events.market import Way
from ledger.log import Connection
from projections import market_queries as query
from projections.market_rows import OrderRow, StepRow


@strawberry.enum(description="Where an order stands.")
class OrderState(Enum):
    """Values as the market read model has them."""

    PLACED = value("placed", "已下单 It waits for the seller.")
    CONFIRMED = value("confirmed", "已确认 The goods are reserved.")
    REFUSED = value("refused", "已谢绝 The seller declined.")
    CANCELLED = value("cancelled", "已取消 The buyer took it back.")
    SHIPPED = value("shipped", "已发货 The goods are on the way.")
    RECEIVED = value("received", "已收货 The buyer counted them.")
    DISPUTED = value("disputed", "有争议 One side does not accept what was sent or paid.")
    SETTLED = value("settled", "已结清 What was received is paid for.")


@strawberry.type(description="One signed event of an order's life.")
class OrderStep:
    """What brought the order into a state."""

    concerns: strawberry.Private[tuple[str, ...]]
    public_id: strawberry.Private[str]
    state: OrderState = strawberry.field(description="The state that it brought.")
    row: strawberry.Private[StepRow]
    event: str = strawberry.field(description="The event, a UUIDv7.")
    position: Position = strawberry.field(description="Where it stands in the ledger.")
    occurred_at: datetime = strawberry.field(description="When, by the actor's clock.")
    admitted_at: datetime = strawberry.field(description="When the ledger admitted it.")
    amount: Amount | None = strawberry.field(
        description="Of how much, in the order's unit; on receipt, what was counted."
    )
    reason: str | None = strawberry.field(description="Why, where it was refused or cancelled.")
    counts: bool = strawberry.field(
        description="False where it was declared in error and nothing took its place."
    )
    corrected_at: Position | None = strawberry.field(
        description="The position of its correction, where there is one."
    )

    @classmethod
    def of(cls, row: StepRow, of: "Order") -> Self:
        """Make it of its row and its order, whose sides may see it."""
        return cls(
            concerns=of.concerns, public_id=of.public_id,
            state=OrderState(row.state), row=row, event=row.event, position=Position(row.position),
            occurred_at=row.occurred_at, admitted_at=row.admitted_at, reason=row.reason,
            amount=None if row.quantity is None else Amount(row.quantity), counts=row.counts,
            corrected_at=None if row.corrected is None else Position(row.corrected),
        )  # fmt: skip

    @resolved("Who did it.")
    def actor(self, info: Info) -> Party | None:
        """Load the actor."""
        return party(info, self.row.actor)


@strawberry.type(description="An order 订单: a buyer's, from one offer.")
class Order(relay.Node):
    """An order as it stands now."""

    event_id: relay.NodeID[str]
    row: strawberry.Private[OrderRow]
    public_id: str = strawberry.field(
        name="eventId", description="The id that events name it by: the event that placed it."
    )
    state: OrderState = strawberry.field(description="Where it stands.")
    quantity: Quantity = strawberry.field(description="How much was ordered.")
    price: Price = strawberry.field(description="The price that the buyer saw.")
    total: Amount = strawberry.field(
        description="What it comes to in 分, hundredths of the price's currency, e.g. 152000."
    )
    occurred_at: datetime = strawberry.field(description="When it was placed.")
    position: Position = strawberry.field(description="Where its placing stands in the ledger.")
    changed_at: Position = strawberry.field(
        description="Where the event stands that brought it into its state."
    )
    halted: bool = strawberry.field(
        description="Its batch is held or recalled now: it can be neither confirmed nor sent."
    )

    @classmethod
    def of(cls, row: OrderRow) -> Self:
        """Make it of its row."""
        price = Price.of(row.price_amount, row.price_per, row.unit, row.currency)
        return cls(
            event_id=row.id, public_id=row.id, row=row, state=OrderState(row.state),
            quantity=Quantity.of(row.quantity, row.unit), price=price,
            total=price.total(row.quantity), occurred_at=row.occurred_at,
            position=Position(row.position), changed_at=Position(row.changed_at),
            halted=row.halted,
        )  # fmt: skip

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give its two sides, who may see it."""
        return (self.row.buyer, self.row.seller)

    @resolved("The offer it was placed on.")
    def offer(self, info: Info) -> Offer | None:
        """Load the offer."""
        return offer(info, self.row.offer)

    @resolved("Who ordered.")
    def buyer(self, info: Info) -> Party | None:
        """Load the buyer."""
        return party(info, self.row.buyer)

    @resolved("Who sells.")
    def seller(self, info: Info) -> Party | None:
        """Load the seller."""
        return party(info, self.row.seller)

    @resolved("What was ordered.")
    def product(self, info: Info) -> Product | None:
        """Load the product."""
        return product(info, self.row.batch[:14])

    @resolved("The batch that it is of, with passport and trace.")
    def batch(self, info: Info) -> Batch | None:
        """Load the batch."""
        return batch(info, self.row.batch)

    @resolved("Where it is to be delivered.")
    def deliver_to(self, info: Info) -> Place | None:
        """Load the place."""
        return place(info, self.row.deliver_to)

    @resolved("How much the seller promised; null until it is confirmed.")
    def confirmed(self) -> Quantity | None:
        """Give what was promised, all of it or a part."""
        promised = self.row.confirmed
        return None if promised is None else Quantity.of(promised, self.row.unit)

    @resolved("How the goods are to come to the buyer.")
    def way(self) -> Way:
        """Give the way."""
        return Way(self.row.way)

    @resolved("When the goods are to be handed over; null: as agreed.")
    def window(self) -> Window | None:
        """Give the window."""
        return Window.of(self.row.window_since, self.row.window_until)

    @resolved("The demand that it is for, where it says one.")
    def demand(self, info: Info) -> Demand | None:
        """Load the demand."""
        return demand(info, self.row.demand) if self.row.demand else None

    @resolved("Its life: every event, in order; corrected ones too.")
    def timeline(self, info: Info) -> list[OrderStep] | None:
        """Load its life."""
        return info.context.loads.lives.made(
            self.row.id, lambda rows: [OrderStep.of(row, self) for row in rows]
        )


async def order(info: Info, event_id: str) -> Order | None:
    """Load an order; who is not a side of it learns nothing, not even that it is there."""
    context = info.context
    row = await context.loads.orders.load(event_id)
    if row is None:
        return None
    found = Order.of(row)
    if event_id in context.shown or may(await context.viewer(), Audience.SIDES, found.concerns):
        return found
    return None


@strawberry.input(description="Which orders; what is left out does not narrow.")
class OrderFilter:
    """All conditions must hold."""

    states: list[OrderState] | None = strawberry.field(
        default=None, description="Standing so, e.g. [PLACED, CONFIRMED]; all if not said."
    )
    counterparty: strawberry.ID | None = strawberry.field(
        default=None, description="With one other side, by node id or plain id: P445381-000008."
    )
    gtin: str | None = strawberry.field(
        default=None, description="Of one product, by GTIN-14, e.g. 02000000000015."
    )
    offer: strawberry.ID | None = strawberry.field(
        default=None, description="On one offer, by node id or the event's id (UUIDv7)."
    )

    def wanted(self, party: str) -> query.OrderFilter:
        """Give what the read model is asked for.

        Raises:
            Mistaken: where a text can't be looked for.
        """
        return query.OrderFilter(
            party=party,
            states=None if self.states is None else [state.value for state in self.states],
            counterparty=own_id_or_none(self.counterparty, "Party"),
            gtin=plain_or_none(self.gtin, "gtin"), offer=own_id_or_none(self.offer, "Offer"),
        )  # fmt: skip


@strawberry.enum(description="How orders are sorted.")
class OrderOrder(Enum):
    """Values as `projections.market_queries.Sort` has them."""

    NEWEST = value("newest", "The newest first.")
    CHANGED = value("changed", "What changed last first.")
    LARGEST = value("largest", "By quantity, the most first.")


OfParty = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Whose, as buyer or seller: node id or P445381-000008; one's own if not said."
        " Another's is for the county to name."
    ),
]
InStates = Annotated[
    list[OrderState] | None,
    strawberry.argument(description="Standing so, e.g. [PLACED]; all if not said."),
]
WhichOrders = Annotated[
    OrderFilter | None, strawberry.argument(description="Which orders, e.g. {states: [PLACED]}.")
]
SortedOrders = Annotated[
    OrderOrder, strawberry.argument(description="How they are sorted, e.g. CHANGED.")
]


async def orders(  # noqa: PLR0913, PLR0917  the arguments of a Relay connection
    info: Info,
    party: OfParty = None,
    states: InStates = None,
    filter: WhichOrders = None,  # noqa: A002  the name that clients see
    order_by: SortedOrders = OrderOrder.NEWEST,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> relay.Connection[Order]:
    """List a party's orders."""
    of = await whose(info, party)
    wanted = (filter or OrderFilter()).wanted(of)
    if states is not None and wanted.states is None:
        wanted = replace(wanted, states=[state.value for state in states])
    asked = Asked(first, after, last, before)
    page = page_of("orders", asked, query.Sort(order_by.value))
    listing = (wanted, page, selected(info))
    try:
        rows = await info.context.read(lambda conn: _listed(info.context.loads, conn, listing))
    except query.BadMark as error:
        raise bad_cursor() from error
    return connection("orders", rows, page, Order.of)


def _listed(
    loads: Loads, conn: Connection, listing: tuple[query.OrderFilter, query.Page, frozenset[str]]
) -> list[OrderRow]:
    """Read a page, and over the same connection what its orders are asked for."""
    wanted, page, names = listing
    rows = query.orders(conn, wanted, page)
    lives: dict[str, list[StepRow]] = {}
    if "timeline" in names:
        lives = loads.lives.fetch(conn, (row.id for row in rows))
    if names & {"buyer", "seller", "actor"}:
        actors = (step.actor for life in lives.values() for step in life)
        sides = (party for row in rows for party in (row.buyer, row.seller))
        loads.parties.fetch(conn, (*sides, *actors))
    if "offer" in names:
        loads.offers.fetch(conn, (row.offer for row in rows))
    if "demand" in names:
        loads.demands.fetch(conn, (row.demand for row in rows if row.demand))
    return rows


async def whose(info: Info, party: strawberry.ID | None) -> str:
    """Give the party whose orders are asked for.

    Raises:
        Mistaken: where that is another's, and it is not the county that asks.
    """
    viewer = await info.context.viewer()
    if viewer is None:
        raise sign_in_first()
    of = viewer.party if party is None else own_id(party, "Party")
    if not may(viewer, Audience.OWNER, (of,)):
        raise denied(viewer)
    return of
