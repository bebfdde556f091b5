"""Many events in one request, over a real connection: each line is answered, however it comes."""

import http.client
import json
import time
from collections.abc import Iterator

import pytest

from tests.api.browsing import on_a_port
from tests.api.pages_parts import County, demo_county

pytestmark = pytest.mark.slow

LINE = b'{"no": "envelope"}\n'


@pytest.fixture(scope="module")
def address(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    county: County
    with (
        demo_county(database_server, tmp_path_factory.mktemp("bulk"), "bulk") as county,
        on_a_port(county) as base,
    ):
        yield base


def _sent(address: str, chunks: list[bytes], pause: float) -> list[int]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)

    def body() -> Iterator[bytes]:
        for chunk in chunks:
            time.sleep(pause)
            yield chunk

    headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/api/events", body(), headers, encode_chunked=True)
    answer = connection.getresponse().read()
    connection.close()
    return [json.loads(line)["line"] for line in answer.splitlines()]


@pytest.mark.parametrize("pause", [0, 0.05])
def test_every_line_is_answered_though_it_comes_in_parts(address: str, pause: float) -> None:
    lines = LINE * 40
    chunks = [lines[at : at + 7] for at in range(0, len(lines), 7)][:60]
    whole = b"".join(chunks).count(b"\n") + (not b"".join(chunks).endswith(b"\n"))
    assert _sent(address, chunks, pause) == list(range(1, whole + 1))


def test_an_empty_body_is_answered_with_nothing(address: str) -> None:
    assert _sent(address, [], 0) == []
    assert _sent(address, [b"\n"], 0.05) == []


def test_who_leaves_in_the_middle_disturbs_nobody(address: str) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    connection.putrequest("POST", "/api/events")
    connection.putheader("Content-Type", "application/x-ndjson")
    connection.putheader("Content-Length", "100000")
    connection.endheaders(LINE)
    connection.close()
    assert _sent(address, [LINE], 0) == [1]
