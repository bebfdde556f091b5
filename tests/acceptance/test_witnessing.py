"""Ledger and witness as two processes: cosigned checkpoints, and what a rewritten history gets."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.keyring import Keyring
from ledger.checkpoint import Checkpoint, NoteSigner, encode_vkey, open_checkpoint, sign_checkpoint
from ledger.hashing import leaf_hash
from ledger.merkle import Tree, consistency_proof
from ledger.policy import check as satisfied
from ledger.policy import make_policy
from ledger.witness import request_body
from tests.acceptance.founding import ORIGIN, found, harvests
from tests.acceptance.served import Served, free_port

pytestmark = pytest.mark.slow

PATIENCE_S = 30.0


class Watching:
    """`suyuan witness` as a person starts it."""

    def __init__(self, data: Path, name: str, *log_vkeys: str, port: int | None = None) -> None:
        """Start it, and wait until it says who it is."""
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        logs = [word for vkey in log_vkeys for word in ("--log-vkey", vkey)]
        command = [
            str(Path(sys.executable).parent / "suyuan"), "witness", *logs, "--listen",
            str(self.port), "--data", str(data), "--name", name,
        ]  # fmt: skip
        data.parent.mkdir(parents=True, exist_ok=True)
        self.log = data.parent / f"{data.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
        self.vkey = eventually(self._who)

    def post(self, body: bytes) -> tuple[int, str]:
        """Send a request to add a checkpoint."""
        request = urllib.request.Request(f"{self.url}/add-checkpoint", body)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)

    def _who(self) -> str:
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310
                return str(answer.read().decode().strip())
        except OSError:
            return ""


def eventually(find: Callable[[], str]) -> str:
    """Wait until something is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found_now := find():
            return found_now
        time.sleep(0.1)
    raise AssertionError("it did not come about")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder on the disk, outside what pytest closes to the database's own user."""
    made = Path(tempfile.mkdtemp(prefix="suyuan-witness-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_ledgers_checkpoints_are_cosigned_by_two_of_three_witnesses(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder / "ledger" / "data"
    log = NoteSigner(ORIGIN, Keyring(data).log_key()).verifier
    witnesses = [
        Watching(folder / f"w{n}", f"witness.example/w{n}", encode_vkey(log)) for n in (1, 2, 3)
    ]
    addresses = ",".join(f"{each.vkey}@{each.url}" for each in witnesses)
    monkeypatch.setenv("SUYUAN_WITNESSES", addresses)
    monkeypatch.setenv("SUYUAN_WITNESS_QUORUM", "2")
    policy = make_policy([each.vkey for each in witnesses], 2)
    witnesses[2].kill()
    server = Served(data)
    try:
        found(server, encode_vkey(log))
        # Before enough have signed, nothing is passed off as witnessed.
        status, body = server.request("GET", "/checkpoint")
        assert status == 200 or b"not-witnessed" in body
        size = newest_size(server)
        note = eventually(lambda: cosigned(server, size))
        assert open_checkpoint(note, log).size == size
        assert {each.witness for each in satisfied(policy, note)} == {
            "witness.example/w1",
            "witness.example/w2",
        }
        # The third comes back, with what it remembers: it is asked for what it missed.
        back = Watching(
            folder / "w3", "witness.example/w3", encode_vkey(log), port=witnesses[2].port
        )
        witnesses.append(back)
        for _, raw in harvests(1, 5):
            assert server.request("POST", "/api/events", raw)[0] == 201
        size = newest_size(server)
        assert size > open_checkpoint(note, log).size
        note = eventually(
            lambda: (
                found_note
                if (found_note := cosigned(server, size)) and len(satisfied(policy, found_note)) > 2
                else ""
            )
        )
        assert len(satisfied(policy, note)) == 3
        # Two of three fall silent: what was witnessed stays, what is new is not shown as such.
        for each in (witnesses[0], witnesses[1]):
            each.kill()
        for _, raw in harvests(2, 3):
            assert server.request("POST", "/api/events", raw)[0] == 201
        time.sleep(3)
        assert cosigned(server, size) == note
        assert newest_size(server) == size + 3
    finally:
        server.stop()
        for each in witnesses:
            each.stop()


def test_a_rewritten_history_is_refused_with_the_size_that_the_witness_saw(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator throws the database away and begins again under the same log key."""
    data = folder / "ledger" / "data"
    key = Keyring(data).log_key()
    signer = NoteSigner(ORIGIN, key)
    witness = Watching(folder / "w1", "witness.example/w1", encode_vkey(signer.verifier))
    monkeypatch.setenv("SUYUAN_WITNESSES", f"{witness.vkey}@{witness.url}")
    server = Served(data)
    try:
        found(server, encode_vkey(signer.verifier))
        size = newest_size(server)
        eventually(lambda: cosigned(server, size))
        server.stop()
        # kill -9 and a restart of the witness forget nothing either.
        witness.kill()
        witness = Watching(
            folder / "w1", "witness.example/w1", encode_vkey(signer.verifier), port=witness.port
        )
        shutil.rmtree(data / "postgres")
        server = Served(data)
        found(server, encode_vkey(signer.verifier), seed=2)
        for _, raw in harvests(1, 4):
            assert server.request("POST", "/api/events", raw)[0] == 201
        said = eventually(lambda: complaint(server))
        assert "witness.example/w1" in said
        status, body = server.request("GET", "/checkpoint")
        assert (status, b"not-witnessed" in body) == (503, True)

        # Whatever the operator sends by hand, no signature comes of it.
        forged = Tree.empty()
        forged.append([leaf_hash(b"%d" % n) for n in range(size + 5)])
        for old in (0, size):
            proof = consistency_proof(old, forged.size, forged.node)
            note = sign_checkpoint(Checkpoint(ORIGIN, forged.size, forged.root()), signer)
            status, answer = witness.post(request_body(old, proof, note))
            assert (status, answer.strip()) == (409, str(size)) if old == 0 else status == 422
        same = Tree.empty()
        same.append([leaf_hash(b"%d" % n) for n in range(size)])
        note = sign_checkpoint(Checkpoint(ORIGIN, size, same.root()), signer)
        assert witness.post(request_body(size, (), note))[0] == 422
    finally:
        server.stop()
        witness.stop()


def newest_size(server: Served) -> int:
    """Give the size of the newest checkpoint, witnessed or not."""
    status, body = server.request("GET", "/checkpoint?unwitnessed=1")
    assert status == 200
    return int(body.split(b"\n")[1])


def cosigned(server: Served, size: int) -> str:
    """Give the witnessed checkpoint once it has this size."""
    status, body = server.request("GET", "/checkpoint")
    note = body.decode()
    return note if status == 200 and int(note.split("\n")[1]) == size else ""


def complaint(server: Served) -> str:
    """Give what the server's log says of a witness that refuses."""
    found_line = re.search(r"^.*does not cosign.*$", server.log.read_text(), re.MULTILINE)
    return found_line[0] if found_line else ""
