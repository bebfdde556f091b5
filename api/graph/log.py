"""What proves that an event is in the log: checkpoints and receipts."""

import base64
from datetime import UTC, datetime
from typing import Self

import strawberry

from api.graph.context import Info
from api.graph.scalars import Position
from ledger.checkpoint import parse_checkpoint
from ledger.outcome import Admission
from ledger.receipts import latest_checkpoint


@strawberry.type(description="The log's signed statement of its size and root (C2SP).")
class Checkpoint:
    """A C2SP tlog-checkpoint."""

    origin: str = strawberry.field(description="The log's name, e.g. luoding.example/ledger.")
    size: Position = strawberry.field(description="How many events the log holds.")
    root_hash: str = strawberry.field(description="The tree's root, 32 bytes in base64.")
    note: str = strawberry.field(
        description="The signed note itself; check its signature before trusting the rest."
    )

    @classmethod
    def of(cls, note: str) -> Self:
        """Read a note of our own log; its signature is for others to check."""
        text, _, _ = note.rpartition("\n\n")
        checkpoint = parse_checkpoint(f"{text}\n")
        return cls(
            origin=checkpoint.origin, size=Position(checkpoint.size),
            root_hash=_base64(checkpoint.root), note=note,
        )  # fmt: skip


@strawberry.type(description="Proof that an event is in the log, checkable alone 回执.")
class Receipt:
    """An admitted event's receipt."""

    event_id: str = strawberry.field(description="The event, a UUIDv7.")
    position: Position = strawberry.field(description="Where it stands in the ledger.")
    leaf_hash: str = strawberry.field(description="RFC 6962 hash of its leaf, 32 bytes in base64.")
    tree_size: Position = strawberry.field(description="How many events the proof's tree holds.")
    proof: list[str] = strawberry.field(
        description="The inclusion proof (RFC 6962 §2.1.1), each hash in base64."
    )
    checkpoint: str = strawberry.field(description="The signed note whose root the proof leads to.")
    admitted_at: datetime = strawberry.field(description="The ledger's clock at admission.")
    already: bool = strawberry.field(
        description="True where the same event had been admitted before this request."
    )

    @classmethod
    def of(cls, admission: Admission) -> Self:
        """Make it of the sequencer's answer."""
        receipt = admission.receipt
        return cls(
            event_id=admission.event_id, position=Position(receipt.position),
            leaf_hash=_base64(receipt.leaf_hash), tree_size=Position(receipt.tree_size),
            proof=[_base64(part) for part in receipt.proof], checkpoint=receipt.checkpoint,
            admitted_at=receipt.admitted_at.astimezone(UTC), already=admission.already,
        )  # fmt: skip


async def checkpoint(info: Info) -> Checkpoint | None:
    """Give the newest checkpoint."""
    note = await info.context.read(latest_checkpoint)
    return None if note is None else Checkpoint.of(note)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
