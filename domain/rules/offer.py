"""Offers and demands: bound to what is held or will grow, changed by whoever made them."""

from domain.events.market import (
    DemandWithdrawn,
    OfferChanged,
    OfferMade,
    OfferWithdrawn,
)
from domain.events.registry import PlaceKind
from domain.measures import show
from domain.refusals import Code, Refusal, refuse
from domain.rules.batch import unit_mismatch
from domain.state import State


def harvest_to_come(state: State, event: OfferMade | OfferChanged) -> Refusal | None:
    """Refuse to offer a coming harvest off what is no plot of the seller's, or one that is in.

    An offer that is changed may have been harvested since.
    """
    if event.plot is None:
        return None
    plot = state.place(event.plot)
    if plot is None:
        return refuse(Code.UNKNOWN_PLACE, place=event.plot)
    if plot.kind is not PlaceKind.PLOT:
        return refuse(Code.NOT_A_PLOT, place=plot.name)
    if plot.holder != event.actor:
        return refuse(
            Code.NOT_AUTHORISED, who=event.actor,
            need_zh=f"{plot.name} 是 {plot.holder} 的地块",
            need_en=f"the plot {event.plot} is {plot.holder}'s",
        )  # fmt: skip
    product = state.product(event.batch[:14])
    if product is None:
        return refuse(Code.UNKNOWN_PRODUCT, gtin=event.batch[:14])
    if product.unit is not event.unit:
        return unit_mismatch(event.batch, product.unit, event.unit)
    batch = state.batch(event.batch)
    if batch and isinstance(event, OfferMade):
        return refuse(
            Code.BATCH_EXISTS, batch=event.batch, cause=batch.event, position=batch.position
        )
    return None


def offer_within_holding(state: State, event: OfferMade | OfferChanged) -> Refusal | None:
    """Refuse an offer above what the seller holds there and has not promised."""
    batch = state.batch(event.batch)
    if batch is None:
        return None
    holding = batch.held(event.actor, event.place)
    if event.quantity > holding.free:
        return refuse(
            Code.OFFER_EXCEEDS_HOLDING, batch=event.batch,
            held_zh=show(holding.free, batch.unit),
            held_en=show(holding.free, batch.unit, "en"),
            asked_zh=show(event.quantity, batch.unit),
            asked_en=show(event.quantity, batch.unit, "en"), why_zh="", why_en="",
            cause=holding.event or batch.event, position=holding.position or batch.position,
        )  # fmt: skip
    return None


def offer_is_actors(state: State, event: OfferChanged | OfferWithdrawn) -> Refusal | None:
    """Refuse to change or withdraw what is not open, or another's offer."""
    offer = state.offer(event.offer)
    if offer is None or offer.withdrawn:
        return refuse(
            Code.OFFER_NOT_OPEN, offer=event.offer,
            cause=offer.event if offer else None, position=offer.position if offer else None,
        )  # fmt: skip
    if offer.seller != event.actor:
        return _not_own(event.actor, "供应", "offer")
    return None


def same_goods(state: State, event: OfferChanged) -> Refusal | None:
    """Refuse to make an offer one of other goods, or of goods that lie elsewhere."""
    offer = state.offer(event.offer)
    if offer is None:
        return None
    goods = (event.place, event.batch, event.unit, event.plot)
    if goods != (offer.place, offer.batch, offer.unit, offer.plot):
        return refuse(
            Code.OFFER_MISMATCH, offer=event.offer, cause=event.offer, position=offer.made_at
        )
    return None


def demand_is_actors(state: State, event: DemandWithdrawn) -> Refusal | None:
    """Refuse to withdraw what is not open, or another's demand."""
    demand = state.demand(event.demand)
    if demand is None or demand.withdrawn:
        return refuse(Code.DEMAND_NOT_OPEN, demand=event.demand)
    if demand.buyer != event.actor:
        return _not_own(event.actor, "求购", "demand")
    return None


def _not_own(who: str, what_zh: str, what_en: str) -> Refusal:
    return refuse(
        Code.NOT_AUTHORISED, who=who,
        need_zh=f"只能改动或撤回自己的{what_zh}", need_en=f"the {what_en} is another's",
    )  # fmt: skip
