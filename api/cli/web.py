"""The web server inside a command: bound first, so that a port in use is said at once."""

import errno
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

from api.app import create_app
from api.cli.failures import Unreachable
from api.services import running
from api.settings import Settings

_BACKLOG: Final = 2048
_GRACE_S: Final = 3
_START_S: Final = 30.0
_HIGHEST_PORT: Final = 65535
_LOOPBACK: Final = "127.0.0.1"


def bind(host: str, port: int, other: str = "PORT={} suyuan serve") -> socket.socket:
    """Give a listening socket; port 0 is any that is free, `other` how another one is asked for.

    Raises:
        Unreachable: where the port is in use, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Unreachable(
                "port-in-use",
                f"端口 {port} 已经有程序在用。换一个：{other.format(_another(port))}。",
                f"Port {port} is in use. Choose another one: {other.format(_another(port))}.",
            ) from error
        raise Unreachable(
            "address",
            f"不能在 {host}:{port} 上开服务：{error.strerror}。",
            f"Can't serve on {host}:{port}: {error.strerror}. See SUYUAN_HOST and PORT.",
        ) from error


def _another(port: int) -> int:
    return port + 1 if port < _HIGHEST_PORT else port - 1


class Web(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(
        self, app: FastAPI, on_ready: Callable[[], None], trusted_proxies: Sequence[str] = ()
    ) -> None:
        """Serve an application quietly: no access log, nothing but warnings.

        Who asks, and by which scheme, is believed of the trusted proxies alone.
        """
        super().__init__(uvicorn.Config(
            app, log_config=None, log_level="warning", access_log=False,
            timeout_graceful_shutdown=_GRACE_S, forwarded_allow_ips=list(trusted_proxies),
        ))  # fmt: skip
        self._on_ready = on_ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


@contextmanager
def in_background(settings: Settings, url: str) -> Iterator[str]:
    """Serve from a thread for as long as the context lasts; give the server's address.

    The port is the settings' where it is free, else any. Printed QR codes lead to this server.

    Raises:
        Unreachable: where it does not come up.
    """
    listener = _bind_near(settings.port)
    port = listener.getsockname()[1]
    address = f"http://{_LOOPBACK}:{port}"
    own = replace(settings, host=_LOOPBACK, port=port, public_url=address, public_url_set=False)
    ready = threading.Event()
    with listener, running(own, url) as services:
        web = Web(create_app(services), ready.set)
        thread = threading.Thread(target=web.run, args=([listener],), name="web", daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_S):
                raise Unreachable("no-server", "网页服务没有起来。", "The server did not start.")
            yield address
        finally:
            web.should_exit = True
            thread.join()


def _bind_near(port: int) -> socket.socket:
    try:
        return bind(_LOOPBACK, port)
    except Unreachable:
        return bind(_LOOPBACK, 0)
