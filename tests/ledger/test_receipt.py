"""A receipt proves an admission to anybody who knows the log's key, and nothing else does."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.checkpoint import Checkpoint, NoteSigner, encode_vkey, sign_checkpoint
from ledger.envelope import leaf_entry, sign, to_bytes
from ledger.errors import MalformedNote, MalformedReceipt, ReceiptRefuted
from ledger.keys import Ed25519Key
from ledger.merkle import Tree, leaf_hash
from ledger.positions import Position, leaf_index
from ledger.receipt import Receipt, from_json, to_json, verify_receipt

LOG = NoteSigner("ledger.example/luoding", Ed25519Key.from_seed(bytes(32)))
VKEY = encode_vkey(LOG.verifier)
FARMER = Ed25519Key.from_seed(b"\1" * 32)
STORED = [to_bytes(sign(b'{"n":%d}' % number, FARMER)) for number in range(20)]
LEAVES = [leaf_hash(leaf_entry(stored)) for stored in STORED]
NOON = datetime(2025, 6, 1, 4, 0, 0, 250_000, tzinfo=UTC)


def receipt_of(position: int, size: int) -> Receipt:
    tree = Tree.empty()
    tree.append(LEAVES[:size])
    at = Position(position)
    return Receipt(
        position=at,
        leaf_hash=LEAVES[position - 1],
        tree_size=size,
        proof=tuple(tree.inclusion_proof(leaf_index(at))),
        checkpoint=sign_checkpoint(Checkpoint(LOG.verifier.name, size, tree.root()), LOG),
        admitted_at=NOON,
    )


@given(st.integers(1, 20), st.data())
def test_every_event_of_a_ledger_has_a_receipt_that_verifies(
    size: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(1, size))
    receipt = receipt_of(position, size)
    verify_receipt(receipt, STORED[position - 1], VKEY)
    assert receipt.leaf_index == position - 1
    raw = to_json(receipt)
    assert from_json(raw) == receipt
    assert canonical.is_canonical(receipt, raw)


def test_the_json_of_a_receipt_is_plain() -> None:
    document = msgspec.json.decode(to_json(receipt_of(3, 5)))
    assert document.keys() == {
        "admitted_at",
        "checkpoint",
        "leaf_hash",
        "position",
        "proof",
        "tree_size",
    }
    assert document["admitted_at"] == "2025-06-01T04:00:00.250000Z"
    assert document["position"] == 3
    assert all(isinstance(node, str) for node in document["proof"])


RECEIPT = receipt_of(3, 5)
NOISE = bytes(32)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"leaf_hash": NOISE}, "for another envelope"),
        ({"position": 4}, "not proved to be in the log"),
        ({"position": 6}, "leaf 5 is not in a tree of 5"),
        ({"tree_size": 6}, "the proof is for 6 events, the checkpoint for 5"),
        ({"proof": RECEIPT.proof[:-1]}, "too short"),
        ({"proof": (*RECEIPT.proof, NOISE)}, "too long"),
        ({"proof": (NOISE, *RECEIPT.proof[1:])}, "does not lead to the root"),
        ({"checkpoint": "hello"}, "the checkpoint is not the log's: note"),
        ({"checkpoint": RECEIPT.checkpoint.replace("\n5\n", "\n6\n")}, "does not match"),
        (
            {
                "checkpoint": sign_checkpoint(
                    Checkpoint("ledger.example/luoding", 5, NOISE),
                    NoteSigner("ledger.example/luoding", FARMER),
                )
            },
            "no known key signed",
        ),
        (
            {"checkpoint": sign_checkpoint(Checkpoint("another.example", 5, NOISE), LOG)},
            r"is of another\.example",
        ),
    ],
)
def test_a_changed_receipt_is_refuted_with_the_reason(
    changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(ReceiptRefuted, match=reason) as refusal:
        verify_receipt(msgspec.structs.replace(RECEIPT, **changes), STORED[2], VKEY)
    assert refusal.value.reason == str(refusal.value)


def test_a_receipt_is_for_one_envelope_and_one_log() -> None:
    with pytest.raises(ReceiptRefuted, match="another envelope"):
        verify_receipt(RECEIPT, STORED[3], VKEY)
    with pytest.raises(ReceiptRefuted, match="no known key"):
        verify_receipt(
            RECEIPT, STORED[2], encode_vkey(NoteSigner(LOG.verifier.name, FARMER).verifier)
        )
    with pytest.raises(MalformedNote, match="vkey"):
        verify_receipt(RECEIPT, STORED[2], "ledger.example")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"position": 0}, "$.position"),
        ({"position": "3"}, "$.position"),
        ({"position": 3.5}, "$.position"),
        ({"tree_size": 0}, "$.tree_size"),
        ({"leaf_hash": "AAAA"}, "$.leaf_hash"),
        ({"proof": ["AAAA"]}, "$.proof[0]"),
        ({"admitted_at": "2025-06-01T04:00:00"}, "$.admitted_at"),
        ({"admitted_at": 5}, "$.admitted_at"),
        ({"checkpoint": None}, "$.checkpoint"),
        ({"extra": 1}, "$"),
    ],
)
def test_a_malformed_receipt_is_refused_with_the_path(change: dict[str, object], path: str) -> None:
    document = msgspec.json.decode(to_json(RECEIPT)) | change
    with pytest.raises(MalformedReceipt) as refusal:
        from_json(msgspec.json.encode(document))
    assert refusal.value.path == path


def test_a_cut_off_receipt_is_refused() -> None:
    raw = to_json(RECEIPT)
    for length in range(0, len(raw), 7):
        with pytest.raises(MalformedReceipt, match="not JSON"):
            from_json(raw[:length])


def test_a_time_with_an_offset_is_kept() -> None:
    later = msgspec.structs.replace(RECEIPT, admitted_at=NOON + timedelta(hours=1))
    assert from_json(to_json(later)).admitted_at - NOON == timedelta(hours=1)


def test_positions_start_at_one_and_leaves_at_zero() -> None:
    assert leaf_index(Position(1)) == 0
    assert leaf_index(Position(4711)) == 4710
    for position in (0, -1):
        with pytest.raises(ValueError, match="start at 1"):
            leaf_index(Position(position))
