"""Ranking one demand over ten thousand open offers: the 95th percentile, words included."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import psycopg

from api.bench.fair import NOW, stage
from api.bench.market_kind import Kind
from api.bench.workbench import Workbench
from api.embedded import embedded_server
from projections.matching import rank

_OFFERS: Final = 10_000
_DEMANDS: Final = 60
_QUICK_DEMANDS: Final = 30
_PERCENTILES: Final = 20


@contextmanager
def kinds(bench: Workbench) -> Iterator[Kind]:
    """Give the run, and how many offers it is over."""
    ranked = _QUICK_DEMANDS if bench.quick else _DEMANDS
    data = Path(tempfile.mkdtemp(prefix="market-", dir=bench.folder))
    try:
        with embedded_server(data) as url, psycopg.connect(url, autocommit=True) as conn:
            stage(conn, 1, _OFFERS, ranked, categories=1)
            rows = conn.execute("SELECT id FROM market.demands ORDER BY id").fetchall()
            names = [row[0] for row in rows]
            yield Kind(
                {"ranking_p95": lambda: _percentile(conn, names)}, {"ranked_offers": _OFFERS}
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _percentile(conn: psycopg.Connection[Any], demands: list[str]) -> float:
    """Rank each demand once, and give the 95th percentile in milliseconds."""
    took = []
    for demand in demands:
        began = time.perf_counter()
        found = rank(conn, demand, NOW)
        took.append((time.perf_counter() - began) * 1000)
        if found is None or not found.matches:
            raise ValueError(f"nothing was ranked for {demand}")
    return quantiles(took, n=_PERCENTILES)[-1]
