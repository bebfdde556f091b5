"""Subscriptions: orders, offers, matches, recalls as they happen, from a cursor without a gap."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated, NamedTuple, Self

import strawberry

from api.graph.batches import Batch, batch
from api.graph.context import Context, Info
from api.graph.errors import Mistaken
from api.graph.fields import resolved, subscription
from api.graph.matches import Match, OfDemand, demand_of
from api.graph.offers import Offer, offer
from api.graph.orders import OfParty, Order, OrderStep, order, whose
from api.graph.scalars import Position
from api.live.watching import Interest, NoLonger, Standing, Watching
from domain.events.holds import BatchRecalled, RecallClosed
from ledger.log import Connection
from projections import market_changes as market
from projections import matching
from projections.market_changes import Change, Place, Span
from projections.market_rows import DemandRow

FromCursor = Annotated[
    str | None,
    strawberry.argument(
        description="Go on after this: a `cursor` of an earlier message, or the position of a"
        " receipt, e.g. 4711. What has happened since comes first. From now on, if not said."
    ),
]


@strawberry.interface(description="What every message of a subscription has.")
class News:
    """Where it stands."""

    change: strawberry.Private[Change]
    cursor: str = strawberry.field(
        description="Give it as `after` to go on from here, e.g. 4711.01994e2e-….",
    )
    position: Position = strawberry.field(description="Where the event stands, e.g. 4711.")


@strawberry.type(description="Something happened to an order.")
class OrderNews(News):
    """A step of an order."""

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give the order's sides, who may see it."""
        return self.change.parties

    @classmethod
    def of(cls, change: Change) -> Self:
        """Make it of what changed."""
        return cls(
            change=change, cursor=market.written(change.at), position=Position(change.at.position)
        )

    @resolved("The order as it stands now.")
    async def order(self, info: Info) -> Order | None:
        """Load the order."""
        return await order(info, self.change.subject)

    @resolved("Of a recall that the open order has fallen under, its event; else null.")
    def recall(self) -> str | None:
        """Give the recall."""
        return self.change.recall

    @resolved("What happened: the event, as its timeline has it; null where a recall did.")
    async def step(self, info: Info) -> OrderStep | None:
        """Find the step in the order's life."""
        found = await order(info, self.change.subject)
        rows = await info.context.loads.lives.load(self.change.subject) if found else None
        steps = [row for row in rows or () if row.event == self.change.step]
        return OrderStep.of(steps[0], found) if steps and found else None


@strawberry.type(description="Something new is for sale.")
class OfferNews(News):
    """An offer was made."""

    @classmethod
    def of(cls, change: Change) -> Self:
        """Make it of what changed."""
        return cls(
            change=change, cursor=market.written(change.at), position=Position(change.at.position)
        )

    @resolved("The offer as it stands now.")
    def offer(self, info: Info) -> Offer | None:
        """Load the offer."""
        return offer(info, self.change.subject)


@strawberry.type(description="An offer, new or at new terms, has all that a demand asks for.")
class MatchNews(News):
    """An offer qualifies."""

    row: strawberry.Private[matching.Match]
    wanted: strawberry.Private[DemandRow]

    @property
    def concerns(self) -> tuple[str, ...]:
        """Give whose demand it is."""
        return (self.wanted.buyer,)

    @classmethod
    def of(cls, change: Change, row: matching.Match, wanted: DemandRow) -> Self:
        """Make it of what changed, and what that is to the demand."""
        return cls(
            change=change, cursor=market.written(change.at), position=Position(change.at.position),
            row=row, wanted=wanted,
        )  # fmt: skip

    @resolved("The match, as it stands beside all others.")
    def match(self) -> Match:
        """Give the match."""
        return Match.of(self.row, self.wanted)


@strawberry.type(
    description="A batch is called back with all that was made of it, or is no longer."
)
class RecallNews(News):
    """A recall began or ended."""

    batch_id: strawberry.Private[str]
    recall: str = strawberry.field(description="The event that began the recall, a UUIDv7.")
    closed: bool = strawberry.field(description="True where the recall ended, e.g. false.")
    level: int | None = strawberry.field(description="Its class, 1 the gravest; null at its end.")
    hazard: str | None = strawberry.field(description="What is wrong, e.g. 农药残留超标.")
    instruction: str | None = strawberry.field(description="What to do, e.g. 停止食用，退回门店.")
    outcome: str | None = strawberry.field(description="What came of it, at its end.")

    @classmethod
    def of(cls, change: Change) -> Self:
        """Make it of the event."""
        event = change.event
        began = event if isinstance(event, BatchRecalled) else None
        ended = event if isinstance(event, RecallClosed) else None
        named = began or ended
        return cls(
            change=change, cursor=market.written(change.at),
            position=Position(change.at.position), recall=change.subject,
            batch_id=named.batch if named else "", closed=began is None,
            level=began.level if began else None, hazard=began.hazard if began else None,
            instruction=began.instruction if began else None,
            outcome=ended.outcome if ended else None,
        )  # fmt: skip

    @resolved("The batch that is called back, e.g. 02000000000015/L7.")
    def batch(self, info: Info) -> Batch | None:
        """Load the batch."""
        return batch(info, self.batch_id)


@strawberry.type(description="What can be watched, over graphql-transport-ws.")
class Subscription:
    """What happens on the market."""

    @subscription("What happens to one's own orders, as buyer or seller; to another's, the county.")
    async def orders(
        self, info: Info, party: OfParty = None, after: FromCursor = None
    ) -> AsyncGenerator[OrderNews, None]:
        """Watch orders."""
        viewer = await info.context.viewer()
        everything = viewer is not None and viewer.is_county and party is None
        of = None if everything else await whose(info, party)

        def back(conn: Connection, span: Span) -> list[Change]:
            return market.orders(conn, span, of)

        async for change in _watch(info.context, _Wanted({"order"}, of, back), after):
            yield OrderNews.of(change)

    @subscription("What is newly for sale.")
    async def offers(self, info: Info, after: FromCursor = None) -> AsyncGenerator[OfferNews, None]:
        """Watch offers."""
        wanted = _Wanted({"offer"}, None, market.offers)
        async for change in _watch(info.context, wanted, after):
            yield OfferNews.of(change)

    @subscription("Which offers, new or at new terms, come to have all that one's demand asks for.")
    async def matches(
        self, info: Info, demand: OfDemand, after: FromCursor = None
    ) -> AsyncGenerator[MatchNews, None]:
        """Watch what suits a demand."""
        context = info.context
        name = (await demand_of(context, demand)).id
        async for change in _watch(context, _Wanted({"offer", "terms"}, None, market.terms), after):
            # Whoever watches this demand waits for the same ranking.
            found = await context.loads.matches.load(f"{name}.{change.subject}")
            if found:
                yield MatchNews.of(change, found.match, found.demand)

    @subscription("Which batches are called back, and which recalls end.")
    async def recalls(
        self, info: Info, after: FromCursor = None
    ) -> AsyncGenerator[RecallNews, None]:
        """Watch recalls."""
        wanted = _Wanted({"recall"}, None, market.recalls)
        async for change in _watch(info.context, wanted, after):
            yield RecallNews.of(change)


class _Wanted(NamedTuple):
    """Changes of which kinds, whose (None: of all), and how they are read back."""

    kinds: set[str]
    party: str | None
    back: Callable[[Connection, Span], list[Change]]


async def _watch(context: Context, wanted: _Wanted, after: str | None) -> AsyncIterator[Change]:
    async def read(span: Span) -> list[Change]:
        return await context.read(lambda conn: wanted.back(conn, span))

    place = None if after is None else _place(after)
    watching = Watching(
        context.services.feed, Interest(frozenset(wanted.kinds), wanted.party, read),
        await _standing(context),
    )  # fmt: skip
    try:
        async for change in watching.changes(place):
            context.loads = context.shared.loads_of(change.at)
            yield change
    except NoLonger as error:
        raise Mistaken(
            "signed-out", "登录已失效（退出、到期或密钥已撤销），请重新登录后从游标继续。",
            "You are signed out: ended, expired, or the key was revoked. Sign in and go on from"
            " the cursor.",
        ) from error  # fmt: skip


async def _standing(context: Context) -> Standing | None:
    viewer = await context.viewer()
    if viewer is None:
        return None

    async def still() -> bool:
        try:
            now = await context.look()
        except Mistaken:
            return False
        return now is not None and now.party == viewer.party and now.roles == viewer.roles

    return Standing(viewer.did, still)


def _place(cursor: str) -> Place:
    try:
        return market.read_place(cursor)
    except ValueError as error:
        raise Mistaken(
            "bad-cursor", "after 要用消息里的 cursor，或者回执里的位置。",
            "after is a cursor of an earlier message, or a receipt's position.",
        ) from error  # fmt: skip
