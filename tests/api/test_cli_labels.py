"""`suyuan label` and `suyuan certificate`, in processes of their own, beside a server."""

import json
import re
import socket
import threading
from base64 import b64decode
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from tests.acceptance.served import Served, free_port
from tests.api.shell import Shell
from tests.labels.printers import tsc, zebra

pytestmark = pytest.mark.slow


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


@pytest.fixture
def uncertified(demo_server: Served, showcase: str) -> str:
    """Another batch of the same product, which has no certificate yet."""
    gtin, _, lot = showcase.partition("/")
    _, page = demo_server.request("GET", f"/batches?q={gtin}", Accept="text/html")
    lots = re.findall(rf'href="/01/{gtin}/10/([\w-]+)"', page.decode())
    return f"{gtin}/{next(one for one in lots if one != lot)}"


def codes_on(dots: Any) -> list[str]:  # noqa: ANN401  an array
    """Read the codes on a label's dots."""
    light = np.pad(~dots, 40, constant_values=True).astype(np.uint8) * 255
    return [one.text for one in zxingcpp.read_barcodes(light.repeat(2, 0).repeat(2, 1))]


def test_a_label_is_printed_whose_code_opens_the_passport(
    served_shell: Shell, demo_server: Served, showcase: str
) -> None:
    path = served_shell.data.parent / "label.pdf"
    said = served_shell(
        "label", showcase, "--count", "5", "--start", "3", "--output", path, "--json"
    )
    page = pypdfium2.PdfDocument(path.read_bytes())[0].render(scale=300 / 72, grayscale=True)
    codes = {found.text for found in zxingcpp.read_barcodes(np.array(page.to_numpy()).squeeze())}
    assert codes == {said.json()["url"]}
    passport = demo_server.get_json(
        codes.pop().removeprefix(demo_server.url), Accept="application/json"
    )
    assert passport["id"] == showcase
    assert served_shell("label", "02044538101035/NOPE").code == 1
    assert served_shell("label", showcase, "--count", "99999").code == 1


def test_unit_labels_go_to_a_printer_are_recorded_and_printed_again_as_a_reprint(
    served_shell: Shell, showcase: str
) -> None:
    words = ("label", showcase, "--kind", "unit", "--first", "0001", "--count", "3",
             "--sheet", "roll-60x40", "--json")  # fmt: skip
    with RawPrinter() as printer:
        said = served_shell(*words, "--printer", printer.address)
    assert said.code == 0, said.err
    run = said.json()
    assert [codes_on(dots) for dots, _ in zebra(printer.received)] == [
        [f"{run['url']}/21/000{number}"] for number in (1, 2, 3)
    ]
    assert run["bytes"] == len(printer.received)
    again = served_shell(*words, "--output", served_shell.data.parent / "again.pdf")
    assert (again.code, again.json()["code"]) == (1, "numbers-printed")
    assert not (served_shell.data.parent / "again.pdf").exists()
    marked = served_shell.data.parent / "marked.tspl"
    said = served_shell(*words, "--reprint", run["run"], "--format", "tspl", "--output", marked)
    assert said.json()["position"] > run["position"]
    assert len(tsc(marked.read_bytes(), 8)) == 3


def test_of_what_is_recalled_no_label_is_printed_and_the_reason_is_told(
    served_shell: Shell,
) -> None:
    path = served_shell.data.parent / "recalled.ndjson"
    assert served_shell("export", path).code == 0
    envelopes = [json.loads(line)["envelope"] for line in path.read_bytes().splitlines()[1:-1]]
    payloads = [json.loads(b64decode(one)).get("payload") for one in envelopes]
    events = [json.loads(b64decode(one)) for one in payloads]
    recalled = next(one["batch"] for one in events if one["type"] == "batch.recalled.v1")
    page = served_shell.data.parent / "recalled.pdf"
    said = served_shell("label", recalled, "--output", page, "--json")
    assert (said.code, said.json()["code"]) == (1, "recalled")
    assert not page.exists()


def test_a_certificate_is_issued_printed_replaced_and_withdrawn(
    served_shell: Shell, uncertified: str
) -> None:
    issued = served_shell(
        "certify", uncertified, "--quantity", "20件", "--basis", "own_test", "--json"
    )
    assert issued.code == 0, issued.err
    first = issued.json()["event"]
    page = served_shell.data.parent / "certificate.pdf"
    printing = ("label", uncertified, "--kind", "certificate", "--contact", "0766-3722345",
                "--issuer", "陈秀兰", "--output", page)  # fmt: skip
    said = served_shell(*printing)
    assert said.code == 0, said.err
    words = pypdfium2.PdfDocument(page.read_bytes())[0].get_textpage().get_text_range()
    for part in ("承诺达标合格证", "20 件", "自行检测合格", "0766-3722345"):
        assert part in words
    second = served_shell(
        "certify", uncertified, "--quantity", "10 pcs", "--replaces", first, "--json"
    )
    assert second.code == 0, second.err
    too_much = served_shell("certify", uncertified, "--quantity", "99,999件", "--json")
    assert (too_much.code, too_much.json()["code"]) == (1, "certified-exceeds-made")
    gone = served_shell("certify", uncertified, "--withdraw", first, "--json")
    assert (gone.code, gone.json()["code"]) == (1, "certificate-not-open")
    back = served_shell(
        "certify", uncertified, "--withdraw", second.json()["event"], "--reason", "试印"
    )
    assert back.code == 0, back.err
    assert served_shell(*printing).code == 1
    assert served_shell("certify", uncertified, "--quantity", "lots").code == 2
    assert served_shell("certify", "02044538101035/NOPE", "--quantity", "1件").code == 1


def test_a_printer_that_is_not_there_is_told_before_anything_is_recorded(
    served_shell: Shell, showcase: str
) -> None:
    said = served_shell(
        "label", showcase, "--kind", "unit", "--first", "9001", "--sheet", "roll-60x40",
        "--printer", f"127.0.0.1:{free_port()}", "--json",
    )  # fmt: skip
    assert (said.code, said.json()["code"]) == (3, "printer")
    file = served_shell.data.parent / "nine.pdf"
    said = served_shell("label", showcase, "--kind", "unit", "--first", "9001", "--output", file)
    assert said.code == 0, said.err


def test_a_run_whose_file_can_not_be_written_is_named_for_the_reprint(
    served_shell: Shell, showcase: str
) -> None:
    words = ("label", showcase, "--kind", "unit", "--first", "7001", "--json")
    nowhere = served_shell.data.parent / "no such folder" / "seven.pdf"
    said = served_shell(*words, "--output", nowhere)
    assert said.code == 3, said
    named = re.search(r"--reprint (\S+?)\.", said.json()["message"]["en"])
    assert named is not None
    assert f"run: {named[1]}" in said.err
    again = served_shell(
        *words, "--reprint", named[1], "--output", served_shell.data.parent / "seven.pdf"
    )
    assert again.code == 0, again.err


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
    served_shell: Shell, uncertified: str, words: list[str], code: int
) -> None:
    said = served_shell("label", uncertified, *words)
    assert (said.code, "Traceback" in said.err) == (code, False), said.err


def test_a_calibration_page_needs_no_batch_and_labels_need_one(served_shell: Shell) -> None:
    page = served_shell.data.parent / "page.pdf"
    assert served_shell("label", "--calibrate", "--sheet", "a4-65", "--output", page).code == 0
    assert page.read_bytes().startswith(b"%PDF")
    assert served_shell("label").code == 2
