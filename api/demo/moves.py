"""The movements of a story, each of one call, with the causes that its actor saw."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from api.demo.builder import Builder
from api.demo.marks import claim
from api.demo.parties import INSPECTOR
from api.demo.places import Plot
from api.demo.stock import Spot
from domain.events.holds import BatchHeld, BatchRecalled
from domain.events.movements import (
    BatchDisposed,
    BatchHarvested,
    BatchInspected,
    BatchSold,
    BatchTransformed,
    Difference,
    PlotTreated,
    Process,
    Result,
    ShipmentReceived,
    ShipmentSent,
)
from domain.events.papers import Basis, Commitment, CommitmentIssued
from domain.ids import BatchId, EventId, PartyId, PlaceId
from domain.measures import BatchQuantity, Unit

Goods = tuple[BatchQuantity, ...]


class Remedy(NamedTuple):
    """What is used against a pest: the label's words, its registration number marked as a demo."""

    substance: str
    registration: str
    dose: str
    interval_days: int


class Trip(NamedTuple):
    """A hand-over: whence, whither, when it left and came, by whom, for which order."""

    sender: Spot
    to: Spot
    left: datetime
    arrived: datetime
    carrier: PartyId | None = None
    order: EventId | None = None
    because: EventId | None = None


class Lost(NamedTuple):
    """What did not arrive."""

    goods: BatchQuantity
    reason: str


class Finding(NamedTuple):
    """What an inspection found."""

    standard: str
    finding: str
    result: Result = Result.CONFORMANT


def treat(b: Builder, plot: Plot, at: datetime, remedy: Remedy) -> EventId:
    """Treat a plot."""
    return b.record(
        PlotTreated(
            **b.common(plot.holder, at, b.last(plot.place, "", at)), place=plot.place,
            substance=remedy.substance, registration=remedy.registration, dose=remedy.dose,
            interval_days=remedy.interval_days,
        ),
        at=plot.place, of=("",),
    )  # fmt: skip


def harvest(
    b: Builder, plot: Plot, at: datetime, goods: BatchQuantity, grade: str | None = None
) -> BatchQuantity:
    """Take a new batch off a plot and leave it there for now."""
    return harvest_to(b, plot, plot.place, at, goods, grade)


def harvest_to(
    b: Builder, plot: Plot, place: PlaceId, at: datetime, goods: BatchQuantity,
    grade: str | None = None,
) -> BatchQuantity:  # fmt: skip
    """Take a new batch off a plot to a place of the farmer's."""
    b.record(
        BatchHarvested(
            **b.common(plot.holder, at, b.last(plot.place, "", at)), place=place, batch=goods.batch,
            plot=plot.place, quantity=goods.quantity, unit=goods.unit, grade=grade,
            mark=claim(b, plot.holder, goods),
        ),
        at=place, of=(goods.batch,),
    )  # fmt: skip
    return goods


def send(b: Builder, goods: Sequence[BatchQuantity], trip: Trip) -> EventId:
    """Send goods on their way."""
    sender = trip.sender
    batches = tuple(item.batch for item in goods)
    causes = (b.last(sender.place, batch, trip.left) for batch in batches)
    return b.record(
        ShipmentSent(
            **b.common(sender.party, trip.left, trip.because, *causes), place=sender.place,
            items=tuple(goods), to=trip.to.party, to_place=trip.to.place, carrier=trip.carrier,
            order=trip.order,
        ),
        at=sender.place, of=batches,
    )  # fmt: skip


def hand_over(
    b: Builder, goods: Sequence[BatchQuantity], trip: Trip, lost: Lost | None = None
) -> Goods:
    """Send goods and have them received; what was lost on the way is told with its reason."""
    shipment = send(b, goods, trip)
    arrived = tuple(_without(item, lost) for item in goods)
    short = (Difference(*_fields(lost.goods), lost.reason),) if lost else ()
    receive(b, shipment, arrived, trip, short)
    return arrived


def receive(
    b: Builder, shipment: EventId, goods: Goods, trip: Trip, short: tuple[Difference, ...] = ()
) -> EventId:
    """Have a shipment received, as counted."""
    return b.record(
        ShipmentReceived(
            **b.common(trip.to.party, trip.arrived, shipment), place=trip.to.place,
            shipment=shipment, items=goods, differences=short,
        ),
        at=trip.to.place, of=tuple(item.batch for item in goods),
    )  # fmt: skip


def transform(
    b: Builder, spot: Spot, at: datetime, process: Process, change: tuple[Goods, Goods]
) -> Goods:
    """Turn inputs into outputs (`change`) at a spot."""
    inputs, outputs = change
    causes = (b.last(spot.place, item.batch, at) for item in inputs)
    b.record(
        BatchTransformed(
            **b.common(spot.party, at, *causes), place=spot.place, process=process, inputs=inputs,
            outputs=outputs, mark=claim(b, spot.party, outputs[0]),
        ),
        at=spot.place, of=tuple(item.batch for item in (*inputs, *outputs)),
    )  # fmt: skip
    return outputs


def inspect(
    b: Builder, spot: Spot, at: datetime, goods: BatchQuantity, finding: Finding
) -> EventId:
    """Have a batch inspected where it lies, by the county's station."""
    return b.record(
        BatchInspected(
            **b.common(INSPECTOR, at, b.last(spot.place, goods.batch, at)), place=spot.place,
            batch=goods.batch, standard=finding.standard, result=finding.result,
            finding=finding.finding,
        ),
        at=spot.place, of=(goods.batch,),
    )  # fmt: skip


def certify(
    b: Builder, spot: Spot, at: datetime, goods: BatchQuantity, basis: tuple[Basis, ...]
) -> EventId:
    """Have who holds a batch issue its certificate of commitment, with both promises."""
    return b.record(
        CommitmentIssued(
            **b.common(spot.party, at, b.last(spot.place, goods.batch, at)), place=spot.place,
            batch=goods.batch, quantity=goods.quantity, unit=goods.unit, basis=basis,
            commitments=tuple(Commitment),
        ),
        at=spot.place, of=(goods.batch,),
    )  # fmt: skip


def sell(b: Builder, spot: Spot, at: datetime, goods: BatchQuantity, channel: str) -> EventId:
    """Sell to consumers."""
    return b.record(
        BatchSold(
            **b.common(spot.party, at, b.last(spot.place, goods.batch, at)), place=spot.place,
            batch=goods.batch, quantity=goods.quantity, unit=goods.unit, channel=channel,
        ),
        at=spot.place, of=(goods.batch,),
    )  # fmt: skip


def dispose(b: Builder, spot: Spot, at: datetime, goods: BatchQuantity, reason: str) -> EventId:
    """Throw away what can't be sold."""
    return b.record(
        BatchDisposed(
            **b.common(spot.party, at, b.last(spot.place, goods.batch, at)), place=spot.place,
            batch=goods.batch, quantity=goods.quantity, unit=goods.unit, reason=reason,
        ),
        at=spot.place, of=(goods.batch,),
    )  # fmt: skip


def recall(b: Builder, by: PartyId, at: datetime, batch: BatchId, said: tuple[str, str]) -> EventId:
    """Recall a batch; `said` is the hazard and what to do."""
    hazard, instruction = said
    return b.record(BatchRecalled(
        **b.common(by, at), batch=batch, hazard=hazard, instruction=instruction, level=2
    ))  # fmt: skip


def hold(b: Builder, by: PartyId, at: datetime, batch: BatchId, reason: str) -> EventId:
    """Hold a batch and what it went into."""
    return b.record(BatchHeld(**b.common(by, at), batch=batch, reason=reason))


def _without(goods: BatchQuantity, lost: Lost | None) -> BatchQuantity:
    if lost is None or lost.goods.batch != goods.batch:
        return goods
    return BatchQuantity(goods.batch, goods.quantity - lost.goods.quantity, goods.unit)


def _fields(goods: BatchQuantity) -> tuple[str, int, Unit]:
    return goods.batch, goods.quantity, goods.unit
