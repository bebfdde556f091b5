"""Many events in one request, over a real connection: each line is answered, however it comes."""

import http.client
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ledger import rehearsal
from ledger.envelope import MAX_ENVELOPE
from ledger.parcel import Deliver
from ledger.sequencer import Sequencer
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
    return [one["line"] for one in _answered(address, chunks, pause)]


def _answered(address: str, chunks: list[bytes], pause: float = 0) -> list[dict[str, Any]]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)

    def body() -> Iterator[bytes]:
        for chunk in chunks:
            time.sleep(pause)
            yield chunk

    headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/api/events", body(), headers, encode_chunked=True)
    answer = connection.getresponse().read()
    connection.close()
    return [json.loads(line) for line in answer.splitlines()]


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


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_line_that_is_too_long_is_refused_and_the_next_are_read(address: str, size: int) -> None:
    long = b'{"payload": "' + b"x" * (size * MAX_ENVELOPE) + b'"}\n'
    sent = LINE + long + LINE + b"\n" + long + LINE
    for part in (1000, 64 * 1024, len(sent)):
        chunks = [sent[at : at + part] for at in range(0, len(sent), part)]
        codes = [one["code"] for one in _answered(address, chunks)]
        assert codes == ["malformed", "too-large", "malformed", "too-large", "malformed"]


def test_a_line_of_just_the_longest_size_is_not_too_long(address: str) -> None:
    longest = LINE.rstrip() + b" " * (MAX_ENVELOPE - len(LINE) + 1)
    (told,) = _answered(address, [longest + b"\n"])
    assert told["code"] == "malformed"


def test_a_rehearsal_stops_reading_at_its_bound(address: str) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
    connection.putrequest("POST", "/api/events/rehearsal")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    lines = LINE * (rehearsal.MAX_EVENTS + 1)
    connection.send(b"%x\r\n%s\r\n" % (len(lines), lines))
    # The body is not at its end, and is answered all the same.
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "too-large")
    connection.close()


def test_large_lines_are_held_a_few_at_a_time(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends five hundred of the largest does not fill the server's memory with them."""
    handed_in: list[int] = []
    hand_in = Sequencer.hand_in

    def noted(self: Sequencer, raws: Sequence[bytes], deliver: Deliver) -> None:
        handed_in.append(sum(map(len, raws)))
        hand_in(self, raws, deliver)

    monkeypatch.setattr(Sequencer, "hand_in", noted)
    line = b'{"payload": "' + b"x" * (MAX_ENVELOPE - 100) + b'"}\n'
    assert len(_answered(address, [line] * 50)) == 50
    assert sum(handed_in) == 50 * (len(line) - 1)
    assert max(handed_in) <= 1024 * 1024 + MAX_ENVELOPE
