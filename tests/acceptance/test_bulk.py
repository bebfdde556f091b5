"""The bulk path over HTTP: thousands of lines in one request, each answered in its place."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.keyring import Keyring
from ledger import receipt
from ledger.checkpoint import NoteSigner, encode_vkey
from tests.acceptance.founding import ORIGIN, found, harvests
from tests.acceptance.served import Served

pytestmark = pytest.mark.slow

LINES = 6000
"""Some 6 MB of requests, and as much of answers: more than lies in sockets."""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder outside what pytest closes to the database's own user."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-bulk-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


def test_a_client_that_sends_all_before_it_reads_is_answered_line_by_line(data: Path) -> None:
    vkey = encode_vkey(NoteSigner(ORIGIN, Keyring(data).log_key()).verifier)
    server = Served(data)
    try:
        found(server, vkey)
        sent = list(harvests(1, LINES))
        lines = [raw for _, raw in sent]
        lines[777] = b'{"payload":"poisoned"}'
        status, body = server.request(
            "POST", "/api/events", b"\n".join(lines), content_type="application/x-ndjson"
        )
    finally:
        server.stop()
    answers = [json.loads(line) for line in body.splitlines()]
    assert status == 201
    assert [answer["line"] for answer in answers] == list(range(1, LINES + 1))
    refused = answers.pop(777)
    assert refused["code"] == "malformed"
    del sent[777]
    positions = [answer["receipt"]["position"] for answer in answers]
    assert positions == list(range(positions[0], positions[0] + LINES - 1))
    for answer, (event_id, raw) in list(zip(answers, sent, strict=True))[::100]:
        assert answer["id"] == event_id
        given = receipt.from_json(json.dumps(answer["receipt"]).encode())
        receipt.verify_receipt(given, raw, vkey)
