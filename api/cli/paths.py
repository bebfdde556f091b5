"""What a command writes to: a dash is standard output."""

import sys
from collections.abc import Iterable
from typing import Final

STDOUT: Final = "-"


def write_out(chunks: Iterable[bytes]) -> int:
    """Write to standard output; give the size in bytes."""
    size = 0
    for chunk in chunks:
        size += sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
    return size
