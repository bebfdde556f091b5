"""The county's open offers shared out among its open demands: a preview, for the county's desk."""

from datetime import UTC, datetime
from typing import Annotated, Final, Protocol, Self

import strawberry

from api.graph.context import Context, Info
from api.graph.demands import Demand, demand
from api.graph.errors import Mistaken
from api.graph.fields import resolved
from api.graph.identifiers import plain_or_none
from api.graph.master import Party, party
from api.graph.measures import Price, Quantity
from api.graph.offers import Offer, offer
from api.graph.scalars import Amount
from api.graph.selection import selected
from domain import measures as domain
from ledger.log import Connection
from projections import allocation
from projections.solver import Unsolved

_MOST_SHOWN: Final = 1000
"""Proposals in one answer, the best first."""


@strawberry.input(description="When goods are wanted: demands whose window overlaps it take part.")
class WithinWindow:
    """Both ends are named."""

    since: datetime = strawberry.field(description="From when.")
    until: datetime = strawberry.field(description="Until when.")


@strawberry.type(description="What a seller sells in a sharing, of what it could sell at most.")
class SellerShare:
    """The measure of fairness is the least of these shares."""

    row: strawberry.Private[allocation.SellerShare]
    sold: Quantity = strawberry.field(description="What it sells.")
    entitled: Quantity = strawberry.field(
        description="What it could sell if it were alone: its entitlement."
    )

    @classmethod
    def of(cls, row: allocation.SellerShare, unit: str) -> Self:
        """Make it of the preview's."""
        return cls(
            row=row, sold=Quantity.of(row.sold, unit), entitled=Quantity.of(row.entitled, unit)
        )

    @resolved("The seller.")
    def seller(self, info: Info) -> Party | None:
        """Load the seller."""
        return party(info, self.row.seller)


@strawberry.type(description="One category in one unit and currency, shared out.")
class SharedOut:
    """How much is moved, and how fair that is."""

    category: str = strawberry.field(description="The kind of produce, e.g. cinnamon.")
    currency: str = strawberry.field(description="ISO 4217, e.g. CNY.")
    offers: int = strawberry.field(description="How many offers took part, e.g. 12.")
    demands: int = strawberry.field(description="How many demands took part, e.g. 5.")
    wanted: Quantity = strawberry.field(description="How much is wanted in all.")
    moved: Quantity = strawberry.field(description="How much is shared out.")
    floor: int = strawberry.field(
        description="The share of its entitlement that every seller gets at least, in thousandths,"
        " e.g. 640: nobody is starved."
    )
    sellers: list[SellerShare] = strawberry.field(description="What each seller gets.")

    @classmethod
    def of(cls, row: allocation.Group) -> Self:
        """Make it of the preview's."""
        return cls(
            category=row.category, currency=row.currency, offers=row.offers, demands=row.demands,
            wanted=Quantity.of(row.wanted, row.unit), moved=Quantity.of(row.moved, row.unit),
            floor=row.floor, sellers=[SellerShare.of(one, row.unit) for one in row.sellers],
        )  # fmt: skip


class Pair(Protocol):
    """So much of an offer for a demand, in a preview or as it was proposed."""

    @property
    def offer(self) -> str:
        """The offer's id."""
        ...

    @property
    def demand(self) -> str:
        """The demand's id."""
        ...

    @property
    def seller(self) -> str:
        """Whose offer it is."""
        ...

    @property
    def buyer(self) -> str:
        """Whose demand it is."""
        ...

    @property
    def quantity(self) -> int:
        """How much, in the offer's unit."""
        ...

    @property
    def score(self) -> int:
        """How well they suit."""
        ...


@strawberry.type(description="So much of an offer for a demand; it binds nobody.")
class Proposal:
    """A pair of the sharing."""

    row: strawberry.Private[Pair]
    concerns: strawberry.Private[tuple[str, ...]]
    quantity: Quantity = strawberry.field(description="How much.")
    price: Price = strawberry.field(description="What that quantity costs on the offer.")
    total: Amount = strawberry.field(
        description="What that comes to in 分, hundredths of the currency, e.g. 152000."
    )
    score: int = strawberry.field(description="How well they suit, 0 to 1000, e.g. 812.")

    @classmethod
    def of(cls, row: Pair, unit: str, price: domain.Price) -> Self:
        """Make it of a pair, in the offer's unit and at its price."""
        cost = Price.of(price.amount, price.per, unit, price.currency)
        return cls(
            row=row, concerns=(row.buyer, row.seller), quantity=Quantity.of(row.quantity, unit),
            price=cost, total=cost.total(row.quantity), score=row.score,
        )  # fmt: skip

    @resolved("The offer.")
    def offer(self, info: Info) -> Offer | None:
        """Load the offer."""
        return offer(info, self.row.offer)

    @resolved("The demand.")
    def demand(self, info: Info) -> Demand | None:
        """Load the demand."""
        return demand(info, self.row.demand)

    @resolved("Who would sell.")
    def seller(self, info: Info) -> Party | None:
        """Load the seller."""
        return party(info, self.row.seller)

    @resolved("Who would buy.")
    def buyer(self, info: Info) -> Party | None:
        """Load the buyer."""
        return party(info, self.row.buyer)


@strawberry.type(description="A sharing of the whole county, category by category; a preview.")
class Allocation:
    """Nothing of it is recorded, and nobody is bound."""

    groups: list[SharedOut] = strawberry.field(description="Each category, unit and currency.")
    proposals: list[Proposal] = strawberry.field(
        description=f"Who would sell what to whom, at most {_MOST_SHOWN}."
    )


InWindow = Annotated[
    WithinWindow | None,
    strawberry.argument(description="When goods are wanted; all open demands, if not said."),
]
OfCategory = Annotated[
    str | None, strawberry.argument(description="Only this kind of produce, e.g. cinnamon.")
]


async def shared_out(
    info: Info, window: InWindow = None, category: OfCategory = None
) -> Allocation:
    """Share out what is open now."""
    span = None if window is None else (window.since, window.until)
    if span and not _is_span(*span):
        raise Mistaken(
            "bad-argument", "window 的两头都要带时区，until 要晚于 since。",
            "Both ends of window have an offset, and until is after since.",
        )  # fmt: skip
    named, names = plain_or_none(category, "category"), selected(info)
    context: Context = info.context

    def read(conn: Connection) -> allocation.Preview:
        found = allocation.allocate(conn, datetime.now(UTC), span, named)
        _fetch(context, conn, found, names)
        return found

    try:
        found = await context.read(read)
    except Unsolved as error:
        raise Mistaken(
            "unavailable", "这次没有算出来，请稍后再试。", "No sharing was found; try again later."
        ) from error
    return Allocation(
        groups=[SharedOut.of(group) for group in found.groups],
        proposals=[Proposal.of(one, one.unit, one.price) for one in found.proposals[:_MOST_SHOWN]],
    )


def _is_span(since: datetime, until: datetime) -> bool:
    return since.tzinfo is not None and until.tzinfo is not None and since < until


def _fetch(
    context: Context, conn: Connection, found: allocation.Preview, names: frozenset[str]
) -> None:
    """Have ready what the preview is asked for, over the same connection."""
    shown, loads = found.proposals[:_MOST_SHOWN], context.loads
    if "offer" in names:
        loads.offers.fetch(conn, (one.offer for one in shown))
    if "demand" in names:
        loads.demands.fetch(conn, (one.demand for one in shown))
    if names & {"seller", "buyer", "sellers"}:
        sellers = (one.seller for group in found.groups for one in group.sellers)
        loads.parties.fetch(
            conn, (*sellers, *(side for one in shown for side in (one.seller, one.buyer)))
        )
