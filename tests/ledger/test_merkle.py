"""The tree against RFC 6962 as it is written, and against its published data."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import LedgerError, OutOfWindow, ProofError
from ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    inclusion_root,
    leaf_hash,
    node_hash,
    right_edge,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import TileHashes, new_full_tiles, partial_tiles, tile_width

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/rfc6962_tree.json").read_text())
ENTRIES = [bytes.fromhex(entry) for entry in VECTORS["entries"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(1100)]


def naive_split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = naive_split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: Sequence[bytes], *, complete: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962 §2.1.2."""
    if m == len(leaves):
        return [] if complete else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], complete=complete), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], complete=False), naive_root(leaves[:k])]


def grown(leaves: Sequence[bytes]) -> Tree:
    tree = Tree.empty()
    tree.append(leaves)
    return tree


class TileStore:
    """Keeps what a writer keeps: full tiles for ever, partial ones as of the last group."""

    def __init__(self) -> None:
        self.full: dict[tuple[int, int], bytes] = {}
        self.partial: dict[tuple[int, int], bytes] = {}

    def save(self, tree: Tree, old_size: int) -> None:
        """Take over what the tree filled since `old_size`, and its partial tiles."""
        for ref in new_full_tiles(old_size, tree.size):
            assert ref.level is not None
            self.full[ref.level, ref.index] = tree.tile(ref.level, ref.index)
        self.partial = {
            (ref.level, ref.index): tree.tile(ref.level, ref.index, ref.width)
            for ref in partial_tiles(tree.size)
            if ref.level is not None
        }

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Give the head of a tile."""
        content = self.full.get((level, index)) or self.partial[level, index]
        return content[: 32 * width]


def test_the_empty_tree_and_the_reference_trees_have_their_published_roots() -> None:
    assert EMPTY_ROOT.hex() == VECTORS["empty_root"]
    assert Tree.empty().root() == EMPTY_ROOT
    tree = Tree.empty()
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append([leaf_hash(entry)])
        assert tree.root() == root
    assert len(tree) == tree.size == len(ENTRIES)


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=str)
def test_published_inclusion_proofs(case: dict[str, object]) -> None:
    index, size = int(str(case["index"])), int(str(case["size"]))
    proof = [bytes.fromhex(node) for node in case["proof"]]  # type: ignore[attr-defined]
    tree = grown([leaf_hash(entry) for entry in ENTRIES[:size]])
    assert tree.inclusion_proof(index) == proof
    assert inclusion_proof(index, size, tree.node) == proof
    leaf = leaf_hash(ENTRIES[index])
    assert verify_inclusion(leaf, index, size, proof, ROOTS[size - 1]) == ROOTS[size - 1]


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=str)
def test_published_consistency_proofs(case: dict[str, object]) -> None:
    old, new = int(str(case["old"])), int(str(case["new"]))
    proof = [bytes.fromhex(node) for node in case["proof"]]  # type: ignore[attr-defined]
    tree = grown([leaf_hash(entry) for entry in ENTRIES[:new]])
    assert consistency_proof(old, new, tree.node) == proof
    verify_consistency(old, new, proof, ROOTS[old - 1], ROOTS[new - 1])


@pytest.mark.parametrize("size", [*range(1, 18), 31, 32, 33, 64, 65])
def test_every_proof_of_a_small_tree_is_that_of_the_rfc(size: int) -> None:
    leaves = LEAVES[:size]
    tree = grown(leaves)
    root = naive_root(leaves)
    assert tree.root() == tree_root(size, tree.node) == root
    for index in range(size):
        proof = naive_path(index, leaves)
        assert tree.inclusion_proof(index) == inclusion_proof(index, size, tree.node) == proof
        verify_inclusion(leaves[index], index, size, proof, root)
        assert tree.inclusion_proofs(index)[0] == proof
    for old in range(1, size + 1):
        proof = naive_proof(old, leaves)
        assert consistency_proof(old, size, tree.node) == proof
        assert verify_consistency(old, size, proof, naive_root(leaves[:old]), root) == root


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.integers(0, 300), min_size=1, max_size=12),
    data=st.data(),
)
def test_growing_by_groups_with_trims_and_restarts_is_the_tree_of_the_rfc(
    groups: list[int], data: st.DataObject
) -> None:
    tree, store, size = Tree.empty(), TileStore(), 0
    for group in groups:
        since, size = size, min(size + group, len(LEAVES))
        before = tree.copy()
        tree.append(LEAVES[since:size])
        assert (before.size, before.root()) == (since, naive_root(LEAVES[:since]))
        root = naive_root(LEAVES[:size])
        assert tree.root() == root
        proofs = tree.inclusion_proofs(since) if size > since else []
        assert proofs == [tree.inclusion_proof(index) for index in range(since, size)]
        for index, proof in zip(range(since, size), proofs, strict=True):
            assert inclusion_root(LEAVES[index], index, size, proof) == root
        store.save(tree, since)
        if data.draw(st.booleans(), label="restart"):
            tree = Tree.restore(size, store)
            assert tree.root() == root
        else:
            tree.trim()
        read = TileHashes(store, size, cached=2)
        assert tree_root(size, read) == root
        if size:
            index = data.draw(st.integers(0, size - 1), label="leaf")
            assert inclusion_proof(index, size, read) == naive_path(index, LEAVES[:size])
            old = data.draw(st.integers(1, size), label="old size")
            assert consistency_proof(old, size, read) == naive_proof(old, LEAVES[:size])


@pytest.mark.parametrize("size", [255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000])
def test_a_tree_at_the_edge_of_a_tile_is_restored_and_goes_on(size: int) -> None:
    leaves = [number.to_bytes(32) for number in range(size + 300)]
    whole, store = grown(leaves[:size]), TileStore()
    store.save(whole, 0)
    again = Tree.restore(size, store)
    assert again.root() == whole.root() == tree_root(size, TileHashes(store, size))
    whole.append(leaves[size:])
    again.append(leaves[size:])
    assert again.root() == whole.root()
    assert again.inclusion_proofs(size) == whole.inclusion_proofs(size)
    for ref in new_full_tiles(size, size + 300):
        assert ref.level is not None
        assert again.tile(ref.level, ref.index) == whole.tile(ref.level, ref.index)


def test_the_window_stays_small() -> None:
    tree = Tree.empty()
    for start in range(0, 1000, 100):
        tree.append(LEAVES[start : start + 100])
        tree.trim()
    held = sum(len(row) for row in tree._rows)  # noqa: SLF001
    assert held <= 255 + 255 + 2 * 10


def test_what_the_window_does_not_hold_is_refused_not_guessed() -> None:
    tree = grown(LEAVES[:600])
    tree.trim()
    tree.append(LEAVES[600:610])
    for leaf in (-1, 0, 599, 610):
        with pytest.raises(OutOfWindow, match=f"leaf {leaf} "):
            tree.inclusion_proof(leaf)
        with pytest.raises(OutOfWindow):
            tree.inclusion_proofs(leaf)
    for height, index in [(0, 0), (0, -1), (0, 610), (3, 0), (40, 0)]:
        with pytest.raises(OutOfWindow, match=f"node {height}/{index} "):
            tree.node(height, index)
    for level, index, width in [(0, 0, 256), (0, 2, 99), (3, 0, 1)]:
        with pytest.raises(OutOfWindow, match=f"tile/{level}/"):
            tree.tile(level, index, width)


def test_appending_nothing_changes_nothing() -> None:
    tree = grown(LEAVES[:5])
    root = tree.root()
    tree.append([])
    assert (tree.size, tree.root()) == (5, root)


def test_a_copy_goes_its_own_way() -> None:
    tree = grown(LEAVES[:5])
    twin = tree.copy()
    twin.append(LEAVES[5:9])
    assert tree.root() == naive_root(LEAVES[:5])
    assert twin.root() == naive_root(LEAVES[:9])


def test_the_right_edge_ends_in_the_root() -> None:
    assert right_edge(0, Tree.empty().node) == [None]
    tree = grown(LEAVES[:6])
    assert right_edge(6, tree.node) == [None, None, tree.node(1, 2), naive_root(LEAVES[:6])]


@given(st.integers(1, 80), st.data())
def test_no_tampered_inclusion_proof_passes(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    proof, root, leaf = naive_path(index, leaves), naive_root(leaves), leaves[index]
    noise = bytes(32)
    refuted: list[tuple[bytes, int, int, list[bytes], bytes]] = [
        (noise, index, size, proof, root),
        (leaf, index, size, proof, noise),
        (leaf, index, size, [*proof, noise], root),
        (leaf, index, size, [noise, *proof], root),
        (leaf, -1, size, proof, root),
        (leaf, size, size, proof, root),
        (leaf, index, 0, proof, root),
        (leaf, index, size, [*proof, b""], root),
        (leaf[:31], index, size, proof, root),
        (leaf, index, size, [noise] * 100, root),
    ]
    refuted += [(leaf, other, size, proof, root) for other in range(size) if other != index]
    for at in range(len(proof)):
        flipped = bytes((proof[at][0] ^ 8,)) + proof[at][1:]
        refuted.append((leaf, index, size, [*proof[:at], flipped, *proof[at + 1 :]], root))
        refuted.append((leaf, index, size, [*proof[:at], *proof[at + 1 :]], root))
    for case in refuted:
        with pytest.raises(ProofError):
            verify_inclusion(*case)


@given(st.integers(2, 80), st.data())
def test_no_tampered_consistency_proof_passes(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    old = data.draw(st.integers(1, size - 1))
    proof = naive_proof(old, leaves)
    first, root, noise = naive_root(leaves[:old]), naive_root(leaves), bytes(32)
    refuted: list[tuple[int, int, list[bytes], bytes, bytes]] = [
        (old, size, proof, noise, root),
        (old, size, proof, first, noise),
        (old, size, proof, root, first),
        (old, size, [], first, root),
        (old, size, [*proof, noise], first, root),
        (old, size, [noise, *proof], first, root),
        (old, size, [*proof, b""], first, root),
        (old, size, proof[:-1], first, root),
        (size, old, proof, root, first),
        (-1, size, proof, first, root),
        (old, old, proof, first, first),
        (old, old, [], first, root),
        (0, size, proof, EMPTY_ROOT, root),
        (0, size, [], first, root),
    ]
    for at in range(len(proof)):
        flipped = bytes((proof[at][0] ^ 16,)) + proof[at][1:]
        refuted.append((old, size, [*proof[:at], flipped, *proof[at + 1 :]], first, root))
    for case in refuted:
        with pytest.raises(ProofError):
            verify_consistency(*case)


def test_every_tree_continues_the_empty_one_and_itself() -> None:
    root = naive_root(LEAVES[:7])
    assert verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT) == EMPTY_ROOT
    assert verify_consistency(0, 7, [], EMPTY_ROOT, root) == root
    assert verify_consistency(7, 7, [], root, root) == root
    tree = grown(LEAVES[:7])
    assert consistency_proof(0, 7, tree.node) == consistency_proof(7, 7, tree.node) == []


def test_a_proof_of_what_is_not_there_is_refused() -> None:
    tree = grown(LEAVES[:7])
    for index, size in [(7, 7), (-1, 7), (0, 0)]:
        with pytest.raises(ProofError):
            inclusion_proof(index, size, tree.node)
    with pytest.raises(ProofError):
        consistency_proof(8, 7, tree.node)
    with pytest.raises(LedgerError):
        tree_root(8, tree.node)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"ab") == sha256(b"\0ab").digest()
    assert node_hash(b"a", b"b") == sha256(b"\1ab").digest()


def test_a_width_says_how_much_of_a_tile_exists() -> None:
    assert [tile_width(70_000, 0, index) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [tile_width(70_000, 1, index) for index in (0, 1, 2)] == [256, 17, 0]
    assert [tile_width(70_000, level, 0) for level in (2, 3)] == [1, 0]
