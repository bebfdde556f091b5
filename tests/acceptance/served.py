"""A real server in a process of its own, on a data folder of its own, that can be killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

START_S = 60


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """`suyuan serve` as a person starts it."""

    def __init__(self, data: Path, *arguments: str, database_url: str | None = None) -> None:
        """Start it, on a database of its own where none is named, and wait until it is ready."""
        self.data = data
        self.port = free_port()
        environment = {**os.environ, "SUYUAN_DATA": str(data), "PORT": str(self.port)}
        environment.pop("DATABASE_URL", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        self.log = data.parent / "serve.log"
        command = [str(Path(sys.executable).parent / "suyuan"), "serve", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own command
                command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self._wait()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method, path, body, {k.replace("_", "-"): v for k, v in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get_json(self, path: str, **headers: str) -> Any:  # noqa: ANN401  JSON
        """Get and decode JSON, expecting 200."""
        status, body = self.request("GET", path, None, **headers)
        assert status == 200, (status, body[:500])
        return json.loads(body)

    def kill(self) -> None:
        """Kill -9 the server and its database, as a power cut would."""
        self.process.kill()
        self.process.wait()
        pid_file = self.data / "postgres" / "data" / "postmaster.pid"
        if pid_file.exists():
            postmaster = int(pid_file.read_text().split("\n", 1)[0])
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
            pids = [postmaster]
            if children.exists():
                pids += [int(pid) for pid in children.read_text().split()]
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"suyuan serve ended:\n{self.log.read_text()[-3000:]}")
            try:
                if self.request("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"suyuan serve is not ready:\n{self.log.read_text()[-3000:]}")
