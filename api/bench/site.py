"""The demo county served in a process of its own, beside a folder of plain files."""

import multiprocessing
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn
from msgspec import Struct
from starlette.staticfiles import StaticFiles

from api.app import create_app
from api.demo.seeding import read_marker, seed_if_empty
from api.embedded import database_url
from api.keyring import Keyring
from api.services import running
from api.settings import Settings
from api.tables import prepare
from projections.registry import ALL
from projections.runner import Runner

PLAIN = "/plain"
"""Where the folder of plain files is served."""


class Site(Struct, frozen=True):
    """The port, the showpiece's batch as `GTIN/LOT`, and the folder that is served at `/plain`."""

    port: int
    showcase: str
    plain: Path


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Seed a county, serve it, and clear all away at the end."""
    data = Path(tempfile.mkdtemp(prefix="site-", dir=folder))
    plain = data / "plain"
    plain.mkdir()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(str(data), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        port, showcase = ours.recv()
        yield Site(port, showcase, plain)
        ours.send(None)
        process.join(20)
    finally:
        process.terminate()
        process.join()
        shutil.rmtree(data, ignore_errors=True)


def _serve(folder: str, end: Connection) -> None:
    """Serve until somebody says that it is enough."""
    data = Path(folder)
    settings = Settings.from_environment({"SUYUAN_DATA": folder})
    with database_url(settings) as url:
        prepare(url)
        seed_if_empty(url, settings, Keyring(data))
        Runner(url, ALL).catch_up()
        marker = read_marker(settings)
        with running(settings, url) as services, socket.socket() as listener:
            app = create_app(services)
            app.mount(PLAIN, StaticFiles(directory=data / "plain"))
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
            server = uvicorn.Server(config)
            threading.Thread(target=_until_told, args=(server, end), daemon=True).start()
            end.send((listener.getsockname()[1], marker.showcase if marker else ""))
            server.run(sockets=[listener])


def _until_told(server: uvicorn.Server, end: Connection) -> None:
    end.recv()
    server.should_exit = True
