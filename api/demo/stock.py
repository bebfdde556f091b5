"""What each party holds where, while a season is made up, so that nothing is sold twice."""

from typing import NamedTuple

from domain.events.base import Movement
from domain.events.correction import EventCorrected
from domain.events.market import OrderCancelled, OrderConfirmed
from domain.events.movements import (
    BatchDisposed,
    BatchHarvested,
    BatchSold,
    BatchTransformed,
    ShipmentReceived,
    ShipmentSent,
)
from domain.ids import BatchId, Gtin, PartyId, PlaceId
from domain.measures import BatchQuantity, Unit


class Spot(NamedTuple):
    """A party at a place."""

    party: PartyId
    place: PlaceId


class Held(NamedTuple):
    """So much of a batch at a spot, free to go."""

    spot: Spot
    goods: BatchQuantity


class Stock:
    """Holdings by spot and batch; what is promised to an order counts as gone from the free."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: dict[tuple[Spot, BatchId], int] = {}
        self._unit: dict[BatchId, Unit] = {}
        self._promised: dict[str, OrderConfirmed] = {}
        self._harvests: dict[str, BatchHarvested] = {}

    def apply(self, event: object) -> None:
        """Take an event into account; events that move nothing are passed over.

        Raises:
            ValueError: where more is taken than is there: the story is wrong.
        """
        match event:
            case EventCorrected():
                self._correct(event)
            case OrderCancelled():
                self._release(event)
            case _:
                pass
        if not isinstance(event, Movement):
            return
        spot = Spot(event.actor, event.place)
        self._note(event, spot)
        for goods in _out(event):
            self._take(spot, goods, event.id)
        for goods in _in(event):
            self._put(spot, goods)

    def free(self, spot: Spot, batch: BatchId) -> int:
        """Give how much of a batch is free at a spot."""
        return self._held.get((spot, batch), 0)

    def of(self, party: PartyId, gtin: Gtin) -> list[Held]:
        """List what a party has of a product, free to go, wherever it lies."""
        return [
            Held(spot, BatchQuantity(batch, quantity, self._unit[batch]))
            for (spot, batch), quantity in self._held.items()
            if spot.party == party and batch.startswith(gtin) and quantity
        ]

    def _correct(self, event: EventCorrected) -> None:
        """Correct a harvest's quantity, the only correction that the season tells."""
        old, new = self._harvests[event.event], event.replacement
        if not isinstance(new, BatchHarvested):
            raise ValueError(f"{event.id}: the season corrects harvests only")  # noqa: TRY004
        spot = Spot(old.actor, old.place)
        self._take(spot, BatchQuantity(old.batch, old.quantity, old.unit), event.id)
        self._put(spot, BatchQuantity(new.batch, new.quantity, new.unit))

    def _note(self, event: Movement, spot: Spot) -> None:
        """Remember what a later event takes up again."""
        match event:
            case OrderConfirmed():
                self._promised[event.order] = event
            case BatchHarvested():
                self._harvests[event.id] = event
            case ShipmentSent(order=str(order)):
                kept = self._promised.pop(order)
                self._put(spot, BatchQuantity(kept.batch, kept.quantity, kept.unit))
            case _:
                pass

    def _release(self, event: OrderCancelled) -> None:
        """Make free again what was promised to an order, if it was."""
        back = event.released
        if back:
            kept = self._promised.pop(event.order)
            goods = BatchQuantity(kept.batch, kept.quantity, kept.unit)
            self._put(Spot(back.seller, back.place), goods)

    def _put(self, spot: Spot, goods: BatchQuantity) -> None:
        self._unit[goods.batch] = goods.unit
        self._held[spot, goods.batch] = self.free(spot, goods.batch) + goods.quantity

    def _take(self, spot: Spot, goods: BatchQuantity, event: str) -> None:
        left = self.free(spot, goods.batch) - goods.quantity
        if left < 0:
            raise ValueError(
                f"{event}: {spot.party} is short of {-left} of {goods.batch} at {spot.place}"
            )
        self._held[spot, goods.batch] = left


def _out(event: Movement) -> tuple[BatchQuantity, ...]:
    match event:
        case BatchTransformed():
            return event.inputs
        case ShipmentSent():
            return event.items
        case BatchSold() | BatchDisposed() | OrderConfirmed():
            return (BatchQuantity(event.batch, event.quantity, event.unit),)
        case _:
            return ()


def _in(event: Movement) -> tuple[BatchQuantity, ...]:
    match event:
        case BatchHarvested():
            return (BatchQuantity(event.batch, event.quantity, event.unit),)
        case BatchTransformed():
            return event.outputs
        case ShipmentReceived():
            return event.items
        case _:
            return ()
