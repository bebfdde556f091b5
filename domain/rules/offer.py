"""Offers and demands: bound to what is held, withdrawn by whoever made them."""

from domain.events.market import DemandWithdrawn, OfferMade, OfferWithdrawn
from domain.measures import show
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def offer_within_holding(state: State, event: OfferMade) -> Refusal | None:
    """Refuse an offer above what the seller holds there and has not promised."""
    batch = state.batch(event.batch)
    if batch is None:
        return None
    holding = batch.held(event.actor, event.place)
    if event.quantity > holding.free:
        return refuse(
            Code.OFFER_EXCEEDS_HOLDING, batch=event.batch,
            held_zh=show(max(holding.free, 0), batch.unit),
            held_en=show(max(holding.free, 0), batch.unit, "en"),
            asked_zh=show(event.quantity, batch.unit),
            asked_en=show(event.quantity, batch.unit, "en"),
            cause=holding.event or batch.event, position=holding.position or batch.position,
        )  # fmt: skip
    return None


def offer_is_actors(state: State, event: OfferWithdrawn) -> Refusal | None:
    """Refuse to withdraw what is not open, or another's offer."""
    offer = state.offer(event.offer)
    if offer is None or offer.withdrawn:
        return refuse(
            Code.OFFER_NOT_OPEN, offer=event.offer,
            cause=offer.event if offer else None, position=offer.position if offer else None,
        )  # fmt: skip
    if offer.seller != event.actor:
        return _not_own(event.actor, "供应", "offer")
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
        need_zh=f"只能撤回自己的{what_zh}", need_en=f"the {what_en} is another's",
    )  # fmt: skip
