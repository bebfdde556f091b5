"""The real `suyuan` on a folder and a database of its own, with no server beside it."""

import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from api.witness.memory import WitnessMemory
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key
from tests.acceptance.served import Served, free_port
from tests.api.shell import PROGRAM, Shell

pytestmark = pytest.mark.slow

BATCH = "02044538101035/20261012-TB07-3"


def test_the_demo_holds_with_a_server_and_without_again_and_again(
    served_shell: Shell, demo_server: Served, lone_shell: Shell
) -> None:
    with_server = served_shell("demo", "--output", served_shell.data.parent / "labels")
    assert with_server.code == 0, with_server.err
    assert demo_server.url in with_server.out
    assert with_server.out.count("回执已验") == 11
    assert "\x1b" not in with_server.out
    for _ in range(2):
        assert lone_shell("demo").code == 0
    assert len(list((lone_shell.data / "demo").glob("*.pdf"))) == 2


def test_the_demo_keeps_out_of_a_real_ledger(lone_shell: Shell) -> None:
    opened = lone_shell("open", "--county", "445381", "--name", "罗定市农业农村局", "--json").json()
    assert opened["position"] == 1
    assert lone_shell("open", "--county", "445381", "--name", "再开").code == 1
    assert lone_shell("key", "log", "--json").json()["log_key"] == opened["log_key"]
    assert lone_shell("demo").code == 0
    assert lone_shell("export", "-").out.count("\n") == 3


def test_what_is_not_there_is_code_3(lone_shell: Shell, tmp_path: Path) -> None:
    nowhere = f"postgresql://x@127.0.0.1:{free_port()}/x"
    assert lone_shell("verify", tmp_path / "none").code == 3
    assert lone_shell("verify", f"http://127.0.0.1:{free_port()}").code == 3
    assert lone_shell("import", tmp_path / "none", "--json").json()["ok"] is False
    said = lone_shell("trace", BATCH, "--json", DATABASE_URL=nowhere)
    assert said.code == 3
    assert said.json()["code"] == "database-unreachable"
    assert lone_shell("trace", BATCH, PORT="ninety").code == 2
    assert lone_shell("serve", SUYUAN_HOST="203.0.113.9").code == 3


def test_an_empty_ledger_has_no_batches_and_no_export(lone_shell: Shell, tmp_path: Path) -> None:
    assert lone_shell("trace", BATCH).code == 1
    assert lone_shell("export", tmp_path / "x").code == 1
    assert not (tmp_path / "x").exists()


def test_serve_stops_at_once_and_leaves_nothing_running(lone_shell: Shell) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(  # noqa: S603  our own command
            [PROGRAM, "serve"], env=lone_shell.environment, stdout=subprocess.PIPE,
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
        assert not (lone_shell.data / "postgres/data/postmaster.pid").exists()


def test_a_command_that_is_interrupted_says_so_and_ends_with_130(lone_shell: Shell) -> None:
    process = subprocess.Popen(  # noqa: S603  our own command
        [PROGRAM, "import", "-"], env=lone_shell.environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(2)
    # What comes while a module is being loaded may be lost: then, as a person does, once more.
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
            break
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_a_season_left_half_written_is_finished_by_the_next(lone_shell: Shell) -> None:
    process = subprocess.Popen(  # noqa: S603  our own command
        [PROGRAM, "demo"], env=lone_shell.environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (lone_shell.data / "demo.json").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.wait()
    assert lone_shell("export", "-").out.count("\n") < 2 + 617
    assert lone_shell("demo").code == 0
    assert lone_shell("export", "-").out.count("\n") == 2 + 617 + 11


def test_a_witness_that_can_not_start_says_why_and_what_to_do(lone_shell: Shell) -> None:
    vkey = encode_vkey(NoteSigner("a.example/log", Ed25519Key.from_seed(bytes(32))).verifier)
    folder = lone_shell.data.parent / "witness"
    words = ("witness", "--log-vkey", vkey, "--data", folder, "--listen")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = lone_shell(*words, str(port))
        assert (said.code, "suyuan witness --listen" in said.err) == (3, True)
    memory = WitnessMemory(folder / "logs")
    said = lone_shell(*words, str(free_port()))
    memory.close()
    assert (said.code, "another witness uses this folder" in said.err) == (3, True)
    assert "另一个见证人正用着" in said.err
