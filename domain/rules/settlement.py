"""What was sent against an order is disputed or settled, by the right side, in that order."""

from domain.events.governance import Role
from domain.events.market import OrderDisputed, OrderSettled
from domain.measures import show
from domain.models.market import OrderState
from domain.refusals import Code, Refusal, refuse
from domain.rules.order import not_open, other_side
from domain.state import State


def of_its_shipment(state: State, event: OrderDisputed | OrderSettled) -> Refusal | None:
    """Refuse to dispute or settle what was not sent, or names another shipment."""
    order = state.order(event.order)
    open_states = {OrderState.SHIPPED}
    if isinstance(event, OrderSettled):
        open_states.add(OrderState.DISPUTED)
    if order is None or order.state not in open_states:
        return not_open(order, event.order)
    if order.shipment != event.shipment:
        return refuse(
            Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
            need_zh="运单不是这张订单的", need_en="the shipment is not the order's",
        )  # fmt: skip
    return None


def disputed_by_side(state: State, event: OrderDisputed) -> Refusal | None:
    """Refuse a dispute by anyone but the two sides, or about more than was sent."""
    order = state.order(event.order)
    if order is None:
        return None
    if event.actor not in {order.buyer, order.seller}:
        return other_side(event.actor, "买卖双方", "order's two sides")
    if event.quantity and event.quantity > order.quantity:
        return refuse(
            Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
            need_zh=f"只发了 {show(order.quantity, order.unit)}",
            need_en=f"only {show(order.quantity, order.unit, 'en')} was sent",
        )  # fmt: skip
    return None


def received_first(state: State, event: OrderSettled) -> Refusal | None:
    """Refuse to settle what has not been received."""
    shipment = state.shipment(event.shipment)
    if shipment and shipment.received_by is None:
        return not_open(state.order(event.order), event.order)
    return None


def settled_by_side(state: State, event: OrderSettled) -> Refusal | None:
    """Refuse anyone but the seller, who was paid; a dispute ends with who began it.

    The authority may settle what is disputed.
    """
    order = state.order(event.order)
    if order is None:
        return None
    if order.disputed_by is None:
        if event.actor == order.seller:
            return None
        return other_side(event.actor, "卖方", "order's seller, who was paid")
    actor = state.party(event.actor)
    if event.actor == order.disputed_by or (actor and Role.AUTHORITY in actor.roles):
        return None
    return other_side(
        event.actor, "提出争议的一方或主管部门", "side that disputed it, or the authority"
    )
