"""What a quantity costs on an offer with prices by quantity."""

from collections.abc import Iterable

from domain.events.market import Tier
from domain.measures import Price


def price_at(price: Price, tiers: Iterable[Tier], quantity: int) -> Price:
    """Give the price for so much at once: of the last tier that it reaches, else the offer's.

    `tiers` ascend by quantity, as `domain.rules.terms` holds them to.
    """
    for tier in tiers:
        if quantity < tier.quantity:
            break
        price = tier.price
    return price


def is_dearer(one: Price, other: Price) -> bool:
    """Tell whether one price is above another of the same currency, exactly."""
    return one.amount * other.per > other.amount * one.per


def within(price: Price, ceiling: Price | None) -> bool:
    """Tell whether a price keeps to a ceiling; one in another currency does not."""
    if ceiling is None:
        return True
    return price.currency == ceiling.currency and not is_dearer(price, ceiling)
