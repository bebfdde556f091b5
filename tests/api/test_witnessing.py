"""Collecting cosignatures: what is kept, and what becomes of witnesses that answer oddly."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest
from typing_extensions import override

from api.demo.season import Season, season
from api.settings import Settings, SettingsError, WitnessAddress
from api.witness.client import WitnessClient, WitnessRefused
from api.witness.cosigning import Answer, Witness
from api.witness.memory import WitnessMemory
from api.witnessing import Witnessing, policy_of
from ledger.checkpoint import Checkpoint, NoteSigner, encode_vkey, sign_checkpoint
from ledger.cosignature import Cosigner
from ledger.cosignature import encode_vkey as encode_witness
from ledger.cosigned import newest_cosigned
from ledger.errors import UnverifiedNote
from ledger.hashing import leaf_hash
from ledger.keys import Ed25519Key
from ledger.merkle import Tree, consistency_proof
from ledger.schema import install
from ledger.sequencer import Sequencer
from tests.ledger.conftest import LOG_KEY, NOW, ORIGIN, VKEY

LOG = NoteSigner(ORIGIN, LOG_KEY)
ONE, TWO = (
    Cosigner(f"witness.example/w{n}", Ed25519Key.from_seed(bytes([n]) * 32)) for n in (1, 2)
)
Answering = Callable[[bytes], Answer]


@contextmanager
def served(answering: Answering) -> Iterator[str]:
    """Serve whatever a witness answers, over real HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = answering(self.rfile.read(int(self.headers["Content-Length"])))
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    memory = WitnessMemory(tmp_path)
    yield Witness(ONE, [LOG.verifier], memory)
    memory.close()


@pytest.fixture(scope="module")
def told() -> Season:
    return season(NOW, ORIGIN, VKEY)


@pytest.fixture
def sequencer(database_url: str) -> Iterator[Sequencer]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        install(conn)
    made = Sequencer(database_url, LOG_KEY, clock=lambda: NOW).start()
    yield made
    made.stop()


def tree_of(size: int, salt: str = "") -> Tree:
    """Grow a tree whose window holds all of its nodes."""
    tree = Tree.empty()
    tree.append([leaf_hash(f"{salt}{n}".encode()) for n in range(size)])
    return tree


def ask(url: str, tree: Tree, client: WitnessClient | None = None) -> str:
    """Ask for a cosignature of a tree's head."""
    asking = client or WitnessClient(ONE.verifier, url)
    note = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), LOG)
    return asking.cosign(tree.size, note, lambda old: consistency_proof(old, tree.size, tree.node))


def test_a_client_that_knows_nothing_learns_the_size_and_then_keeps_it(witness: Witness) -> None:
    requests: list[bytes] = []

    def counted(raw: bytes) -> Answer:
        requests.append(raw)
        return witness.add_checkpoint(raw)

    with served(counted) as url:
        assert ask(url, tree_of(5)).startswith("— witness.example/w1 ")
        fresh = WitnessClient(ONE.verifier, url)
        assert ask(url, tree_of(9), fresh)
        assert ask(url, tree_of(12), fresh)
        assert ask(url, tree_of(12), fresh)
        assert ask(url, tree_of(9), fresh) == ""  # it is further already
    assert [raw.split(b"\n")[0] for raw in requests] == [
        b"old 0", b"old 0", b"old 5", b"old 9", b"old 12",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [5, 9])
def test_another_history_is_refused_as_such(witness: Witness, size: int) -> None:
    with served(witness.add_checkpoint) as url:
        ask(url, tree_of(5))
        with pytest.raises(WitnessRefused) as refused:
            ask(url, tree_of(size, "other"))
    assert refused.value.split


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(404, "the log is not known here\n", "text/plain"), "404.*not known"),
        (Answer(500, "", "text/plain"), "500"),
        (Answer(409, "5\n", "text/plain"), "names no size"),
        (Answer(409, "many\n", "text/x.tlog.size"), "names no size"),
        (Answer(409, "9" * 40, "text/x.tlog.size"), "names no size"),
        (Answer(200, TWO.cosign("x\n", 1), "text/plain"), "another key"),
    ],
)
def test_an_odd_answer_is_no_cosignature(answer: Answer, words: str) -> None:
    with served(lambda _: answer) as url, pytest.raises(WitnessRefused, match=words) as refused:
        ask(url, tree_of(5))
    assert not refused.value.split


def test_a_cosignature_of_something_else_is_not_taken() -> None:
    with (
        served(lambda _: Answer(200, ONE.cosign("x\n", 1), "text/plain")) as url,
        pytest.raises(UnverifiedNote),
    ):
        ask(url, tree_of(5))


def test_a_witness_that_names_another_size_each_time_is_given_up() -> None:
    sizes = iter(range(1, 100))
    with (
        served(lambda _: Answer(409, f"{next(sizes)}\n", "text/x.tlog.size")) as url,
        pytest.raises(WitnessRefused, match="each time"),
    ):
        ask(url, tree_of(50))


def test_cosigned_notes_are_kept_once_enough_have_signed_and_again_when_more_do(
    database_url: str, sequencer: Sequencer, told: Season, witness: Witness, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    memory = WitnessMemory(tmp_path / "two")
    two = Witness(TWO, [LOG.verifier], memory)
    away = Answer(503, "", "text/plain")
    up = {"two": False}
    with (
        served(witness.add_checkpoint) as url_one,
        served(lambda raw: two.add_checkpoint(raw) if up["two"] else away) as url_two,
        psycopg.connect(database_url, autocommit=True) as conn,
    ):
        addresses = [
            WitnessAddress(encode_witness(ONE.verifier), url_one),
            WitnessAddress(encode_witness(TWO.verifier), url_two),
        ]
        both, either = (
            Witnessing(database_url, addresses, 2),
            Witnessing(database_url, addresses, 1),
        )
        assert not both.collect()  # the ledger is empty
        sequencer.submit(told.envelopes[:300]).result()
        assert not both.collect()
        assert not both.collect()
        assert newest_cosigned(conn, both.policy) is None
        assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1  # said once
        assert either.collect()
        assert not either.collect()
        up["two"] = True
        assert both.collect()
        assert not both.collect()
        assert either.collect()
        sequencer.submit(told.envelopes[300:500]).result()
        assert both.collect()
        found = newest_cosigned(conn, both.policy)
        assert found
        assert found[0] == 500
        # A server that starts anew, or another beside it, finds that nothing is missing.
        assert not Witnessing(database_url, addresses, 2).collect()
        assert newest_cosigned(conn, both.policy, upto=499) is not None
    memory.close()


def test_a_ledger_restored_from_an_older_copy_is_told_by_its_witness(
    database_url: str, sequencer: Sequencer, told: Season, witness: Witness,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """The witness saw 300 events; after the accident there are fewer."""
    with served(witness.add_checkpoint) as url:
        address = WitnessAddress(encode_witness(ONE.verifier), url)
        sequencer.submit(told.envelopes[:5]).result()
        tree = tree_of(300)
        ask(url, tree)
        assert not Witnessing(database_url, [address], 1).collect()
    (said,) = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert "it saw 300 events, and here are 5" in said


def settings(witnesses: str, quorum: str = "") -> Settings:
    """Read the two settings."""
    return Settings.from_environment(
        {"SUYUAN_WITNESSES": witnesses, "SUYUAN_WITNESS_QUORUM": quorum}
    )


def test_the_settings_name_witnesses_and_how_many() -> None:
    one, two = encode_witness(ONE.verifier), encode_witness(TWO.verifier)
    read = settings(f"{one}@http://a.example:8901/, {two}@https://u@b.example/w2", "1")
    assert read.witnesses == (
        WitnessAddress(one, "http://a.example:8901"),
        WitnessAddress(two, "https://u@b.example/w2"),
    )
    assert read.witness_quorum == 1
    assert policy_of(read.witnesses, 1).quorum == 1
    assert settings(f"{one}@http://a.example").witness_quorum == 1
    assert settings("").witnesses == ()


@pytest.mark.parametrize(
    "witnesses",
    [
        "w1", f"{encode_witness(ONE.verifier)}", f"{encode_witness(ONE.verifier)}@",
        f"{encode_witness(ONE.verifier)}@ftp://a.example",
        f"{encode_witness(ONE.verifier)}@http://a.example?x=1",
        f"{encode_witness(ONE.verifier)}@http://[a",
    ],
)  # fmt: skip
def test_a_bad_witness_is_answered_with_what_to_give(witnesses: str) -> None:
    with pytest.raises(SettingsError, match="SUYUAN_WITNESSES="):
        settings(witnesses)


@pytest.mark.parametrize("quorum", ["2", "-1", "all", "1.5"])
def test_a_quorum_out_of_reach_is_answered_with_what_to_give(quorum: str) -> None:
    with pytest.raises(SettingsError, match="SUYUAN_WITNESS_QUORUM="):
        settings(f"{encode_witness(ONE.verifier)}@http://a.example", quorum)


@pytest.mark.parametrize(
    "vkey", [encode_vkey(LOG.verifier), encode_witness(ONE.verifier)], ids=["a log's", "twice"]
)
def test_a_key_that_is_no_witnesss_or_comes_twice_stops_the_start(vkey: str) -> None:
    read = settings(",".join(f"{each}@http://a.example" for each in (vkey, vkey)))
    with pytest.raises(SettingsError, match="SUYUAN_WITNESSES="):
        policy_of(read.witnesses, read.witness_quorum)
