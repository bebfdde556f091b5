"""A batch's passport: origins, timeline, and where it is now."""

from datetime import date, datetime
from typing import Self

import strawberry

from api.graph.master import Township
from api.graph.scalars import Amount, Position
from api.graph.traced_quantity import TracedQuantity
from labels.link import escape
from projections import passport


@strawberry.type(description="A party or place as the passport names it.")
class Named:
    """An id of ours, or what a foreign record gives."""

    identifier: str = strawberry.field(
        description="Our id, e.g. P445381-000008, or a foreign identifier (URI)."
    )
    name: str | None = strawberry.field(description="Its public name, where there is one.")

    @classmethod
    def of(cls, who: passport.Who | passport.Where | None) -> Self | None:
        """Make it of the passport's."""
        return cls(identifier=who.id, name=who.name) if who else None


@strawberry.type(description="Where something in the batch grew.")
class Origin:
    """A harvest that the batch goes back to."""

    batch: str = strawberry.field(description="The harvested batch, e.g. 02000000000015/L7.")
    plot: Named | None = strawberry.field(description="The plot.")
    holder: Named | None = strawberry.field(description="Who grew it.")
    township: Township | None = strawberry.field(description="The plot's township.")
    harvested_on: date = strawberry.field(description="The day of the harvest.")
    quantity: TracedQuantity | None = strawberry.field(description="How much was harvested.")
    event: str = strawberry.field(description="The harvest's event, a UUIDv7.")
    position: Position = strawberry.field(description="Where that event stands in the ledger.")

    @classmethod
    def of(cls, origin: passport.Origin) -> Self:
        """Make it of the passport's."""
        township = origin.plot.township if origin.plot else None
        return cls(
            batch=origin.batch, plot=Named.of(origin.plot), holder=Named.of(origin.holder),
            township=Township(code=township) if township else None,
            harvested_on=origin.harvested_on, event=origin.event,
            quantity=TracedQuantity.of(origin.quantity, origin.unit),
            position=Position(origin.position),
        )  # fmt: skip


@strawberry.type(description="One thing that happened to a batch, or to what it was made of.")
class PassportStep:
    """A signed event as the passport shows it."""

    kind: str = strawberry.field(
        description="harvested, transformed, shipped, received, inspected, certified, uncertified,"
        " sold, disposed, or captured (a foreign record)."
    )
    batch: str = strawberry.field(description="The batch it happened to, e.g. 02000000000015/L7.")
    event: str = strawberry.field(description="Its event, a UUIDv7.")
    position: Position = strawberry.field(description="Where that stands in the ledger.")
    occurred_at: datetime = strawberry.field(description="When it happened, by the actor's clock.")
    admitted_at: datetime = strawberry.field(description="When the ledger admitted it.")
    late: bool = strawberry.field(description="Whether it was recorded more than a day later.")
    actor: Named | None = strawberry.field(description="Who did it and signed for it.")
    place: Named | None = strawberry.field(description="Where.")
    quantity: TracedQuantity | None = strawberry.field(description="Of how much.")
    process: str | None = strawberry.field(description="Of a transformation, e.g. milled.")
    result: str | None = strawberry.field(description="Of an inspection, e.g. conformant.")

    @classmethod
    def of(cls, step: passport.Step) -> Self:
        """Make it of the passport's."""
        return cls(
            kind=step.kind, batch=step.batch, event=step.event, position=Position(step.position),
            occurred_at=step.occurred_at, admitted_at=step.admitted_at, late=step.late,
            actor=Named.of(step.actor), place=Named.of(step.place),
            quantity=TracedQuantity.of(step.quantity, step.unit), process=step.process,
            result=step.result,
        )  # fmt: skip


@strawberry.type(
    description="Where a batch is now, in its smallest unit: `made` is the sum of the others."
)
class Stock:
    """The batch's quantities by what became of them."""

    made: Amount = strawberry.field(description="What was made, e.g. 120000.")
    held: Amount = strawberry.field(description="Still held by somebody.")
    on_the_way: Amount = strawberry.field(description="Shipped and not received.")
    used: Amount = strawberry.field(description="Used up in a process.")
    sold: Amount = strawberry.field(description="Sold to consumers.")
    disposed: Amount = strawberry.field(description="Destroyed or thrown away.")
    lost: Amount = strawberry.field(description="Lost on the way.")

    @classmethod
    def of(cls, stock: passport.Stock) -> Self:
        """Make it of the passport's."""
        return cls(
            made=Amount(stock.made), held=Amount(stock.held), on_the_way=Amount(stock.on_the_way),
            used=Amount(stock.used), sold=Amount(stock.sold), disposed=Amount(stock.disposed),
            lost=Amount(stock.lost),
        )  # fmt: skip


@strawberry.type(description="What everyone may see of a batch 溯源档案.")
class Passport:
    """The document that a scan opens."""

    timeline: list[PassportStep] = strawberry.field(
        description="Its own steps and those of what it was made of, in order of time."
    )
    timeline_left_out: int = strawberry.field(
        description="How many further steps there are; most often 0."
    )
    stock: Stock | None = strawberry.field(description="Where it is now; null for a foreign batch.")
    path: str = strawberry.field(
        description="Its page, a GS1 Digital Link path, e.g. /01/02000000000015/10/L7."
    )
    position: Position = strawberry.field(description="The last event that it takes in.")

    @classmethod
    def of(cls, document: passport.Passport, gtin: str, lot: str) -> Self:
        """Make it of the read model's."""
        return cls(
            timeline=[PassportStep.of(step) for step in document.timeline],
            timeline_left_out=document.timeline_left_out,
            stock=Stock.of(document.stock) if document.kind == "own" else None,
            path=f"/01/{gtin}/10/{escape(lot)}", position=Position(document.position),
        )  # fmt: skip
