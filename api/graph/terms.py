"""The terms of offers, demands and orders: prices by quantity, windows, ways, certificates."""

from datetime import datetime
from typing import Any, Self

import strawberry

from api.graph.measures import Price, Quantity
from domain.events.market import Proof, Way

strawberry.enum(Way, description="How goods come from the seller to the buyer.")
strawberry.enum(Proof, description="What a buyer may ask a batch to have.")


@strawberry.type(description="From when until when goods are handed over.")
class Window:
    """Both ends are named."""

    since: datetime = strawberry.field(description="From when.")
    until: datetime = strawberry.field(description="Until when.")

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None) -> Self | None:
        """Make it of a row's columns; None where there is none."""
        return None if since is None or until is None else cls(since=since, until=until)


@strawberry.type(description="From so much at once on, another price 阶梯价.")
class Tier:
    """A step of a price by quantity."""

    concerns: strawberry.Private[tuple[str, ...]]
    quantity: Quantity = strawberry.field(description="From this quantity on.")
    price: Price = strawberry.field(description="It costs this, for all of it.")

    @classmethod
    def of(cls, tier: dict[str, Any], unit: str, seller: str) -> Self:
        """Make it of what the read model has, and whose offer it is of."""
        price = tier["price"]
        return cls(
            concerns=(seller,), quantity=Quantity.of(tier["quantity"], unit),
            price=Price.of(price["amount"], price["per"], unit, price["currency"]),
        )  # fmt: skip
