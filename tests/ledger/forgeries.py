"""Exports made up without a database, and the means to spoil them as an operator could."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from domain.events.base import Event
from domain.events.catalogue import AnyEvent
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger import envelope
from ledger.checkpoint import Checkpoint, NoteSigner, encode_vkey, sign_checkpoint
from ledger.export import FORMAT, Header, Line, write
from ledger.keys import Ed25519Key
from ledger.merkle import Tree, leaf_hash
from tests.memory_ledger import MemoryLedger
from tests.worlds import World, sealed

ORIGIN: Final = "suyuan.example/luoding"
LOG_KEY: Final = Ed25519Key.from_seed(b"the log of forgeries, 32 bytes..")
VKEY: Final = encode_vkey(NoteSigner(ORIGIN, LOG_KEY).verifier)

Lines = list[bytes]


class Chronicle(MemoryLedger):
    """A ledger in memory that keeps what it admitted as lines of an export."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def submit(self, event: AnyEvent, keys: tuple[Ed25519Key, ...], now: datetime) -> int | Refusal:  # type: ignore[explicit-override]
        answer = super().submit(event, keys, now)
        if not isinstance(answer, Refusal):
            self.lines.append(Line(answer, now, sealed(event, keys)))
        return answer


class _County(World):
    """A county whose log has the key that `LOG_KEY` is."""

    def genesis(self) -> LedgerOpened:  # type: ignore[explicit-override]
        return msgspec.structs.replace(super().genesis(), log_key=VKEY)


class Forge:
    """A county whose operator does as it likes: `slip_in` records what the rules would refuse."""

    def __init__(self) -> None:
        self.chronicle: Final = Chronicle()
        self.world: Final = _County.open(self.chronicle)

    @property
    def lines(self) -> list[Line]:
        return list(self.chronicle.lines)

    def slip_in(self, event: AnyEvent, *signers: str) -> list[Line]:
        """Give the lines with one more, signed by its actor or these, and asked of nobody."""
        keys = self.world.keys(event, *signers)
        position = len(self.chronicle.lines) + 1
        return [*self.lines, Line(position, self.world.now, sealed(event, keys))]

    def position_of(self, event: Event) -> int:
        return self.world.position_of(event)


def tree_of(lines: Iterable[Line]) -> Tree:
    tree = Tree.empty()
    tree.append([leaf_hash(envelope.leaf_entry(line.envelope)) for line in lines])
    return tree


def note_of(lines: Sequence[Line], signer: Ed25519Key = LOG_KEY) -> str:
    """Sign the checkpoint of exactly these lines."""
    tree = tree_of(lines)
    return sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), NoteSigner(ORIGIN, signer))


def exported(
    lines: Sequence[Line], note: str | None = None, *, origin: str = ORIGIN, size: int | None = None
) -> Lines:
    """Write an export, with its own checkpoint unless another note is given."""
    header = Header(FORMAT, origin, VKEY, len(lines) if size is None else size)
    return list(write(header, lines, note_of(lines) if note is None else note))


def bundle(lines: Sequence[Line], positions: Iterable[int], batch: str) -> Lines:
    """Write what proves one batch: some lines, each with its inclusion proof."""
    tree = tree_of(lines)
    proved = [
        msgspec.structs.replace(lines[p - 1], proof=tuple(tree.inclusion_proof(p - 1)))
        for p in sorted(positions)
    ]
    return list(write(Header(FORMAT, ORIGIN, VKEY, len(lines), batch), proved, note_of(lines)))


def resealed(line: Line, payload: bytes, keyid: str, signer: Ed25519Key) -> Line:
    """Put another payload into a line, signed by one key in the name of another."""
    message = envelope.pae(envelope.PAYLOAD_TYPE, payload)
    signature = envelope.Signature(keyid, signer.sign(message))
    forged = envelope.Envelope(payload, envelope.PAYLOAD_TYPE, (signature,))
    return msgspec.structs.replace(line, envelope=envelope.to_bytes(forged))


def with_payload(line: Line, payload: bytes) -> Line:
    """Change a line's payload and leave its signatures as they are."""
    parsed = envelope.parse(line.envelope)
    forged = envelope.Envelope(payload, parsed.payloadType, parsed.signatures)
    return msgspec.structs.replace(line, envelope=envelope.to_bytes(forged))
