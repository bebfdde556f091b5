"""New batches are new, of a registered product, in its unit; moved batches exist."""

from collections.abc import Iterable

from domain.events.catalogue import AnyEvent
from domain.events.market import OfferChanged, OfferMade
from domain.events.movements import (
    BatchDisposed,
    BatchHarvested,
    BatchSold,
    BatchTransformed,
    ShipmentReceived,
    ShipmentSent,
)
from domain.events.papers import CommitmentIssued
from domain.measures import UNIT_NAMES, Unit
from domain.refusals import Code, Refusal, refuse
from domain.rules.time import moved_batches
from domain.state import State

Made = tuple[str, Unit]


def batch_new(state: State, event: BatchHarvested | BatchTransformed) -> Refusal | None:
    """Refuse a new batch whose number is taken, whoever took it."""
    for batch_id, _ in _made(event):
        batch = state.batch(batch_id)
        if batch:
            return refuse(
                Code.BATCH_EXISTS, batch=batch_id, cause=batch.event, position=batch.position
            )
    return None


def product_known(state: State, event: BatchHarvested | BatchTransformed) -> Refusal | None:
    """Refuse a batch of a product that is not registered, or in another unit than its own."""
    for batch_id, unit in _made(event):
        product = state.product(batch_id[:14])
        if product is None:
            return refuse(Code.UNKNOWN_PRODUCT, gtin=batch_id[:14])
        if product.unit is not unit:
            return unit_mismatch(batch_id, product.unit, unit)
    return None


def batch_known(state: State, event: AnyEvent) -> Refusal | None:
    """Refuse to move a batch that is not there."""
    for batch_id in moved_batches(event):
        if state.batch(batch_id) is None:
            return refuse(Code.UNKNOWN_BATCH, batch=batch_id)
    return None


def unit_fits(
    state: State,
    event: BatchTransformed | ShipmentSent | ShipmentReceived | BatchSold | BatchDisposed
    | CommitmentIssued | OfferMade | OfferChanged,
) -> Refusal | None:  # fmt: skip
    """Refuse a quantity in another unit than the batch's."""
    for batch_id, unit in _moved(event):
        batch = state.batch(batch_id)
        if batch and batch.unit is not unit:
            return unit_mismatch(batch_id, batch.unit, unit)
    return None


def unit_mismatch(batch_id: str, unit: Unit, given: Unit) -> Refusal:
    """Make the refusal of a quantity in another unit than the batch is counted in."""
    return refuse(
        Code.UNIT_MISMATCH, batch=batch_id, unit_zh=UNIT_NAMES[unit][0],
        unit_en=UNIT_NAMES[unit][1], given_zh=UNIT_NAMES[given][0], given_en=UNIT_NAMES[given][1],
    )  # fmt: skip


def _made(event: BatchHarvested | BatchTransformed) -> Iterable[Made]:
    if isinstance(event, BatchHarvested):
        return ((event.batch, event.unit),)
    return [(item.batch, item.unit) for item in event.outputs]


def _moved(
    event: BatchTransformed | ShipmentSent | ShipmentReceived | BatchSold | BatchDisposed
    | CommitmentIssued | OfferMade | OfferChanged,
) -> Iterable[Made]:  # fmt: skip
    if isinstance(event, BatchTransformed):
        return [(item.batch, item.unit) for item in event.inputs]
    if isinstance(event, ShipmentSent):
        return [(item.batch, item.unit) for item in event.items]
    if isinstance(event, ShipmentReceived):
        came = [(item.batch, item.unit) for item in event.items]
        return [*came, *((short.batch, short.unit) for short in event.differences)]
    return ((event.batch, event.unit),)
