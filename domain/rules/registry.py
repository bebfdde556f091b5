"""Registering places and products, and using only those that are."""

from domain.events import movements as v
from domain.events import registry as r
from domain.events.base import Movement
from domain.events.governance import Role
from domain.events.market import DemandPosted, OrderPlaced
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def place_new(state: State, event: r.PlaceRegistered) -> Refusal | None:
    """Refuse to register a place twice."""
    if state.place(event.place):
        return refuse(Code.EXISTS, what=event.place)
    return None


def may_register_place(state: State, event: r.PlaceRegistered) -> Refusal | None:
    """Refuse a place of somebody else, unless by the authority or its cooperative.

    A plot decides what a farmer may harvest, so that a farmer does not register one alone.
    """
    actor = state.party(event.actor)
    if state.party(event.holder) is None:
        return refuse(Code.UNKNOWN_PARTY, party=event.holder)
    if actor and Role.AUTHORITY in actor.roles:
        return None
    membership = state.membership(event.actor, event.holder)
    if membership and membership.open:
        return None
    own = event.actor == event.holder
    if own and actor and (event.kind is not r.PlaceKind.PLOT or Role.COOPERATIVE in actor.roles):
        return None
    if event.kind is r.PlaceKind.PLOT:
        need_zh = "地块由所在合作社或主管部门登记"
        need_en = "a plot is registered by the holder's cooperative or the authority"
    else:
        need_zh = f"这是 {event.holder} 的地点，要由本人、所在合作社或主管部门登记"
        need_en = f"only {event.holder}, its cooperative or the authority registers its places"
    return refuse(Code.NOT_AUTHORISED, who=event.actor, need_zh=need_zh, need_en=need_en)


def product_new(state: State, event: r.ProductRegistered) -> Refusal | None:
    """Refuse to register a product twice."""
    if state.product(event.gtin):
        return refuse(Code.EXISTS, what=event.gtin)
    return None


def place_known(state: State, event: Movement) -> Refusal | None:
    """Refuse a movement at a place that is not registered."""
    if state.place(event.place) is None:
        return refuse(Code.UNKNOWN_PLACE, place=event.place)
    return None


def destination_known(state: State, event: DemandPosted | OrderPlaced) -> Refusal | None:
    """Refuse delivery to a place that is not registered."""
    if state.place(event.deliver_to) is None:
        return refuse(Code.UNKNOWN_PLACE, place=event.deliver_to)
    return None


def on_own_plot(state: State, event: v.PlotTreated | v.BatchHarvested) -> Refusal | None:
    """Refuse a harvest or treatment that is not on a plot of the actor's."""
    plot_id = event.place if isinstance(event, v.PlotTreated) else event.plot
    plot = state.place(plot_id)
    if plot is None:
        return refuse(Code.UNKNOWN_PLACE, place=plot_id)
    if plot.kind is not r.PlaceKind.PLOT:
        return refuse(Code.NOT_A_PLOT, place=plot.name)
    if plot.holder != event.actor:
        return refuse(
            Code.NOT_AUTHORISED, who=event.actor,
            need_zh=f"{plot.name} 是 {plot.holder} 的地块",
            need_en=f"the plot {plot_id} is {plot.holder}'s",
        )  # fmt: skip
    return None
