"""The harness: turns, spreads, ratios, and what `suyuan bench` prints."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from api.bench import table
from api.bench.environment import here
from api.bench.measure import Baseline, Environment, Plan, Report, Spread, measure, spread
from api.bench.workbench import BENCHES, prepare

NOWHERE = Environment({"cpu": "none", "cpus": 1}, {"python": "3"}, "abc")


def quietly(_line: str) -> None:
    """Nobody listens."""


def measured(plan: Plan, rounds: int = 3) -> Report:
    return measure(plan, NOWHERE, quietly, rounds)


def test_figure_and_baselines_take_turns_three_times_at_least() -> None:
    ran: list[str] = []

    def run(name: str) -> float:
        ran.append(name)
        return 1.0

    plan = Plan(
        "demo", "events/s", 10, lambda: run("f"), {"bare": Baseline(lambda: run("b"))}
    )  # fmt: skip
    measured(plan, rounds=1)
    assert ran == ["f", "b", "b", "f", "f", "b"]


def test_a_ratio_is_the_middle_of_the_rounds_ratios() -> None:
    """A machine that gets slower from round to round changes the figures, not the ratio."""
    speed = iter([100.0, 50.0, 25.0, 12.5, 6.0, 3.0])
    figures: list[float] = []

    def figure() -> float:
        figures.append(next(speed))
        return figures[-1]

    plan = Plan("demo", "events/s", 10, figure, {"twice": Baseline(lambda: 2 * figures[-1])})
    plan = msgspec.structs.replace(plan, baselines={"half": Baseline(lambda: next(speed))})
    report = measured(plan)
    assert report.ratios["half"] == pytest.approx(2.0)


def test_of_a_latency_less_is_more() -> None:
    plan = Plan("demo", "ms", 10, lambda: 2.0, {"other": Baseline(lambda: 8.0)},
                more_is_better=False)  # fmt: skip
    assert measured(plan).ratios == {"other": 4.0}


def test_a_baseline_may_be_of_a_figure_beside() -> None:
    plan = Plan("demo", "events/s", {"events": 10}, lambda: 100.0,
                {"one_row": Baseline(lambda: 10.0, of="one_caller")},
                also={"one_caller": lambda: 5.0})  # fmt: skip
    report = measured(plan)
    assert report.ratios == {"one_row": 0.5}
    assert report.also == {"one_caller": Spread(5.0, 5.0, 5.0)}


def test_several_figures_go_by_name() -> None:
    plan = Plan("trace", "ms", {"small": 10, "large": 1000},
                {"back small": lambda: 1.0, "back large": lambda: 2.0})  # fmt: skip
    report = measured(plan)
    assert report.figure == {"back small": Spread(1, 1, 1), "back large": Spread(2, 2, 2)}
    assert report.ratios == {}
    assert any("back large" in line for line in table.lines(report))


def test_a_spread_is_least_middle_and_greatest() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(1.0, 2.0, 3.0)


def test_a_report_has_the_promised_names() -> None:
    plan = Plan("demo", "events/s", 10, lambda: 1.0, {"bare": Baseline(lambda: 2.0)})
    document = json.loads(msgspec.json.encode(measure(plan, here(), quietly)))
    assert list(document) == [
        "name", "unit", "figure", "baselines", "ratios", "size", "machine", "versions", "commit",
    ]  # fmt: skip
    assert document["figure"] == {"min": 1.0, "median": 1.0, "max": 1.0}
    assert document["baselines"] == {"bare": {"min": 2.0, "median": 2.0, "max": 2.0}}
    assert document["ratios"] == {"bare": 0.5}
    assert document["machine"]["cpus"] >= 1
    assert document["versions"]["python"].startswith("3.")


@pytest.mark.parametrize("name", sorted(BENCHES))
def test_every_benchmark_can_be_loaded(name: str) -> None:
    assert callable(prepare(name))


@pytest.mark.slow
def test_verify_is_measured_from_the_command_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli.main import main; raise SystemExit(main())",
         "bench", "verify", "--events", "6000", "--json"],
        capture_output=True, text=True, timeout=300, check=True,
        env={"SUYUAN_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert (document["name"], document["unit"], document["size"]) == ("verify", "events/s", 6000)
    assert document["figure"]["min"] > 0
    assert 0 < document["ratios"]["ed25519"] < 2
    assert document["also"]["memory_mib"]["max"] < 500
