"""For whom a thing is: the audiences of the market, the same for pages, REST and GraphQL."""

from enum import Enum
from typing import Final

from api.signin.viewer import Viewer
from domain.events.governance import Role


class Audience(Enum):
    """Who may see a thing; each but the first needs the scope `read`."""

    PUBLIC = "everybody"
    SIGNED_IN = "a party that is signed in"
    BUYERS = "a signed-in party that buys, the party itself, and the county"
    SIDES = "the buyer and the seller of the order, and the county"
    OWNER = "the party whose it is, and the county"
    COUNTY = "the county's office"


BUYING: Final = frozenset({
    Role.BUYER.value, Role.RETAILER.value, Role.PROCESSOR.value, Role.COOPERATIVE.value,
    Role.WAREHOUSE.value,
})  # fmt: skip
"""The roles of those who buy: canteens and exporters, shops, mills, cooperatives, wholesalers."""


def may(viewer: Viewer | None, audience: Audience, concerns: tuple[str, ...] = ()) -> bool:
    """Tell whether a viewer is of an audience; `concerns` are the parties that a thing is about."""
    if audience is Audience.PUBLIC:
        return True
    if viewer is None or "read" not in viewer.scopes:
        return False
    if viewer.is_county or audience is Audience.SIGNED_IN:
        return True
    if audience is Audience.COUNTY:
        return False
    buys = audience is Audience.BUYERS and bool(viewer.roles & BUYING)
    return buys or viewer.party in concerns
