"""GraphQL over real parts: PostgreSQL, the sequencer, all read models, HTTP."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

import psycopg
from fastapi import FastAPI
from psycopg_pool import ConnectionPool
from starlette.testclient import TestClient
from typing_extensions import override

from api.graph.documents import Trusted
from api.graph.router import graphql_router
from api.live.feed import Feed
from api.proposals import store
from api.signin import sessions, tokens
from api.signin.viewer import COOKIE
from api.tables import prepare
from domain.events import market as m
from domain.events.catalogue import AnyEvent
from ledger.custody import KeyCustody
from ledger.log import Connection
from ledger.outcome import Outcome
from ledger.vault import PersonCard, Vault
from projections.allocation import allocate
from projections.registry import ALL
from projections.runner import Runner
from tests import county as c
from tests.county import kg, of
from tests.recorded_world import RecordedLedger, RecordedWorld, recorded_world
from tests.worlds import sealed


class CountingCursor(psycopg.Cursor[Any]):
    """Counts the statements that were executed."""

    statements: Final[list[str]] = []

    @override
    def execute(self, query: Any, *args: Any, **named: Any) -> Any:
        self.statements.append(str(query))
        return super().execute(query, *args, **named)


class Parts:
    """The services that GraphQL uses, each the real one."""

    def __init__(self, ledger: RecordedLedger) -> None:
        self.ledger = ledger
        self.vault = Vault(b"a master key of the tests, 32 by")
        self.custody = KeyCustody(b"a master key of the tests, 32 by")
        self.runner = Runner(ledger.url, ALL)
        self.feed = Feed(ledger.url, self.wait_for)
        prepare(ledger.url)
        self.pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            ledger.url, min_size=1, max_size=4, open=True,
            kwargs={"autocommit": True, "cursor_factory": CountingCursor},
        )  # fmt: skip

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Borrow a connection."""
        with self.pool.connection() as conn:
            yield conn

    async def submit(self, raws: Sequence[bytes]) -> list[Outcome]:
        """Hand envelopes to the sequencer."""
        return await asyncio.wrap_future(self.ledger.sequencer.submit(raws))

    def wait_for(self, position: int) -> bool:
        """Fold what is new, and tell whether that reaches a position."""
        return self.runner.catch_up() >= position


class Graph:
    """A county, and GraphQL over it."""

    def __init__(self, world: RecordedWorld, parts: Parts, client: TestClient) -> None:
        self.world = world
        self.parts = parts
        self.client = client
        self.ids: dict[str, str] = {}

    def ask(self, query: str, **variables: Any) -> Any:  # noqa: ANN401
        """Ask, expecting no error, and give the data."""
        answer = self.post(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def errors(self, query: str, **variables: Any) -> list[Any]:  # noqa: ANN401
        """Ask, and give the errors."""
        found = self.post(query, variables)["errors"]
        assert isinstance(found, list)
        return found

    def sign_in(self, party: str, means: sessions.Means = "signature") -> None:
        """Begin a session of a party's, as signing in does."""
        did = c.key_of(party).did if means == "signature" else None
        with self.parts.pool.connection() as conn:
            secret = sessions.begin(
                conn, party, means, token_hex(16), did, b"x" if means == "passkey" else None
            )
        assert secret
        self.client.cookies.set(COOKIE, secret)

    def sign_out(self) -> None:
        """Look as the public."""
        self.client.cookies.clear()

    def token(self, party: str, *scopes: str, did: str | None = None) -> dict[str, str]:
        """Make a token, and give the header that carries it."""
        wanted = tokens.Wanted("程序", list(scopes))
        with self.parts.pool.connection() as conn:
            secret, _ = tokens.make(conn, party, wanted, did)
        return {"authorization": f"Bearer {secret}"}

    def post(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Any:  # noqa: ANN401
        """Ask, and give the whole answer."""
        body = {"query": query, "variables": variables or {}}
        response = self.client.post("/graphql", content=json.dumps(body), headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    def do(self, mutation: str, event: AnyEvent, *signers: str, kind: str = "order") -> Any:  # noqa: ANN401
        """Submit a signed event through a mutation, and give its payload."""
        raw = sealed(event, self.world.keys(event, *signers)).decode()
        self.parts.ledger.now = self.world.now
        self.world.later(minutes=1)
        return self.submit(mutation, raw, kind)

    def submit(self, mutation: str, raw: str, kind: str = "order") -> Any:  # noqa: ANN401
        """Submit an envelope's text through a mutation, and give its payload."""
        query = f"""
        mutation ($envelope: String!) {{
          it: {mutation}(input: {{envelope: $envelope, clientMutationId: "tap-1"}}) {{
            __typename
            ... on Payload {{ clientMutationId }}
            ... on {kind.title()}Accepted {{
              receipt {{ eventId position leafHash treeSize proof checkpoint admittedAt already }}
              {kind} {{ id {"lot" if kind == "batch" else "eventId state"} }}
            }}
            ... on Refusal {{ code messageZh messageEn cause position path }}
          }}
        }}"""
        return self.ask(query, envelope=raw)["it"]

    def offer(self, kilograms: int = 100, **terms: Any) -> m.OfferMade:  # noqa: ANN401
        """Harvest so much and offer all of it, past GraphQL."""
        harvested = self.world.admit(self.world.harvest(quantity=kg(kilograms)))
        goods = of(harvested.batch, harvested.quantity)
        return self.world.admit(self.world.offer(c.FARMER, c.YARD, goods, **terms))

    def propose(self) -> int:
        """Propose a sharing of all that is open, as the county's desk does; give how many pairs."""
        with self.parts.pool.connection() as conn:
            return store.propose(conn, c.AUTHORITY, allocate(conn, datetime.now(UTC)))

    def name(self, party: str, card: PersonCard) -> None:
        """Put a person's card into the vault."""
        with self.parts.pool.connection() as conn:
            self.parts.vault.put(conn, party, card)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Give the list of the statements executed within."""
        CountingCursor.statements.clear()
        yield CountingCursor.statements


@contextmanager
def served(
    database_url: str, *, dev: bool = True, trusted: Trusted | None = None
) -> Iterator[Graph]:
    """Serve GraphQL over a county that works."""
    with recorded_world(database_url) as (world, ledger):
        parts = Parts(ledger)
        app = FastAPI()
        app.state.services = parts
        app.include_router(graphql_router(parts, dev=dev, trusted=trusted), prefix="/graphql")
        parts.feed.start()
        try:
            with TestClient(app, headers={"content-type": "application/json"}) as client:
                yield Graph(world, parts, client)
        finally:
            parts.feed.stop()
            parts.pool.close()


@contextmanager
def served_to_a_module(
    server: str, name: str, *, dev: bool = True, trusted: Trusted | None = None
) -> Iterator[Graph]:
    """Serve a county of their own to tests that only ask, all in one database."""
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY".encode())
        with served(server.replace("/suyuan?", f"/{name}?"), dev=dev, trusted=trusted) as graph:
            graph.parts.runner.catch_up()
            yield graph
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def nodes(connection: Any) -> Iterable[Any]:  # noqa: ANN401
    """Give a connection's nodes."""
    return [edge["node"] for edge in connection["edges"]]
