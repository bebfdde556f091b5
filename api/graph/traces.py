"""A batch's genealogy: batches, and what went into what."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from api.graph.fields import value
from api.graph.scalars import Position
from api.graph.traced_quantity import TracedQuantity
from projections import trace as tracing


@strawberry.enum(description="Which way to follow a batch.")
class Direction(Enum):
    """Values as `projections.trace` takes them."""

    BACK = value("back", "What it was made of.")
    FORWARD = value("forward", "What was made of it.")
    BOTH = value("both", "Both.")


@strawberry.type(description="A batch in a trace.")
class TraceNode:
    """A batch, ours or a foreign one."""

    identifier: str = strawberry.field(
        description="GTIN-14/LOT, or the foreign identifier, e.g. 02000000000015/L7."
    )
    gtin: str | None = strawberry.field(description="GTIN-14, where it has one.")
    lot: str | None = strawberry.field(description="Lot, where it has one.")
    quantity: TracedQuantity | None = strawberry.field(description="How much was made of it.")
    party: str | None = strawberry.field(description="Who made it, e.g. P445381-000008.")
    place: str | None = strawberry.field(description="Where, e.g. L445381-000003.")
    plot: str | None = strawberry.field(description="Of a harvest, the plot.")
    event: str = strawberry.field(description="The event that made it, or first spoke of it.")
    position: Position = strawberry.field(description="Where that stands in the ledger.")
    occurred_at: datetime = strawberry.field(description="When that was.")


@strawberry.type(description="So much of one batch went into another.")
class TraceEdge:
    """A step between two batches."""

    source: str = strawberry.field(name="from", description="The batch that was used.")
    target: str = strawberry.field(name="to", description="The batch that was made.")
    quantity: TracedQuantity | None = strawberry.field(description="How much went in.")
    kind: str = strawberry.field(description="The process, e.g. milled, dried, packed.")
    event: str = strawberry.field(description="The event that says so, a UUIDv7.")
    position: Position = strawberry.field(description="Where that stands in the ledger.")


@strawberry.type(description="What a batch was made of, and what was made of it.")
class Trace:
    """A batch's genealogy."""

    root: str = strawberry.field(description="The batch that was asked for.")
    nodes: list[TraceNode] = strawberry.field(description="All batches, in order of recording.")
    edges: list[TraceEdge] = strawberry.field(description="What went into what.")
    position: Position = strawberry.field(description="As of which event of the ledger.")

    @classmethod
    def of(cls, trace: tracing.Trace) -> Self:
        """Make it of the read model's."""
        return cls(
            root=trace.root, position=Position(trace.position),
            nodes=[_node(node) for node in trace.nodes],
            edges=[
                TraceEdge(
                    source=edge.source, target=edge.target, kind=edge.kind, event=edge.event,
                    quantity=TracedQuantity.of(edge.quantity, edge.unit),
                    position=Position(edge.position),
                )
                for edge in trace.edges
            ],
        )  # fmt: skip


def _node(node: tracing.Node) -> TraceNode:
    return TraceNode(
        identifier=node.id, gtin=node.gtin, lot=node.lot, party=node.party, place=node.place,
        quantity=TracedQuantity.of(node.quantity, node.unit), plot=node.plot, event=node.event,
        position=Position(node.position), occurred_at=node.occurred_at,
    )  # fmt: skip
