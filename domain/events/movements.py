"""What happens to a batch from the field to the buyer."""

from enum import Enum
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

from domain.events.base import MAX_ITEMS, Movement, Text
from domain.events.marks import MarkClaim
from domain.events.papers import Numbers
from domain.ids import BatchId, EventId, PartyId, PlaceId, Sha256Hex
from domain.measures import Amount, BatchQuantity, Unit

Items = Annotated[tuple[BatchQuantity, ...], Meta(min_length=1, max_length=MAX_ITEMS)]


class Process(Enum):
    """How inputs become outputs; `domain.produce` has each one's highest yield."""

    MILLED = "milled"
    DRIED = "dried"
    STEAMED = "steamed"
    FERMENTED = "fermented"
    BLENDED = "blended"
    GRADED = "graded"
    SLAUGHTERED = "slaughtered"
    SPLIT = "split"
    PACKED = "packed"


class PlotTreated(Movement, frozen=True, kw_only=True, tag="plot.treated.v1"):
    """A pesticide or another treatment was used on a plot (the place).

    Source: 农产品质量安全法 (2022), Art. 27 (records of inputs: name, source, dose, dates).
    """

    substance: Text
    registration: Annotated[
        str, Meta(max_length=40, pattern=r"^[A-Z0-9-]+\Z", description="登记证号")
    ]
    dose: Text
    interval_days: Annotated[int, Meta(ge=0, le=365, description="the label's 安全间隔期")]


class BatchHarvested(Movement, frozen=True, kw_only=True, tag="batch.harvested.v1"):
    """A new batch comes off a plot; the place is where it is kept. `mark`: which one it bears."""

    batch: BatchId
    plot: PlaceId
    quantity: Amount
    unit: Unit
    grade: Text | None = None
    mark: MarkClaim | None = None


class BatchTransformed(Movement, frozen=True, kw_only=True, tag="batch.transformed.v1"):
    """Inputs are used up and new batches come out, at one place, in one hand.

    `mark` is what all outputs bear; nothing is inherited unsaid.
    """

    process: Process
    inputs: Items
    outputs: Items
    mark: MarkClaim | None = None


class ShipmentSent(Movement, frozen=True, kw_only=True, tag="shipment.sent.v1"):
    """Goods leave a place for another party; its id names the shipment."""

    items: Items
    to: PartyId
    to_place: PlaceId
    carrier: PartyId | None = None
    order: EventId | None = None


class Difference(Struct, frozen=True, forbid_unknown_fields=True):
    """What was sent and did not arrive, with the reason."""

    batch: BatchId
    quantity: Amount
    unit: Unit
    reason: Text


class ShipmentReceived(Movement, frozen=True, kw_only=True, tag="shipment.received.v1"):
    """The addressee counted what came; what is short is a loss with its reason."""

    shipment: EventId
    items: Annotated[tuple[BatchQuantity, ...], Meta(max_length=MAX_ITEMS)]
    differences: Annotated[tuple[Difference, ...], Meta(max_length=MAX_ITEMS)] = ()


class Result(Enum):
    """The outcome of an inspection (CBV disposition)."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non_conformant"


class BatchInspected(Movement, frozen=True, kw_only=True, tag="batch.inspected.v1"):
    """A batch was inspected by a method or standard, with a result and its report's digest."""

    batch: BatchId
    standard: Text
    result: Result
    finding: Text | None = None
    report: Sha256Hex | None = None


class BatchSold(Movement, frozen=True, kw_only=True, tag="batch.sold.v1"):
    """So much of a batch went to consumers; `serials` are those of the units, where known."""

    batch: BatchId
    quantity: Amount
    unit: Unit
    channel: Text
    serials: Annotated[tuple[Numbers, ...], Meta(max_length=MAX_ITEMS)] = ()

    def __post_init__(self) -> None:
        """Hold the serials to the pieces, and each to one place in the list."""
        spans = sorted((int(one.first), int(one.last)) for one in self.serials)
        if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
            raise ValueError("`serials` names a number twice")
        if self.unit is Unit.PIECE and sum(b - a + 1 for a, b in spans) > self.quantity:
            raise ValueError(f"`serials` names more than {self.quantity} units")


class BatchDisposed(Movement, frozen=True, kw_only=True, tag="batch.disposed.v1"):
    """So much of a batch was destroyed or thrown away."""

    batch: BatchId
    quantity: Amount
    unit: Unit
    reason: Text
