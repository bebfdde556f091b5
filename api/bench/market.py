"""`suyuan bench market`: how long the market's answers take, by kind.

A kind is a module with `kinds(bench)` that gives a `Kind`; to add one, add it to `_KINDS`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Final

from api.bench import market_allocation, market_graph, market_ranking
from api.bench.market_kind import Kind
from api.bench.measure import Baseline, Plan, Run
from api.bench.workbench import Workbench

_KINDS: Final = (market_ranking, market_allocation, market_graph)


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Prepare every kind."""
    figures: dict[str, Run] = {}
    baselines: dict[str, Baseline] = {}
    sizes: dict[str, int] = {}
    with ExitStack() as stack:
        for module in _KINDS:
            kind: Kind = stack.enter_context(module.kinds(bench))
            figures |= kind.runs
            baselines |= kind.baselines
            sizes |= kind.sizes
        yield Plan(
            name="market", unit="ms", size=sizes, figure=figures, baselines=baselines,
            more_is_better=False,
            versions={
                name: version(name)
                for name in ("highspy", "numpy", "strawberry-graphql", "graphql-core")
            },
        )  # fmt: skip
