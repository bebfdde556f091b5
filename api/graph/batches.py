"""A batch as buyers may check it: what it is, where it grew, its passport and its trace."""

from typing import Annotated, Any, Self

import strawberry
from strawberry import relay

from api.graph.context import Info
from api.graph.fields import resolved
from api.graph.master import Product, product
from api.graph.passports import Origin, Passport
from api.graph.traced_quantity import TracedQuantity
from api.graph.traces import Direction, Trace
from projections import passport
from projections import trace as tracing
from projections.amounts import Shown

InDirection = Annotated[Direction, strawberry.argument(description="Which way to follow it.")]


@strawberry.type(description="A batch 批次: a quantity of one product made together.")
class Batch(relay.Node):
    """A batch, by GTIN and lot."""

    batch_id: relay.NodeID[str]
    document: strawberry.Private[passport.Passport]
    gtin: str = strawberry.field(description="GTIN-14, e.g. 02000000000015.")
    lot: str = strawberry.field(description="Lot, e.g. L7.")

    @classmethod
    def of(cls, name: str, document: passport.Passport) -> Self:
        """Make it of its passport; the name is GTIN/LOT."""
        return cls(batch_id=name, document=document, gtin=name[:14], lot=name[15:])

    @resolved("What it is; null where the product is not registered here.")
    def product(self, info: Info) -> Product | None:
        """Load the product."""
        return product(info, self.gtin)

    @resolved("How much was made; null where that is not on record.")
    def quantity(self) -> TracedQuantity | None:
        """Give what its making says."""
        made = self.document.made
        return TracedQuantity.of(_made(self.document), made.unit) if made else None

    @resolved("The harvests that it goes back to.")
    def origin(self) -> list[Origin]:
        """Give its origins."""
        return [Origin.of(origin) for origin in self.document.origins]

    @resolved("What everyone may see of it.")
    def passport(self) -> Passport:
        """Give its passport."""
        return Passport.of(self.document, self.gtin, self.lot)

    @resolved("Its genealogy; at most ten batches are traced in a request.")
    async def trace(self, info: Info, direction: InDirection = Direction.BOTH) -> Trace | None:
        """Trace it."""
        info.context.count_trace()
        way: Any = direction.value
        found = await info.context.read(lambda conn: tracing.trace(conn, self.batch_id, way))
        return Trace.of(found) if found else None


def batch(info: Info, name: str) -> Batch | None:
    """Give a batch by GTIN/LOT, or an awaitable of it."""
    return info.context.loads.passports.made(name, lambda document: Batch.of(name, document))


def _made(document: passport.Passport) -> Shown | None:
    """Give the batch's own quantity out of its making, which may have made others besides."""
    made = document.made
    if made is None:
        return None
    own = [output.quantity for output in made.outputs if output.batch == document.id]
    return own[0] if own else made.quantity
