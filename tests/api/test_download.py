"""An export from a server that breaks off: that is not the ledger's fault, and not passed off."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from typing_extensions import override

from api.cli.download import download
from api.cli.failures import Exit, Unreachable, failure_of

BODY: Final = b"a line\n" * 20_000


@contextmanager
def answering(*parts: bytes, status: int = 200, headers: dict[str, str]) -> Iterator[str]:
    """Serve one answer, as written, and close the connection."""

    class Once(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for part in parts:
                self.wfile.write(part)
            self.close_connection = True

        @override
        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Once) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        thread.join()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


LENGTH: Final = {"Content-Length": str(len(BODY))}
CHUNKED: Final = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    ("headers", "sent"),
    [(LENGTH, BODY), (CHUNKED, chunk(BODY) + b"0\r\n\r\n"), ({}, BODY)],
)
def test_what_is_whole_is_read_whole(headers: dict[str, str], sent: bytes) -> None:
    with answering(sent, headers=headers) as url, download(url) as file:
        assert list(file) == BODY.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        (LENGTH, BODY[:-7]),
        (LENGTH, b""),
        (CHUNKED, chunk(BODY)),
        (CHUNKED, chunk(BODY)[:-100]),
        (CHUNKED, b""),
    ],
)
def test_what_breaks_off_is_said_to_and_can_be_tried_again(
    headers: dict[str, str], sent: bytes
) -> None:
    with answering(sent, headers=headers) as url, download(url) as file:
        with pytest.raises(Exception) as raised:  # noqa: PT011  whatever `http.client` raises
            file.read()
        failure = failure_of(raised.value)
    assert failure
    assert (failure.exit, "broke off" in str(failure)) == (Exit.UNREACHABLE, True)


@pytest.mark.parametrize(("status", "words"), [(401, "ask the operator"), (404, "no export")])
def test_what_is_not_given_is_said(status: int, words: str) -> None:
    with (
        answering(status=status, headers={"Content-Length": "0"}) as url,
        pytest.raises(Unreachable, match=words),
    ):
        download(url)
