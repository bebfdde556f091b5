"""Two servers on one database, killed at random under 16 clients: nothing is lost, nothing doubled.

Short in the ordinary run. The whole minute: `KILL_SECONDS=60 .venv/bin/pytest -s -q
tests/acceptance/test_two_servers.py`, which prints what came of it.
"""

import http.client
import itertools
import json
import os
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from api.embedded import embedded_server
from api.keyring import Keyring
from domain.events.catalogue import AnyEvent, encode
from domain.events.movements import Process
from ledger import envelope, export, receipt
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.verifier import Verified, verify
from tests import county as c
from tests.acceptance.founding import ORIGIN, found
from tests.acceptance.served import Served
from tests.author import Author

CLIENTS = 16
SECONDS = float(os.environ.get("KILL_SECONDS", "8"))
_PATIENCE_S = 120

pytestmark = pytest.mark.slow

Given = dict[str, tuple[bytes, bytes]]
"""By event id: the envelope that was sent, and the receipt that came back."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder on the disk, outside what pytest closes to the database's own user."""
    path = Path(tempfile.mkdtemp(prefix="suyuan-two-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_two_servers_killed_at_random_lose_nothing_and_double_nothing(folder: Path) -> None:
    data = folder / "data"
    vkey = encode_vkey(NoteSigner(ORIGIN, Keyring(data).log_key()).verifier)
    with embedded_server(folder / "database") as url:
        pair = _Pair(data, url)
        try:
            found(pair.servers[0], vkey)
            founding = _head(url)
            given, kills = _write_under_kills(pair)
        finally:
            pair.stop()
        server = Served(data, database_url=url)
        try:
            lines = urllib.request.urlopen(f"{server.url}/api/export").read().splitlines()  # noqa: S310  our own
        finally:
            server.stop()
    print(f"\n{len(given):,} events of {CLIENTS} clients in {SECONDS:g} s, {kills} kills")  # noqa: T201  asked for
    # No gap, no double: what was receipted is there once, at its receipt's position.
    positions = _positions(lines)
    assert sorted(positions.values()) == list(range(1, len(positions) + 1))
    assert len(positions) == founding + len(given) == len(lines) - 2
    for event_id, (raw, body) in given.items():
        proof = receipt.from_json(body)
        assert proof.position == positions[event_id]
        receipt.verify_receipt(proof, raw, vkey)
    # Every signature, leaf and rule again, in order.
    result = verify([line + b"\n" for line in lines])
    assert isinstance(result, Verified), result
    assert kills


class _Pair:
    """Two servers; whoever is killed comes back on another port."""

    def __init__(self, data: Path, url: str) -> None:
        self._data, self._url = data, url
        self.servers = [self._start(), self._start()]

    def _start(self) -> Served:
        return Served(self._data, database_url=self._url)

    def kill_and_restart(self, number: int) -> None:
        process = self.servers[number].process
        process.kill()
        process.wait()
        self.servers[number] = self._start()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


class _Clients:
    """Sixteen of them, each telling its own stories until it is over."""

    def __init__(self, pair: _Pair) -> None:
        self.given: Given = {}
        self.over = threading.Event()
        self._pair = pair
        self._failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _run(self, number: int) -> None:
        try:
            for event_id, raw in _stories(number):
                if self.over.is_set():
                    return
                self.given[event_id] = (raw, _sent(self._pair, raw, number))
        except BaseException as error:  # noqa: BLE001  the test must hear of it
            self._failures.append(error)
            self.over.set()


def _write_under_kills(pair: _Pair) -> tuple[Given, int]:
    clients = _Clients(pair)
    kills = 0
    random = Random(7)  # noqa: S311  a seeded test
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends and not clients.over.is_set():
        time.sleep(random.uniform(0.5, 2.5))
        pair.kill_and_restart(random.randrange(2))
        kills += 1
    clients.end()
    return clients.given, kills


def _sent(pair: _Pair, raw: bytes, number: int) -> bytes:
    """Send an event until it is receipted, now to one server, now to the other."""
    until = time.monotonic() + _PATIENCE_S
    for attempt in itertools.count(number):
        try:
            status, body = pair.servers[attempt % 2].request("POST", "/api/events", raw)
        except (OSError, http.client.HTTPException):
            status, body = 0, b"no answer"
        if status in {200, 201}:
            return body
        # Busy, or the database was not to be had; whatever else is a refusal, and a fault here.
        assert status in {0, 429, 503}, (status, body)
        assert time.monotonic() < until, body
        time.sleep(0.05)
    raise AssertionError


def _stories(client: int) -> Iterator[tuple[str, bytes]]:
    """Give one client's events without end: harvest to sale, each batch its own."""
    author = Author(2000 + client)
    for number in itertools.count():
        for event in _story(author, f"W{client}-{number}"):
            key = c.key_of(event.actor)
            yield event.id, envelope.to_bytes(envelope.sign(encode(event), key))
            author.later(seconds=1)


def _story(author: Author, name: str) -> Iterator[AnyEvent]:
    paddy, rice = c.of(c.lot(c.PADDY, name), 100_000), c.of(c.lot(c.RICE, name), 60_000)
    yield author.harvest(quantity=paddy.quantity, batch=paddy.batch)
    sent = author.ship(c.FARMER, c.YARD, [paddy])
    yield sent
    yield author.receive(c.MILL, c.WORKSHOP, sent.id, [paddy])
    yield author.transform(c.MILL, c.WORKSHOP, Process.MILLED, [paddy], [rice])
    yield author.offer(c.MILL, c.WORKSHOP, c.of(rice.batch, 20_000))
    part = c.of(rice.batch, 40_000)
    sent = author.ship(c.MILL, c.WORKSHOP, [part], to=c.SHOP, to_place=c.SHELF)
    yield sent
    yield author.receive(c.SHOP, c.SHELF, sent.id, [part])
    yield author.sell(c.SHOP, c.SHELF, c.of(rice.batch, 1_000))


def _positions(lines: list[bytes]) -> dict[str, int]:
    found = {}
    for number, raw in enumerate(lines[1:-1], 2):
        line = export.read_line(raw, number)
        assert isinstance(line, export.Line)
        event_id = json.loads(envelope.parse(line.envelope).payload)["id"]
        assert event_id not in found
        found[event_id] = line.position
    return found


def _head(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT position FROM ledger.head").fetchone()
    assert row
    return int(row[0])
