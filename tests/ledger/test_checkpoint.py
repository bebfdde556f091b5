"""Signed notes and checkpoints, against those that others have published."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import (
    MAX_NOTE,
    Checkpoint,
    NoteSigner,
    encode_vkey,
    key_id,
    note_text,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_vkey,
    sign_checkpoint,
)
from ledger.errors import MalformedNote, UnverifiedNote
from ledger.keys import Ed25519Key

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/signed_notes.json").read_text())
NOTES = {case["name"]: case for case in VECTORS["cases"]}
PETER, ENOCH, SUM = NOTES["PeterNeumann"], NOTES["EnochRoot"], NOTES["sum.golang.org"]
LOG = NoteSigner("ledger.example/luoding", Ed25519Key.from_seed(bytes(32)))
WITNESS = NoteSigner("witness.example/w1", Ed25519Key.from_seed(b"\1" * 32))
CHECKPOINT = Checkpoint("ledger.example/luoding", 70_000, bytes(range(32)))


@pytest.mark.parametrize("name", NOTES)
def test_published_notes_open_with_their_published_keys(name: str) -> None:
    verifier = parse_vkey(NOTES[name]["vkey"])
    text, names = open_note(NOTES[name]["note"], [verifier])
    assert names == [name] == [verifier.name]
    assert NOTES[name]["note"].startswith(f"{text}\n— {name} ")
    assert encode_vkey(verifier) == NOTES[name]["vkey"]


def test_the_published_key_makes_the_published_note() -> None:
    seed = base64.b64decode(VECTORS["peter_seed"])[1:]
    signer = NoteSigner("PeterNeumann", Ed25519Key.from_seed(seed))
    text, _ = open_note(PETER["note"], [signer.verifier])
    assert f"{text}\n{signer.sign(text)}" == PETER["note"]


def test_the_tree_head_of_the_go_checksum_database_is_a_checkpoint() -> None:
    text, _ = open_note(SUM["note"], [parse_vkey(SUM["vkey"])])
    checkpoint = parse_checkpoint(text)
    assert checkpoint.origin == "go.sum database tree"
    assert checkpoint.size == 30_055_305
    assert note_text(checkpoint) == text
    with pytest.raises(UnverifiedNote, match=r"of go\.sum database tree, not of sum\.golang\.org"):
        open_checkpoint(SUM["note"], parse_vkey(SUM["vkey"]))


def test_a_note_of_two_signers_names_those_that_are_known() -> None:
    text, _, peter = PETER["note"].rpartition("\n\n")
    enoch = ENOCH["note"].rpartition("\n\n")[2]
    both = f"{text}\n\n{peter}{enoch}"
    verifiers = [parse_vkey(PETER["vkey"]), parse_vkey(ENOCH["vkey"])]
    assert open_note(both, verifiers)[1] == ["PeterNeumann", "EnochRoot"]
    assert open_note(both, verifiers[1:])[1] == ["EnochRoot"]
    assert open_note(both + peter, verifiers)[1] == ["PeterNeumann", "EnochRoot"]
    with pytest.raises(UnverifiedNote, match="no known key"):
        open_note(both, [LOG.verifier])
    with pytest.raises(UnverifiedNote, match="no known key"):
        open_note(both, [])


def test_an_unknown_key_of_a_known_name_is_passed_over() -> None:
    impostor = NoteSigner(LOG.verifier.name, Ed25519Key.from_seed(b"\2" * 32))
    note = sign_checkpoint(CHECKPOINT, LOG, impostor)
    assert open_note(note, [LOG.verifier])[1] == [LOG.verifier.name]
    with pytest.raises(UnverifiedNote, match="no known key"):
        open_note(sign_checkpoint(CHECKPOINT, impostor), [LOG.verifier])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG, WITNESS)
    verifiers = [LOG.verifier, WITNESS.verifier]
    assert open_note(note, verifiers)[1] == [LOG.verifier.name, WITNESS.verifier.name]
    with pytest.raises(UnverifiedNote, match="does not match"):
        open_note(note.replace("70000", "70001"), verifiers)
    other = sign_checkpoint(Checkpoint("other", 1, bytes(32)), WITNESS)
    spoiled = sign_checkpoint(CHECKPOINT, LOG) + other.rpartition("\n\n")[2]
    with pytest.raises(UnverifiedNote, match=r"witness\.example/w1 does not match"):
        open_note(spoiled, verifiers)


def test_a_signed_checkpoint_opens_again() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG, WITNESS)
    assert note.split("\n")[:3] == [
        "ledger.example/luoding",
        "70000",
        base64.b64encode(CHECKPOINT.root).decode(),
    ]
    assert open_checkpoint(note, LOG.verifier) == CHECKPOINT
    with pytest.raises(MalformedNote, match="somebody must sign"):
        sign_checkpoint(CHECKPOINT)


lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)


@given(lines, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(lines))
def test_every_checkpoint_reads_back(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint(note_text(checkpoint)) == checkpoint
    note = sign_checkpoint(checkpoint, LOG)
    assert parse_checkpoint(open_note(note, [LOG.verifier])[0]) == checkpoint


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("a\nb", 1, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", 2**63, bytes(32)),
        Checkpoint("a", 1, bytes(31)),
        Checkpoint("a", 1, bytes(32), ("",)),
        Checkpoint("a", 1, bytes(32), ("x\ny",)),
        Checkpoint("a\t", 1, bytes(32)),
        Checkpoint("\ud800", 1, bytes(32)),
    ],
)
def test_a_checkpoint_that_would_not_read_back_is_not_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(MalformedNote):
        note_text(checkpoint)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "origin\n1\n",
        f"origin\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n+1\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n1_0\n{ROOT}\n",
        f"origin\n１\n{ROOT}\n",
        f"origin\n²\n{ROOT}\n",
        f"origin\n\n{ROOT}\n",
        f"origin\n{'9' * 19}\n{ROOT}\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
        f"origin\n1\n{ROOT[:-1]}\n",
        f"origin\n1\n {ROOT}\n",
        f"origin\n1\n{ROOT[:-2]}B=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n溯源\n",
        f"origin\n1\n{ROOT}\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_checkpoint(text)


SIGNED = PETER["note"].rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        f"text\n{SIGNED}",
        "text\n\n",
        f"text\n\n{SIGNED.rstrip()}",
        f"text\n\n{SIGNED}\n",
        f"te\0xt\n\n{SIGNED}",
        f"te\txt\n\n{SIGNED}",
        f"te\rxt\n\n{SIGNED}",
        f"\ud800\n\n{SIGNED}",
        "text\n\n- PeterNeumann AAAAAAAA\n",
        "text\n\n— PeterNeumann\n",
        "text\n\n—  AAAAAAAA\n",
        "text\n\n— Peter+Neumann AAAAAAAA\n",
        "text\n\n— Peter\u3000Neumann AAAAAAAA\n",
        "text\n\n— PeterNeumann AAAAAAA\n",
        "text\n\n— PeterNeumann AAAAAA==\n",
        "text\n\n— PeterNeumann  AAAAAAAA\n",
        f"text\n\n{SIGNED * 101}",
        "x" * (MAX_NOTE + 1),
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(MalformedNote):
        open_note(note, [parse_vkey(PETER["vkey"])])


def test_no_part_of_a_verifier_key_and_no_changed_one_is_taken() -> None:
    vkey = PETER["vkey"]
    for start in range(len(vkey)):
        for end in range(start + 1, len(vkey) + 1):
            if (start, end) != (0, len(vkey)):
                with pytest.raises(MalformedNote):
                    parse_vkey(vkey[start:end])
    for at in range(len(vkey)):
        with pytest.raises(MalformedNote):
            parse_vkey(vkey[:at] + chr(ord(vkey[at]) + 1) + vkey[at + 1 :])


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [  # golang.org/x/mod/sumdb/note, note_test.go
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", "base64"),
        ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "type 0x01"),
        ("name+00000000+AQ==", "has 32 bytes, not 0"),
        ("name+00000000+" + base64.b64encode(b"\1" + bytes(32)).decode(), "subgroup"),
        ("na me+00000000+AQ==", "key name"),
    ],
)
def test_an_unsound_verifier_key_is_refused_with_the_reason(vkey: str, reason: str) -> None:
    with pytest.raises(MalformedNote, match=reason):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x01"])
def test_a_name_that_would_break_the_line_cannot_sign(name: str) -> None:
    with pytest.raises(MalformedNote):
        NoteSigner(name, Ed25519Key.generate())


def test_a_key_id_is_the_head_of_a_hash_of_name_type_and_key() -> None:
    public = parse_vkey(PETER["vkey"]).public.raw
    assert key_id("PeterNeumann", 1, public).hex() == "c74f20a3"
    assert key_id("PeterNeumann", 4, public).hex() != "c74f20a3"
