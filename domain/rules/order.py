"""Orders: placed on an open offer at its price, answered once, by the right side, and kept to."""

from domain.events.governance import Role
from domain.events.market import (
    OrderCancelled,
    OrderConfirmed,
    OrderDisputed,
    OrderPlaced,
    OrderRefused,
    OrderSettled,
    Window,
)
from domain.events.movements import ShipmentSent
from domain.measures import Unit, show, show_price
from domain.models.market import Offer, Order, OrderState
from domain.pricing import price_at
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def on_open_offer(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse an order on an offer that is gone, or that names another seller or batch."""
    offer = state.offer(event.offer)
    if offer is None or offer.withdrawn or (offer.ends and event.occurred_at > offer.ends):
        return refuse(
            Code.OFFER_NOT_OPEN, offer=event.offer,
            cause=offer.event if offer else None, position=offer.position if offer else None,
        )  # fmt: skip
    if (offer.seller, offer.batch, offer.unit) != (event.seller, event.batch, event.unit):
        return refuse(
            Code.ORDER_MISMATCH, order=event.id, cause=event.offer, position=offer.made_at,
            need_zh="卖方、批次和单位要与供应一致",
            need_en="seller, batch and unit must be the offer's",
        )  # fmt: skip
    return None


def handed_over_as_offered(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse a way or a time of handing over that the offer does not have."""
    offer = state.offer(event.offer)
    if offer is None or (event.way in offer.ways and _falls_within(event.window, offer.window)):
        return None
    return refuse(
        Code.ORDER_MISMATCH, order=event.id, cause=offer.event, position=offer.position,
        need_zh="交货方式和时段要在供应写明的范围内",
        need_en="the way and the window must be among the offer's",
    )  # fmt: skip


def for_own_demand(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse an order that names a demand which is not open, or is another's."""
    if event.demand is None:
        return None
    demand = state.demand(event.demand)
    if demand is None or demand.withdrawn or event.occurred_at < demand.since:
        return refuse(Code.DEMAND_NOT_OPEN, demand=event.demand)
    if demand.until and event.occurred_at > demand.until:
        return refuse(
            Code.DEMAND_NOT_OPEN, demand=event.demand, cause=event.demand,
            position=demand.position,
        )  # fmt: skip
    if demand.buyer != event.actor:
        return other_side(event.actor, "求购的买方", "buyer whose demand it is")
    return None


def at_offered_price(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse an order at another price than the offer has now for so much."""
    offer = state.offer(event.offer)
    if offer is None:
        return None
    price = price_at(offer.price, offer.tiers, event.quantity)
    if price != event.price:
        return refuse(
            Code.PRICE_MISMATCH, cause=offer.event, position=offer.position,
            now_zh=show_price(price, offer.unit),
            now_en=show_price(price, offer.unit, "en"),
            seen_zh=show_price(event.price, event.unit),
            seen_en=show_price(event.price, event.unit, "en"),
        )  # fmt: skip
    return None


def quantity_on_offer(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse more than is left of the offer and held, or less than its least quantity.

    A harvest to come is ordered in advance: until it is in, what is left of the offer counts.
    """
    offer = state.offer(event.offer)
    if offer is None:
        return None
    if event.quantity < offer.least:
        return refuse(
            Code.BELOW_LEAST, cause=event.offer, position=offer.made_at,
            least_zh=show(offer.least, offer.unit), least_en=show(offer.least, offer.unit, "en"),
            asked_zh=show(event.quantity, event.unit),
            asked_en=show(event.quantity, event.unit, "en"),
        )  # fmt: skip
    if offer.plot and state.batch(offer.batch) is None:
        return _within(offer, offer.left, event.quantity)
    return _promised(state, offer, event.quantity)


def by_a_side(
    state: State,
    event: (
        OrderConfirmed | OrderRefused | OrderCancelled | OrderDisputed | OrderSettled | ShipmentSent
    ),
) -> Refusal | None:
    """Refuse whoever is neither side of an order, nor the authority, and tell nothing of it."""
    order = state.order(event.order) if event.order else None
    if order is None or event.actor in {order.buyer, order.seller}:
        return None
    actor = state.party(event.actor)
    if actor and Role.AUTHORITY in actor.roles:
        return None
    return other_side(event.actor, "订单的买方或卖方", "order's buyer or seller")


def to_be_confirmed(state: State, event: OrderConfirmed) -> Refusal | None:
    """Refuse to confirm what is not open, by another, more than ordered, or other goods."""
    order = state.order(event.order)
    refusal = _open(order, event.order)
    if refusal or order is None:
        return refusal
    if order.seller != event.actor:
        return other_side(event.actor, "卖方", "order's seller")
    offer = state.offer(event.offer)
    terms = (order.offer, order.batch, order.unit, offer.place if offer else None)
    if (event.offer, event.batch, event.unit, event.place) != terms or (
        event.quantity > order.quantity
    ):
        return refuse(
            Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
            need_zh="供应、批次和存放地点要与订单一致，数量不能比订的多",
            need_en="offer, batch and place must be the order's, and no more than was ordered",
        )  # fmt: skip
    return None


def can_be_promised(state: State, event: OrderConfirmed) -> Refusal | None:
    """Refuse to promise the last sack twice, or a harvest before it is in."""
    offer = state.offer(event.offer)
    return _promised(state, offer, event.quantity) if offer else None


def answered_by_side(state: State, event: OrderRefused) -> Refusal | None:
    """Refuse an answer to an order that is not open, or by the wrong side."""
    order = state.order(event.order)
    refusal = _open(order, event.order)
    if refusal or order is None:
        return refusal
    if order.seller != event.actor:
        return other_side(event.actor, "卖方", "order's seller")
    return None


def shipped_as_ordered(state: State, event: ShipmentSent) -> Refusal | None:
    """Refuse a shipment against an order that is not confirmed, or not what was promised."""
    if event.order is None:
        return None
    order = state.order(event.order)
    if order is None or order.state is not OrderState.CONFIRMED:
        return not_open(order, event.order)
    goods = [(item.batch, item.quantity) for item in event.items]
    if (event.actor, event.place, event.to, goods) != (
        order.seller, order.place, order.buyer, [(order.batch, order.quantity)],
    ):  # fmt: skip
        return refuse(
            Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
            need_zh="发货人、发货地、收货人、批次和数量要与订单一致",
            need_en="sender, place, addressee, batch and quantity must be the order's",
        )  # fmt: skip
    return None


def not_open(order: Order | None, name: str) -> Refusal:
    """Make the refusal of what can't be done with an order as it stands."""
    return refuse(
        Code.ORDER_NOT_OPEN, order=name, state_zh=ORDER_ZH[order.state] if order else "不存在",
        state_en=order.state.value if order else "unknown",
        cause=order.event if order else None, position=order.position if order else None,
    )  # fmt: skip


def other_side(who: str, side_zh: str, side_en: str) -> Refusal:
    """Make the refusal of what somebody else is to say."""
    return refuse(
        Code.NOT_AUTHORISED, who=who,
        need_zh=f"这要由{side_zh}来做", need_en=f"this is for the {side_en}",
    )  # fmt: skip


def _falls_within(wanted: Window | None, offered: Window | None) -> bool:
    if wanted is None:
        return True
    if wanted.until <= wanted.since:
        return False
    return offered is None or (
        offered.since <= wanted.since and wanted.until <= offered.until
    )  # fmt: skip


def _promised(state: State, offer: Offer, quantity: int) -> Refusal | None:
    batch = state.batch(offer.batch)
    free = batch.held(offer.seller, offer.place).free if batch else 0
    return _within(offer, max(min(offer.left, free), 0), quantity)


def _within(offer: Offer, available: int, quantity: int) -> Refusal | None:
    if quantity <= available:
        return None
    unit: Unit = offer.unit
    why_zh, why_en = "", ""
    if offer.promised and quantity <= available + offer.promised:
        why_zh = f"：{show(offer.promised, unit)}已经先答应给别的订单了"
        why_en = f": {show(offer.promised, unit, 'en')} went to orders that were confirmed before"
    return refuse(
        Code.OFFER_EXCEEDS_HOLDING, batch=offer.batch, cause=offer.event, position=offer.position,
        held_zh=show(available, unit), held_en=show(available, unit, "en"),
        asked_zh=show(quantity, unit), asked_en=show(quantity, unit, "en"),
        why_zh=why_zh, why_en=why_en,
    )  # fmt: skip


def _open(order: Order | None, name: str) -> Refusal | None:
    return None if order and order.state is OrderState.PLACED else not_open(order, name)


ORDER_ZH = {
    OrderState.PLACED: "已下单",
    OrderState.CONFIRMED: "已确认",
    OrderState.REFUSED: "已谢绝",
    OrderState.CANCELLED: "已取消",
    OrderState.SHIPPED: "已发货",
    OrderState.DISPUTED: "有争议",
    OrderState.SETTLED: "已结清",
}
