"""Proofs of inclusion and consistency, made from a tree's nodes and checked without the tree.

Making them follows RFC 6962 §2.1.1 and §2.1.2, checking them the iterative algorithms of
RFC 9162 §2.1.3.2 and §2.1.4.2.

A tree of `size` leaves is a row of full subtrees of falling height. A node (height, index) stands
for leaves [index·2^height, (index + 1)·2^height) and never changes once these exist. What changes
with the size is the right edge only: at each height the incomplete subtree after the last full one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ledger.errors import ProofError
from ledger.hashing import EMPTY_ROOT, HASH_BYTES, node_hash

HashReader = Callable[[int, int], bytes]
"""(height, index) → the hash of that full subtree."""

_MAX_PROOF: Final = 65
"""A tree of 2^64 leaves has no longer proof."""


def right_edge(size: int, read: HashReader) -> list[bytes | None]:
    """Hash the incomplete subtree on the right of each height, None where there is none.

    The last is the whole tree's: its root, or None for the empty tree.
    """
    hashes: list[bytes | None] = [None]
    below: bytes | None = None
    for height in range(size.bit_length()):
        count = size >> height
        if count & 1:
            last = read(height, count - 1)
            below = last if below is None else node_hash(last, below)
        hashes.append(below)
    return hashes


def tree_root(size: int, read: HashReader) -> bytes:
    """Give the root of the tree of the first `size` leaves."""
    return right_edge(size, read)[-1] or EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves.

    Raises:
        ProofError: if the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    return _path(0, index, size, read)


def consistency_proof(old_size: int, new_size: int, read: HashReader) -> list[bytes]:
    """Prove that the tree of `old_size` leaves is the beginning of that of `new_size`.

    Raises:
        ProofError: if the old tree is the larger.
    """
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {new_size} leaves does not continue one of {old_size}")
    if old_size in (0, new_size):
        return []
    height = (old_size & -old_size).bit_length() - 1
    index = (old_size >> height) - 1
    path = _path(height, index, new_size, read)
    # Where the old tree is one full subtree, the checker has its hash: the old root.
    return path if index == 0 else [read(height, index), *path]


def _path(height: int, index: int, size: int, read: HashReader) -> list[bytes]:
    """List the siblings from node (height, index) up to the root."""
    edge = right_edge(size, read)
    path = []
    for level in range(height, (size - 1).bit_length()):
        count = size >> level
        sibling = index ^ 1
        if sibling < count:
            path.append(read(level, sibling))
        elif sibling == count and (ragged := edge[level]) is not None:
            path.append(ragged)
        index >>= 1
    return path


def inclusion_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root to which the proof leads from a leaf's hash (RFC 9162 §2.1.3.2).

    Raises:
        ProofError: if a proof for this leaf and size can't look like this.
    """
    # 1) the leaf is in the tree
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    _check_hashes(proof, leaf)
    # 2, 3) start at the leaf
    fn, sn, root = index, size - 1, leaf
    # 4) climb
    for sibling in proof:
        if sn == 0:
            raise ProofError("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            root = node_hash(sibling, root)
            shift = _zeros(fn)
            fn, sn = fn >> shift, sn >> shift
        else:
            root = node_hash(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    # 5) the top is reached
    if sn:
        raise ProofError("the inclusion proof is too short")
    return root


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bytes:
    """Check that a leaf's hash is at `index` in the tree with this size and root; return the root.

    Raises:
        ProofError: if it is not proved.
    """
    computed = inclusion_root(leaf, index, size, proof)
    if computed != root:
        raise ProofError(f"leaf {index} does not lead to the root of {size} leaves")
    return computed


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bytes:
    """Check that the new tree begins with the old one (RFC 9162 §2.1.4.2); return the new root.

    Raises:
        ProofError: if it is not proved.
    """
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {new_size} leaves does not continue one of {old_size}")
    _check_hashes(proof, old_root, new_root)
    if old_size in (0, new_size):
        expected = old_root if old_size else EMPTY_ROOT
        if proof or old_root != expected or (old_size == new_size and old_root != new_root):
            raise ProofError(f"trees of {old_size} and {new_size} leaves with other roots or proof")
        return new_root
    if _consistent_roots(old_size, new_size, proof, old_root) != (old_root, new_root):
        raise ProofError(f"the tree of {new_size} leaves does not begin with that of {old_size}")
    return new_root


def _consistent_roots(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    # 1) something must be proved
    if not proof:
        raise ProofError("the consistency proof is empty")
    # 2) a full old tree is its own first node
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    # 3, 4) start at the old tree's last full subtree
    fn, sn = old_size - 1, new_size - 1
    shift = _zeros(old_size)
    fn, sn = fn >> shift, sn >> shift
    # 5, 6) climb in both trees
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            raise ProofError("the consistency proof is too long")
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            shift = _zeros(fn)
            fn, sn = fn >> shift, sn >> shift
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    # 7) the top is reached
    if sn:
        raise ProofError("the consistency proof is too short")
    return old, new


def _zeros(number: int) -> int:
    """Count the zero bits at the end; none in 0, where no shift changes anything."""
    return (number & -number).bit_length() - 1 if number else 0


def _check_hashes(proof: Sequence[bytes], *roots: bytes) -> None:
    if len(proof) > _MAX_PROOF:
        raise ProofError(f"a proof of {len(proof)} hashes; none has more than {_MAX_PROOF}")
    if any(len(node) != HASH_BYTES for node in (*proof, *roots)):
        raise ProofError(f"a hash in the proof is not {HASH_BYTES} bytes long")
