"""The database's connections are few: no request holds two, or one while its reader takes time."""

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from api.demo.parties import BUYER
from ledger.verifier import Verified, verify
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in

pytestmark = pytest.mark.slow

UNKNOWN = (
    "/market/offers/no-such-offer", "/batch?id=urn:no:such:batch", "/01/02044538101035/10/NONE",
    "/01/02044538101035/10/NONE/21/1", "/report?batch=none", "/print/01/02044538101035/10/NONE",
    "/problems/none", "/market/prices/none", "/nowhere", "/to/P445381-999999/L445381-999999",
)  # fmt: skip
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("lent"), "lent") as county:
        yield county


@pytest.fixture
def county(served: County) -> Iterator[County]:
    """The county with one connection for all its requests, which none waits for long."""
    usual = served.services.pool
    with ConnectionPool(
        served.services.database_url, min_size=1, max_size=1, timeout=1.0,
        kwargs={"autocommit": True}, open=True,
    ) as pool:  # fmt: skip
        served.services.pool = pool
        yield served
    served.services.pool = usual


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_unknown_is_answered_over_one_connection(county: County, path: str) -> None:
    assert county.client.get(path, headers=PAGE).status_code == 404


def test_an_order_that_is_nobodys_business_is_answered_over_one_connection(
    county: County,
) -> None:
    sign_in(county.client, BUYER, county.keyring.party_key(BUYER))
    assert county.client.get("/market/orders/none", headers=PAGE).status_code == 404
    county.client.cookies.clear()


def test_who_reads_an_export_slowly_keeps_no_connection_from_others(county: County) -> None:
    body = asyncio.run(_read_slowly(county))
    assert isinstance(verify(body.splitlines(keepends=True)), Verified)


async def _read_slowly(county: County) -> bytes:
    """Take a part of an export, ask for other things, and take the rest."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    body = bytearray()

    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not asked:
            await asyncio.Future()
        return asked.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        body.extend(message.get("body", b""))
        if body:
            begun.set()
            await go_on.wait()

    scope = {
        "type": "http", "method": "GET", "path": "/api/export", "raw_path": b"/api/export",
        "query_string": b"", "headers": [], "http_version": "1.1", "scheme": "http",
        "server": ("testserver", 80), "client": ("testclient", 1), "root_path": "",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }  # fmt: skip
    reading = asyncio.ensure_future(county.client.app(scope, receive, send))
    await asyncio.wait_for(begun.wait(), 10)
    page = await asyncio.to_thread(county.client.get, "/market", headers=PAGE)
    assert page.status_code == 200
    go_on.set()
    await reading
    return bytes(body)
