"""`suyuan bench trace`: genealogy and recall, in milliseconds, on ledgers of growing size."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from api.bench.county.files import generated
from api.bench.county.spec import Spec
from api.bench.loaded import Loaded, loaded
from api.bench.measure import Plan, Run
from api.bench.workbench import Workbench
from ledger.log import Connection
from ledger.schema import reaching
from projections.holdings_projection import HoldingsProjection
from projections.recall import recall
from projections.runner import Runner
from projections.trace import trace
from projections.trace_projection import TraceProjection

_FULL: Final = (10_000, 100_000, 1_000_000)
_QUICK: Final = (5_000,)
_DESCENDANTS: Final = 100_000
_QUICK_DESCENDANTS: Final = 20_000
_SAMPLE: Final = 200
"""So many ordinary batches are traced; the figure is the 95th of a hundred."""


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Measure both directions of ordinary batches, and the recall of one with the descendants."""
    sizes = (bench.events,) if bench.events else _QUICK if bench.quick else _FULL
    descendants = _QUICK_DESCENDANTS if bench.quick else _DESCENDANTS
    figure: dict[str, Run] = {}
    versions: dict[str, str] = {}
    with ExitStack() as stack:
        for size in sizes:
            spec = Spec(size, descendants=descendants)
            county = generated(spec, bench.folder, bench.tell)
            ledger = stack.enter_context(loaded(county, bench.folder, bench.tell))
            bench.tell(f"building the trace of {size:,} events")
            Runner(ledger.url, (HoldingsProjection(), TraceProjection())).catch_up()
            conn = stack.enter_context(reaching(ledger.url))
            conn.execute("VACUUM ANALYZE")
            figure |= _figures(ledger, conn, size, descendants)
            versions["postgresql"] = ledger.postgres
        yield Plan(
            name="trace",
            unit="ms",
            size={"events": max(sizes), "descendants": descendants},
            figure=figure,
            more_is_better=False,
            versions=versions,
        )


def _figures(ledger: Loaded, conn: Connection, size: int, descendants: int) -> dict[str, Run]:
    manifest = ledger.county.manifest
    step = max(1, len(manifest.batches) // _SAMPLE)
    return {
        f"both ways p95, {size:,}": partial(_genealogies, conn, manifest.batches[::step]),
        f"recall of {descendants:,}, {size:,}": partial(_recall, conn, manifest.hub, descendants),
    }


def _genealogies(conn: Connection, batches: list[str]) -> float:
    taken = sorted(_ms(partial(trace, conn, batch, "both")) for batch in batches)
    return taken[len(taken) * 95 // 100]


def _recall(conn: Connection, hub: str, descendants: int) -> float:
    def work() -> None:
        found = recall(conn, hub)
        if found is None or found.unbalanced or found.batches != descendants + 1:
            raise ValueError(f"the recall of {hub} is not whole")

    return _ms(work)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
