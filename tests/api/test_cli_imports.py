"""`suyuan import`, in processes of its own, beside a server."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.served import Served
from tests.api.shell import Shell

pytestmark = pytest.mark.slow

FSMA204 = Path(__file__).parents[2].parent / "shared/reference/fsma204"
LETTUCE = "00860009999923/ABC1234"

EVENT = {
    "type": "ObjectEvent", "eventTime": "2026-04-17T09:26:42-04:00",
    "eventTimeZoneOffset": "-04:00", "action": "ADD", "bizStep": "commissioning",
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:0860009.099992.ABC", "quantity": 12.5, "uom": "KGM"}
    ],
}  # fmt: skip


def document(*events: dict[str, Any]) -> bytes:
    body = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": events}}
    return json.dumps(body).encode()


@pytest.mark.skipif(not FSMA204.is_dir(), reason="GS1's FSMA 204 documents are not beside us")
def test_the_four_documents_of_gs1_are_imported_once_and_traced(served_shell: Shell) -> None:
    names = ("harvest", "cooling", "transformation", "receiving")
    first = [
        served_shell("import", FSMA204 / f"{name}-cte.jsonld", "--json").json() for name in names
    ]
    again = [
        served_shell("import", FSMA204 / f"{name}-cte.jsonld", "--json").json() for name in names
    ]
    assert all(said["recorded"] and not said["refused"] for said in first)
    assert [said["already"] for said in again] == [said["recorded"] for said in first]
    forward = served_shell("trace", LETTUCE, "--direction", "forward", "--json").json()
    back = served_shell("trace", LETTUCE, "--direction", "back", "--json").json()
    assert len(forward["nodes"]) == 3
    assert len(back["nodes"]) == 1
    assert forward["root"] == f"https://id.gs1.org/01/{LETTUCE.replace('/', '/10/')}"
    by_link = served_shell("trace", forward["root"], "--direction", "forward", "--json").json()
    assert by_link == forward


def test_one_bad_event_keeps_all_out_unless_told_to_proceed(
    served_shell: Shell, demo_server: Served
) -> None:
    head = demo_server.get_json("/health/ready")["head"]
    good, late = EVENT, {**EVENT, "eventTime": "2026-04-17T09:26:43-04:00"}
    bad = {**EVENT, "eventTime": "yesterday"}
    ahead = {**EVENT, "eventTime": "2099-01-01T00:00:00Z"}
    mixed = document(good, bad, late, ahead)
    said = served_shell("import", "-", "--json", stdin=document(good, bad, late))
    assert said.code == 1
    assert said.json()["recorded"] == 0
    assert [(r["index"], r["code"]) for r in said.json()["refused"]] == [(1, "malformed")]
    assert (
        served_shell("import", "-", "--json", stdin=document(good, ahead)).json()["recorded"] == 0
    )
    assert demo_server.get_json("/health/ready")["head"] == head
    said = served_shell("import", "-", "--proceed", "--json", stdin=mixed)
    assert said.code == 1
    assert said.json()["recorded"] == 2
    refused = [(r["index"], r["code"]) for r in said.json()["refused"]]
    assert refused == [(1, "malformed"), (3, "time-ahead")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed"), (b"hello", "malformed"), (b"<xml/>", "malformed"),
        (document(EVENT)[:-20], "malformed"), (b'{"type":"Thing"}', "malformed"),
        (b" " * (65 << 20), "too-large"), (b"\xff\xfe", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
    ids=["empty", "text", "xml", "cut-off", "other", "too-large", "not-utf8", "deep"],
)  # fmt: skip
def test_what_is_no_document_is_refused_as_a_whole(
    served_shell: Shell, raw: bytes, code: str
) -> None:
    said = served_shell("import", "-", "--json", stdin=raw)
    assert said.code == 1
    assert [(r["index"], r["code"]) for r in said.json()["refused"]] == [(None, code)]


def test_envelopes_are_imported_line_by_line(served_shell: Shell) -> None:
    path = served_shell.data.parent / "all.ndjson"
    assert served_shell("export", path).code == 0
    lines = [json.loads(line) for line in path.read_bytes().splitlines()[1:-1]]
    envelopes = [base64.b64decode(line["envelope"]) for line in lines]
    own = served_shell.data.parent / "own.ndjson"
    own.write_bytes(b"\n".join(envelopes) + b"\n")
    said = served_shell("import", own, "--json").json()
    assert said == {"recorded": 0, "already": len(envelopes), "refused": []}
    forged = envelopes[5].replace(b'"sig":"', b'"sig":"A', 1)
    stream = b"\n".join([envelopes[4], envelopes[5][:-9], forged, b"x" * 200_000])
    said = served_shell("import", "-", "--json", "--proceed", stdin=stream + b"\n")
    assert said.json()["already"] == 1
    refused = [(r["index"], r["code"]) for r in said.json()["refused"]]
    assert refused == [(1, "malformed"), (2, "malformed"), (3, "too-large")]
    assert served_shell("import", path).code == 1


def test_a_party_whose_key_is_elsewhere_can_not_sign_here(served_shell: Shell) -> None:
    said = served_shell("import", "-", "--as", "P445381-999999", stdin=document(EVENT))
    assert said.code == 3
    assert "P445381-999999" in said.err


def test_an_import_into_nothing_opens_a_local_ledger_and_says_so(lone_shell: Shell) -> None:
    unreadable = lone_shell("import", "-", "--json", stdin=b"{")
    assert unreadable.code == 1
    assert lone_shell("key", "log").code == 1, "what can't be read opens nothing"
    said = lone_shell("import", "-", "--json", stdin=document(EVENT))
    assert said.json() == {"recorded": 1, "already": 0, "refused": []}
    assert "本地台账" in said.err
    named = "urn:epc:class:lgtin:0860009.099992.ABC"
    traced = lone_shell("trace", named, "--json").json()
    assert (traced["root"], traced["nodes"][0]["quantity"]) == (named, "12.5")
