"""Promise 6: a receipt means on disk, in the tree, signed. Killed under writes, none is lost."""

import http.client
import itertools
import json
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.keyring import Keyring
from domain.events.catalogue import encode
from domain.events.governance import LedgerOpened
from ledger import envelope, receipt
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.verifier import Verified, verify
from tests import county
from tests.acceptance.served import Served
from tests.author import Author

CLIENTS = 8
SECONDS = 4.0
ORIGIN = "suyuan.example/luoding"

pytestmark = pytest.mark.slow


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder on the disk, outside what pytest closes to the database's own user."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-kill-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


def test_killed_under_the_writes_of_eight_clients_every_receipt_still_holds(data: Path) -> None:
    vkey = encode_vkey(NoteSigner(ORIGIN, Keyring(data).log_key()).verifier)
    server = Served(data)
    _found(server, vkey)
    given = _written_until_killed(server)
    assert len(given) > 50

    again = Served(data)
    try:
        for event_id, (raw, body) in given.items():
            kept = again.get_json(f"/api/events/{event_id}")
            assert kept["receipt"] == json.loads(body)
            receipt.verify_receipt(receipt.from_json(body), raw, vkey)
        with urllib.request.urlopen(f"{again.url}/api/export") as lines:  # noqa: S310  our own
            result = verify(lines)
        assert isinstance(result, Verified), result
        assert result.events >= len(given)
        # What was under way may be sent again: it is recorded once.
        raw, body = next(iter(given.values()))
        status, repeated = again.request("POST", "/api/events", raw)
        assert (status, json.loads(repeated)) == (200, json.loads(body))
    finally:
        again.stop()


def _written_until_killed(server: Served) -> dict[str, tuple[bytes, bytes]]:
    """Let clients write, kill the server in the middle, and give what it had receipted."""
    given: dict[str, tuple[bytes, bytes]] = {}
    killed = threading.Event()

    def harvest(number: int) -> None:
        for event_id, raw in _harvests(number):
            if killed.is_set():
                return
            try:
                status, body = server.request("POST", "/api/events", raw)
            except (OSError, http.client.HTTPException):
                continue
            if status == 201:
                given[event_id] = (raw, body)

    threads = [threading.Thread(target=harvest, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    server.kill()
    killed.set()
    for thread in threads:
        thread.join()
    return given


def _found(server: Served, vkey: str) -> None:
    for event, signers in Author().founding():
        named = {"origin": ORIGIN, "log_key": vkey} if isinstance(event, LedgerOpened) else {}
        founding = msgspec.structs.replace(event, **named)
        keys = map(county.key_of, signers or (event.actor,))
        raw = envelope.to_bytes(envelope.sign(encode(founding), *keys))
        status, body = server.request("POST", "/api/events", raw)
        assert status == 201, body


def _harvests(client: int) -> Iterator[tuple[str, bytes]]:
    author = Author(1000 + client)
    for number in itertools.count():
        batch = county.lot(county.PADDY, f"K{client}-{number}")
        event = author.harvest(quantity=100, batch=batch)
        yield event.id, envelope.to_bytes(envelope.sign(encode(event), county.key_of(event.actor)))
