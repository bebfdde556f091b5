"""A browser, and the demo county behind a port of its own for it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tests.api.pages_parts import County


@contextmanager
def on_a_port(county: County) -> Iterator[str]:
    """Serve a county; gives its address, on which a browser has a secure context."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(county.client.app, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def launched(chromium: Path, *arguments: str) -> Iterator[Browser]:
    """Start Chromium with further arguments."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", *arguments]
        )
        yield browser
        browser.close()
