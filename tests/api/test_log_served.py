"""The public log as an auditor's own program reads it over HTTP: C2SP tlog-tiles, by the letter."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest

from ledger.proofs import verify_consistency
from tests.api.pages_parts import County, demo_county


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("log"), "log") as served:
        yield served


def get(county: County, path: str) -> Any:  # noqa: ANN401  httpx's answer
    return county.client.get(path)


def newest(county: County) -> tuple[int, bytes]:
    _, size, root, *_ = get(county, "/checkpoint").text.split("\n")
    return int(size), b64decode(root)


def path_of(level: int | str, index: int, width: int) -> str:
    """Name a tile as the specification does; the county is too small for a second element."""
    return f"/tile/{level}/{index:03}" + (f".p/{width}" if width < 256 else "")


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Hash a tree as RFC 6962 §2.1 defines it, from the hashes of its leaves."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def widths(size: int, level: int) -> list[int]:
    """Give the widths of the tiles of a level: floor(s / 256^l) hashes in all."""
    count = size // 256**level
    return [256] * (count // 256) + ([count % 256] if count % 256 else [])


def test_the_checkpoint_is_a_note_that_is_not_kept_for_long(county: County) -> None:
    answer = get(county, "/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=5"
    body, signatures = answer.text.split("\n\n")
    origin = body.split("\n")[0]
    assert signatures.startswith(f"— {origin} ")


def test_tiles_and_bundles_make_the_checkpoints_root(county: County) -> None:
    size, root = newest(county)
    assert size > 512
    leaves: list[bytes] = []
    for index, width in enumerate(widths(size, 0)):
        tile, bundle = (get(county, path_of(level, index, width)) for level in (0, "entries"))
        for answer in (tile, bundle):
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        hashes = [tile.content[at : at + 32] for at in range(0, 32 * width, 32)]
        assert len(tile.content) == 32 * width
        entries = [bundle.content[at : at + 34] for at in range(0, 34 * width, 34)]
        assert len(bundle.content) == 34 * width
        assert {entry[:2] for entry in entries} == {b"\x00\x20"}
        assert [sha256(b"\x00" + entry[2:]).digest() for entry in entries] == hashes
        leaves += hashes
    assert root_of(leaves) == root
    (width,) = widths(size, 1)
    above = get(county, path_of(1, 0, width)).content
    full = [root_of(leaves[at : at + 256]) for at in range(0, 256 * width, 256)]
    assert above == b"".join(full)


def test_an_entry_is_the_hash_of_the_envelope_that_the_event_has(county: County) -> None:
    first = json.loads(get(county, "/api/export").text.split("\n")[1])
    entry = get(county, "/tile/entries/000.p/1").content
    assert entry == b"\x00\x20" + sha256(b64decode(first["envelope"])).digest()


def test_a_partial_tile_of_any_earlier_size_is_the_beginning_of_the_full_one(
    county: County,
) -> None:
    full = get(county, "/tile/0/000").content
    for width in (1, 17, 255):
        assert get(county, path_of(0, 0, width)).content == full[: 32 * width]


@pytest.mark.parametrize(
    "path",
    [
        "0/999", "0/x001/234/067", "63/000", "64/000", "00/000", "-1/000", "0/x000/000", "0/0",
        "0/000.p/0", "0/000.p/07", "0/000.p/256", "0/000.p/-1", "0/000.p", "0/000/", "data/000",
        "entries/999", "entries/000.p/0", "0/x999/x999/x999/x999/x999/x999/999",
        "0/٠٠٠", "0/000%00",
    ],
)  # fmt: skip
def test_what_is_no_tile_is_not_there_and_no_cache_remembers_that(
    county: County, path: str
) -> None:
    answer = get(county, f"/tile/{path}")
    assert answer.status_code in {400, 404}
    assert "immutable" not in answer.headers.get("cache-control", "")
    if answer.status_code == 404:
        assert answer.headers["cache-control"] == "no-store"


def test_a_tile_wider_than_the_tree_is_not_there_yet(county: County) -> None:
    size, _ = newest(county)
    index, width = divmod(size, 256)
    assert get(county, path_of(0, index, width)).status_code == 200
    for wider in (width + 1, 255, 256):
        for level in (0, "entries"):
            answer = get(county, path_of(level, index, wider))
            assert answer.status_code == 404
            assert answer.headers["cache-control"] == "no-store"
    assert get(county, path_of(1, 0, 256)).status_code == 404
    assert get(county, path_of(2, 0, 1)).status_code == 404


@pytest.mark.parametrize("path", ["/checkpoint", "/tile/0/000", "/tile/entries/000.p/5"])
def test_head_says_what_get_would(county: County, path: str) -> None:
    head, answer = county.client.head(path), get(county, path)
    assert (head.status_code, answer.status_code) == (200, 200)
    for name in ("content-type", "content-length", "cache-control"):
        assert head.headers[name] == answer.headers[name]


def test_the_log_proves_that_it_only_grew(county: County) -> None:
    size, root = newest(county)
    old = 300
    tiles = [get(county, path_of(0, index, width)).content for index, width in ((0, 256), (1, 44))]
    joined = b"".join(tiles)
    old_root = root_of([joined[at : at + 32] for at in range(0, len(joined), 32)])
    said = get(county, f"/api/log/consistency?old={old}&new={size}").json()
    proof = [b64decode(node) for node in said["proof"]]
    assert [b64encode(node).decode() for node in proof] == said["proof"]
    verify_consistency(old, size, proof, old_root, root)
    for query in ("old=0&new=5", f"old=1&new={size + 1}", "old=6&new=5", "old=x&new=5", "old=1"):
        assert get(county, f"/api/log/consistency?{query}").status_code in {400, 422}
