"""The two ways to count events, and the only function that converts between them."""

from __future__ import annotations

from typing import NewType

Position = NewType("Position", int)
"""An event's place in the ledger, from 1, without gaps."""

LeafIndex = NewType("LeafIndex", int)
"""The same event's leaf in the Merkle tree, from 0."""


def leaf_index(position: Position) -> LeafIndex:
    """Give the leaf of the event at `position`.

    Raises:
        ValueError: if `position` is below 1; the ledger's first event has position 1.
    """
    if position < 1:
        raise ValueError(f"positions start at 1, not {position}")
    return LeafIndex(position - 1)
