"""The market's benchmark runs every kind and reports it in one document."""

from pathlib import Path

import pytest

from api.bench import market, market_allocation, market_ranking
from api.bench.environment import here
from api.bench.measure import measure
from api.bench.workbench import Workbench
from api.settings import Settings

pytestmark = pytest.mark.slow


def test_every_kind_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_ranking, "_OFFERS", 200)
    monkeypatch.setattr(market_ranking, "_DEMANDS", 20)
    monkeypatch.setattr(market_allocation, "_EACH", 60)
    bench = Workbench(Settings.from_environment(), quick=True, folder=tmp_path, tell=lambda _: None)
    with market.plan(bench) as plan:
        report = measure(plan, here(), lambda _: None)
    assert isinstance(report.figure, dict)
    assert set(report.figure) == {"ranking_p95", "allocation"}
    assert report.size == {
        "ranked_offers": 200, "allocated_offers": 60, "allocated_demands": 60,
    }  # fmt: skip
