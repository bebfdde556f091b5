"""Which decision models an event changes, and which it needs to be decided."""

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from domain.events import governance as g
from domain.events import holds as h
from domain.events import links as k
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events import registry as r
from domain.events.base import Movement
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.foreign import EpcisCaptured
from domain.measures import BatchQuantity

LEDGER: Final = "ledger"
HALTS: Final = "halts"
"""Of all holds and recalls together: what is held now must be known before anything moves."""


def party(party_id: str) -> str:
    """Tag of a party."""
    return f"party:{party_id}"


def key(did: str) -> str:
    """Tag of a key."""
    return f"key:{did}"


def member(cooperative: str, member_id: str) -> str:
    """Tag of a membership."""
    return f"member:{cooperative}:{member_id}"


def place(place_id: str) -> str:
    """Tag of a place."""
    return f"place:{place_id}"


def product(gtin: str) -> str:
    """Tag of a product."""
    return f"product:{gtin}"


def batch(batch_id: str) -> str:
    """Tag of a batch."""
    return f"batch:{batch_id}"


def links(identifier: str) -> str:
    """Tag of the links of a product (GTIN) or batch (GTIN/LOT)."""
    return f"links:{identifier}"


def grant(event_id: str) -> str:
    """Tag of a grant of a mark, by the id of its event."""
    return f"grant:{event_id}"


def shipment(event_id: str) -> str:
    """Tag of a shipment."""
    return f"shipment:{event_id}"


def offer(event_id: str) -> str:
    """Tag of an offer."""
    return f"offer:{event_id}"


def demand(event_id: str) -> str:
    """Tag of a demand."""
    return f"demand:{event_id}"


def order(event_id: str) -> str:
    """Tag of an order."""
    return f"order:{event_id}"


def recorded(event_id: str) -> str:
    """Tag of an event itself, by its id."""
    return f"event:{event_id}"


def _batches(items: Iterable[BatchQuantity | v.Difference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([batch(item.batch) for item in items]))


class _OfOneBatch(Protocol):
    @property
    def batch(self) -> str: ...


def _of_own_batch(event: _OfOneBatch) -> tuple[str, ...]:
    return (batch(event.batch),)


def _of_correction(event: EventCorrected) -> tuple[str, ...]:
    return touched(event.replacement) if event.replacement else ()


def _of_harvest(event: v.BatchHarvested) -> tuple[str, ...]:
    """Give the batch, and the grant whose quota it uses up."""
    return (batch(event.batch), *((grant(event.mark.grant),) if event.mark else ()))


def _claimed(event: v.BatchHarvested | v.BatchTransformed) -> tuple[str, ...]:
    """Give the grant that an event claims a mark by, and the membership that may let it."""
    claim = event.mark
    return (grant(claim.grant), member(claim.party, event.actor)) if claim else ()


def _on_sale(event: m.OfferMade | m.OfferChanged) -> tuple[str, ...]:
    """Give the batch that an offer leans on; a harvest to come leaves its number free."""
    return () if event.plot else (batch(event.batch),)


def _to_come(event: m.OfferMade | m.OfferChanged) -> tuple[str, ...]:
    if event.plot is None:
        return ()
    return (batch(event.batch), place(event.plot), product(event.batch[:14]))


_TOUCHED: Final[dict[type, Callable[[Any], tuple[str, ...]]]] = {
    g.LedgerOpened: lambda e: (LEDGER, party(e.actor), key(e.authority_key)),
    g.RulesAdopted: lambda _: (LEDGER,),
    g.LogRotated: lambda _: (LEDGER,),
    g.PartyAdmitted: lambda e: (party(e.party),),
    g.KeyBound: lambda e: (party(e.party), key(e.key)),
    g.KeyRevoked: lambda e: (party(e.party), key(e.key)),
    g.MembershipBegan: lambda e: (member(e.actor, e.member),),
    g.MembershipEnded: lambda e: (member(e.actor, e.member),),
    r.PlaceRegistered: lambda e: (place(e.place),),
    r.ProductRegistered: lambda e: (product(e.gtin),),
    v.PlotTreated: lambda e: (place(e.place),),
    v.BatchHarvested: _of_harvest,
    v.BatchTransformed: lambda e: _batches((*e.inputs, *e.outputs)),
    v.ShipmentSent: lambda e: (
        shipment(e.id), *_batches(e.items), *((order(e.order),) if e.order else ()),
    ),
    v.ShipmentReceived: lambda e: (
        shipment(e.shipment), *_batches((*e.items, *e.differences)),
    ),
    v.BatchInspected: _of_own_batch,
    v.BatchSold: _of_own_batch,
    v.BatchDisposed: _of_own_batch,
    h.BatchHeld: lambda e: (HALTS, batch(e.batch)),
    h.BatchReleased: lambda e: (HALTS, batch(e.batch)),
    h.BatchRecalled: lambda e: (HALTS, batch(e.batch)),
    h.RecallClosed: lambda e: (HALTS, batch(e.batch)),
    p.CommitmentIssued: _of_own_batch,
    p.CommitmentWithdrawn: _of_own_batch,
    p.LabelPrinted: _of_own_batch,
    m.OfferMade: lambda e: (offer(e.id), *_on_sale(e)),
    m.OfferChanged: lambda e: (offer(e.offer), *_on_sale(e)),
    m.OfferWithdrawn: lambda e: (offer(e.offer),),
    m.DemandPosted: lambda e: (demand(e.id),),
    m.DemandWithdrawn: lambda e: (demand(e.demand),),
    m.OrderPlaced: lambda e: (order(e.id), offer(e.offer)),
    m.OrderConfirmed: lambda e: (order(e.order), offer(e.offer), batch(e.batch)),
    m.OrderRefused: lambda e: (order(e.order),),
    m.OrderCancelled: lambda e: (
        order(e.order),
        *((offer(e.released.offer), batch(e.released.batch)) if e.released else ()),
    ),
    m.OrderDisputed: lambda e: (order(e.order), shipment(e.shipment)),
    m.OrderSettled: lambda e: (order(e.order), shipment(e.shipment)),
    k.LinkSet: lambda e: (links(e.identifier),),
    k.LinkWithdrawn: lambda e: (links(e.identifier),),
    i.MarkGranted: lambda e: (grant(e.id),),
    i.MarkRevoked: lambda e: (grant(e.grant),),
    EventCorrected: _of_correction,
    EpcisCaptured: lambda _: (),
}  # fmt: skip


def touched(event: AnyEvent) -> tuple[str, ...]:
    """Give the tags of the models that an event changes, without doubles.

    A correction changes what its target and its replacement change; as only a reader of the
    ledger knows the target, `domain.correction.affected` tells those.
    """
    return _TOUCHED[type(event)](event)


_NAMED: Final[dict[type, Callable[[Any], tuple[str, ...]]]] = {
    g.PartyAdmitted: lambda e: (party(e.party), member(e.actor, e.party)),
    g.KeyBound: lambda e: (party(e.party), member(e.actor, e.party)),
    g.KeyRevoked: lambda e: (party(e.party), member(e.actor, e.party)),
    g.MembershipBegan: lambda e: (party(e.member),),
    g.MembershipEnded: lambda e: (party(e.member),),
    r.PlaceRegistered: lambda e: (party(e.holder), member(e.actor, e.holder)),
    v.BatchHarvested: lambda e: (place(e.plot), product(e.batch[:14]), *_claimed(e)),
    v.BatchTransformed: lambda e: (
        HALTS, *(product(item.batch[:14]) for item in (*e.inputs, *e.outputs)), *_claimed(e),
    ),
    v.ShipmentSent: lambda e: (
        HALTS, party(e.to), place(e.to_place), *((party(e.carrier),) if e.carrier else ()),
    ),
    v.BatchSold: lambda _: (HALTS,),
    v.BatchDisposed: lambda _: (HALTS,),
    p.CommitmentIssued: lambda _: (HALTS,),
    m.OfferMade: lambda e: (HALTS, *_to_come(e)),
    m.OfferChanged: lambda e: (HALTS, *_to_come(e)),
    p.LabelPrinted: lambda e: (member(e.actor, e.holder or e.actor),),
    m.DemandPosted: lambda e: (
        place(e.deliver_to), *((product(e.product),) if e.product else ()),
    ),
    m.OrderPlaced: lambda e: (
        HALTS, batch(e.batch), place(e.deliver_to), *((demand(e.demand),) if e.demand else ()),
    ),
    m.OrderConfirmed: lambda _: (HALTS,),
    k.LinkSet: lambda e: (batch(e.identifier) if "/" in e.identifier else product(e.identifier),),
    k.LinkWithdrawn: lambda e: (recorded(e.link),),
    i.MarkGranted: lambda e: (party(e.party),),
    EventCorrected: lambda e: (
        recorded(e.event), *(needed(e.replacement) if e.replacement else ()),
    ),
}  # fmt: skip


_BEGUN: Final[dict[type, Callable[[Any], tuple[str, ...]]]] = {
    v.BatchHarvested: _of_own_batch,
    v.BatchTransformed: lambda e: _batches(e.outputs),
    v.ShipmentSent: lambda e: (shipment(e.id),),
    m.OfferMade: lambda e: (offer(e.id),),
    m.DemandPosted: lambda e: (demand(e.id),),
    m.OrderPlaced: lambda e: (order(e.id),),
    i.MarkGranted: lambda e: (grant(e.id),),
}


def begun(event: AnyEvent) -> tuple[str, ...]:
    """Give the tags of the models that an event is the first of, if it is admitted.

    A writer may take them for new, as the event's own, and look only when it writes.
    """
    begins = _BEGUN.get(type(event))
    return begins(event) if begins else ()


def needed(event: AnyEvent) -> tuple[str, ...]:
    """Give the tags of all models, facts by id included, that deciding an event may look at.

    Keys and memberships of the signer come on top: they depend on the signatures.
    """
    at = (place(event.place),) if isinstance(event, Movement) else ()
    named = _NAMED.get(type(event))
    return tuple(dict.fromkeys([
        LEDGER, recorded(event.id), party(event.actor), *(recorded(ref) for ref in event.refs),
        *at, *touched(event), *(named(event) if named else ()),
    ]))  # fmt: skip
