"""An export is read the same from a file, a pipe and memory."""

import io
import os
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import source as source_module
from ledger.export import MAX_LINE
from ledger.source import open_source, read_at
from ledger.verifier import Failed, Verified, verify
from ledger.workers import Workers
from tests.ledger.forgeries import Forge, exported


def taken(lines: Iterable[bytes]) -> tuple[bytes, list[bytes]]:
    """Read a source through: its header, and its other lines."""
    source = open_source(lines)
    header = source.header()
    found = b""
    for block in source.blocks():
        raw = source.read(block)
        assert raw == read_at(source.path, block)
        assert raw.endswith(b"\n")
        found += raw
    source.close()
    return header, found.splitlines(keepends=True)


@given(texts=st.lists(st.binary(min_size=1, max_size=40).map(lambda b: b.replace(b"\n", b".")),
                      min_size=1, max_size=30),
       block=st.integers(1, 100))  # fmt: skip
def test_blocks_are_whole_lines_from_wherever(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], block: int
) -> None:
    lines = [text + b"\n" for text in texts]
    path = tmp_path_factory.mktemp("source") / "export"
    path.write_bytes(b"".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source_module, "BLOCK", block)
        with path.open("rb") as file:
            assert taken(file) == (lines[0], [*_unsplit(lines[1:])])
        assert taken(lines)[0] == lines[0]
        assert b"".join(taken(iter(texts))[1]) == b"".join(lines[1:])


def _unsplit(lines: list[bytes]) -> list[bytes]:
    return b"".join(lines).splitlines(keepends=True)


def test_a_regular_file_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(b"header\nline\n")
    with path.open("rb") as file:
        assert open_source(file).path == str(path)
        file.read(3)
        half_read = open_source(file)
        assert half_read.path != str(path)
        half_read.close()


def test_a_file_that_is_no_longer_there_by_name_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(b"header\nline\n")
    with path.open("rb") as file:
        path.unlink()
        assert taken(file) == (b"header\n", [b"line\n"])


def test_a_pipe_verifies_like_a_file(tmp_path: Path) -> None:
    lines = exported(Forge().lines)
    path = tmp_path / "export"
    path.write_bytes(b"".join(lines))
    with path.open("rb") as file:
        one = verify(file)
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.writelines(lines)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        other = verify(pipe, workers=Workers(1, alone=0))
    writer.join()
    assert one == other == verify(lines)
    assert isinstance(one, Verified)


def test_a_file_written_to_while_it_is_read_is_to_be_verified_again(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(b"".join(exported(Forge().lines)))

    def meddle(_done: int, _total: int) -> None:
        with path.open("ab") as other:
            other.write(b"more\n")

    with path.open("rb") as file:
        result = verify(file, progress=meddle)
    assert isinstance(result, Failed)
    assert (result.position, result.code) == (0, "changed")


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    endless = io.BytesIO(b"header\n" + b"x" * (3 * MAX_LINE))
    _, lines = taken(endless)
    assert max(map(len, lines)) <= MAX_LINE + 2
    assert isinstance(verify(io.BytesIO(b"x" * (3 * MAX_LINE))), Failed)
