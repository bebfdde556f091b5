"""Sharing two thousand offers out among two thousand demands, read from the read models."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from api.bench.fair import NOW, stage
from api.bench.market_kind import Kind
from api.bench.workbench import Workbench
from api.embedded import embedded_server
from ledger.log import Connection
from ledger.schema import reaching
from projections.allocation import allocate

_EACH: Final = 2000
_QUICK_EACH: Final = 600


@contextmanager
def kinds(bench: Workbench) -> Iterator[Kind]:
    """Give the run, and how many offers and demands it shares out."""
    each = _QUICK_EACH if bench.quick else _EACH
    data = Path(tempfile.mkdtemp(prefix="market-", dir=bench.folder))
    try:
        with embedded_server(data) as url, reaching(url) as conn:
            stage(conn, 2, each, each, categories=4)
            yield Kind(
                {"allocation": lambda: _timed(conn)},
                {"allocated_offers": each, "allocated_demands": each},
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _timed(conn: Connection) -> float:
    began = time.perf_counter()
    found = allocate(conn, NOW)
    took = (time.perf_counter() - began) * 1000
    if not found.proposals:
        raise ValueError("nothing was shared out")
    return took
