"""What every test may use: a real PostgreSQL, a browser's path, and hypothesis's profiles."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from api.embedded import embedded_server

IN_CI = os.environ.get("CI") == "true"

settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if IN_CI else "dev")

_NUMBERS = count(1)

SLOW_ROOMS = frozenset(
    {
        "test_accessible",
        "test_browser_pages",
        "test_check_yourself",
        "test_cli_keys",
        "test_cli_register",
        "test_custody",
        "test_demo_season",
        "test_discretion",
        "test_dossier",
        "test_embedded",
        "test_faults",
        "test_fuzz",
        "test_graph_access",
        "test_graph_documents",
        "test_graph_limits",
        "test_graph_market",
        "test_graph_matches",
        "test_graph_queries",
        "test_graph_subscriptions",
        "test_job",
        "test_joining_kept",
        "test_key_authority",
        "test_labels_served",
        "test_log_rotation",
        "test_log_served",
        "test_lookup",
        "test_marks_page",
        "test_market",
        "test_market_clients",
        "test_metrics",
        "test_recall_lists",
        "test_measure",
        "test_merkle",
        "test_outputs",
        "test_pages_served",
        "test_resolver",
        "test_restoring",
        "test_passport",
        "test_reports",
        "test_reading_process",
        "test_roles",
        "test_runner",
        "test_scopes",
        "test_serials_printed",
        "test_sharing",
        "test_signin",
        "test_tokens",
        "test_untp",
        "test_verify_witnesses",
        "test_webcrypto",
        "test_witness",
        "test_witnessing",
    }
)
"""Modules that start servers or draw thousands of examples: with them `make check` would take more
than the minute that a developer waits."""


LONG_ROOMS = (
    "test_browser_field",
    "test_browser_pages",
    "test_measure",
    "test_cli_runs",
    "test_cli_keys",
    "test_cli_alone",
    "test_cli_labels",
    "test_cli_register",
    "test_cli_imports",
    "test_witnessing",
    "test_graph_market",
    "test_accessible",
    "test_graph_subscriptions",
    "test_histories",
    "test_market",
    "test_two_servers",
    "test_fuzzed_interfaces",
    "test_kill_nine",
    "test_market_bench",
)
"""Modules of half a minute and more, the longest first: those begin first, so that at the end no
worker waits for another's."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of the slow rooms as slow."""
    if item.path.stem in SLOW_ROOMS:
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long rooms first, whatever order was drawn."""
    turn = {room: place for place, room in enumerate(LONG_ROOMS)}
    items.sort(key=lambda item: turn.get(item.path.stem, len(turn)))


def pytest_collection_finish() -> None:
    """Spare the search for reference cycles all that was loaded: thousands of tests and modules."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a PostgreSQL of this session's own, from the same code that `suyuan serve` uses.

    It syncs nothing to the disk, for speed: its data are thrown away. A test that is about
    durability starts an `embedded_server` of its own. Its folder is not pytest's, which each
    pytest that starts closes to other users, the server's among them.
    """
    with (
        tempfile.TemporaryDirectory(prefix="suyuan-test-") as folder,
        embedded_server(Path(folder), durable=False) as url,
    ):
        yield url


@pytest.fixture
def database_url(database_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database, dropped (connections and all) after the test."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
        yield database_server.replace("/suyuan?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of Debian's chromium; without it the test is skipped, in CI it fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        message = "chromium is not installed: apt-get install chromium, or `make test` as root"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return Path(found)
