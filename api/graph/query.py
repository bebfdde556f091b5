"""Queries: what there is to buy, what is wanted and ordered, and what stands behind it."""

from collections.abc import Callable
from typing import Annotated, Final

import strawberry
from strawberry import relay
from strawberry.utils.await_maybe import AwaitableOrValue, await_maybe

from api.graph.allocations import Allocation, Proposal, shared_out
from api.graph.batches import Batch, batch
from api.graph.context import Info
from api.graph.demands import Demand, demand, demands
from api.graph.errors import Mistaken
from api.graph.fields import resolved
from api.graph.identifiers import NodeArgument, global_id, own_id
from api.graph.log import Checkpoint, checkpoint
from api.graph.master import party, place, product
from api.graph.matches import Match, match, matches
from api.graph.offers import Offer, offer, offers
from api.graph.orders import Order, order, orders
from api.graph.proposals import MOST_SHOWN, proposals
from api.graph.viewer import Viewer, me
from domain.ids import batch_id

_NODES: Final[dict[str, Callable[[Info, str], AwaitableOrValue[relay.Node | None]]]] = {
    "Batch": batch,
    "Demand": demand,
    "Match": match,
    "Offer": offer,
    "Order": order,
    "Party": party,
    "Place": place,
    "Product": product,
}

OfGtin = Annotated[str, strawberry.argument(description="GTIN-14, e.g. 02000000000015.")]
OfLot = Annotated[str, strawberry.argument(description="Lot, e.g. L7.")]


@strawberry.type(description="What can be asked.")
class Query:
    """The market, and the batches behind it."""

    offers: relay.Connection[Offer] = strawberry.field(
        resolver=offers, description="What is for sale 供应."
    )
    demands: relay.Connection[Demand] = strawberry.field(
        resolver=demands, description="What is wanted 求购."
    )
    orders: relay.Connection[Order] = strawberry.field(
        resolver=orders, description="One's own orders 订单, as buyer or seller."
    )
    matches: relay.Connection[Match] = strawberry.field(
        resolver=matches,
        description="The open offers that have all that one's own demand asks for, best first.",
    )
    allocation: Allocation = strawberry.field(
        resolver=shared_out,
        description="The county's open offers shared out among its demands: a preview.",
    )
    proposals: list[Proposal] = strawberry.field(
        resolver=proposals,
        description="What the county's desk proposed to oneself as buyer or seller and can still be"
        f" ordered so, the newest first, at most {MOST_SHOWN}; the county sees everybody's.",
    )
    me: Viewer = strawberry.field(resolver=me, description="Who is signed in, and may do what.")
    checkpoint: Checkpoint | None = strawberry.field(
        resolver=checkpoint, description="The log's newest checkpoint; null before it is opened."
    )

    @resolved("Anything that has an id of its own; null where it is gone.")
    async def node(self, info: Info, id: NodeArgument) -> relay.Node | None:  # noqa: A002
        """Find a node by its global id."""
        wanted = global_id(id)
        load = _NODES.get(wanted.type_name)
        return await await_maybe(load(info, wanted.node_id)) if load else None

    @resolved("One order 订单; null where there is none.")
    async def order(self, info: Info, id: NodeArgument) -> Order | None:  # noqa: A002
        """Find an order."""
        return await order(info, own_id(id, "Order"))

    @resolved("One offer 供应; null where there is none.")
    def offer(self, info: Info, id: NodeArgument) -> Offer | None:  # noqa: A002
        """Find an offer."""
        return offer(info, own_id(id, "Offer"))

    @resolved("One batch 批次; null where no event speaks of it.")
    def batch(self, info: Info, gtin: OfGtin, lot: OfLot) -> Batch | None:
        """Find a batch."""
        try:
            name = batch_id(gtin, lot)
        except ValueError as error:
            raise Mistaken(
                "bad-argument", "GTIN 要 14 位数字，批号要 1 到 20 个 GS1 字符。",
                "A GTIN has 14 digits, a lot 1 to 20 characters of GS1 character set 82.",
            ) from error  # fmt: skip
        return batch(info, name)
