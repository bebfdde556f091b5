"""The witness that runs beside a ledger: what it remembers, what it answers, who it is."""

import base64
import json
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.cli.failures import Refused
from api.cli.witness import open_cosigner
from api.witness.app import create_app
from api.witness.cosigning import Witness
from api.witness.memory import MemoryLost, WitnessMemory
from ledger.checkpoint import Checkpoint, NoteSigner, open_checkpoint, sign_checkpoint
from ledger.cosignature import Cosignature, Cosigner, cosignatures, encode_vkey
from ledger.errors import KeyFileError
from ledger.hashing import leaf_hash
from ledger.keys import Ed25519Key, save_key
from ledger.merkle import Tree, consistency_proof
from ledger.witness import MAX_REQUEST, LastSeen, request_body

ORIGIN = "suyuan.example/445381"
LOG = NoteSigner(ORIGIN, Ed25519Key.from_seed(b"l" * 32))
COSIGNER = Cosigner("witness.example/w1", Ed25519Key.from_seed(b"w" * 32))
NOW = 1_793_000_000


def tree_of(size: int, salt: str = "") -> Tree:
    """Grow a tree whose window holds all of its nodes."""
    tree = Tree.empty()
    tree.append([leaf_hash(f"{salt}{n}".encode()) for n in range(size)])
    return tree


def note_of(tree: Tree) -> str:
    """Sign the tree's head."""
    return sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), LOG)


def request(old: int, tree: Tree) -> bytes:
    """Build an honest log's request."""
    return request_body(old, consistency_proof(old, tree.size, tree.node), note_of(tree))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[WitnessMemory]:
    opened = WitnessMemory(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def client(memory: WitnessMemory) -> TestClient:
    return TestClient(create_app(Witness(COSIGNER, [LOG.verifier], memory, lambda: NOW)))


def test_a_checkpoint_is_cosigned(client: TestClient) -> None:
    tree = tree_of(5)
    answer = client.post("/add-checkpoint", content=request(0, tree))
    assert answer.status_code == 200, answer.text
    note = note_of(tree) + answer.text
    assert cosignatures(note, [COSIGNER.verifier]) == [Cosignature("witness.example/w1", NOW)]


def test_a_conflict_has_the_specifications_type_and_size(client: TestClient) -> None:
    client.post("/add-checkpoint", content=request(0, tree_of(5)))
    answer = client.post("/add-checkpoint", content=request(0, tree_of(9)))
    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_a_split_view_and_a_rewritten_history_are_refused(client: TestClient) -> None:
    client.post("/add-checkpoint", content=request(0, tree_of(5)))
    split = client.post("/add-checkpoint", content=request_body(5, (), note_of(tree_of(5, "x"))))
    assert (split.status_code, "5 and 5" in split.text) == (422, True)
    rewritten = client.post("/add-checkpoint", content=request(5, tree_of(9, "x")))
    assert (rewritten.status_code, "from 5" in rewritten.text or "of 5" in rewritten.text) == (
        422,
        True,
    )


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"x" * (MAX_REQUEST + 1)])
def test_what_is_no_request_is_said_to_be_none(client: TestClient, body: bytes) -> None:
    assert client.post("/add-checkpoint", content=body).status_code == 400


def test_it_says_who_it_is(client: TestClient) -> None:
    assert client.get("/").text == encode_vkey(COSIGNER.verifier) + "\n"


def address_of(origin: str) -> str:
    return f"/{sha256(origin.encode()).hexdigest()}/checkpoint"


def test_a_monitor_gets_the_latest_checkpoint_with_both_signatures(client: TestClient) -> None:
    assert client.get(address_of(ORIGIN)).status_code == 404
    latest = ""
    for old, new in ((0, 5), (5, 9)):
        line = client.post("/add-checkpoint", content=request(old, tree_of(new))).text
        answer = client.get(address_of(ORIGIN))
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        latest = answer.text
        assert latest == note_of(tree_of(new)) + line
        assert open_checkpoint(latest, LOG.verifier).size == new
    client.post("/add-checkpoint", content=request_body(9, (), note_of(tree_of(9, "x"))))
    assert client.get(address_of(ORIGIN)).text == latest
    assert client.head(address_of(ORIGIN)).status_code == 200
    for path in (address_of(ORIGIN + "x"), address_of(ORIGIN).upper(), "/../x/checkpoint"):
        assert client.get(path).status_code == 404


def test_what_a_monitor_gets_outlives_a_restart_and_a_disk_without_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = WitnessMemory(tmp_path)
    witness = Witness(COSIGNER, [LOG.verifier], memory, lambda: NOW)
    assert witness.add_checkpoint(request(0, tree_of(5))).status == 200
    kept = witness.cosigned(sha256(ORIGIN.encode()).hexdigest())
    memory.close()
    again = WitnessMemory(tmp_path)
    assert again.cosigned(sha256(ORIGIN.encode()).hexdigest()) == kept

    def full(_origin: str, _note: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(again, "keep_cosigned", full)
    late = Witness(COSIGNER, [LOG.verifier], again, lambda: NOW)
    assert late.add_checkpoint(request(5, tree_of(9))).status == 200
    again.close()


def test_it_remembers_over_a_restart(tmp_path: Path) -> None:
    first = WitnessMemory(tmp_path)
    Witness(COSIGNER, [LOG.verifier], first).add_checkpoint(request(0, tree_of(5)))
    first.close()
    second = WitnessMemory(tmp_path)
    assert second.last_seen(ORIGIN) == LastSeen(ORIGIN, 5, tree_of(5).root())
    answer = Witness(COSIGNER, [LOG.verifier], second).add_checkpoint(request(0, tree_of(5, "x")))
    assert (answer.status, answer.body) == (409, "5\n")
    second.close()


def test_many_at_once_leave_one_line_of_history(memory: WitnessMemory) -> None:
    """Racing requests, forks among them: what got a signature lies on one growing tree."""
    witness = Witness(COSIGNER, [LOG.verifier], memory)
    signed: list[tuple[int, str]] = []
    lock = threading.Lock()

    def grow(number: int) -> None:
        salt = "x" if number % 3 == 0 else ""
        old = 0
        for size in range(1 + number % 4, 60, 4):
            answer = witness.add_checkpoint(request(min(old, size), tree_of(size, salt)))
            if answer.status == 200:
                with lock:
                    signed.append((size, salt))
                old = size
            elif answer.status == 409:
                old = int(answer.body)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(grow, range(8)))
    seen = memory.last_seen(ORIGIN)
    assert seen
    assert len({salt for _, salt in signed}) == 1
    sizes = [size for size, _ in signed]
    assert sorted(sizes)[-1] == seen.size
    assert seen.root == tree_of(seen.size, signed[0][1]).root()


def _crash_after_saving(folder: Path) -> None:
    def dying(*_: object) -> str:
        os._exit(9)

    class Dying(Cosigner):
        cosign = dying  # type: ignore[assignment]

    memory = WitnessMemory(folder)
    dying_one = Dying("witness.example/w1", Ed25519Key.from_seed(b"w" * 32))
    Witness(dying_one, [LOG.verifier], memory).add_checkpoint(request(0, tree_of(5)))


def test_a_crash_just_before_signing_forgets_nothing(tmp_path: Path) -> None:
    """The process dies where the signature would be made: the state is on the disk already."""
    process = multiprocessing.get_context("spawn").Process(
        target=_crash_after_saving, args=(tmp_path,)
    )
    process.start()
    process.join()
    assert process.exitcode == 9
    memory = WitnessMemory(tmp_path)
    witness = Witness(COSIGNER, [LOG.verifier], memory)
    assert witness.add_checkpoint(request(0, tree_of(5, "x"))).status == 409
    # The honest log, which got no answer, asks again from where the witness is.
    assert witness.add_checkpoint(request(5, tree_of(5))).status == 200
    memory.close()


def test_what_can_not_be_saved_is_not_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = WitnessMemory(tmp_path)
    client = TestClient(create_app(Witness(COSIGNER, [LOG.verifier], memory)))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = client.post("/add-checkpoint", content=request(0, tree_of(5)))
    assert (answer.status_code, "—" in answer.text) == (503, False)
    assert "No space left" in answer.text
    assert memory.last_seen(ORIGIN) is None
    monkeypatch.undo()
    assert client.post("/add-checkpoint", content=request(0, tree_of(5))).status_code == 200
    memory.close()


def test_a_second_witness_on_the_same_folder_is_kept_out(
    memory: WitnessMemory, tmp_path: Path
) -> None:
    with pytest.raises(MemoryLost, match="another witness"):
        WitnessMemory(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b'{"origin":"suyuan.example/445381","size":1,"root":"AAAA"}',
        b'{"origin":"elsewhere","size":1,"root":"' + base64.b64encode(b"r" * 32) + b'"}',
    ],
)
def test_a_damaged_memory_stops_it_rather_than_begin_anew(tmp_path: Path, damage: bytes) -> None:
    first = WitnessMemory(tmp_path)
    first.remember(LastSeen(ORIGIN, 5, b"r" * 32))
    first.close()
    (file,) = tmp_path.glob("*.json")
    assert json.loads(file.read_bytes())["size"] == 5
    file.write_bytes(damage)
    with pytest.raises(MemoryLost, match="backup"):
        WitnessMemory(tmp_path)


def test_its_name_and_key_are_made_once(tmp_path: Path) -> None:
    made = open_cosigner(tmp_path, "witness.example/w1")
    assert open_cosigner(tmp_path, None).verifier == made.verifier
    assert open_cosigner(tmp_path, "witness.example/w1").verifier == made.verifier
    with pytest.raises(Refused, match=r"witness\.example/w1"):
        open_cosigner(tmp_path, "witness.example/w2")
    (tmp_path / "witness.pem").unlink()
    save_key(tmp_path / "witness.pem", Ed25519Key.generate())
    with pytest.raises(KeyFileError, match=r"witness\.vkey"):
        open_cosigner(tmp_path, None)
