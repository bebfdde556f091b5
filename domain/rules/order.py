"""Orders: placed on an open offer at its price, answered once, by the right side, and kept to."""

from domain.events.market import OrderCancelled, OrderConfirmed, OrderPlaced, OrderRefused
from domain.events.movements import ShipmentSent
from domain.measures import Unit, show, show_price
from domain.models.market import Offer, Order, OrderState
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def on_open_offer(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse an order on an offer that is gone, or that names another seller or batch."""
    offer = state.offer(event.offer)
    if offer is None or offer.withdrawn or (offer.until and event.occurred_at > offer.until):
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


def at_offered_price(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse an order at another price than the offer has now."""
    offer = state.offer(event.offer)
    if offer and offer.price != event.price:
        return refuse(
            Code.PRICE_MISMATCH, cause=offer.event, position=offer.position,
            now_zh=show_price(offer.price, offer.unit),
            now_en=show_price(offer.price, offer.unit, "en"),
            seen_zh=show_price(event.price, event.unit),
            seen_en=show_price(event.price, event.unit, "en"),
        )  # fmt: skip
    return None


def quantity_on_offer(state: State, event: OrderPlaced) -> Refusal | None:
    """Refuse more than is left of the offer and held, or less than its least quantity."""
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
    return _promised(state, offer, event.quantity)


def to_be_confirmed(state: State, event: OrderConfirmed) -> Refusal | None:
    """Refuse to confirm what is not open, by another, or in other terms than ordered."""
    order = state.order(event.order)
    refusal = _open(order, event.order)
    if refusal or order is None:
        return refusal
    if order.seller != event.actor:
        return _other_side(event.actor, "卖方", "seller")
    offer = state.offer(event.offer)
    terms = (order.offer, order.batch, order.quantity, order.unit)
    place = offer.place if offer else None
    if (event.offer, event.batch, event.quantity, event.unit) != terms or event.place != place:
        return refuse(
            Code.ORDER_MISMATCH, order=event.order, cause=order.event, position=order.position,
            need_zh="供应、批次、数量和存放地点要与订单一致",
            need_en="offer, batch, quantity and place must be the order's",
        )  # fmt: skip
    return None


def can_be_promised(state: State, event: OrderConfirmed) -> Refusal | None:
    """Refuse to promise the last sack twice."""
    offer = state.offer(event.offer)
    return _promised(state, offer, event.quantity) if offer else None


def answered_by_side(state: State, event: OrderRefused | OrderCancelled) -> Refusal | None:
    """Refuse an answer to an order that is not open, or by the wrong side."""
    order = state.order(event.order)
    refusal = _open(order, event.order)
    if refusal or order is None:
        return refusal
    if isinstance(event, OrderRefused) and order.seller != event.actor:
        return _other_side(event.actor, "卖方", "seller")
    if isinstance(event, OrderCancelled) and order.buyer != event.actor:
        return _other_side(event.actor, "买方", "buyer")
    return None


def shipped_as_ordered(state: State, event: ShipmentSent) -> Refusal | None:
    """Refuse a shipment against an order that is not confirmed, or not what was ordered."""
    if event.order is None:
        return None
    order = state.order(event.order)
    if order is None or order.state is not OrderState.CONFIRMED:
        return _not_open(order, event.order)
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


def _promised(state: State, offer: Offer, quantity: int) -> Refusal | None:
    batch = state.batch(offer.batch)
    free = batch.held(offer.seller, offer.place).free if batch else 0
    available = max(min(offer.left, free), 0)
    if quantity <= available:
        return None
    unit: Unit = offer.unit
    return refuse(
        Code.OFFER_EXCEEDS_HOLDING, batch=offer.batch, cause=offer.event, position=offer.position,
        held_zh=show(available, unit), held_en=show(available, unit, "en"),
        asked_zh=show(quantity, unit), asked_en=show(quantity, unit, "en"),
    )  # fmt: skip


def _open(order: Order | None, name: str) -> Refusal | None:
    return None if order and order.state is OrderState.PLACED else _not_open(order, name)


def _not_open(order: Order | None, name: str) -> Refusal:
    return refuse(
        Code.ORDER_NOT_OPEN, order=name, state_zh=_ORDER_ZH[order.state] if order else "不存在",
        state_en=order.state.value if order else "unknown",
        cause=order.event if order else None, position=order.position if order else None,
    )  # fmt: skip


def _other_side(who: str, side_zh: str, side_en: str) -> Refusal:
    return refuse(
        Code.NOT_AUTHORISED, who=who,
        need_zh=f"这要由{side_zh}来做", need_en=f"this is for the order's {side_en}",
    )  # fmt: skip


_ORDER_ZH = {
    OrderState.PLACED: "已下单",
    OrderState.CONFIRMED: "已确认",
    OrderState.REFUSED: "已谢绝",
    OrderState.CANCELLED: "已取消",
    OrderState.SHIPPED: "已发货",
}
