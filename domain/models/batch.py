"""Model of a batch: who holds how much of it where."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events.base import Movement
from domain.events.catalogue import AnyEvent
from domain.events.marks import MarkClaim
from domain.measures import BatchQuantity, Unit
from domain.models.papers import NO_PAPERS, Papers, evolve_papers, with_sold


class Holding(Struct, frozen=True, gc=False):
    """How much a party holds at a place, how much of it is reserved, and since which position."""

    quantity: int
    reserved: int
    position: int
    event: str

    @property
    def free(self) -> int:
        """What no confirmed order has a claim on.

        More may be reserved than there is, where goods that were held or recalled went back or to
        disposal.
        """
        return max(self.quantity - self.reserved, 0)


NOTHING = Holding(0, 0, 0, "")


class Batch(Struct, frozen=True, gc=False):
    """A batch: its unit, who recorded it first, its holdings by (party, place), its papers.

    `inputs` are the batches that it was made of, `sent` who sent of it to whom: (from, to).
    `made` is how much came to be of it, `mark` by what claim it bears one.
    """

    unit: Unit
    owner: str
    event: str
    position: int
    since: datetime
    holdings: dict[tuple[str, str], Holding]
    made: int
    inputs: tuple[str, ...] = ()
    sent: frozenset[tuple[str, str]] = frozenset()
    papers: Papers = NO_PAPERS
    mark: MarkClaim | None = None

    def held(self, party: str, place: str) -> Holding:
        """What a party holds of it at a place; nothing where it never did."""
        return self.holdings.get((party, place), NOTHING)

    def released(self, back: m.Reservation, event_id: str, position: int) -> "Batch":
        """Give the batch with what was reserved free again."""
        at = (back.seller, back.place)
        old = self.holdings.get(at, NOTHING)
        new = Holding(old.quantity, old.reserved - back.quantity, position, event_id)
        return replace(self, holdings={**self.holdings, at: new})

    def changed(self, event: Movement, position: int, quantity: int, reserved: int = 0) -> "Batch":
        """Give the batch with the holding of the event's actor and place changed by so much."""
        at = (event.actor, event.place)
        old = self.holdings.get(at, NOTHING)
        new = Holding(old.quantity + quantity, old.reserved + reserved, position, event.id)
        return Batch(
            self.unit, self.owner, self.event, self.position, self.since,
            {**self.holdings, at: new}, self.made, self.inputs, self.sent, self.papers,
            self.mark,
        )  # fmt: skip


def evolve_batch(model: Batch | None, tag: str, event: AnyEvent, position: int) -> Batch | None:
    """Fold one event into the batch of a tag `batch:GTIN/LOT`."""
    name = tag[6:]
    match event:
        case v.BatchHarvested():
            return replace(_created(event, position, event.quantity, event.unit), mark=event.mark)
        case v.BatchTransformed():
            return _transformed(model, name, event, position)
        case _ if model is None:
            return None
        case v.ShipmentSent():
            return _sent(model, name, event, position)
        case v.ShipmentReceived():
            return model.changed(event, position, _of(name, event.items))
        case v.BatchSold() | v.BatchDisposed():
            return _gone(model, event, position)
        case m.OrderConfirmed():
            return model.changed(event, position, 0, event.quantity)
        case _:
            return _where_it_was(model, event, position)


def _where_it_was(model: Batch, event: AnyEvent, position: int) -> Batch:
    """Fold an event that moves nothing."""
    match event:
        case m.OrderCancelled(released=back) if back:
            return model.released(back, event.id, position)
        case p.CommitmentIssued() | p.CommitmentWithdrawn() | p.LabelPrinted():
            return replace(model, papers=evolve_papers(model.papers, event, position))
        case _:
            return model


def _transformed(
    model: Batch | None, name: str, event: v.BatchTransformed, position: int
) -> Batch | None:
    made = [item for item in event.outputs if item.batch == name]
    if made:
        inputs = tuple(dict.fromkeys(item.batch for item in event.inputs))
        whole = sum(item.quantity for item in made)
        new = _created(event, position, whole, made[0].unit, inputs)
        return replace(new, mark=event.mark)
    return model.changed(event, position, -_of(name, event.inputs)) if model else None


def _sent(model: Batch, name: str, event: v.ShipmentSent, position: int) -> Batch:
    out, hand_over = _of(name, event.items), (event.actor, event.to)
    left = model.changed(event, position, -out, -out if event.order else 0)
    return left if hand_over in left.sent else replace(left, sent=left.sent | {hand_over})


def _gone(model: Batch, event: v.BatchSold | v.BatchDisposed, position: int) -> Batch:
    left = model.changed(event, position, -event.quantity)
    if isinstance(event, v.BatchSold) and event.serials:
        return replace(left, papers=with_sold(left.papers, event, position))
    return left


def _created(
    event: Movement, position: int, quantity: int, unit: Unit, inputs: tuple[str, ...] = ()
) -> Batch:
    holding = Holding(quantity, 0, position, event.id)
    return Batch(
        unit, event.actor, event.id, position, event.occurred_at,
        {(event.actor, event.place): holding}, quantity, inputs,
    )  # fmt: skip


def _of(name: str, items: tuple[BatchQuantity, ...]) -> int:
    return sum(item.quantity for item in items if item.batch == name)
