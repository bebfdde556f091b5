"""What a demand asks for and an offer must have: met or not, never a score.

Written, like `domain.matching.parts`, for one number or a whole column of them: & for and, | for
or, 0 and 1 for no and yes.
"""

from typing import Final, NamedTuple

from domain.matching.parts import Number

ALWAYS: Final = 2**40
"""Where an end is not named, as seconds since 1970."""


class Offered(NamedTuple):
    """What offers have, each a number or a column; times are seconds since 1970.

    `amount` hundredths for `per` of the unit is the price of what would be sold. All are of the
    demand's category and unit, and in its ceiling's currency.
    """

    seller: Number
    product: Number
    available: Number
    least: Number
    amount: Number
    per: Number
    delivers: Number
    picked_up: Number
    since: Number
    until: Number
    certified: Number
    inspected: Number


class Asked(NamedTuple):
    """What a demand asks for; `product` 0 is any, `ceiling_amount` None no limit."""

    buyer: int
    product: int
    wanted: int
    ceiling_amount: int | None
    ceiling_per: int
    fetches: int
    since: int
    until: int
    certified: int
    inspected: int


def meets(asked: Asked, offered: Offered) -> Number:
    """Tell which offers have all that is asked for."""
    fits = (
        (offered.seller != asked.buyer)
        & ((asked.product == 0) | (offered.product == asked.product))
        & (offered.available >= offered.least)
        & (offered.least <= asked.wanted)
        & ((offered.delivers | (offered.picked_up & asked.fetches)) != 0)
        & (offered.since <= asked.until)
        & (offered.until >= asked.since)
        & (offered.certified >= asked.certified)
        & (offered.inspected >= asked.inspected)
    )
    if asked.ceiling_amount is None:
        return fits
    return fits & (offered.amount * asked.ceiling_per <= asked.ceiling_amount * offered.per)
