"""What a monitoring system reads: positions, and how far behind each read model is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from projections.lag import lags
from projections.registry import ALL
from projections.runner import Runner
from tests.api.pages_parts import County, demo_county
from tests.recorded_world import recorded_world


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("metrics"), "metrics") as served:
        yield served


def test_metrics_are_prometheus_text_with_every_read_model(county: County) -> None:
    with county.services.connection() as conn:
        (head,) = {lag.head for lag in lags(conn)}
    assert county.services.wait_for(head, 30)
    answer = county.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert all(re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{\w+=\"\w+\"\})? [\d.]+", x) for x in lines)
    assert f"suyuan_ledger_position {head}" in lines
    for model in ALL:
        assert f'suyuan_projection_position{{projection="{model.name}"}} {head}' in lines
        assert f'suyuan_projection_lag_positions{{projection="{model.name}"}} 0' in lines
        assert f'suyuan_projection_lag_seconds{{projection="{model.name}"}} 0.0' in lines


def test_a_model_that_stands_still_falls_behind_in_events_and_seconds(database_url: str) -> None:
    with recorded_world(database_url) as (world, _):
        Runner(database_url, ALL).catch_up()
        with psycopg.connect(database_url, autocommit=True) as conn:
            assert {(lag.positions, lag.seconds) for lag in lags(conn)} == {(0, 0.0)}
            world.now = datetime.now(UTC) - timedelta(seconds=60)
            world.admit(world.harvest())
            world.admit(world.harvest())
            for lag in lags(conn):
                assert lag.positions == 2
                assert lag.seconds >= 0
