"""GraphQL's lines of the market's benchmark: a list beside plain JSON, and those who watch."""

import asyncio
import http.client
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.authoring.new_event import Common, common, signed
from api.bench.market_kind import Kind
from api.bench.market_server import DOCUMENT, LISTED, many_files, served
from api.bench.measure import Baseline
from api.bench.workbench import Workbench
from api.demo.parties import BUYER, CHEN_XIULAN
from api.demo.places import AT_BUYER
from api.demo.produce import PRODUCTS
from api.demo.seeding import seed_if_empty
from api.embedded import embedded_server
from api.keyring import Keyring
from api.services import running
from api.settings import Settings
from api.signin import tokens
from api.tables import prepare
from domain.events.catalogue import AnyEvent
from domain.events.market import OfferMade, OrderPlaced
from domain.events.movements import BatchHarvested
from domain.measures import Price, Unit
from ledger.outcome import Admission

_WATCHERS: Final = 1000
_QUICK_WATCHERS: Final = 300
_REQUESTS: Final = 400
_QUICK_REQUESTS: Final = 80
_CALLERS: Final = 4
_PLOT: Final = "L445381-000101"
_GTIN: Final = PRODUCTS[0].gtin
"""Fresh bark, by weight."""
_OFFERED: Final = 1_000_000
_WATCH: Final = """subscription ($after: String) {
  orders(after: $after) { cursor position order { eventId state quantity { amount } } }
}"""
_PRICE: Final = Price(9_800, 1000)


class Market(Struct, frozen=True):
    """A served market: how long a list takes, both ways, and how late watchers hear."""

    port: int
    keyring: Keyring
    token: str
    offer: OfferMade
    requests: int
    watchers: int

    def graphql_ms(self) -> float:
        """Give the milliseconds a request that listing through GraphQL takes, callers at work."""
        body = json.dumps({"query": DOCUMENT, "variables": {"first": LISTED}}).encode()
        return _per_request(self.port, "POST", "/graphql", body, self.requests)

    def plain_ms(self) -> float:
        """Give the same of the same statements with plain JSON."""
        return _per_request(self.port, "GET", "/bench/offers", None, self.requests)

    def watched_ms(self, events: int = 3) -> float:
        """Give the p99 in milliseconds from sending an event until a watcher has heard of it."""
        many_files()
        return asyncio.run(_watched(self, events))

    def order(self) -> bytes:
        """Sign an order of one gram."""
        event = OrderPlaced(
            **_common(BUYER), offer=self.offer.id, seller=self.offer.actor, batch=self.offer.batch,
            quantity=1, unit=Unit.GRAM, price=_PRICE, deliver_to=AT_BUYER.place,
        )  # fmt: skip
        return _sealed(self.keyring, event)


@contextmanager
def kinds(bench: Workbench) -> Iterator[Kind]:
    """Give the list beside plain JSON, and the watchers."""
    requests = _QUICK_REQUESTS if bench.quick else _REQUESTS
    watchers = _QUICK_WATCHERS if bench.quick else _WATCHERS
    data = Path(tempfile.mkdtemp(prefix="market-", dir=bench.folder))
    try:
        with (
            embedded_server(data / "database") as url,
            market(url, data / "data", requests, watchers) as served_market,
        ):
            yield Kind(
                {"graphql_list": served_market.graphql_ms, "watched_p99": served_market.watched_ms},
                {"listed_offers": LISTED, "watchers": watchers},
                {"sql_json": Baseline(served_market.plain_ms, "graphql_list")},
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def market(url: str, data: Path, requests: int, watchers: int) -> Iterator[Market]:
    """Serve the demo county with fifty and one more offers."""
    settings = Settings.from_environment({"SUYUAN_DATA": str(data)})
    keyring = Keyring(data)
    prepare(url)
    seed_if_empty(url, settings, keyring)
    with running(settings, url) as services:
        offers = [_offer(number) for number in range(LISTED + 1)]
        raws = [_sealed(keyring, event) for pair in offers for event in pair]
        outcomes = services.sequencer.submit(raws).result()
        if not all(isinstance(one, Admission) for one in outcomes):
            raise ValueError(f"the workload was refused: {outcomes[0]}")
        services.wait_for(max(one.receipt.position for one in outcomes), 60)  # type: ignore[union-attr]
        with services.connection() as conn:
            wanted = tokens.Wanted("bench", ["read"], 1)
            token, _ = tokens.make(conn, BUYER, wanted, None)
    with served(url, data) as port:
        yield Market(port, keyring, token, offers[-1][1], requests, watchers)


def _offer(number: int) -> tuple[BatchHarvested, OfferMade]:
    batch = f"{_GTIN}/BENCH-{number}"
    of: dict[str, Any] = {"batch": batch, "quantity": _OFFERED, "unit": Unit.GRAM, "place": _PLOT}
    harvested = BatchHarvested(**_common(CHEN_XIULAN.party), plot=_PLOT, **of)
    made = OfferMade(**_common(CHEN_XIULAN.party, harvested.id), price=_PRICE, **of)
    return harvested, made


def _common(actor: str, *refs: str) -> Common:
    return common(actor, datetime.now(UTC), *refs)


def _sealed(keyring: Keyring, event: AnyEvent) -> bytes:
    return signed(event, keyring.party_key(event.actor))


def _per_request(port: int, method: str, path: str, body: bytes | None, requests: int) -> float:
    """Have some callers ask at once over connections that stay open; give wall time a request."""
    each = max(1, requests // _CALLERS)

    def call() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(each):
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != http.client.OK or b'"errors"' in said:
                raise ValueError(f"{path} failed: {said[:200]!r}")
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(_CALLERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) * 1000 / (each * _CALLERS)


async def _watched(market: Market, events: int) -> float:
    sockets = [await _open(market) for _ in range(market.watchers)]
    try:
        await asyncio.sleep(1)
        late: list[float] = []
        for _ in range(events):
            began = time.perf_counter()
            hearing = [asyncio.create_task(_hear(socket, began)) for socket in sockets]
            await asyncio.to_thread(_record, market.port, market.order())
            late += await asyncio.gather(*hearing)
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))
    return sorted(late)[int(len(late) * 0.99) - 1] * 1000


async def _open(market: Market) -> ClientConnection:
    socket = await connect(
        f"ws://127.0.0.1:{market.port}/graphql", compression=None, ping_interval=None,
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"Authorization": f"Bearer {market.token}"},
    )  # fmt: skip
    await socket.send('{"type": "connection_init"}')
    await socket.recv()
    subscribe = {"id": "1", "type": "subscribe", "payload": {"query": _WATCH}}
    await socket.send(json.dumps(subscribe))
    return socket


async def _hear(socket: ClientConnection, began: float) -> float:
    said = await asyncio.wait_for(socket.recv(), 60)
    late = time.perf_counter() - began
    if '"next"' not in said or '"errors"' in said:
        raise ValueError(f"a watcher heard {said!r:.200}")
    return late


def _record(port: int, raw: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/events", raw)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != http.client.CREATED:
        raise ValueError(f"the event was refused: {said[:200]!r}")
