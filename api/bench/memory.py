"""`suyuan bench memory`: what a server holds that wrote and projected a county, and answers."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from api.bench.county.files import CountyFile, generated
from api.bench.county.spec import Spec
from api.bench.measure import Plan, Tell
from api.bench.shares import family_mib
from api.bench.workbench import Workbench
from api.embedded import embedded_server
from ledger.keys import save_key

_FULL: Final = 1_000_000
_QUICK: Final = 20_000
_REQUEST: Final = 5_000
"""Envelopes in one request."""
_ASKED: Final = 100
"""Batches that a round asks for, each by its page and by its trace."""
_START_S: Final = 60
_CATCH_UP_S: Final = 3600


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Load a county into a server over HTTP, and look at its processes while it answers.

    The server and its reading processes, not PostgreSQL. No baseline.
    """
    county = generated(Spec(bench.size(_FULL, _QUICK)), bench.folder, bench.tell)
    data = Path(tempfile.mkdtemp(prefix="memory-", dir=bench.folder))
    try:
        with embedded_server(data, durable=False) as url, _server(data, url, county) as server:
            loaded = server.load(county, bench.tell)
            yield Plan(
                name="memory",
                unit="MiB",
                size=county.manifest.spec.events,
                figure={
                    "answering": lambda: server.answering(county.manifest.batches),
                    "after_loading": lambda: loaded,
                },
                more_is_better=False,
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)


class _Server:
    """A running `suyuan serve`."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid = pid
        self._port = port

    def load(self, county: CountyFile, tell: Tell) -> float:
        """Record all events and wait until all shows; gives the memory then."""
        events = county.manifest.spec.events
        envelopes = county.envelopes()
        done = 0
        began = time.monotonic()
        while part := list(islice(envelopes, _REQUEST)):
            status, body = self.request("POST", "/api/events", b"\n".join(part))
            if status != http.HTTPStatus.CREATED or b'"code"' in body:
                raise ValueError(f"the county was refused: {body[:300]!r}")
            done += len(part)
            tell(f"recorded {done:,} of {events:,}")
        tell(f"{events / (time.monotonic() - began):,.0f} events/s over HTTP; projecting")
        self._wait_for(f"/api/batches/{county.manifest.batches[-1]}/trace?at={events}", _CATCH_UP_S)
        return family_mib(self._pid)

    def answering(self, batches: list[str]) -> float:
        """Ask for pages and traces, and give the most memory seen meanwhile."""
        most = 0.0
        for batch in batches[:_ASKED]:
            gtin, lot = batch.split("/")
            self.request("GET", f"/01/{gtin}/10/{lot}")
            self.request("GET", f"/api/batches/{batch}/trace")
            most = max(most, family_mib(self._pid))
        return most

    def ready(self) -> None:
        """Wait until it answers."""
        self._wait_for("/health/ready", _START_S)

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        try:
            connection.request(method, path, body, {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _wait_for(self, path: str, most_s: float) -> None:
        until = time.monotonic() + most_s
        while time.monotonic() < until:
            try:
                if self.request("GET", path)[0] == http.HTTPStatus.OK:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise TimeoutError(f"{path} was not answered within {most_s:g} s")


@contextmanager
def _server(data: Path, url: str, county: CountyFile) -> Iterator[_Server]:
    keys = data / "keys"
    keys.mkdir(mode=0o700)
    save_key(keys / "log.pem", county.manifest.spec.log_key)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ, "DATABASE_URL": url, "SUYUAN_DATA": str(data), "PORT": str(port),
    }  # fmt: skip
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  our own command
            [str(Path(sys.executable).parent / "suyuan"), "serve"],
            env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        server = _Server(process.pid, port)
        server.ready()
        yield server
    finally:
        process.terminate()
        process.wait(60)
