"""The market's benchmark runs every kind and reports it in one document."""

from pathlib import Path

import pytest

from api.bench import market, market_allocation, market_graph, market_ranking
from api.bench.environment import here
from api.bench.measure import measure
from api.bench.workbench import Workbench
from api.settings import Settings

pytestmark = pytest.mark.slow


def test_every_kind_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_ranking, "_OFFERS", 200)
    monkeypatch.setattr(market_ranking, "_QUICK_DEMANDS", 20)
    monkeypatch.setattr(market_allocation, "_QUICK_EACH", 60)
    monkeypatch.setattr(market_graph, "_QUICK_WATCHERS", 20)
    monkeypatch.setattr(market_graph, "_QUICK_REQUESTS", 8)
    bench = Workbench(Settings.from_environment(), quick=True, folder=tmp_path, tell=lambda _: None)
    with market.plan(bench) as plan:
        report = measure(plan, here(), lambda _: None)
    assert isinstance(report.figure, dict)
    assert set(report.figure) == {
        "ranking_p95",
        "ranking_crowded_p95",
        "allocation",
        "graphql_list",
        "watched_p99",
    }
    assert set(report.baselines) == {"sql_json"}
    assert 0 < report.ratios["sql_json"] < 2
    assert report.size == {
        "ranked_offers": 200, "allocated_offers": 60, "allocated_demands": 60,
        "listed_offers": 50, "watchers": 20,
    }  # fmt: skip
