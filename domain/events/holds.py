"""Holding a batch where it is, and calling it back."""

from typing import Annotated

from msgspec import Meta

from domain.events.base import Event, Text
from domain.ids import BatchId, EventId


class BatchHeld(Event, frozen=True, kw_only=True, tag="batch.held.v1"):
    """Nothing of a batch moves, and of its descendants where so said; its id names the hold."""

    batch: BatchId
    reason: Text
    descendants: bool = True


class BatchReleased(Event, frozen=True, kw_only=True, tag="batch.released.v1"):
    """A hold ends, from this event's position on."""

    hold: EventId
    batch: BatchId
    reason: Text


class BatchRecalled(Event, frozen=True, kw_only=True, tag="batch.recalled.v1"):
    """A batch and all its descendants are called back; its id names the recall.

    Source: 食品召回管理办法 (three classes by the gravity of the hazard, 1 the gravest).
    """

    batch: BatchId
    hazard: Text
    instruction: Text
    level: Annotated[int, Meta(ge=1, le=3, description="class, 1 the gravest")]


class RecallClosed(Event, frozen=True, kw_only=True, tag="recall.closed.v1"):
    """A recall ends, from this event's position on, with what came of it."""

    recall: EventId
    batch: BatchId
    outcome: Text
