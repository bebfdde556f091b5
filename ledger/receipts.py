"""Receipts of events in the ledger already: the very ones that were given at admission."""

from typing import Any

import psycopg

from ledger.database_tiles import hash_reader
from ledger.envelope import leaf_entry
from ledger.hashing import leaf_hash
from ledger.log import Stored
from ledger.positions import Position, leaf_index
from ledger.proofs import inclusion_proof
from ledger.receipt import Receipt


def receipt_for(conn: psycopg.Connection[Any], stored: Stored) -> Receipt:
    """Make the receipt of a stored event, to the first checkpoint that covers it."""
    row = conn.execute(
        "SELECT size, note FROM ledger.checkpoint WHERE size >= %s ORDER BY size LIMIT 1",
        [stored.position],
    ).fetchone()
    if row is None:
        raise LookupError(f"no checkpoint covers position {stored.position} yet")
    size, note = int(row[0]), str(row[1])
    position = Position(stored.position)
    proof = inclusion_proof(leaf_index(position), size, hash_reader(conn, size))
    leaf = leaf_hash(leaf_entry(stored.data))
    return Receipt(position, leaf, size, tuple(proof), note, stored.admitted_at)


def newest_checkpoint(conn: psycopg.Connection[Any]) -> tuple[int, str] | None:
    """Give the size and the signed note of the newest checkpoint; None for the empty ledger."""
    row = conn.execute(
        "SELECT size, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1"
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else None


def latest_checkpoint(conn: psycopg.Connection[Any]) -> str | None:
    """Give the newest signed note; None for the empty ledger."""
    newest = newest_checkpoint(conn)
    return newest[1] if newest else None
