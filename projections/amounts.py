"""Quantities as read models show them: whole numbers, and foreign decimals to the digit."""

from decimal import Decimal

from domain.measures import MAX_AMOUNT

Shown = int | str
"""An integer where it is whole and every JSON reader keeps it, else the exact decimal as text."""


def shown(quantity: Decimal | None) -> Shown | None:
    """Write a quantity of the database for JSON; never a float.

    >>> shown(Decimal(212_000)), shown(Decimal("200.50"))
    (212000, '200.5')
    """
    if quantity is None:
        return None
    whole = int(quantity)
    if whole == quantity and abs(whole) <= MAX_AMOUNT:
        return whole
    plain = f"{quantity:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
