"""Cosignatures and policies: a real one from a public witness, ours, and forgeries of each."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import policy
from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    note_text,
    open_checkpoint,
    sign_checkpoint,
    split_note,
)
from ledger.cosignature import (
    Cosignature,
    Cosigner,
    cosignatures,
    encode_vkey,
    good_lines,
    parse_vkey,
)
from ledger.errors import MalformedNote, UnverifiedNote
from ledger.keys import Ed25519Key

# A checkpoint of a public CT log as its server gave it, cosigned by four public witnesses.
PUBLIC = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3\
urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI7\
5MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcq\
oXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u\
5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk\
5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2T\
UFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

# The example of tlog-cosignature; its witness's key is not published, its layout and time are.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz\
Gku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n\
PZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""

LOG = NoteSigner("suyuan.example/445381", Ed25519Key.from_seed(b"l" * 32))
ONE, TWO, THREE = (
    Cosigner(f"witness.example/w{n}", Ed25519Key.from_seed(bytes([n]) * 32)) for n in (1, 2, 3)
)
NOTE = sign_checkpoint(Checkpoint("suyuan.example/445381", 7, b"r" * 32), LOG)
TEXT, _ = split_note(NOTE)


def test_a_public_witnesss_cosignature_verifies() -> None:
    assert cosignatures(PUBLIC, [parse_vkey(REMORA)]) == [Cosignature("remora.n621.de", 1779573024)]


def test_a_public_witnesss_cosignature_does_not_fit_another_checkpoint() -> None:
    with pytest.raises(UnverifiedNote, match="remora"):
        cosignatures(PUBLIC.replace("1432088532", "1432088533"), [parse_vkey(REMORA)])


def test_the_specifications_example_has_the_layout_that_is_read_here() -> None:
    text, signatures = split_note(EXAMPLE)
    line = signatures[1]
    assert (line.name, len(line.signature)) == ("witness.example.com/w1", 72)
    assert int.from_bytes(line.signature[:8]) == 1679315147  # the time that it says was signed
    assert text.encode().startswith(b"example.com/behind-the-sofa\n20852163\n")


def test_what_is_signed_is_the_specifications_message() -> None:
    """The signed bytes written out as in the specification, checked by the bare key."""
    key = Ed25519Key.from_seed(b"w" * 32)
    text, _ = split_note(EXAMPLE)
    line = Cosigner("witness.example.com/w1", key).cosign(text, 1679315147)
    data = base64.b64decode(line.split(" ")[2])
    message = (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert key.public.verify(data[12:], message)


@pytest.mark.parametrize(
    ("vkey", "wrong"),
    [
        ("bananas.sigstore.dev+12344556", "expected name"),
        ("rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!", "base64"),
        ("rekor.sigstore.dev+12345678+AwEB", "0x04"),
        (REMORA.replace("da77ade7", "00000000"), "da77ade7"),
        ("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6", "0x04"),
    ],
)
def test_what_is_no_witnesss_key_is_refused(vkey: str, wrong: str) -> None:
    with pytest.raises(MalformedNote, match=wrong):
        parse_vkey(vkey)


def test_a_witnesss_key_is_read_as_it_is_written() -> None:
    assert encode_vkey(parse_vkey(REMORA)) == REMORA
    assert parse_vkey(encode_vkey(ONE.verifier)) == ONE.verifier


@pytest.mark.parametrize("name", ["", "two words", "plus+sign"])
def test_a_witness_needs_a_name_that_stands_on_a_line(name: str) -> None:
    with pytest.raises(MalformedNote):
        Cosigner(name, Ed25519Key.generate())


@given(time=st.integers(0, 2**63 - 1), size=st.integers(0, 2**53), extension=st.booleans())
def test_a_cosignature_made_here_verifies_here(time: int, size: int, extension: bool) -> None:  # noqa: FBT001
    extensions = ("an extension line",) if extension else ()
    text = note_text(Checkpoint("suyuan.example/445381", size, b"r" * 32, extensions))
    note = f"{text}\n{ONE.cosign(text, time)}"
    assert cosignatures(note, [ONE.verifier]) == [Cosignature("witness.example/w1", time)]


@pytest.mark.parametrize("at", [4, 11, 12, 40, 75])
def test_a_changed_byte_of_time_or_signature_is_found(at: int) -> None:
    name = "— witness.example/w1 "
    data = bytearray(base64.b64decode(ONE.cosign(TEXT, 1000).removeprefix(name)))
    data[at] ^= 1
    forged = f"{NOTE}{name}{base64.b64encode(data).decode()}\n"
    with pytest.raises((UnverifiedNote, MalformedNote)):
        cosignatures(forged, [ONE.verifier])


def test_a_plain_note_signature_is_no_cosignature() -> None:
    """The log can't pass its own signature off as a witness's: key id and message differ."""
    plain = NoteSigner("witness.example/w1", Ed25519Key.from_seed(bytes([1]) * 32))
    assert cosignatures(sign_checkpoint(Checkpoint("x", 1, b"r" * 32), plain), [ONE.verifier]) == []


def test_a_line_of_the_wrong_length_is_refused() -> None:
    short = base64.b64encode(ONE.verifier.key_id + b"\0" * 64).decode()
    with pytest.raises(MalformedNote, match="72"):
        cosignatures(f"{NOTE}— witness.example/w1 {short}\n", [ONE.verifier])


def test_the_logs_signature_stays_good_beside_cosignatures() -> None:
    note = NOTE + ONE.cosign(TEXT, 1) + TWO.cosign(TEXT, 2)
    assert open_checkpoint(note, LOG.verifier).size == 7
    assert len(cosignatures(note, [TWO.verifier, THREE.verifier, ONE.verifier])) == 2


def test_of_what_a_witness_sends_only_its_own_lines_are_kept() -> None:
    sent = TWO.cosign(TEXT, 1) + ONE.cosign(TEXT, 5)
    assert good_lines(TEXT, sent, [ONE.verifier]) == ONE.cosign(TEXT, 5)
    for junk in ("", "hello", "\n", ONE.cosign(TEXT, 5) + "\n" + ONE.cosign(TEXT, 6)):
        with pytest.raises(MalformedNote):
            good_lines(TEXT, junk, [ONE.verifier])


VKEYS = [encode_vkey(each.verifier) for each in (ONE, TWO, THREE)]


@pytest.mark.parametrize("quorum", [0, 1, 2, 3])
@pytest.mark.parametrize("signed", [0, 1, 2, 3])
def test_k_of_n(quorum: int, signed: int) -> None:
    note = NOTE + "".join(each.cosign(TEXT, 9) for each in (THREE, ONE, TWO)[:signed])
    asked = policy.make_policy(VKEYS, quorum)
    if signed >= quorum:
        assert len(policy.check(asked, note)) == signed
    else:
        with pytest.raises(policy.Unwitnessed, match=rf"of 7 events needs {quorum} of"):
            policy.check(asked, note)


def test_without_a_number_all_must_sign() -> None:
    assert policy.make_policy(VKEYS).quorum == 3


def test_one_witness_counts_once_however_often_it_signs() -> None:
    note = NOTE + ONE.cosign(TEXT, 1) + ONE.cosign(TEXT, 2)
    with pytest.raises(policy.Unwitnessed, match="1 of them"):
        policy.check(policy.make_policy(VKEYS, 2), note)


def test_one_key_under_two_names_is_one_witness() -> None:
    again = Cosigner("witness.example/other", Ed25519Key.from_seed(bytes([1]) * 32))
    with pytest.raises(MalformedNote, match="twice"):
        policy.make_policy([*VKEYS, encode_vkey(again.verifier)])


@pytest.mark.parametrize("quorum", [-1, 4])
def test_a_quorum_out_of_reach_is_refused(quorum: int) -> None:
    with pytest.raises(MalformedNote, match="of 3"):
        policy.make_policy(VKEYS, quorum)
