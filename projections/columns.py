"""Columns of integers out of PostgreSQL: rows of eight bytes a number, read all at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]

_SECOND: Final = 1_000_000
_EPOCH_S: Final = 946_684_800
"""2000-01-01T00:00Z, from which PostgreSQL counts (timestamp.h), in seconds since 1970."""


def columns(rows: bytes | None, names: Sequence[str]) -> dict[str, Column]:
    """Read rows that PostgreSQL put together of `int8send` and the like; None is no row."""
    numbers = np.frombuffer(rows or b"", ">i8").reshape(-1, len(names))
    return dict(zip(names, numbers.T.astype(np.int64, order="C"), strict=True))


def seconds(sent: Column) -> Column:
    """Give seconds since 1970 of what `timestamptz_send` gave; infinite ones stay far away."""
    return sent // _SECOND + _EPOCH_S
