"""What resolvers share in one request: reads in worker threads, and loaders that batch them.

Each read borrows a connection for one batch of rows and gives it back, so that no request holds one
while it waits for a thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

import strawberry
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext
from typing_extensions import override

from api.errors import Problem
from api.graph.errors import Mistaken, of_problem
from api.graph.services import Services
from api.signin.viewer import Viewer, bearer_of, viewer_of, viewer_with_token
from ledger.log import Connection
from ledger.vault import PersonCard
from projections import directory, market_queries, matching, passport
from projections.market_rows import DemandRow, OfferRow, OrderRow, StepRow

MOST_TRACES: Final = 10
"""Traces in one request; each is a query of its own, as long as its answer."""
_KEPT: Final = 64
"""Changes whose loads are kept for those who watch."""

T = TypeVar("T")
Row = TypeVar("Row")
Made = TypeVar("Made")
Query = Callable[[Connection], T]


class Rows(DataLoader[str, Row | None]):
    """Loads rows by key, many at once; what is there already can be had without waiting."""

    def __init__(
        self, read_all: Callable[[Query[dict[str, Row]]], Awaitable[dict[str, Row]]],
        find: Callable[[Connection, list[str]], dict[str, Row]],
    ) -> None:  # fmt: skip
        """Find rows through a reader of the caller's."""
        super().__init__(self._load)
        self._read_all = read_all
        self.find: Final = find
        self.ready: Final[dict[str, Row | None]] = {}

    def fetch(self, conn: Connection, keys: Iterable[str]) -> dict[str, Row]:
        """Have rows ready that will be asked for; give them."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self.ready]
        found = self.find(conn, wanted) if wanted else {}
        self.ready.update((key, found.get(key)) for key in wanted)
        return found

    def have(self, rows: Mapping[str, Row]) -> None:
        """Have rows ready that were read already."""
        self.ready.update(rows)

    @override
    def load(self, key: str) -> Awaitable[Row | None]:
        """Load a row; who stops waiting for it takes it from nobody else who waits."""
        return asyncio.shield(super().load(key))

    async def _load(self, keys: list[str]) -> Sequence[Row | None]:
        found = await self._read_all(lambda conn: self.find(conn, keys))
        return [found.get(key) for key in keys]

    def made(self, key: str, make: Callable[[Row], Made]) -> Made | None:
        """Make a thing of a row: at once where it is ready, else as an awaitable of it.

        Strawberry takes either from a resolver; a list of fifty is quicker without the waiting.
        """
        if key in self.ready:
            row = self.ready[key]
            return make(row) if row is not None else None
        return cast("Made | None", self._made_later(key, make))

    async def _made_later(self, key: str, make: Callable[[Row], Made]) -> Made | None:
        row = await self.load(key)
        return make(row) if row is not None else None


class Loads:
    """What was loaded once and is not asked for again; several watchers may share one."""

    def __init__(self, services: Services) -> None:
        """Read through these services; what is here belongs to the running event loop."""
        self._services = services
        self.parties: Rows[directory.Party] = self._rows(self._parties)
        self.contacts: Rows[PersonCard] = self._rows(self._cards)
        self.places: Rows[directory.Place] = self._rows(directory.places)
        self.products: Rows[directory.Product] = self._rows(directory.products)
        self.offers: Rows[OfferRow] = self._rows(market_queries.offers_by_id)
        self.demands: Rows[DemandRow] = self._rows(market_queries.demands_by_id)
        self.orders: Rows[OrderRow] = self._rows(market_queries.orders_by_id)
        self.lives: Rows[list[StepRow]] = self._rows(market_queries.steps_of)
        self.matches: Rows[matching.Pair] = self._rows(_matches)
        self.passports: Rows[passport.Passport] = self._rows(passport.documents)

    def _rows(self, find: Callable[[Connection, list[str]], dict[str, Row]]) -> Rows[Row]:
        async def all_of(query: Query[dict[str, Row]]) -> dict[str, Row]:
            return await read(self._services, query)

        return Rows(all_of, find)

    def _parties(self, conn: Connection, ids: list[str]) -> dict[str, directory.Party]:
        """Give parties; a person's name is there where the person agreed to show it."""
        found = directory.parties(conn, ids)
        persons = [one.id for one in found.values() if one.kind == "person"]
        named = {
            party: replace(found[party], name=card.name)
            for party, card in self._cards(conn, persons).items()
        }
        return found | named

    def _cards(self, conn: Connection, persons: list[str]) -> dict[str, PersonCard]:
        """Give the cards of those who agreed that they are shown."""
        if not persons:
            return {}
        cards = self._services.vault.names(conn, persons)
        return {party: card for party, card in cards.items() if card.consent}


class Context(BaseContext):
    """One request, or one socket: who looks, and what was read for it."""

    def __init__(self, services: Services, shared: "Shared | None" = None) -> None:
        """Read through these services; what is shared outlives the request."""
        super().__init__()
        self.services: Final = services
        self.shared: Final = shared or Shared(services)
        self.shown: Final[set[str]] = set()
        """Orders shown for a fresh signature's sake, whoever is signed in."""
        self.looked = False
        self.known: Viewer | None = None
        self._finding: asyncio.Task[Viewer | None] | None = None
        self._traces_left = MOST_TRACES
        self.forget()

    def forget(self) -> None:
        """Drop what was loaded: after a write it may be old."""
        self.loads = Loads(self.services)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query over a borrowed connection, in a worker thread."""
        return await read(self.services, query)

    async def viewer(self) -> Viewer | None:
        """Tell who looks; looked up once.

        Raises:
            Mistaken: where a token is given that is not in force.
        """
        if self._finding is None:
            self._finding = asyncio.create_task(self.look())
        self.known = await asyncio.shield(self._finding)
        self.looked = True
        return self.known

    async def look(self) -> Viewer | None:
        """Look up now who that is: a subscription asks time and again.

        Raises:
            Mistaken: where a token is given that is not in force.
        """
        try:
            return await run_in_threadpool(self._look)
        except Problem as problem:
            raise of_problem(problem) from problem

    def _look(self) -> Viewer | None:
        request = cast("HTTPConnection", self.request)
        given = self.connection_params or {}
        authorization = given.get("Authorization", given.get("authorization"))
        bearer = bearer_of(authorization) if isinstance(authorization, str) else None
        return viewer_with_token(request, bearer) if bearer is not None else viewer_of(request)

    def count_trace(self) -> None:
        """Take one of the request's traces.

        Raises:
            Mistaken: where none is left.
        """
        if self._traces_left == 0:
            raise Mistaken(
                "too-many-traces", f"一次最多追溯 {MOST_TRACES} 个批次，请分几次查。",
                f"At most {MOST_TRACES} batches are traced in one request; ask in several.",
            )  # fmt: skip
        self._traces_left -= 1


class Shared:
    """What all requests of a router share: what was loaded for one change serves all who watch."""

    def __init__(self, services: Services) -> None:
        """Load through these services."""
        self._services = services
        self._loads: dict[tuple[int, object], Loads] = {}

    def loads_of(self, change: object) -> Loads:
        """Give the loads of one change, in this event loop."""
        key = (id(asyncio.get_running_loop()), change)
        if key not in self._loads:
            while len(self._loads) >= _KEPT:
                del self._loads[next(iter(self._loads))]
            self._loads[key] = Loads(self._services)
        return self._loads[key]


def _matches(conn: Connection, pairs: list[str]) -> dict[str, matching.Pair]:
    return matching.matches_of(conn, pairs, datetime.now(UTC))


async def read(services: Services, query: Callable[[Connection], T]) -> T:
    """Run a query over a borrowed connection, in a worker thread."""

    def run() -> T:
        with services.connection() as conn:
            return query(conn)

    return await run_in_threadpool(run)


Info = strawberry.Info[Context, Any]
