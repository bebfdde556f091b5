"""Whose ledger an export is: impostors that are sound in themselves, and what gives them away."""

from typing import Final

import msgspec
import pytest

from domain.events.governance import LogRotated
from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    encode_vkey,
    sign_checkpoint,
    split_note,
)
from ledger.cosignature import Cosigner
from ledger.cosignature import encode_vkey as encode_witness_vkey
from ledger.export import FORMAT, Header, Line, write
from ledger.keys import Ed25519Key
from ledger.policy import make_policy
from ledger.verifier import Failed, Step, Verified, verify
from tests import county as c
from tests.ledger.forgeries import (
    LOG_KEY,
    ORIGIN,
    VKEY,
    Chronicle,
    Forge,
    Lines,
    exported,
    note_of,
    tree_of,
)
from tests.worlds import World

THIEF: Final = Ed25519Key.from_seed(b"who would be the county, 32 byt.")
THIEFS: Final = encode_vkey(NoteSigner(ORIGIN, THIEF).verifier)


class _Impostor(World):
    """A county of the same name, whose log has another key."""

    def genesis(self) -> msgspec.Struct:  # type: ignore[explicit-override, override]
        return msgspec.structs.replace(super().genesis(), log_key=THIEFS)


def signed(lines: list[Line], signer: Ed25519Key, first: str = VKEY) -> Lines:
    """Write an export whose checkpoint this key signs."""
    return list(write(Header(FORMAT, ORIGIN, first, len(lines)), lines, note_of(lines, signer)))


def rotated(forge: Forge, key: Ed25519Key) -> int:
    """Change the log's key; give the position from which the new one signs."""
    vkey = encode_vkey(NoteSigner(ORIGIN, key).verifier)
    event = LogRotated(**forge.world.common(c.AUTHORITY), log_key=vkey, reason="定期换钥")
    return forge.world.position_of(forge.world.admit(event))


def failure(lines: Lines, since: str | None = None, log_key: str | None = VKEY) -> Failed:
    result = verify(lines, since, log_key=log_key)
    assert isinstance(result, Failed), result
    return result


def test_the_key_that_one_knows_vouches_for_the_ledger() -> None:
    result = verify(exported(Forge().lines), log_key=VKEY)
    assert isinstance(result, Verified), result
    assert result.log_key == VKEY
    assert Step("log key", 1) in result.steps


def test_a_ledger_of_the_same_name_under_another_key_is_another() -> None:
    chronicle = Chronicle()
    _Impostor.open(chronicle)
    lines = signed(chronicle.lines, THIEF, THIEFS)
    assert isinstance(verify(lines), Verified), "it is sound in itself"
    failed = failure(lines)
    assert (failed.position, failed.code) == (len(chronicle.lines), "other-log")


def test_a_stranger_who_opens_under_the_known_key_and_changes_it_at_once_is_found() -> None:
    """The public key is anybody's to name, and whoever opens a ledger may change its key."""
    forge = Forge()
    rotated(forge, THIEF)
    lines = signed(forge.lines, THIEF)
    assert isinstance(verify(lines), Verified), "it is sound in itself"
    failed = failure(lines)
    assert (failed.position, failed.code) == (len(forge.lines), "other-log")
    assert "--since" in failed.detail


def test_who_knows_an_older_key_needs_a_checkpoint_that_it_signed() -> None:
    forge = Forge()
    old = note_of(forge.lines)
    rotated(forge, THIEF)
    lines = signed(forge.lines, THIEF)
    result = verify(lines, old, log_key=VKEY)
    assert isinstance(result, Verified), result
    assert result.log_key == THIEFS
    assert isinstance(verify(lines, log_key=THIEFS), Verified)


def test_an_older_checkpoint_that_the_key_signed_is_not_enough_for_another_history() -> None:
    forge = Forge()
    tree = tree_of(forge.lines)
    other = sign_checkpoint(
        Checkpoint(ORIGIN, tree.size, bytes(32)), NoteSigner(ORIGIN, LOG_KEY)
    )  # fmt: skip
    rotated(forge, THIEF)
    failed = failure(signed(forge.lines, THIEF), since=other)
    assert (failed.position, failed.code) == (tree.size, "rewritten")


def test_the_thief_of_a_key_that_was_changed_signs_nothing_beyond_the_change() -> None:
    forge = Forge()
    at = rotated(forge, Ed25519Key.generate())
    failed = failure(signed(forge.lines, LOG_KEY))
    assert (failed.position, failed.code) == (at, "bad-checkpoint")


@pytest.mark.parametrize("key", ["", "x", f"{ORIGIN}+00000000+AAAA", VKEY[:-1]])
def test_what_is_no_key_vouches_for_nothing(key: str) -> None:
    assert failure(exported(Forge().lines), log_key=key).code == "malformed"


def test_a_cosignature_of_another_logs_checkpoint_is_not_this_ones() -> None:
    """The witness watches both; the operator pastes what it said of the other log."""
    cosigner = Cosigner("witness.example/w1", Ed25519Key.from_seed(bytes(32)))
    policy = make_policy([encode_witness_vkey(cosigner.verifier)])
    forge = Forge()
    tree, note = tree_of(forge.lines), note_of(forge.lines)
    elsewhere = sign_checkpoint(
        Checkpoint(f"{ORIGIN}-2", tree.size, tree.root()), NoteSigner(ORIGIN, LOG_KEY)
    )
    earlier = note_of(forge.lines[:-1])
    good = note + cosigner.cosign(split_note(note)[0], 1)
    assert isinstance(verify(exported(forge.lines, good), policy=policy), Verified)
    for other in (elsewhere, earlier):
        replayed = note + cosigner.cosign(split_note(other)[0], 1)
        result = verify(exported(forge.lines, replayed), policy=policy)
        assert isinstance(result, Failed), result
        assert (result.position, result.code) == (tree.size, "not-witnessed")
