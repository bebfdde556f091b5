"""Who may cancel an order, until when, and that what was reserved goes back on sale."""

from datetime import datetime, timedelta
from typing import Final

from domain.events.catalogue import AnyEvent
from domain.events.governance import Role
from domain.events.market import OrderCancelled, Reservation
from domain.models.market import Order, OrderState
from domain.moments import show_moment
from domain.refusals import Code, Refusal, refuse
from domain.rules.order import not_open, other_side
from domain.state import State

CANCEL_HOURS: Final = 24
"""How long a buyer may cancel what was confirmed; a part of what `order.cancelled.v1` means."""


def cancelled_by_side(state: State, event: OrderCancelled) -> Refusal | None:
    """Refuse to cancel what is answered or sent already, or for somebody else.

    The buyer cancels what it placed; once it is confirmed the seller and the authority may too.
    """
    order = state.order(event.order)
    if order is None or order.state not in {OrderState.PLACED, OrderState.CONFIRMED}:
        return not_open(order, event.order)
    if event.actor == order.buyer:
        return None
    if order.state is OrderState.PLACED:
        return other_side(event.actor, "买方", "order's buyer")
    actor = state.party(event.actor)
    if event.actor == order.seller or (actor and Role.AUTHORITY in actor.roles):
        return None
    return other_side(
        event.actor, "买卖双方或主管部门", "order's buyer, its seller or the authority"
    )


def released_in_full(state: State, event: OrderCancelled) -> Refusal | None:
    """Refuse a cancellation that does not give back just what was reserved."""
    order = state.order(event.order)
    if order is None or event.released == _reserved(order):
        return None
    return refuse(
        Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
        need_zh="退回可供的数量、批次和地点要与确认时留下的一致；没有确认的订单不用写",
        need_en=(
            "what goes back on sale must be just what the confirmation reserved, and nothing"
            " where there was none"
        ),
    )  # fmt: skip


def cancelled_in_time(state: State, event: AnyEvent, now: datetime) -> Refusal | None:
    """Refuse a buyer's cancellation too long after the confirmation, by the ledger's clock."""
    if not isinstance(event, OrderCancelled):
        return None
    order = state.order(event.order)
    if order is None or order.state is not OrderState.CONFIRMED or order.confirmed_at is None:
        return None
    if event.actor != order.buyer or now <= order.confirmed_at + timedelta(hours=CANCEL_HOURS):
        return None
    return refuse(
        Code.TOO_LATE_TO_CANCEL, order=event.order, hours=CANCEL_HOURS,
        when_zh=show_moment(order.confirmed_at), when_en=show_moment(order.confirmed_at, "en"),
        cause=order.event, position=order.position,
    )  # fmt: skip


def _reserved(order: Order) -> Reservation | None:
    if order.state is not OrderState.CONFIRMED or order.place is None:
        return None
    return Reservation(
        order.seller, order.place, order.offer, order.batch, order.quantity, order.unit
    )
