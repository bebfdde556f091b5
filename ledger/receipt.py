"""What the ledger gives for an admitted event: proof that it is in the log, checkable alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec

from ledger.checkpoint import open_checkpoint, parse_vkey
from ledger.envelope import leaf_entry
from ledger.errors import (
    MalformedNote,
    MalformedReceipt,
    ProofError,
    ReceiptRefuted,
    UnverifiedNote,
)
from ledger.hashing import HASH_BYTES, leaf_hash
from ledger.positions import LeafIndex, Position, leaf_index
from ledger.proofs import verify_inclusion

_Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An event's place in the log, with the way from its leaf to a signed checkpoint.

    Everything but `admitted_at` is proved by the log's signature. Hashes are base64 in JSON.
    """

    position: Annotated[Position, msgspec.Meta(ge=1, le=2**53 - 1)]
    leaf_hash: _Hash
    tree_size: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    """How many events the log held when this receipt was made."""
    proof: Annotated[tuple[_Hash, ...], msgspec.Meta(max_length=64)]
    checkpoint: str
    """The signed note whose root the proof leads to."""
    admitted_at: Annotated[datetime, msgspec.Meta(tz=True)]
    """The ledger's own clock at admission."""

    @property
    def leaf_index(self) -> LeafIndex:
        """The leaf that the proof is of."""
        return leaf_index(self.position)


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(Receipt)


def to_json(receipt: Receipt) -> bytes:
    """Write a receipt as canonical JSON."""
    return _ENCODER.encode(receipt)


def from_json(raw: bytes) -> Receipt:
    """Read a receipt; it proves nothing until `verify_receipt` has run.

    Raises:
        MalformedReceipt: with the JSON path of what is wrong.
    """
    try:
        return _DECODER.decode(raw)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).rpartition(" - at `")
        raise MalformedReceipt(path.rstrip("`") if detail else "$", detail or path) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedReceipt("$", f"not JSON: {error}") from error


def verify_receipt(receipt: Receipt, stored_envelope: bytes, log_vkey: str) -> None:
    """Check that the log with this verifier key holds this envelope at the receipt's position.

    Raises:
        ReceiptRefuted: with the reason, if it is not proved.
        MalformedNote: if `log_vkey` is not a verifier key.
    """
    log = parse_vkey(log_vkey)
    # 1) the receipt is of this envelope
    leaf = leaf_hash(leaf_entry(stored_envelope))
    if leaf != receipt.leaf_hash:
        raise ReceiptRefuted("the receipt is for another envelope")
    # 2) the log signed the checkpoint
    try:
        checkpoint = open_checkpoint(receipt.checkpoint, log)
    except (MalformedNote, UnverifiedNote) as error:
        raise ReceiptRefuted(f"the checkpoint is not the log's: {error}") from error
    # 3) the checkpoint is of the tree that the proof is of
    if checkpoint.size != receipt.tree_size:
        raise ReceiptRefuted(
            f"the proof is for {receipt.tree_size} events, the checkpoint for {checkpoint.size}"
        )
    # 4) the leaf is in that tree, at that place
    try:
        verify_inclusion(leaf, receipt.leaf_index, checkpoint.size, receipt.proof, checkpoint.root)
    except ProofError as error:
        raise ReceiptRefuted(f"the event is not proved to be in the log: {error}") from error
