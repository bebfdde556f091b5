"""Writes one decided group: rows, tags, tiles and the signed checkpoint, all or nothing."""

from collections.abc import Sequence
from typing import Any

import psycopg
from msgspec import Struct

from domain.events.governance import LedgerOpened, LogRotated
from domain.models.governance import Ledger
from domain.refusals import Code, Refusal, refuse
from ledger.append_statement import AppendStatement, Parameter
from ledger.arrays import bytea_array, int8_array, text_array, type_array
from ledger.checkpoint import parse_checkpoint, split_note
from ledger.database_tiles import DatabaseTiles
from ledger.errors import LedgerError, TreeDamaged
from ledger.group import Group, Row
from ledger.hashing import leaf_hash
from ledger.log_signer import FindLogKey, LogSigner
from ledger.merkle import Tree
from ledger.positions import LeafIndex, Position
from ledger.receipt import Receipt
from ledger.receipts import newest_checkpoint
from ledger.tiles import HEIGHT, TileRef, new_full_tiles


class Writer:
    """Grows the tree and signs its head, for one writing process."""

    def __init__(self, find: FindLogKey) -> None:
        """Sign checkpoints with the log's keys, which are looked up as the ledger names them."""
        self._signer = LogSigner(find)
        self._tree = Tree.empty()

    def check_key(self, ledger: Ledger | None) -> None:
        """Make sure that this process can sign for the ledger as it stands.

        Raises:
            WrongLogKey: where the key in force is not at hand.
        """
        if ledger and ledger.log_keys:
            self._signer.demand(ledger.log_keys[-1].vkey)

    def refuse_key(self, event: LedgerOpened | LogRotated) -> Refusal | None:
        """Refuse an event that names a log key which this process can't sign with."""
        known = self._signer.holds(event.log_key)
        if isinstance(event, LedgerOpened):
            known = known and event.log_key.startswith(f"{event.origin}+")
        return None if known else refuse(Code.WRONG_LOG_KEY, key=event.log_key)

    def restore(self, conn: psycopg.Connection[Any], size: int) -> None:
        """Take up the tree as the database has it.

        Raises:
            TreeDamaged: where that is not the tree that the log signed last.
        """
        tree = Tree.restore(size, DatabaseTiles(conn))
        _demand_signed(tree, newest_checkpoint(conn))
        self._tree = tree

    def follow(self, entries: Sequence[bytes]) -> None:
        """Grow the tree by what another process appended."""
        self._tree.append([leaf_hash(entry) for entry in entries])
        self._tree.trim()

    def write(self, statement: AppendStatement, group: Group) -> list[Receipt] | None:
        """Write a group and give the receipts of its rows, as `send` and `written` do it in two.

        Raises:
            psycopg.Error: where the database fails; then nothing of the group is recorded.
            WrongLogKey: where a key that must sign is not at hand; neither is anything then.
        """
        return self.written(statement, self.send(statement, group))

    def send(self, statement: AppendStatement, group: Group) -> "Sent":
        """Begin to write a group, and make its receipts meanwhile.

        Raises:
            psycopg.Error: where the connection is lost.
            WrongLogKey: where a key that must sign is not at hand.
        """
        if not group.log_keys:
            raise LedgerError("the log has no key before the ledger is opened")
        tree = self._tree.copy()
        tree.append([row.leaf for row in group.rows])
        note = self._signer.sign(tree.size, tree.root(), group.log_keys)
        statement.send(_parameters(group, tree, note))
        receipts = _receipts(group, tree, note)
        tree.trim()
        return Sent(tree, receipts)

    def written(self, statement: AppendStatement, sent: "Sent") -> list[Receipt] | None:
        """Wait until a group is written and give the receipts of its rows.

        None where another process was first, or what the group took for new is not.

        Raises:
            psycopg.Error: where the database fails; then nothing of the group is recorded.
        """
        if not statement.written():
            return None
        self._tree = sent.tree
        return sent.receipts


class Sent(Struct, frozen=True):
    """A group under way: the tree with it, and the receipts that count once it is written."""

    tree: Tree
    receipts: list[Receipt]


def _demand_signed(tree: Tree, newest: tuple[int, str] | None) -> None:
    """Make sure that the log's next signature will be over the tree of its last one."""
    if newest is None and tree.size == 0:
        return
    size, note = newest or (0, "")
    if size != tree.size or parse_checkpoint(split_note(note)[0]).root != tree.root():
        raise TreeDamaged(
            f"events and tiles up to position {tree.size} are not those of the checkpoint that was"
            f" signed of {size}: they were changed in the database; restore them from a copy"
        )


def _parameters(group: Group, tree: Tree, note: str) -> list[Parameter]:
    rows = group.rows
    tiles = list(new_full_tiles(group.base, tree.size))
    return [
        group.base,
        tree.size,
        group.admitted_at,
        type_array([row.type for row in rows]),
        bytea_array([row.stored for row in rows]),
        text_array([tag for row in rows for tag in row.tags]),
        int8_array([row.position for row in rows for _ in row.tags]),
        int8_array([ref.level or 0 for ref in tiles]),
        int8_array([ref.index for ref in tiles]),
        bytea_array([_content(tree, ref) for ref in tiles]),
        bytea_array([tree.node(((ref.level or 0) + 1) * HEIGHT, ref.index) for ref in tiles]),
        note,
        text_array(group.assumed),
    ]


def _content(tree: Tree, ref: TileRef) -> bytes:
    return tree.tile(ref.level or 0, ref.index, ref.width)


def _receipts(group: Group, tree: Tree, note: str) -> list[Receipt]:
    proofs = tree.inclusion_proofs(LeafIndex(group.base))
    return [_receipt(row, proof, tree.size, note, group) for row, proof in zip(
        group.rows, proofs, strict=True
    )]  # fmt: skip


def _receipt(row: Row, proof: list[bytes], size: int, note: str, group: Group) -> Receipt:
    return Receipt(Position(row.position), row.leaf, size, tuple(proof), note, group.admitted_at)
