"""What resolvers share in one request: reads in worker threads, and loaders that batch them.

Each read borrows a connection for one batch of rows and gives it back, so that no request holds one
while it waits for a thread.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import strawberry
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from api.graph.errors import Mistaken
from api.graph.services import Services
from ledger.log import Connection
from ledger.vault import Sealed
from projections import directory, market_queries, passport
from projections.market_rows import DemandRow, OfferRow, OrderRow, StepRow

MOST_TRACES: Final = 10
"""Traces in one request; each is a query of its own, as long as its answer."""

T = TypeVar("T")
Row = TypeVar("Row")
_log = logging.getLogger(__name__)


class Context(BaseContext):
    """One request's reads; what was loaded once is not asked for again."""

    def __init__(self, services: Services) -> None:
        """Read through these services."""
        super().__init__()
        self.services: Final = services
        self._traces_left = MOST_TRACES
        self.forget()

    def forget(self) -> None:
        """Drop what was loaded: after a write it may be old."""
        self.parties: DataLoader[str, directory.Party | None] = self._loader(self._parties)
        self.places: DataLoader[str, directory.Place | None] = self._loader(directory.places)
        self.products: DataLoader[str, directory.Product | None] = self._loader(directory.products)
        self.offers: DataLoader[str, OfferRow | None] = self._loader(market_queries.offers_by_id)
        self.demands: DataLoader[str, DemandRow | None] = self._loader(market_queries.demands_by_id)
        self.orders: DataLoader[str, OrderRow | None] = self._loader(market_queries.orders_by_id)
        self.lives: DataLoader[str, list[StepRow] | None] = self._loader(market_queries.steps_of)
        self.passports: DataLoader[str, passport.Passport | None] = self._loader(passport.documents)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query over a borrowed connection, in a worker thread."""
        return await run_in_threadpool(self._read, query)

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

    def _read(self, query: Callable[[Connection], T]) -> T:
        with self.services.connection() as conn:
            return query(conn)

    def _loader(
        self, find: Callable[[Connection, list[str]], dict[str, Row]]
    ) -> DataLoader[str, Row | None]:
        async def load(keys: list[str]) -> Sequence[Row | None]:
            found = await self.read(lambda conn: find(conn, keys))
            return [found.get(key) for key in keys]

        return DataLoader(load)

    def _parties(self, conn: Connection, ids: list[str]) -> dict[str, directory.Party]:
        """Give parties; a person's name is there where the person agreed to show it."""
        found = directory.parties(conn, ids)
        persons = [one.id for one in found.values() if one.kind == "person"]
        if not persons:
            return found
        try:
            cards = self.services.vault.names(conn, persons)
        except Sealed as error:
            _log.warning("names are not shown: %s", error)
            return found
        named = {
            party: replace(found[party], name=card.name)
            for party, card in cards.items()
            if card.consent
        }
        return found | named


Info = strawberry.Info[Context, Any]
