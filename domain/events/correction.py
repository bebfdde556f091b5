"""Declaring an event in error: the only way to put right what stands in the ledger."""

from domain.events.base import Event, Text
from domain.events.market import OfferMade
from domain.events.movements import (
    BatchDisposed,
    BatchHarvested,
    BatchInspected,
    BatchSold,
    BatchTransformed,
    PlotTreated,
    ShipmentReceived,
    ShipmentSent,
)
from domain.events.papers import CommitmentIssued, CommitmentWithdrawn, LabelPrinted
from domain.ids import EventId

Correctable = (
    PlotTreated | BatchHarvested | BatchTransformed | ShipmentSent | ShipmentReceived
    | BatchInspected | BatchSold | BatchDisposed | CommitmentIssued | CommitmentWithdrawn
    | LabelPrinted | OfferMade
)  # fmt: skip
"""What may be corrected: movements. Who may say what is revoked instead, never rewritten."""


class EventCorrected(Event, frozen=True, kw_only=True, tag="event.corrected.v1"):
    """An event is declared in error; a replacement takes its place in the history.

    The replacement is a whole event of the same type, id and actor, inside this one: so both take
    effect in one position, and what the id names (a shipment, an offer) keeps its name
    (EPCIS 2.0 §7.4.1.4).
    """

    event: EventId
    reason: Text
    replacement: Correctable | None = None
