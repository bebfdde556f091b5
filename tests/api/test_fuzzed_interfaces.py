"""REST and GraphQL under Schemathesis: whatever comes, the server does not fail."""

from collections.abc import Iterator
from typing import Any, Final

import graphql
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from api.demo.parties import AUTHORITY
from api.signin import tokens
from tests.api.browsing import on_a_port
from tests.api.pages_parts import County, demo_county

pytestmark = pytest.mark.slow

EXAMPLES: Final = 6
"""For each operation; `suyuan serve` and the schemathesis command draw as many as one likes."""
BOUNDED: Final = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: object, value: object) -> bytes:
    """Send lines as they were drawn."""
    return str(value).encode("utf-8", "replace")


def _scalars() -> None:
    """Say what our scalars look like in a document."""
    whole = st.integers(min_value=0, max_value=2**53 - 1).map(nodes.Int)
    for name in ("Amount", "Position"):
        schemathesis.graphql.scalar(name, whole)
    schemathesis.graphql.scalar("Date", st.dates().map(str).map(nodes.String))
    times = st.datetimes().map(lambda time: f"{time.isoformat()}Z").map(nodes.String)
    schemathesis.graphql.scalar("DateTime", times)
    texts = st.dictionaries(st.sampled_from(["order", "reason", "quantity"]), st.text(max_size=9))
    objects = texts.map(
        lambda given: nodes.Object([
            graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=nodes.String(text))
            for name, text in given.items()
        ])
    )  # fmt: skip
    schemathesis.graphql.scalar("JSON", objects)


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("fuzzed"), "fuzzed") as served:
        yield served


@pytest.fixture(scope="module")
def address(county: County) -> Iterator[str]:
    with on_a_port(county) as base:
        yield base


@pytest.fixture(scope="module", params=["the public", "the county"])
def headers(county: County, request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "the public":
        return {}
    wanted = tokens.Wanted("fuzzing", ["read", "write"], 1)
    with county.services.connection() as conn:
        secret, _ = tokens.make(conn, AUTHORITY, wanted, None)
    return {"Authorization": f"Bearer {secret}"}


def _fuzz(operation: Any, address: str, headers: dict[str, str]) -> set[int]:  # noqa: ANN401
    """Have an operation called with what its description allows, and with some that it does not."""
    seen: set[int] = set()

    @BOUNDED
    @given(case=operation.as_strategy())
    def called(case: Any) -> None:  # noqa: ANN401
        response = case.call(base_url=address, headers=headers, timeout=60)
        seen.add(response.status_code)
        assert response.status_code < 500, (case.as_curl_command(), response.content[:500])
        # What is masked in an answer of GraphQL's would have been a 500 of REST's.
        assert b'"code": "internal"' not in response.content, case.as_curl_command()

    called()
    return seen


def _operations(schema: Any) -> Iterator[Any]:  # noqa: ANN401  of the library's
    for result in schema.get_all_operations():
        yield result.ok()


def test_rest_never_fails(address: str, headers: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    called = {}
    for operation in _operations(schema):
        if operation.path.startswith("/graphql"):
            continue
        called[operation.label] = _fuzz(operation, address, headers)
    assert len(called) > 20
    assert set().union(*called.values()) > {200}


def test_graphql_never_fails(address: str, headers: dict[str, str]) -> None:
    _scalars()
    schema = schemathesis.graphql.from_url(f"{address}/graphql")
    called = [_fuzz(one, f"{address}/graphql", headers) for one in _operations(schema)]
    assert len(called) > 15
