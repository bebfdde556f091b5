"""The real `suyuan`, in processes of its own: beside a server, and on a folder of its own."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from tests.acceptance.served import Served, free_port
from tests.labels.printers import tsc, zebra

pytestmark = pytest.mark.slow

PROGRAM = str(Path(sys.executable).parent / "suyuan")
FSMA204 = Path(__file__).parents[2].parent / "shared/reference/fsma204"
LETTUCE = "00860009999923/ABC1234"

EVENT = {
    "type": "ObjectEvent", "eventTime": "2026-04-17T09:26:42-04:00",
    "eventTimeZoneOffset": "-04:00", "action": "ADD", "bizStep": "commissioning",
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:0860009.099992.ABC", "quantity": 12.5, "uom": "KGM"}
    ],
}  # fmt: skip


class Said(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401  JSON
        """Read standard output as the one document that it must be."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


class RawPrinter:
    """A network printer that takes one job."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.received = b""
        self._thread = threading.Thread(target=self._take)

    def __enter__(self) -> "RawPrinter":
        """Wait for the job."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Be done with it."""
        self._thread.join(30)
        self._server.close()

    def _take(self) -> None:
        connection, _ = self._server.accept()
        with connection:
            while data := connection.recv(65536):
                self.received += data


def codes_on(dots: Any) -> list[str]:  # noqa: ANN401  an array
    """Read the codes on a label's dots."""
    light = np.pad(~dots, 40, constant_values=True).astype(np.uint8) * 255
    return [one.text for one in zxingcpp.read_barcodes(light.repeat(2, 0).repeat(2, 1))]


class Shell:
    """Runs `suyuan` on one data folder."""

    def __init__(self, data: Path, port: int) -> None:
        """Use a data folder and a port."""
        self.data = data
        self.environment = {**os.environ, "SUYUAN_DATA": str(data), "PORT": str(port)}
        for name in ("DATABASE_URL", "SUYUAN_PUBLIC_URL", "SUYUAN_HOST", "SUYUAN_DEV"):
            self.environment.pop(name, None)

    def __call__(self, *words: str | Path, stdin: bytes = b"", **variables: str) -> Said:
        """Run a command to its end."""
        ended = subprocess.run(  # noqa: S603  our own command
            [PROGRAM, *map(str, words)], input=stdin, capture_output=True, check=False,
            env={**self.environment, **variables}, timeout=120,
        )  # fmt: skip
        said = Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        assert "Traceback" not in said.out + said.err, said.err
        return said


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="suyuan-cli-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    served = Served(folder / "county", "--demo")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def county(server: Served) -> Shell:
    """A shell on the data folder of a demo county that is being served."""
    return Shell(server.data, server.port)


@pytest.fixture
def alone() -> Iterator[Shell]:
    """A shell on a fresh folder, with no server."""
    with tempfile.TemporaryDirectory(prefix="suyuan-cli-") as name:
        yield Shell(Path(name) / "data", free_port())


@pytest.fixture
def showcase(server: Served) -> str:
    return str(json.loads((server.data / "demo.json").read_bytes())["showcase"])


@pytest.fixture
def uncertified(server: Served, showcase: str) -> str:
    """Another batch of the same product, which has no certificate yet."""
    gtin, _, lot = showcase.partition("/")
    _, page = server.request("GET", f"/batches?q={gtin}", Accept="text/html")
    lots = re.findall(rf'href="/01/{gtin}/10/([\w-]+)"', page.decode())
    return f"{gtin}/{next(one for one in lots if one != lot)}"


def document(*events: dict[str, Any]) -> bytes:
    body = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": events}}
    return json.dumps(body).encode()


def test_the_county_is_shared_out_and_a_demand_matched_beside_a_server(county: Shell) -> None:
    shared = county("allocate", "--json").json()
    assert shared["proposals"]
    demand = shared["proposals"][0]["demand"]
    ranked = county("match", demand, "--json").json()
    first = ranked["matches"][0]
    assert first["score"] == sum(p["value"] * p["weight"] for p in first["parts"]) // 100
    assert "分" in county("match", demand).out
    assert "floor" in county("allocate").out
    unknown = county("match", "01a1f160-2b30-7c13-9a89-5d4f355dc86e")
    assert unknown.code == 1
    assert "There is no demand" in unknown.err


def test_serve_greets_with_addresses_that_all_open(server: Served) -> None:
    said = server.log.read_text()
    addresses = [word for word in said.split() if word.startswith("http")]
    assert len(addresses) >= 6
    for address in addresses:
        path = address.removeprefix(server.url)
        assert server.request("GET", path or "/", Accept="text/html")[0] == 200, address


def test_a_port_in_use_is_said_at_once(county: Shell) -> None:
    said = county("serve")
    assert said.code == 3
    assert county.environment["PORT"] in said.err


def test_a_kept_state_spares_what_was_verified_and_says_so(
    county: Shell, server: Served, tmp_path: Path
) -> None:
    path, state = tmp_path / "county.ndjson", tmp_path / "verified.state"
    county("export", path)
    first = county("verify", path, "--state", state)
    again = county("verify", server.url, "--state", state)
    assert (first.code, again.code) == (0, 0)
    assert "Going on after event" not in first.err
    assert "Going on after event" in again.err
    lines = path.read_bytes().splitlines(keepends=True)
    lines[300] = lines[300].replace(lines[300][200:203], b"AAA", 1)
    path.write_bytes(b"".join(lines))
    changed = county("verify", path, "--state", state)
    assert (changed.code, "from the start" in changed.err) == (1, True)
    other = tmp_path / "letter.txt"
    other.write_text("Dear grandmother. " * 100, encoding="utf-8")
    assert county("verify", path, "--state", other).code == 2
    assert other.read_text(encoding="utf-8").startswith("Dear")


def test_export_and_verify_agree_with_the_server(county: Shell, server: Served) -> None:
    path = county.data.parent / "county.ndjson"
    exported = county("export", path, "--json").json()
    verified = county("verify", path, "--json").json()
    assert verified["ok"] is True
    assert verified["events"] == exported["events"] >= 400
    assert {step["step"] for step in verified["steps"]} >= {"signatures", "leaves", "rules"}
    assert all(step["checked"] > 0 for step in verified["steps"])
    assert county("verify", server.url, "--json").json()["ok"] is True
    piped = county("verify", "-", "--json", stdin=path.read_bytes()).json()
    assert piped["root"] == verified["root"]
    people = county("verify", path)
    assert (people.code, people.err) == (0, "")
    assert "  1. " in people.out


def test_one_changed_byte_is_found_at_its_position(county: Shell) -> None:
    path = county.data.parent / "changed.ndjson"
    assert county("export", path).code == 0
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines[300]) // 2
    letter = b"A" if lines[300][middle : middle + 1] != b"A" else b"B"
    lines[300] = lines[300][:middle] + letter + lines[300][middle + 1 :]
    path.write_bytes(b"".join(lines))
    said = county("verify", path, "--json")
    assert said.code == 1
    assert said.json()["ok"] is False
    assert said.json()["position"] == 300
    assert set(said.json()) == {"ok", "position", "code", "detail"}
    path.write_bytes(b"".join(lines[:200]))
    assert county("verify", path).code == 1


def test_an_older_checkpoint_is_held_against_the_export(county: Shell, server: Served) -> None:
    note = county.data.parent / "checkpoint.txt"
    note.write_bytes(server.request("GET", "/checkpoint")[1])
    assert county("demo").code == 0
    said = county("verify", server.url, "--since", note, "--json").json()
    assert said["ok"] is True
    assert {"step": "checkpoints", "checked": 2} in said["steps"]
    note.write_text(note.read_text().replace("\n", "\n1", 1))
    assert county("verify", server.url, "--since", note).code == 1


def test_a_bundle_proves_one_batch_alone(county: Shell, showcase: str) -> None:
    path = county.data.parent / "batch.ndjson"
    assert county("export", path, "--batch", showcase).code == 0
    said = county("verify", path, "--json").json()
    assert (said["ok"], said["batch"]) == (True, showcase)
    unknown = county("export", county.data.parent / "none", "--batch", "02044538101035/NOPE")
    assert unknown.code == 1
    assert not (county.data.parent / "none").exists()


def test_a_batch_is_traced_to_its_plot(county: Shell, showcase: str) -> None:
    said = county("trace", showcase, "--direction", "back", "--json").json()
    assert said["root"] == showcase
    assert len(said["nodes"]) == 3
    assert [edge["quantity"] for edge in said["edges"]] == [480_000, 212_000]
    assert set(said["edges"][0]) >= {"from", "to", "event", "quantity", "unit"}
    drawn = county("trace", showcase)
    assert "480 公斤" in drawn.out
    assert "陈屋合作社" in drawn.out
    assert "\x1b" not in drawn.out
    unknown = county("trace", "02044538101035/NOPE", "--json")
    assert unknown.code == 1
    assert unknown.json()["code"] == "unknown-batch"


def test_a_label_is_printed_whose_code_opens_the_passport(
    county: Shell, server: Served, showcase: str
) -> None:
    path = county.data.parent / "label.pdf"
    said = county("label", showcase, "--count", "5", "--start", "3", "--output", path, "--json")
    page = pypdfium2.PdfDocument(path.read_bytes())[0].render(scale=300 / 72, grayscale=True)
    codes = {found.text for found in zxingcpp.read_barcodes(np.array(page.to_numpy()).squeeze())}
    assert codes == {said.json()["url"]}
    passport = server.get_json(codes.pop().removeprefix(server.url), Accept="application/json")
    assert passport["id"] == showcase
    assert county("label", "02044538101035/NOPE").code == 1
    assert county("label", showcase, "--count", "99999").code == 1


def test_unit_labels_go_to_a_printer_are_recorded_and_printed_again_as_a_reprint(
    county: Shell, showcase: str
) -> None:
    words = ("label", showcase, "--kind", "unit", "--first", "0001", "--count", "3",
             "--sheet", "roll-60x40", "--json")  # fmt: skip
    with RawPrinter() as printer:
        said = county(*words, "--printer", printer.address)
    assert said.code == 0, said.err
    run = said.json()
    assert [codes_on(dots) for dots, _ in zebra(printer.received)] == [
        [f"{run['url']}/21/000{number}"] for number in (1, 2, 3)
    ]
    assert run["bytes"] == len(printer.received)
    again = county(*words, "--output", county.data.parent / "again.pdf")
    assert (again.code, again.json()["code"]) == (1, "numbers-printed")
    assert not (county.data.parent / "again.pdf").exists()
    marked = county.data.parent / "marked.tspl"
    said = county(*words, "--reprint", run["run"], "--format", "tspl", "--output", marked)
    assert said.json()["position"] > run["position"]
    assert len(tsc(marked.read_bytes(), 8)) == 3


def test_of_what_is_recalled_no_label_is_printed_and_the_reason_is_told(county: Shell) -> None:
    path = county.data.parent / "recalled.ndjson"
    assert county("export", path).code == 0
    envelopes = [json.loads(line)["envelope"] for line in path.read_bytes().splitlines()[1:-1]]
    payloads = [json.loads(b64decode(one)).get("payload") for one in envelopes]
    events = [json.loads(b64decode(one)) for one in payloads]
    recalled = next(one["batch"] for one in events if one["type"] == "batch.recalled.v1")
    page = county.data.parent / "recalled.pdf"
    said = county("label", recalled, "--output", page, "--json")
    assert (said.code, said.json()["code"]) == (1, "recalled")
    assert not page.exists()


def test_a_certificate_is_issued_printed_replaced_and_withdrawn(
    county: Shell, uncertified: str
) -> None:
    issued = county("certify", uncertified, "--quantity", "20件", "--basis", "own_test", "--json")
    assert issued.code == 0, issued.err
    first = issued.json()["event"]
    page = county.data.parent / "certificate.pdf"
    printing = ("label", uncertified, "--kind", "certificate", "--contact", "0766-3722345",
                "--issuer", "陈秀兰", "--output", page)  # fmt: skip
    said = county(*printing)
    assert said.code == 0, said.err
    words = pypdfium2.PdfDocument(page.read_bytes())[0].get_textpage().get_text_range()
    for part in ("承诺达标合格证", "20 件", "自行检测合格", "0766-3722345"):
        assert part in words
    second = county("certify", uncertified, "--quantity", "10 pcs", "--replaces", first, "--json")
    assert second.code == 0, second.err
    too_much = county("certify", uncertified, "--quantity", "99,999件", "--json")
    assert (too_much.code, too_much.json()["code"]) == (1, "certified-exceeds-made")
    gone = county("certify", uncertified, "--withdraw", first, "--json")
    assert (gone.code, gone.json()["code"]) == (1, "certificate-not-open")
    back = county("certify", uncertified, "--withdraw", second.json()["event"], "--reason", "试印")
    assert back.code == 0, back.err
    assert county(*printing).code == 1
    assert county("certify", uncertified, "--quantity", "lots").code == 2
    assert county("certify", "02044538101035/NOPE", "--quantity", "1件").code == 1


def test_a_printer_that_is_not_there_is_told_before_anything_is_recorded(
    county: Shell, showcase: str
) -> None:
    said = county(
        "label", showcase, "--kind", "unit", "--first", "9001", "--sheet", "roll-60x40",
        "--printer", f"127.0.0.1:{free_port()}", "--json",
    )  # fmt: skip
    assert (said.code, said.json()["code"]) == (3, "printer")
    file = county.data.parent / "nine.pdf"
    said = county("label", showcase, "--kind", "unit", "--first", "9001", "--output", file)
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--kind", "certificate", "--contact", "1"], 1),
        (["--kind", "unit"], 1),
        (["--kind", "crate", "--first", "7"], 1),
        (["--sheet", "a4-24", "--printer", "127.0.0.1"], 2),
        (["--format", "pdf", "--sheet", "roll-60x40", "--printer", "127.0.0.1"], 2),
        (["--sheet", "a4-24", "--format", "zpl"], 1),
        (["--printer", "127.0.0.1:x"], 2),
        (["--dpi", "600"], 2),
        (["--output", "-", "--json"], 2),
    ],
)
def test_what_can_not_be_printed_ends_with_its_code(
    county: Shell, uncertified: str, words: list[str], code: int
) -> None:
    said = county("label", uncertified, *words)
    assert (said.code, "Traceback" in said.err) == (code, False), said.err


def test_a_calibration_page_needs_no_batch_and_labels_need_one(county: Shell) -> None:
    page = county.data.parent / "page.pdf"
    assert county("label", "--calibrate", "--sheet", "a4-65", "--output", page).code == 0
    assert page.read_bytes().startswith(b"%PDF")
    assert county("label").code == 2


def test_read_models_are_rebuilt_while_they_are_served(county: Shell, showcase: str) -> None:
    before = county("trace", showcase, "--json").json()["nodes"]
    said = county("rebuild", "all", "--json").json()
    assert len(set(said.values())) == 1
    assert county("trace", showcase, "--json").json()["nodes"] == before


@pytest.mark.skipif(not FSMA204.is_dir(), reason="GS1's FSMA 204 documents are not beside us")
def test_the_four_documents_of_gs1_are_imported_once_and_traced(county: Shell) -> None:
    names = ("harvest", "cooling", "transformation", "receiving")
    first = [county("import", FSMA204 / f"{name}-cte.jsonld", "--json").json() for name in names]
    again = [county("import", FSMA204 / f"{name}-cte.jsonld", "--json").json() for name in names]
    assert all(said["recorded"] and not said["refused"] for said in first)
    assert [said["already"] for said in again] == [said["recorded"] for said in first]
    forward = county("trace", LETTUCE, "--direction", "forward", "--json").json()
    back = county("trace", LETTUCE, "--direction", "back", "--json").json()
    assert len(forward["nodes"]) == 3
    assert len(back["nodes"]) == 1
    assert forward["root"] == f"https://id.gs1.org/01/{LETTUCE.replace('/', '/10/')}"
    by_link = county("trace", forward["root"], "--direction", "forward", "--json").json()
    assert by_link == forward


def test_one_bad_event_keeps_all_out_unless_told_to_proceed(county: Shell, server: Served) -> None:
    head = server.get_json("/health/ready")["head"]
    good, late = EVENT, {**EVENT, "eventTime": "2026-04-17T09:26:43-04:00"}
    bad = {**EVENT, "eventTime": "yesterday"}
    ahead = {**EVENT, "eventTime": "2099-01-01T00:00:00Z"}
    mixed = document(good, bad, late, ahead)
    said = county("import", "-", "--json", stdin=document(good, bad, late))
    assert said.code == 1
    assert said.json()["recorded"] == 0
    assert [(r["index"], r["code"]) for r in said.json()["refused"]] == [(1, "malformed")]
    assert county("import", "-", "--json", stdin=document(good, ahead)).json()["recorded"] == 0
    assert server.get_json("/health/ready")["head"] == head
    said = county("import", "-", "--proceed", "--json", stdin=mixed)
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
def test_what_is_no_document_is_refused_as_a_whole(county: Shell, raw: bytes, code: str) -> None:
    said = county("import", "-", "--json", stdin=raw)
    assert said.code == 1
    assert [(r["index"], r["code"]) for r in said.json()["refused"]] == [(None, code)]


def test_envelopes_are_imported_line_by_line(county: Shell) -> None:
    path = county.data.parent / "all.ndjson"
    assert county("export", path).code == 0
    lines = [json.loads(line) for line in path.read_bytes().splitlines()[1:-1]]
    envelopes = [base64.b64decode(line["envelope"]) for line in lines]
    own = county.data.parent / "own.ndjson"
    own.write_bytes(b"\n".join(envelopes) + b"\n")
    said = county("import", own, "--json").json()
    assert said == {"recorded": 0, "already": len(envelopes), "refused": []}
    forged = envelopes[5].replace(b'"sig":"', b'"sig":"A', 1)
    stream = b"\n".join([envelopes[4], envelopes[5][:-9], forged, b"x" * 200_000])
    said = county("import", "-", "--json", "--proceed", stdin=stream + b"\n")
    assert said.json()["already"] == 1
    refused = [(r["index"], r["code"]) for r in said.json()["refused"]]
    assert refused == [(1, "malformed"), (2, "malformed"), (3, "too-large")]
    assert county("import", path).code == 1


def test_a_party_whose_key_is_elsewhere_can_not_sign_here(county: Shell) -> None:
    said = county("import", "-", "--as", "P445381-999999", stdin=document(EVENT))
    assert said.code == 3
    assert "P445381-999999" in said.err


def test_the_demo_holds_with_a_server_and_without_again_and_again(
    county: Shell, server: Served, alone: Shell
) -> None:
    with_server = county("demo", "--output", county.data.parent / "labels")
    assert with_server.code == 0, with_server.err
    assert server.url in with_server.out
    assert with_server.out.count("回执已验") == 11
    assert "\x1b" not in with_server.out
    for _ in range(2):
        assert alone("demo").code == 0
    assert len(list((alone.data / "demo").glob("*.pdf"))) == 2


def test_the_demo_keeps_out_of_a_real_ledger(alone: Shell) -> None:
    opened = alone("open", "--county", "445381", "--name", "罗定市农业农村局", "--json").json()
    assert opened["position"] == 1
    assert alone("open", "--county", "445381", "--name", "再开").code == 1
    assert alone("key", "log", "--json").json()["log_key"] == opened["log_key"]
    assert alone("demo").code == 0
    assert alone("export", "-").out.count("\n") == 3


def test_keys_are_made_bound_and_revoked(county: Shell) -> None:
    made = county("key", "new", "P445381-000104", "--json")
    assert made.code == 3, "the demo keeps one already, and a key is never overwritten"
    made = county("key", "new", "P445381-000105", "--algorithm", "p256", "--json")
    did = made.json()["key"]
    assert county("key", "show", "P445381-000105").out.strip() == did
    assert did in {row["key"] for row in county("key", "list", "--json").json()}
    by = ("--as", "P445381-000002", "--json")
    bound = county("key", "bind", "P445381-000105", did, *by)
    assert bound.code == 0, bound.err
    stranger = county("key", "revoke", "P445381-000105", did, "--as", "P445381-000010",
                      "--reason", "x")  # fmt: skip
    assert stranger.code == 1
    revoked = county("key", "revoke", "P445381-000105", did, "--reason", "手机丢了", *by)
    assert revoked.json()["position"] > bound.json()["position"]


def test_an_import_into_nothing_opens_a_local_ledger_and_says_so(alone: Shell) -> None:
    unreadable = alone("import", "-", "--json", stdin=b"{")
    assert unreadable.code == 1
    assert alone("key", "log").code == 1, "what can't be read opens nothing"
    said = alone("import", "-", "--json", stdin=document(EVENT))
    assert said.json() == {"recorded": 1, "already": 0, "refused": []}
    assert "本地台账" in said.err
    named = "urn:epc:class:lgtin:0860009.099992.ABC"
    traced = alone("trace", named, "--json").json()
    assert (traced["root"], traced["nodes"][0]["quantity"]) == (named, "12.5")


def test_what_is_not_there_is_code_3(alone: Shell, tmp_path: Path) -> None:
    nowhere = f"postgresql://x@127.0.0.1:{free_port()}/x"
    assert alone("verify", tmp_path / "none").code == 3
    assert alone("verify", f"http://127.0.0.1:{free_port()}").code == 3
    assert alone("import", tmp_path / "none", "--json").json()["ok"] is False
    said = alone("trace", LETTUCE, "--json", DATABASE_URL=nowhere)
    assert said.code == 3
    assert said.json()["code"] == "database-unreachable"
    assert alone("trace", LETTUCE, PORT="ninety").code == 2
    assert alone("serve", SUYUAN_HOST="203.0.113.9").code == 3


def test_an_empty_ledger_has_no_batches_and_no_export(alone: Shell, tmp_path: Path) -> None:
    assert alone("trace", LETTUCE).code == 1
    assert alone("export", tmp_path / "x").code == 1
    assert not (tmp_path / "x").exists()


def test_serve_stops_at_once_and_leaves_nothing_running(alone: Shell) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(  # noqa: S603  our own command
            [PROGRAM, "serve"], env=alone.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert "溯源" in process.stdout.readline().decode()
        assert "空" in process.stdout.readline().decode()
        began = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert time.monotonic() - began < 5
        assert b"Traceback" not in err
        assert not (alone.data / "postgres/data/postmaster.pid").exists()


def test_a_command_that_is_interrupted_says_so_and_ends_with_130(alone: Shell) -> None:
    process = subprocess.Popen(  # noqa: S603  our own command
        [PROGRAM, "import", "-"], env=alone.environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_a_season_left_half_written_is_finished_by_the_next(alone: Shell) -> None:
    process = subprocess.Popen(  # noqa: S603  our own command
        [PROGRAM, "demo"], env=alone.environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (alone.data / "demo.json").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.wait()
    assert alone("export", "-").out.count("\n") < 2 + 617
    assert alone("demo").code == 0
    assert alone("export", "-").out.count("\n") == 2 + 617 + 11
