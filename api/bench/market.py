"""`suyuan bench market`: how long the market's answers take, by kind.

A kind is a module with `kinds(bench, folder)` that gives runs by name and baselines; to add one,
add it to `_KINDS`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Final

from api.bench import market_allocation, market_ranking
from api.bench.measure import Plan, Run
from api.bench.workbench import Workbench

_KINDS: Final = (market_ranking, market_allocation)


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Prepare every kind."""
    figures: dict[str, Run] = {}
    sizes: dict[str, int] = {}
    with ExitStack() as stack:
        for module in _KINDS:
            runs, size = stack.enter_context(module.kinds(bench))
            figures |= runs
            sizes |= size
        yield Plan(
            name="market", unit="ms", size=sizes, figure=figures, more_is_better=False,
            versions={"highspy": version("highspy"), "numpy": version("numpy")},
        )  # fmt: skip
