"""How much of each input went into each output of a process: exact, and summing to what went in.

- One output: all of each input went into it (milling, drying, blending).
- A split of one input, in its own unit: each part took its own quantity, and what is missing from
  the sum stayed nowhere (`split` alone; another process may lose more of one output than another).
- Otherwise each input is divided over the outputs by their quantities, by largest remainder, so
  that the shares of an input are whole and sum to it. Where the outputs are not all in one unit, or
  one is not counted, nothing tells how, and the parts are equal.

A share is in the input's unit. Of an input that was not counted no share is known.
"""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct


class Part(Struct, frozen=True):
    """An input or output of a process: the batch's key, how much, in which unit.

    `display` is the identifier as a foreign event writes it; None for our own.
    """

    key: str
    quantity: Decimal | None
    unit: str | None
    display: str | None = None


class Share(Struct, frozen=True):
    """So much of one batch went into another."""

    source: str
    target: str
    quantity: Decimal | None
    unit: str | None


def shares(inputs: Sequence[Part], outputs: Sequence[Part], *, split: bool = False) -> list[Share]:
    """Give the share of each input in each output, inputs first."""
    found: list[Share] = []
    if split and len(inputs) == 1 and {output.unit for output in outputs} == {inputs[0].unit}:
        whole = inputs[0]
        return [Share(whole.key, part.key, part.quantity, part.unit) for part in outputs]
    weights = _weights(outputs)
    for part in inputs:
        quantities = _divide(part.quantity, weights)
        for output, quantity in zip(outputs, quantities, strict=True):
            found.append(Share(part.key, output.key, quantity, part.unit))
    return found


def exact_sum(one: Decimal, other: Decimal) -> Decimal:
    """Add to the last digit, whatever the decimal context's precision."""
    decimals = max(_decimals(one), _decimals(other))
    return _decimal(_scaled(one, decimals) + _scaled(other, decimals), decimals)


def _weights(outputs: Sequence[Part]) -> list[int]:
    quantities = [output.quantity for output in outputs]
    if len({output.unit for output in outputs}) > 1 or None in quantities:
        return [1] * len(outputs)
    known = [quantity for quantity in quantities if quantity is not None]
    decimals = max((_decimals(quantity) for quantity in known), default=0)
    return [_scaled(quantity, decimals) for quantity in known]


def _divide(quantity: Decimal | None, weights: Sequence[int]) -> list[Decimal | None]:
    """Divide by weights in units of the quantity's last digit, the largest remainders first."""
    if quantity is None or len(weights) == 1:
        return [quantity] * len(weights)
    decimals = _decimals(quantity)
    whole, total = _scaled(quantity, decimals), sum(weights)
    parts = [divmod(whole * weight, total) for weight in weights]
    left = whole - sum(part for part, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))
    extra = set(by_remainder[:left])
    return [_decimal(part + (at in extra), decimals) for at, (part, _) in enumerate(parts)]


def _decimals(quantity: Decimal) -> int:
    exponent = quantity.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _scaled(quantity: Decimal, decimals: int) -> int:
    """Give a quantity, never negative, as a whole number of its last decimal."""
    _, digits, exponent = quantity.as_tuple()
    whole = int("".join(map(str, digits)))
    return whole * 10 ** (exponent + decimals) if isinstance(exponent, int) else 0


def _decimal(whole: int, decimals: int) -> Decimal:
    return Decimal((0, tuple(map(int, str(whole))), -decimals))
