"""The server that `suyuan bench market` asks, in a process of its own: GraphQL, and plain JSON.

Plain JSON runs the same statements through the same pool in the same server, and writes their rows
as they come: what GraphQL costs beyond that is the ratio that is reported.
"""

import multiprocessing
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import uvicorn
from fastapi import FastAPI, Response

from api.app import create_app
from api.services import Services, running
from api.settings import Settings
from projections import directory, market_queries, passport

LISTED: Final = 50
DOCUMENT: Final = """query Bench($first: Int!) {
  offers(first: $first) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      eventId state lot until position
      left { amount unit }
      price { amount per unit currency }
      product { nameZh category }
      seller { partyId name }
      place { name township { code } }
      batch { origin { batch harvestedOn quantity { decimal unit } township { code } } }
    } }
  }
}"""
"""Fifty offers, each with the heads of its trace: the harvests that it goes back to."""
_DEADLINE_S: Final = 60


@contextmanager
def served(database_url: str, data: Path) -> Iterator[int]:
    """Serve a ledger on a port of its own; give the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    spawning = multiprocessing.get_context("spawn")
    process = spawning.Process(target=_serve, args=(database_url, str(data), port), daemon=True)
    process.start()
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.join(20)


def many_files() -> None:
    """Let this process hold as many sockets as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _serve(database_url: str, data: str, port: int) -> None:
    many_files()
    settings = Settings.from_environment({"SUYUAN_DATA": data, "PORT": str(port)})
    with running(settings, database_url) as services:
        app = create_app(services)
        _add_plain(app, services)
        uvicorn.run(
            app, host="127.0.0.1", port=port, log_level="error", access_log=False, backlog=4096
        )


def _add_plain(app: FastAPI, services: Services) -> None:
    page = market_queries.Page(LISTED + 1)

    @app.get("/bench/offers")
    def plain() -> Response:
        with services.connection() as conn:
            offers = market_queries.offers(conn, market_queries.OfferFilter(), page)
            body = {
                "offers": offers,
                "products": directory.products(conn, {one.gtin for one in offers}),
                "parties": _named(conn, services, {one.seller for one in offers}),
                "places": directory.places(conn, {one.place for one in offers}),
                "origins": {
                    name: document.origins
                    for name, document in passport.documents(
                        conn, [one.batch for one in offers]
                    ).items()
                },
            }
        return Response(msgspec.json.encode(body), media_type="application/json")


def _named(conn: Any, services: Services, ids: set[str]) -> dict[str, Any]:  # noqa: ANN401
    found = directory.parties(conn, ids)
    persons = [one.id for one in found.values() if one.kind == "person"]
    cards = services.vault.names(conn, persons)
    return {name: (party, cards.get(name)) for name, party in found.items()}


def _wait(port: int) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server of the benchmark does not answer")
