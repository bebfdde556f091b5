"""What a witness must never forget: the latest checkpoint that it cosigned, a file a log.

A file is written whole beside the old one, synced, and put in its place by renaming; the folder is
synced after it. What a witness signed is so on the disk before anybody can have the signature.
Beside it lies the note with that signature, for monitors; it may be older, and may be missing.
"""

import base64
import binascii
import fcntl
import os
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from ledger.errors import LedgerError
from ledger.hashing import HASH_BYTES
from ledger.witness import LastSeen


class MemoryLost(LedgerError):
    """What the witness remembers can't be read or kept; it must not sign anything then."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    origin: str
    size: int
    root: str


class WitnessMemory:
    """The latest checkpoints by origin, in a folder that one process at a time may use."""

    def __init__(self, folder: Path) -> None:
        """Read what is there, and keep every other process out.

        Raises:
            MemoryLost: where another witness uses the folder, or a file in it can't be read.
        """
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = _locked(folder / "lock")
        except OSError as error:
            raise MemoryLost(f"{folder}: {error.strerror}") from error
        try:
            self._seen = dict(map(_read, sorted(folder.glob("*.json"))))
            self._cosigned = dict(map(_read_note, sorted(folder.glob("*.checkpoint"))))
        except MemoryLost:
            self._lock.close()
            raise

    def last_seen(self, origin: str) -> LastSeen | None:
        """Give the latest checkpoint that was cosigned for an origin."""
        return self._seen.get(origin)

    def remember(self, seen: LastSeen) -> None:
        """Keep a checkpoint; once this returns, no crash forgets it.

        Raises:
            MemoryLost: where it can't be written; then the old one holds.
        """
        if self._seen.get(seen.origin) == seen:
            return
        kept = _File(seen.origin, seen.size, base64.b64encode(seen.root).decode())
        path = self._folder / _file_name(seen.origin)
        try:
            _replace(path, msgspec.json.encode(kept) + b"\n")
        except OSError as error:
            raise MemoryLost(f"{path}: {error.strerror}") from error
        self._seen[seen.origin] = seen

    def keep_cosigned(self, origin: str, note: str) -> None:
        """Keep the note of the latest checkpoint, cosigned, in memory and where it can be on disk.

        Raises:
            OSError: where it can't be written; it is to be had while this process runs.
        """
        self._cosigned[_digest(origin)] = note
        _replace(self._folder / f"{_digest(origin)}.checkpoint", note.encode())

    def cosigned(self, origin_hash: str) -> str | None:
        """Give that note by the SHA-256 of the origin, in hexadecimal."""
        return self._cosigned.get(origin_hash)

    def close(self) -> None:
        """Let another process use the folder."""
        self._lock.close()


def _digest(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _file_name(origin: str) -> str:
    return f"{_digest(origin)}.json"


def _locked(path: Path) -> IO[bytes]:
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise MemoryLost(f"{path}: another witness uses this folder") from error
    return lock


def _read(path: Path) -> tuple[str, LastSeen]:
    # A file that can't be read must not count as a log never seen: that would let it begin anew.
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_File)
        root = base64.b64decode(kept.root, validate=True)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise MemoryLost(f"{path}: damaged ({error}); restore it from a backup") from error
    if len(root) != HASH_BYTES or kept.size < 0 or path.name != _file_name(kept.origin):
        raise MemoryLost(f"{path}: not what a witness wrote; restore it from a backup")
    return kept.origin, LastSeen(kept.origin, kept.size, root)


def _read_note(path: Path) -> tuple[str, str]:
    try:
        return path.stem, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MemoryLost(f"{path}: damaged ({error}); remove it, it comes anew") from error


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f"{path.suffix}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
