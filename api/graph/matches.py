"""Matches: how well each offer suits a demand, in parts, with a sentence on why."""

from datetime import UTC, datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from api.audience import Audience, may
from api.graph.access import denied
from api.graph.context import Context, Info, Loads
from api.graph.demands import Demand
from api.graph.errors import Mistaken, sign_in_first
from api.graph.fields import resolved
from api.graph.identifiers import own_id
from api.graph.measures import Price
from api.graph.offers import Offer, fetch_beside
from api.graph.paging import (
    After,
    Asked,
    Before,
    First,
    Last,
    bad_cursor,
    connection,
    page_of,
)
from api.graph.scalars import Amount
from api.graph.selection import selected
from domain.matching.parts import Part
from ledger.log import Connection
from projections import market_queries as query
from projections import matching
from projections.market_rows import DemandRow

strawberry.enum(Part, description="What a score is made of.")


@strawberry.type(description="A part of a score, and what it weighs.")
class MatchPart:
    """From 0 to 1000; the weights add up to 100."""

    concerns: strawberry.Private[tuple[str, ...]]
    part: Part = strawberry.field(description="Which part, e.g. PRICE.")
    value: int = strawberry.field(description="From 0 to 1000, the most, e.g. 950.")
    weight: int = strawberry.field(description="Of 100, e.g. 30.")


@strawberry.type(description="An offer that has all that a demand asks for, and how well it suits.")
class Match(relay.Node):
    """A pair of a demand and an offer, beside all other offers that qualify."""

    pair: relay.NodeID[str]
    row: strawberry.Private[matching.Match]
    wanted: strawberry.Private[DemandRow]
    score: int = strawberry.field(description="From 0 to 1000, the most, e.g. 812.")
    sentence_zh: str = strawberry.field(
        description="Why, in Chinese, e.g. 812 分：价格 ¥9.50/公斤，要多少都有。"
    )
    sentence_en: str = strawberry.field(
        description="Why, in English, e.g. Score 812: price ¥9.50/kg, the whole quantity."
    )

    @classmethod
    def of(cls, row: matching.Match, wanted: DemandRow) -> Self:
        """Make it of what was ranked, and for which demand."""
        return cls(
            pair=f"{wanted.id}.{row.offer.id}", row=row, wanted=wanted, score=row.score,
            sentence_zh=row.zh, sentence_en=row.en,
        )  # fmt: skip

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give whose demand it is."""
        return (self.wanted.buyer,)

    @resolved("The parts of the score, in the order of their weights.")
    def parts(self) -> list[MatchPart]:
        """Give the parts."""
        return [
            MatchPart(
                concerns=self.concerns, part=Part(one.part), value=one.value, weight=one.weight
            )
            for one in self.row.parts
        ]

    @resolved("What it costs, for as much as it would sell.")
    def price(self) -> Price:
        """Give the price of the quantity in question."""
        price = self.row.price
        return Price.of(price.amount, price.per, self.wanted.unit, price.currency)

    @resolved("What that comes to in 分, hundredths of the currency, e.g. 152000.")
    def total(self) -> Amount:
        """Give the money for as much as it would sell."""
        offer = self.row.offer
        return self.price().total(min(self.wanted.remaining, offer.available or offer.remaining))

    @resolved("The offer.")
    def offer(self) -> Offer:
        """Give the offer, which was read with it."""
        return Offer.of(self.row.offer)

    @resolved("The demand.")
    def demand(self) -> Demand:
        """Give the demand, which was read with it."""
        return Demand.of(self.wanted)


OfDemand = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="The demand, by node id or the event's id (UUIDv7), e.g. 01994e2e-…."
    ),
]


async def matches(
    info: Info,
    demand: OfDemand,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> relay.Connection[Match]:
    """Rank the open offers for a demand of one's own."""
    wanted = await demand_of(info.context, demand)
    page = page_of("matches", Asked(first, after, last, before))
    names = selected(info)

    def listed(conn: Connection) -> list[matching.Match]:
        found = matching.rank(conn, wanted.id, datetime.now(UTC), page=page)
        rows = found.matches if found else []
        beside(info.context.loads, conn, rows, names)
        return rows

    try:
        rows = await info.context.read(listed)
    except query.BadMark as error:
        raise bad_cursor() from error
    return connection("matches", rows, page, lambda row: Match.of(row, wanted))


def beside(
    loads: Loads, conn: Connection, rows: list[matching.Match], names: frozenset[str]
) -> None:
    """Have ready what the offers of matches are asked for."""
    if "offer" in names:
        fetch_beside(loads, conn, [row.offer for row in rows], names)


async def match(info: Info, pair: str) -> Match | None:
    """Find a match by its pair; who may not see the demand's matches learns nothing."""
    wanted_id, _, _ = pair.partition(".")
    wanted = await info.context.loads.demands.load(wanted_id)
    viewer = await info.context.viewer()
    if wanted is None or not may(viewer, Audience.OWNER, (wanted.buyer,)):
        return None
    found = await info.context.loads.matches.load(pair)
    return Match.of(found.match, found.demand) if found else None


async def demand_of(context: Context, given: str) -> DemandRow:
    """Give a demand whose matches one may see: its buyer may, and the county.

    Raises:
        Mistaken: where there is none, or it is another's.
    """
    viewer = await context.viewer()
    if viewer is None:
        raise sign_in_first()
    found = await context.loads.demands.load(own_id(given, "Demand"))
    if found is None:
        raise Mistaken("bad-id", "没有这条求购。", "There is no such demand.")
    if not may(viewer, Audience.OWNER, (found.buyer,)):
        raise denied(viewer)
    return found
