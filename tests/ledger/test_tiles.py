"""Tiles: their paths have one spelling, their content one length."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedTile
from ledger.tiles import (
    MAX_ENTRY,
    TileHashes,
    TileRef,
    decode_entries,
    encode_entries,
    entries_path,
    new_full_tiles,
    parse_tile_path,
    partial_tiles,
    split_tile,
    tile_path,
)


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        (TileRef(0, 0), "tile/0/000"),
        (TileRef(0, 1234067), "tile/0/x001/x234/067"),  # C2SP tlog-tiles' example
        (TileRef(0, 1000), "tile/0/x001/000"),
        (TileRef(63, 5, 1), "tile/63/005.p/1"),
        (TileRef(1, 999, 255), "tile/1/999.p/255"),
        (TileRef(None, 273, 112), "tile/entries/273.p/112"),
        (TileRef(None, 1234), "tile/entries/x001/234"),
        (TileRef(0, 2**63 - 1), "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_a_path_is_written_and_read(ref: TileRef, path: str) -> None:
    assert ref.path == path
    assert parse_tile_path(path) == ref


@given(st.none() | st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_reads_back(level: int | None, index: int, width: int) -> None:
    ref = TileRef(level, index, width)
    assert parse_tile_path(ref.path) == ref


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/001/234",
        "tile/0/x001",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/01/001",
        "tile/-1/001",
        "tile/64/001",
        "tile/100/001",
        "tile/x/001",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001.p/256",
        "tile/0/001.p/257",
        "tile/0/001.p/999",
        "tile/0/001.p/",
        "tile/0/001.p",
        "tile/0/001/",
        "tile/0/001\n",
        " tile/0/001",
        "/tile/0/001",
        "tile/0/../001",
        "tile/0/００１",
        "tile/0/٠٠١",
        "tile/entries/x000/001",
        "tile/data/001",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
    ],
)
def test_another_spelling_is_refused(path: str) -> None:
    with pytest.raises(MalformedTile):
        parse_tile_path(path)


@given(st.text(st.sampled_from("tile/0123456789x.pentrs"), max_size=30))
def test_what_is_read_is_written_the_same(path: str) -> None:
    try:
        ref = parse_tile_path(f"tile/{path}")
    except MalformedTile:
        return
    assert ref.path == f"tile/{path}"


def test_numbers_out_of_range_have_no_path() -> None:
    for level, index, width in [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 2**63, 1), (0, 0, 0)]:
        with pytest.raises(MalformedTile):
            tile_path(level, index, width)
    with pytest.raises(MalformedTile, match="257"):
        entries_path(0, 257)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    bundle = encode_entries(entries)
    assert decode_entries(bundle, len(entries)) == entries
    with pytest.raises(MalformedTile, match="entries"):
        decode_entries(bundle, len(entries) + 1)
    with pytest.raises(MalformedTile):
        decode_entries(bundle[:-1], len(entries))
    with pytest.raises(MalformedTile, match="cut off"):
        decode_entries(bundle + b"\0", len(entries))


def test_a_bundle_is_big_endian_lengths_and_entries() -> None:
    assert encode_entries([b"ab", b"", b"c" * 258]) == b"\0\2ab\0\0\1\2" + b"c" * 258


def test_a_bundle_has_its_limits() -> None:
    assert len(encode_entries([bytes(MAX_ENTRY)])) == 2 + MAX_ENTRY
    for entries in ([], [b""] * 257, [bytes(MAX_ENTRY + 1)]):
        with pytest.raises(MalformedTile):
            encode_entries(entries)


def test_the_tiles_of_the_specifications_example() -> None:
    # "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0
    # tile of width 112, one full level 1 tile, one partial level 1 tile of width 17, and one
    # partial level 2 tile of width 1."
    full = [*new_full_tiles(0, 70_000)]
    assert full == [TileRef(0, index) for index in range(273)] + [TileRef(1, 0)]
    assert [*partial_tiles(70_000)] == [TileRef(0, 273, 112), TileRef(1, 1, 17), TileRef(2, 0, 1)]
    assert [*partial_tiles(256)] == [TileRef(1, 0, 1)]
    assert [*partial_tiles(0)] == []


@given(st.lists(st.integers(0, 200_000), min_size=2, max_size=5).map(sorted))
def test_each_full_tile_is_completed_once(sizes: list[int]) -> None:
    steps = [ref for old, new in pairwise(sizes) for ref in new_full_tiles(old, new)]
    assert sorted(steps) == sorted(new_full_tiles(sizes[0], sizes[-1]))
    assert len(set(steps)) == len(steps)


def test_a_tile_of_another_length_is_refused() -> None:
    assert split_tile(TileRef(0, 0, 2), bytes(64)) == [bytes(32)] * 2
    with pytest.raises(MalformedTile, match=r"tile/0/000\.p/2: expected 64 bytes, got 65"):
        split_tile(TileRef(0, 0, 2), bytes(65))


class Shelf:
    """A shelf of tiles that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[TileRef] = []

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Give a tile of zeros."""
        self.asked.append(TileRef(level, index, width))
        return bytes(32 * width)


def test_tiles_are_read_once_and_the_oldest_forgotten() -> None:
    shelf = Shelf()
    read = TileHashes(shelf, 1000, cached=2)
    for index in (0, 1, 0, 300, 0, 600, 0, 300):
        read(0, index)
    read(8, 0)
    assert shelf.asked == [
        TileRef(0, 0),
        TileRef(0, 1),
        TileRef(0, 2),
        TileRef(0, 1),
        TileRef(1, 0, 3),
    ]


def test_a_node_beyond_the_tree_is_refused() -> None:
    read = TileHashes(Shelf(), 1000)
    for height, index in [(0, 1000), (3, 125), (9, 1), (20, 0)]:
        with pytest.raises(MalformedTile, match=f"node {height}/{index}: not in a tree of 1000"):
            read(height, index)
