"""The pages over real parts: the demo county in PostgreSQL, with one batch of troublesome texts."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import uvicorn
from starlette.testclient import TestClient

from api.app import create_app
from api.demo.parties import AUTHORITY, CHEN_XIULAN, CHENWU, INSPECTOR
from api.demo.seeding import read_marker, seed_if_empty
from api.keyring import Keyring
from api.services import Services, running
from api.settings import Settings
from api.tables import prepare
from domain.events.catalogue import AnyEvent, encode
from domain.events.correction import EventCorrected
from domain.events.movements import BatchDisposed, BatchHarvested, BatchInspected, Result
from domain.events.registry import Names, PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import gtin_check_digit, uuid7
from domain.measures import Unit
from ledger import envelope
from ledger.epcis_import import capture
from ledger.outcome import Admission

SCRIPT: Final = "<script>alert('谁')</script>"
"""What a text field may hold and a page must show as text."""
GTIN: Final = "0204453819999" + gtin_check_digit("0204453819999")
LOT: Final = "A/B&C?"
"""A lot that a path can only carry escaped."""
PLOT: Final = "L445381-000101"
"""七号山地, 陈秀兰's."""


class County:
    """The demo county, served."""

    def __init__(self, services: Services, keyring: Keyring) -> None:
        self.services = services
        self.keyring = keyring
        self.client = TestClient(create_app(services), follow_redirects=False)
        marker = read_marker(services.settings)
        assert marker is not None
        gtin, _, lot = marker.showcase.partition("/")
        self.showcase = f"/01/{gtin}/10/{lot}"

    def get(self, path: str, language: str = "zh") -> str:
        """Give a page that must open, as text."""
        self.client.cookies.clear()
        answer = self.client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def get_signed(self, path: str) -> str:
        """Give a page that must open to who is signed in."""
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def record(self, *events: AnyEvent) -> int:
        """Record events signed by their actors, and wait until the pages show them."""
        raws = [
            envelope.to_bytes(envelope.sign(encode(one), self.keyring.party_key(one.actor)))
            for one in events
        ]
        return self.submit(raws)

    def submit(self, raws: list[bytes]) -> int:
        """Hand in envelopes that must be admitted, and wait until the pages show them."""
        outcomes = self.services.sequencer.submit(raws).result()
        assert all(isinstance(one, Admission) for one in outcomes), outcomes
        last = max(one.receipt.position for one in outcomes if isinstance(one, Admission))
        assert self.services.wait_for(last, 20)
        return last

    def capture(self, document: bytes) -> None:
        """Import a foreign document, brought by the cooperative."""
        cut = capture(document, CHENWU, self.keyring.party_key(CHENWU))
        assert not cut.problems
        self.submit([one.envelope for one in cut.events])


@contextmanager
def demo_county(server_url: str, data: Path, name: str, **environment: str) -> Iterator[County]:
    """Give the demo county in a database of its own, with further settings."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
    url = server_url.replace("/suyuan?", f"/{name}?")
    settings = Settings.from_environment(
        {"SUYUAN_DATA": str(data), "SUYUAN_DEV": "1", **environment}
    )
    keyring = Keyring(data)
    prepare(url)
    seed_if_empty(url, settings, keyring)
    with running(settings, url) as services:
        county = County(services, keyring)
        assert services.wait_for(1, 20)
        yield county
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def first_link(county: County, path: str, begins: str) -> str:
    """Give the first link of a page that begins so."""
    found = re.search(rf'href="({begins}[^"]+)"', county.get(path))
    assert found is not None
    return found[1]


class Served(NamedTuple):
    """A county behind a port of its own."""

    base: str


@contextmanager
def serving(county: County) -> Iterator[Served]:
    """Serve a county to browsers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(county.client.app, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


def common(actor: str, *refs: str) -> dict[str, Any]:
    """Give the common fields of an event that happens now."""
    now = datetime.now(UTC)
    event_id = uuid7(int(now.timestamp() * 1000), os.urandom(10))
    return {
        "id": event_id,
        "occurred_at": now,
        "actor": actor,
        "nonce": os.urandom(16),
        "refs": refs,
    }


def record_trouble(county: County) -> None:
    """Record a batch whose texts are scripts, with a step that failed, and one withdrawn."""
    batch = f"{GTIN}/{LOT}"
    place = "L445381-009001"
    grower = CHEN_XIULAN.party
    county.record(
        ProductRegistered(
            **common(AUTHORITY), gtin=GTIN, names=Names(SCRIPT, SCRIPT), category="cinnamon",
            unit=Unit.GRAM,
        ),
        PlaceRegistered(
            **common(AUTHORITY), place=place, holder=grower, kind=PlaceKind.YARD,
            township="445381111", name=SCRIPT,
        ),
        BatchHarvested(
            **common(grower), place=place, batch=batch, plot=PLOT, quantity=5000, unit=Unit.GRAM,
            grade=SCRIPT,
        ),
        BatchInspected(
            **common(INSPECTOR), place=place, batch=batch, standard=SCRIPT,
            result=Result.NON_CONFORMANT, finding=SCRIPT,
        ),
    )  # fmt: skip
    disposed = BatchDisposed(
        **common(grower), place=place, batch=batch, quantity=1000, unit=Unit.GRAM, reason=SCRIPT
    )
    county.record(disposed)
    county.record(EventCorrected(**common(grower), event=disposed.id, reason=SCRIPT))
