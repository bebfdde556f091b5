"""What an offer or a demand says must agree with itself, and not be over before it is said."""

from datetime import datetime

from domain.events.market import DemandPosted, OfferChanged, OfferMade, Tier, Window
from domain.measures import Price, show
from domain.moments import show_moment
from domain.pricing import is_dearer
from domain.refusals import Code, Refusal, refuse
from domain.state import State

Said = tuple[str, str]
"""What is wrong, in Chinese and English."""


def terms_agree(_: State, event: OfferMade | OfferChanged) -> Refusal | None:
    """Refuse an offer whose least, prices by quantity, times or ways contradict each other."""
    least = event.least or 1
    if least > event.quantity:
        return _wrong((
            f"起订量 {show(least, event.unit)} 超过供应量 {show(event.quantity, event.unit)}",
            (
                f"the least, {show(least, event.unit, 'en')}, is above the offer of"
                f" {show(event.quantity, event.unit, 'en')}"
            ),
        ))  # fmt: skip
    said = (
        _tiers(event.price, event.tiers, least)
        or _times(event.until, event.window, event.occurred_at)
        or (_TWICE if len(set(event.ways)) < len(event.ways) else None)
    )
    return _wrong(said) if said else None


def wanted_agrees(state: State, event: DemandPosted) -> Refusal | None:
    """Refuse a demand that is over before it is posted, or whose product is something else."""
    said = _times(event.until, event.window, event.occurred_at)
    if said is None and len(set(event.certificates)) < len(event.certificates):
        said = _TWICE
    if said:
        return _wrong(said)
    if event.product is None:
        return None
    product = state.product(event.product)
    if product is None:
        return refuse(Code.UNKNOWN_PRODUCT, gtin=event.product)
    if (product.category, product.unit) != (event.category, event.unit):
        return _wrong((
            f"产品 {event.product} 的品类是 {product.category}，与求购写的品类或单位不同",
            (
                f"the product {event.product} is {product.category}, which is not the category"
                " or the unit that is wanted"
            ),
        ))  # fmt: skip
    return None


_TWICE: Said = ("同一项写了两遍", "the same thing is named twice")


def _tiers(price: Price, tiers: tuple[Tier, ...], least: int) -> Said | None:
    """Each tier begins above the one before, and is cheaper, in the same currency."""
    begins = least
    for tier in tiers:
        if tier.quantity <= begins:
            return (
                "阶梯价的数量要一档比一档大，并大于起订量",
                "each price by quantity must begin above the one before, and above the least",
            )
        if tier.price.currency != price.currency or not is_dearer(price, tier.price):
            return (
                "阶梯价要一档比一档便宜，币种相同",
                "each price by quantity must be below the one before, in the same currency",
            )
        begins, price = tier.quantity, tier.price
    return None


def _times(until: datetime | None, window: Window | None, now: datetime) -> Said | None:
    if window and window.until <= window.since:
        return "交货时段的结束要晚于开始", "the window must end after it begins"
    ends = [("截止时间", "the end", until), ("交货时段", "the window", window and window.until)]
    for zh, en, end in ends:
        if end and end <= now:
            return (
                f"{zh}（{show_moment(end)}）已经过了",
                f"{en} ({show_moment(end, 'en')}) has passed already",
            )
    return None


def _wrong(said: Said) -> Refusal:
    return refuse(Code.TERMS_INCONSISTENT, need_zh=said[0], need_en=said[1])
