"""Ranking one demand over ten thousand open offers: the 95th percentile, words included.

Nothing is kept from one ranking to the next: each reads the offers as they stand. The market of the
second figure has, besides, four withdrawn offers and four batches in store for each open offer.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import psycopg
from psycopg import sql

from api.bench.fair import NOW, crowd, stage
from api.bench.market_kind import Kind
from api.bench.workbench import Workbench
from api.embedded import embedded_server
from projections.matching import rank

_OFFERS: Final = 10_000
_DEMANDS: Final = 60
_QUICK_DEMANDS: Final = 30
_CROWDED: Final = "crowded"
_CROWD: Final = 4
_PERCENTILES: Final = 20


@contextmanager
def kinds(bench: Workbench) -> Iterator[Kind]:
    """Give the run, and how many offers it is over."""
    ranked = _QUICK_DEMANDS if bench.quick else _DEMANDS
    data = Path(tempfile.mkdtemp(prefix="market-", dir=bench.folder))
    try:
        with embedded_server(data) as url:
            names = _staged(url, ranked)
            with (
                psycopg.connect(url, autocommit=True) as bare,
                psycopg.connect(url, dbname=_CROWDED, autocommit=True) as crowded,
            ):
                yield Kind(
                    {
                        "ranking_p95": lambda: _percentile(bare, names),
                        "ranking_crowded_p95": lambda: _percentile(crowded, names),
                    },
                    {"ranked_offers": _OFFERS},
                )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _staged(url: str, demands: int) -> list[str]:
    """Make the market, and its crowded copy in a database of its own; give the demands."""
    with psycopg.connect(url, autocommit=True) as conn:
        stage(conn, 1, _OFFERS, demands, categories=1)
        rows = conn.execute("SELECT id FROM market.demands ORDER BY id").fetchall()
        name = conn.info.dbname
    with psycopg.connect(url, dbname="postgres", autocommit=True) as conn:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        conn.execute(copy.format(sql.Identifier(_CROWDED), sql.Identifier(name)))
    with psycopg.connect(url, dbname=_CROWDED, autocommit=True) as conn:
        crowd(conn, _CROWD)
    return [row[0] for row in rows]


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
