"""When it happened: not ahead of the ledger's clock, not before what it follows from."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from domain.events import holds as h
from domain.events import links as k
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events.catalogue import AnyEvent
from domain.models.papers import Certificate, Run
from domain.moments import show_moment
from domain.produce import RuleSet
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def not_ahead(event: AnyEvent, now: datetime, rules: RuleSet) -> Refusal | None:
    """Refuse what is further ahead of the ledger's clock than clocks differ."""
    if event.occurred_at <= now:  # as it mostly is: a comparison, and no sum of times
        return None
    if event.occurred_at > now + timedelta(minutes=rules.skew_minutes):
        return refuse(
            Code.TIME_AHEAD, when_zh=show_moment(event.occurred_at),
            when_en=show_moment(event.occurred_at, "en"), minutes=rules.skew_minutes,
        )  # fmt: skip
    return None


def refs_exist(state: State, event: AnyEvent) -> Refusal | None:
    """Refuse a reference to nothing, or to what happened later than this."""
    for ref in event.refs:
        fact = state.fact(ref)
        if fact is None:
            return refuse(Code.REF_MISSING, ref=ref)
        if event.occurred_at < fact.occurred_at:
            return _before(event, fact.occurred_at, ref, fact.position)
    return None


def after_batches(state: State, event: AnyEvent) -> Refusal | None:
    """Refuse to move a batch before it came to be."""
    for batch_id in moved_batches(event):
        batch = state.batch(batch_id)
        if batch and event.occurred_at < batch.since:
            return _before(event, batch.since, batch.event, batch.position)
    return None


def after_linked(state: State, event: k.LinkSet) -> Refusal | None:
    """Refuse a link on a batch before the batch came to be."""
    batch = state.batch(event.identifier) if "/" in event.identifier else None
    if batch and event.occurred_at < batch.since:
        return _before(event, batch.since, batch.event, batch.position)
    return None


def after_link(state: State, event: k.LinkWithdrawn) -> Refusal | None:
    """Refuse to take a link back before it was set."""
    links = state.links(event.identifier)
    link = links.by_event(event.link) if links else None
    if link and event.occurred_at < link.since:
        return _before(event, link.since, link.event, link.position)
    return None


def after_grant(
    state: State, event: v.BatchHarvested | v.BatchTransformed | i.MarkRevoked
) -> Refusal | None:
    """Refuse to use a grant of a mark, or to take it back, before it was given."""
    if isinstance(event, i.MarkRevoked):
        grant_id = event.grant
    elif event.mark:
        grant_id = event.mark.grant
    else:
        return None
    grant = state.grant(grant_id)
    if grant and event.occurred_at < grant.since:
        return _before(event, grant.since, grant_id, grant.position)
    return None


def after_shipment(state: State, event: v.ShipmentReceived) -> Refusal | None:
    """Refuse to receive before it was sent."""
    shipment = state.shipment(event.shipment)
    if shipment and event.occurred_at < shipment.sent_at:
        return _before(event, shipment.sent_at, event.shipment, shipment.position)
    return None


def after_order(
    state: State,
    event: m.OrderConfirmed | m.OrderRefused | m.OrderCancelled | m.OrderDisputed | m.OrderSettled,
) -> Refusal | None:
    """Refuse to answer an order before it was placed."""
    order = state.order(event.order)
    if order and event.occurred_at < order.since:
        return _before(event, order.since, event.order, order.position)
    return None


def after_offer(
    state: State, event: m.OrderPlaced | m.OfferChanged | m.OfferWithdrawn
) -> Refusal | None:
    """Refuse to order from an offer, change or withdraw it, before it was made."""
    offer = state.offer(event.offer)
    if offer and event.occurred_at < offer.since:
        return _before(event, offer.since, event.offer, offer.made_at)
    return None


def after_papers(
    state: State, event: p.CommitmentIssued | p.CommitmentWithdrawn | p.LabelPrinted
) -> Refusal | None:
    """Refuse to replace, withdraw or print a certificate before it was issued; or a reprint so."""
    batch = state.batch(event.batch)
    if batch is None:
        return None
    earlier: dict[str, Certificate | Run] = {**batch.papers.certificates, **batch.papers.runs}
    for name in ("replaces", "commitment", "reprint_of"):
        cause = getattr(event, name, None)
        paper = earlier.get(cause or "")
        if cause and paper and event.occurred_at < paper.since:
            return _before(event, paper.since, cause, paper.position)
    return None


def after_demand(state: State, event: m.DemandWithdrawn) -> Refusal | None:
    """Refuse to withdraw a demand before it was posted."""
    demand = state.demand(event.demand)
    if demand and event.occurred_at < demand.since:
        return _before(event, demand.since, event.demand, demand.position)
    return None


def after_halt(state: State, event: h.BatchReleased | h.RecallClosed) -> Refusal | None:
    """Refuse to lift a hold or recall before it was said."""
    halts = state.halts()
    event_id = event.hold if isinstance(event, h.BatchReleased) else event.recall
    halt = halts.open.get(event_id) if halts else None
    if halt and event.occurred_at < halt.since:
        return _before(event, halt.since, halt.event, halt.position)
    return None


def moved_batches(event: AnyEvent) -> tuple[str, ...]:
    """Give the batches that an event needs to exist already."""
    moved = _MOVED.get(type(event))
    return moved(event) if moved else ()


def _one(event: v.BatchSold) -> tuple[str, ...]:
    return (event.batch,)


def _all(event: v.ShipmentSent | v.ShipmentReceived) -> tuple[str, ...]:
    return tuple([item.batch for item in event.items])


def _unless_to_come(event: m.OfferMade | m.OfferChanged) -> tuple[str, ...]:
    return () if event.plot else (event.batch,)


_MOVED: Final[dict[type, Callable[[Any], tuple[str, ...]]]] = {
    v.BatchTransformed: lambda event: tuple([item.batch for item in event.inputs]),
    v.ShipmentSent: _all,
    v.ShipmentReceived: _all,
    m.OfferMade: _unless_to_come,
    m.OfferChanged: _unless_to_come,
    **dict.fromkeys(
        (
            v.BatchInspected, v.BatchSold, v.BatchDisposed, h.BatchHeld, h.BatchRecalled,
            p.CommitmentIssued, p.CommitmentWithdrawn, p.LabelPrinted,
        ),
        _one,
    ),
}  # fmt: skip


def _before(event: AnyEvent, then: datetime, cause: str, position: int) -> Refusal:
    return refuse(
        Code.TIME_BEFORE_CAUSE, cause=cause, position=position,
        when_zh=show_moment(event.occurred_at), when_en=show_moment(event.occurred_at, "en"),
        then_zh=show_moment(then), then_en=show_moment(then, "en"),
    )  # fmt: skip
