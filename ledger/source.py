"""Where an export is read from: blocks of whole lines, which can be read again by their place.

A regular file is read where it lies, by every process that checks it. Anything else (a pipe, a
server's answer, lines in memory) is copied to a temporary file as it comes.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final, Protocol

from msgspec import Struct

from ledger.export import MAX_LINE

_HASHED: Final = 1024 * 1024
BLOCK: Final = 512 * 1024
"""About how many bytes are checked at once."""


class Block(Struct, frozen=True):
    """Whole lines of the export: where they lie in the file at `Source.path`."""

    offset: int
    size: int


class Source(Protocol):
    """An export that is read once from its beginning, and again by block."""

    path: str
    """The file that the blocks lie in."""

    def header(self) -> bytes:
        """Give the first line; empty where there is none."""
        ...

    def blocks(self) -> Iterator[Block]:
        """Give the blocks after the first line, in order."""
        ...

    def begin(self) -> int:
        """Tell where the first line after the header begins."""
        ...

    def digest(self, size: int) -> bytes:
        """Give the SHA-256 of so many bytes after the header."""
        ...

    def skip(self, size: int) -> None:
        """Leave out so many bytes after the header."""
        ...

    def read(self, block: Block) -> bytes:
        """Give a block's bytes."""
        ...

    def changed(self) -> bool:
        """Tell whether somebody wrote to it since it was opened."""
        ...

    def close(self) -> None:
        """Let go of what is held; the caller's own file stays open."""
        ...


def open_source(lines: Iterable[bytes]) -> Source:
    """Read an open binary file, or lines of any origin."""
    found = _regular_file(lines)
    return _File(lines, *found) if found else _Spool(lines)


@contextmanager
def as_file(lines: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    """Give what lies in a regular file: the lines themselves, or else a temporary copy."""
    if _regular_file(lines):
        yield lines
        return
    with NamedTemporaryFile(prefix="suyuan-verify-") as file:
        file.writelines(_limited(lines))
        file.flush()
        file.seek(0)
        yield file


def read_at(path: str, block: Block) -> bytes:
    """Give a block's bytes, in whatever process."""
    with Path(path).open("rb", buffering=0) as file:
        file.seek(block.offset)
        return file.read(block.size)


def _regular_file(lines: object) -> tuple[int, str] | None:
    """Give the descriptor and path of an unread regular file that others can open by its name."""
    name, fileno = getattr(lines, "name", None), getattr(lines, "fileno", None)
    if not isinstance(name, str | os.PathLike) or fileno is None:
        return None
    try:
        descriptor = fileno()
        here, there = os.fstat(descriptor), Path(name).stat()
        unread = os.lseek(descriptor, 0, os.SEEK_CUR) == 0
    except OSError:
        return None
    if unread and stat.S_ISREG(here.st_mode) and os.path.samestat(here, there):
        return descriptor, str(Path(name).absolute())
    return None


class _File:
    """A regular file, left where it lies."""

    def __init__(self, file: object, descriptor: int, path: str) -> None:
        self.path = path
        self._file = file  # held, so that the descriptor stays open
        self._descriptor = descriptor
        self._was = self._stamp()
        self._size = self._was[0]
        self._begin = 0
        self._skipped = 0

    def header(self) -> bytes:
        self._begin = self._line_end(1)
        return os.pread(self._descriptor, self._begin, 0)

    def begin(self) -> int:
        return self._begin

    def digest(self, size: int) -> bytes:
        hashed = sha256()
        at, end = self._begin, self._begin + size
        while part := os.pread(self._descriptor, min(_HASHED, end - at), at):
            hashed.update(part)
            at += len(part)
        return hashed.digest()

    def skip(self, size: int) -> None:
        self._skipped = size

    def blocks(self) -> Iterator[Block]:
        at = self._begin + self._skipped
        while at < self._size:
            end = self._line_end(at + BLOCK)
            yield Block(at, end - at)
            at = end

    def read(self, block: Block) -> bytes:
        return os.pread(self._descriptor, block.size, block.offset)

    def changed(self) -> bool:
        return self._stamp() != self._was

    def close(self) -> None:
        pass

    def _stamp(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    def _line_end(self, at: int) -> int:
        """Find the end of the line that the byte before `at` is in; a line too long is cut."""
        if at >= self._size:
            return self._size
        tail = os.pread(self._descriptor, MAX_LINE, at - 1)
        newline = tail.find(b"\n")
        return at + newline if newline >= 0 else min(self._size, at - 1 + MAX_LINE)


class _Spool:
    """Lines from anywhere, copied to a file as they come."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = _limited(lines)
        self._file = NamedTemporaryFile(prefix="suyuan-verify-")  # noqa: SIM115  closed by close()
        self._end = 0
        self.path = self._file.name

    def header(self) -> bytes:
        return next(self._lines, b"")

    def blocks(self) -> Iterator[Block]:
        begin = self._end
        for line in self._lines:
            self._end += self._file.write(line)
            if self._end - begin >= BLOCK:
                yield self._block(begin)
                begin = self._end
        if self._end > begin:
            yield self._block(begin)

    def begin(self) -> int:
        return 0

    def digest(self, size: int) -> bytes:
        raise NotImplementedError

    def skip(self, size: int) -> None:
        raise NotImplementedError

    def read(self, block: Block) -> bytes:
        return os.pread(self._file.fileno(), block.size, block.offset)

    def changed(self) -> bool:
        return False

    def close(self) -> None:
        self._file.close()

    def _block(self, begin: int) -> Block:
        self._file.flush()
        return Block(begin, self._end - begin)


def _limited(lines: Iterable[bytes] | IO[bytes]) -> Iterator[bytes]:
    """Give lines with their newline; one longer than any may be is cut, and so unreadable."""
    readline = getattr(lines, "readline", None)
    if readline is not None:
        lines = iter(lambda: readline(MAX_LINE + 1), b"")
    for line in lines:
        yield line if line.endswith(b"\n") else line + b"\n"
