"""A generated county loads into a ledger, and the recall of its hub is whole."""

from pathlib import Path

import psycopg
import pytest

from api.bench.county.files import generated
from api.bench.county.spec import Spec
from api.bench.lag import steady_lag
from api.bench.loaded import loaded
from api.bench.throwaway import throwaway
from projections import trace
from projections.holdings_projection import HoldingsProjection
from projections.recall import recall
from projections.registry import ALL
from projections.runner import Runner
from projections.trace_projection import TraceProjection

SPEC = Spec(events=2500, descendants=450)
pytestmark = pytest.mark.slow


def test_the_recall_of_a_hub_is_whole_and_adds_up(tmp_path: Path) -> None:
    county = generated(SPEC, tmp_path, lambda _: None)
    with loaded(county, tmp_path, lambda _: None) as ledger:
        Runner(ledger.url, (HoldingsProjection(), TraceProjection())).catch_up()
        with psycopg.connect(ledger.url, autocommit=True) as conn:
            found = recall(conn, county.manifest.hub)
            assert found is not None
            assert found.batches == SPEC.descendants + 1
            assert found.unbalanced == ()
            assert found.position == SPEC.events
            below = trace.trace(conn, county.manifest.hub, "forward")
            assert below is not None
            assert {node.key for node in below.nodes} == {one.batch for one in found.balances}


def test_the_lag_is_taken_of_every_event_once_it_shows(tmp_path: Path) -> None:
    with throwaway(tmp_path) as ledger:
        runner = Runner(ledger.url, ALL)
        runner.start()
        try:
            assert 0 < steady_lag(ledger, runner, 0.5) < 30_000
        finally:
            runner.stop()
