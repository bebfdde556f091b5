"""A file written whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: Path, chunks: Iterable[bytes]) -> int:
    """Write a file beside its place, then put it there; give its size in bytes.

    Whoever reads the place sees the old file or the new, never half of one.

    Raises:
        OSError: where it can't be written; nothing is left behind.
    """
    try:
        return _write(path, chunks)
    except OSError as error:
        # Nobody knows the draft's name.
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
        place = Path(draft.name)
        try:
            for chunk in chunks:
                size += draft.write(chunk)
            draft.flush()
            os.fsync(draft.fileno())
            mask = os.umask(0)
            os.umask(mask)
            place.chmod(0o666 & ~mask)
            place.replace(path)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
    return size
