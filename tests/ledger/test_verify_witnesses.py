"""`verify` with a policy, over what the database keeps of cosigned checkpoints."""

import pytest

from api.demo.season import Season
from ledger.checkpoint import open_checkpoint, parse_vkey, split_note
from ledger.cosignature import Cosigner, encode_vkey
from ledger.cosigned import keep_cosigned, newest_cosigned
from ledger.exporter import NothingToExport, export_ledger
from ledger.keys import Ed25519Key
from ledger.policy import make_policy
from ledger.receipts import newest_checkpoint
from ledger.verifier import Failed, Step, Verified, verify
from tests.ledger.conftest import LedgerUnderTest

ONE, TWO, THREE = (
    Cosigner(f"witness.example/w{n}", Ed25519Key.from_seed(bytes([n]) * 32)) for n in (1, 2, 3)
)
VKEYS = [encode_vkey(each.verifier) for each in (ONE, TWO, THREE)]


def cosign(ledger: LedgerUnderTest, *cosigners: Cosigner) -> int:
    """Cosign the newest checkpoint and keep it; give its size."""
    with ledger.connect() as conn:
        newest = newest_checkpoint(conn)
        assert newest
        size, note = newest
        text, _ = split_note(note)
        keep_cosigned(conn, size, note + "".join(each.cosign(text, 1) for each in cosigners))
    return size


def exported(ledger: LedgerUnderTest) -> list[bytes]:
    """Export up to the newest cosigned checkpoint."""
    with ledger.connect() as conn:
        return list(export_ledger(conn, witnessed=True))


def test_enough_witnesses_pass_too_few_fail_at_the_checkpoints_size(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:50]).result()
    cosign(ledger, ONE, TWO)
    result = verify(ledger.export(), policy=make_policy(VKEYS, 2))
    assert isinstance(result, Verified), result
    assert Step("witnesses", 2) in result.steps
    failed = verify(ledger.export(), policy=make_policy(VKEYS, 3))
    assert isinstance(failed, Failed)
    assert (failed.position, failed.code) == (50, "not-witnessed")
    assert "witness.example/w3" in failed.detail


def test_without_a_policy_witnesses_are_not_asked_about(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:50]).result()
    result = verify(ledger.export())
    assert isinstance(result, Verified)
    assert [step.step for step in result.steps if step.step == "witnesses"] == []


def test_a_witnessed_export_ends_where_the_witnesses_are(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:50]).result()
    with pytest.raises(NothingToExport, match="witness"):
        exported(ledger)
    cosign(ledger, ONE)
    ledger.sequencer.submit(told.envelopes[50:70]).result()
    result = verify(exported(ledger), policy=make_policy(VKEYS[:1]))
    assert isinstance(result, Verified), result
    assert result.events == 50
    behind = verify(ledger.export(), policy=make_policy(VKEYS[:1]))
    assert isinstance(behind, Failed)
    assert (behind.position, behind.code) == (70, "not-witnessed")


def test_a_forged_cosignature_is_not_passed_over(ledger: LedgerUnderTest, told: Season) -> None:
    ledger.sequencer.submit(told.envelopes[:50]).result()
    cosign(ledger, Cosigner("witness.example/w1", Ed25519Key.generate()))
    result = verify(ledger.export(), policy=make_policy(VKEYS[:1]))
    assert isinstance(result, Failed)
    assert result.code == "not-witnessed"


def test_the_newest_note_that_satisfies_the_policy_is_found(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:10]).result()
    cosign(ledger, ONE, TWO)
    ledger.sequencer.submit(told.envelopes[10:20]).result()
    cosign(ledger, ONE)
    with ledger.connect() as conn:
        for quorum, size in ((0, 20), (1, 20), (2, 10)):
            found = newest_cosigned(conn, make_policy(VKEYS, quorum))
            assert found
            assert found[0] == size
            assert open_checkpoint(found[1], parse_vkey(ledger.vkey)).size == size
        assert newest_cosigned(conn, make_policy(VKEYS, 3)) is None
        # A second witness of the same size comes later: both stand, the fuller is found first.
    cosign(ledger, ONE, TWO, THREE)
    with ledger.connect() as conn:
        found = newest_cosigned(conn, make_policy(VKEYS, 3))
        assert found
        assert found[0] == 20


def test_cosigned_notes_are_append_only(ledger: LedgerUnderTest, told: Season) -> None:
    ledger.sequencer.submit(told.envelopes[:10]).result()
    cosign(ledger, ONE)
    for statement in (
        b"UPDATE ledger.cosigned SET note = 'n'",
        b"DELETE FROM ledger.cosigned",
        b"TRUNCATE ledger.cosigned",
    ):
        with ledger.connect() as conn, pytest.raises(Exception, match="append-only"):
            conn.execute(statement)
