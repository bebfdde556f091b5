"""The harness of `suyuan bench`: runs a figure and its baselines by turns and compares them.

A machine that others use too is faster in one minute than in the next. So figure and baseline take
turns, the order is reversed every other round, and a ratio is the median of the rounds' ratios: it
holds where the figures themselves do not.
"""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

from msgspec import Struct, field

ROUNDS: Final = 3
"""How often each is run, at least."""

Run = Callable[[], float]
"""Does the work once and gives its figure in the plan's unit."""

Tell = Callable[[str], None]
"""Takes a line of progress."""


class Spread(Struct, frozen=True):
    """The least, the middle and the greatest of several runs."""

    min: float
    median: float
    max: float


class Baseline(Struct, frozen=True):
    """What a figure is compared with; `of` names the figure where it is not `Plan.figure` itself.

    `of` is a name in `Plan.also`, or in `Plan.figure` where that holds several.
    """

    run: Run
    of: str | None = None


class Plan(Struct, frozen=True):
    """What is to be measured, prepared: each run does the same work anew."""

    name: str
    unit: str
    """Such as `events/s` or `ms`."""
    size: int | dict[str, int]
    figure: Run | Mapping[str, Run]
    """One run, or several by name (latencies by kind and size)."""
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    also: Mapping[str, Run] = field(default_factory=dict)
    """Further figures that are reported beside the figure."""
    more_is_better: bool = True
    """False for latencies: the ratio is then the baseline over the figure."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of what this plan uses beyond what every plan does, such as the PostgreSQL server."""


class Report(Struct, frozen=True, omit_defaults=True):
    """What came out, as `suyuan bench --json` prints it."""

    name: str
    unit: str
    figure: Spread | dict[str, Spread]
    baselines: dict[str, Spread]
    ratios: dict[str, float]
    size: int | dict[str, int]
    machine: dict[str, str | int]
    versions: dict[str, str]
    commit: str
    also: dict[str, Spread] = field(default_factory=dict)


class Environment(Struct, frozen=True):
    """On what, with what and of which commit it was measured."""

    machine: dict[str, str | int]
    versions: dict[str, str]
    commit: str


Runs = dict[str, list[float]]

_FIGURE: Final = "figure"


def measure(plan: Plan, environment: Environment, tell: Tell, rounds: int = ROUNDS) -> Report:
    """Run everything in the plan by turns, at least three times, and compare."""
    named = _by_name(plan)
    runs: Runs = {name: [] for name in named}
    for number in range(max(rounds, ROUNDS)):
        order = list(named) if number % 2 == 0 else list(reversed(named))
        for name in order:
            gc.collect()
            began = time.monotonic()
            value = named[name]()
            took = time.monotonic() - began
            runs[name].append(value)
            round_of = f"{number + 1}/{max(rounds, ROUNDS)}"
            tell(f"{plan.name} {round_of} {name}: {value:,.6g} ({took:.1f} s)")
    return _report(plan, runs, environment)


def rate(count: int, work: Callable[[], object]) -> float:
    """Give how many a second: `work` does `count` of them."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def spread(values: list[float]) -> Spread:
    """Give the least, the middle and the greatest."""
    return Spread(min(values), median(values), max(values))


def _by_name(plan: Plan) -> dict[str, Run]:
    """Name every run: a figure, then what is beside it, then the baselines."""
    figures = plan.figure if isinstance(plan.figure, Mapping) else {_FIGURE: plan.figure}
    baselines = {name: baseline.run for name, baseline in plan.baselines.items()}
    return {**figures, **plan.also, **baselines}


def _report(plan: Plan, runs: Runs, environment: Environment) -> Report:
    figure: Spread | dict[str, Spread]
    if isinstance(plan.figure, Mapping):
        figure = {name: spread(runs[name]) for name in plan.figure}
    else:
        figure = spread(runs[_FIGURE])
    ratios = {
        name: _ratio(runs[baseline.of or _FIGURE], runs[name], plan)
        for name, baseline in plan.baselines.items()
        if (baseline.of or _FIGURE) in runs
    }
    return Report(
        plan.name, plan.unit, figure, {name: spread(runs[name]) for name in plan.baselines},
        ratios, plan.size, environment.machine, {**environment.versions, **plan.versions},
        environment.commit, {name: spread(runs[name]) for name in plan.also},
    )  # fmt: skip


def _ratio(figures: list[float], baselines: list[float], plan: Plan) -> float:
    """Give the middle of the rounds' ratios; more is always better."""
    pairs = zip(figures, baselines, strict=True)
    if plan.more_is_better:
        return median(figure / baseline for figure, baseline in pairs)
    return median(baseline / figure for figure, baseline in pairs)
