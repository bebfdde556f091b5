"""What one request may ask: bombs are refused, faults are masked, the page is for development."""

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.graph import limits
from api.graph.context import MOST_TRACES
from tests.api.graph_parts import Graph, served, served_to_a_module


@pytest.fixture(scope="module")
def graph(database_server: str) -> Iterator[Graph]:
    with served_to_a_module(database_server, "graph_limits", dev=False) as it:
        yield it


def _nested(levels: int) -> str:
    return "{ offers " + "{ edges { node " * levels + "{ id }" + " } }" * levels + " }"


def test_a_query_of_a_hundred_levels_is_refused(graph: Graph) -> None:
    messages = [error["message"] for error in graph.errors(_nested(50))]
    assert f"'anonymous' exceeds maximum operation depth of {limits.MAX_DEPTH}" in messages


def test_an_alias_bomb_is_refused(graph: Graph) -> None:
    bomb = "{" + " ".join(f"a{n}: checkpoint {{ size }}" for n in range(100)) + "}"
    assert graph.errors(bomb)[0]["message"] == f"100 aliases found. Allowed: {limits.MAX_ALIASES}"


def test_a_document_with_too_many_words_is_not_even_parsed(graph: Graph) -> None:
    bomb = "{ checkpoint {" + " size" * 5000 + "} }"
    [error] = graph.errors(bomb)
    assert f"more than {limits.MAX_TOKENS} tokens" in error["message"]


def _fragments(last: str, count: int) -> str:
    spread = [f"fragment f{n} on Checkpoint {{ ...f{n + 1} ...f{n + 1} }}" for n in range(count)]
    return " ".join(
        ["{ checkpoint { ...f0 } }", *spread, f"fragment f{count} on Checkpoint {last}"]
    )


def test_fragments_that_double_at_every_step_are_refused_at_once(graph: Graph) -> None:
    began = time.monotonic()
    [error] = graph.errors(_fragments("{ size }", 60))
    assert f"Allowed: {limits.MAX_FIELDS}" in error["message"]
    assert time.monotonic() - began < 1
    graph.world.admit(graph.world.demand())
    assert graph.ask(_fragments("{ size }", 3))["checkpoint"]["size"] > 0


def test_fragments_in_a_circle_are_refused(graph: Graph) -> None:
    [error] = graph.errors(_fragments("{ ...f0 }", 20))
    assert "within itself" in error["message"]


def test_inline_fragments_count_too(graph: Graph) -> None:
    deep = "... on Checkpoint { " * 300 + "size" + " }" * 300
    answer = graph.post(f"{{ checkpoint {{ {deep} }} }}")
    assert "errors" in answer


@pytest.mark.parametrize("bomb", ["{a" * 400, "{ offers(filter: " + "[" * 700])
def test_nesting_beyond_the_parser_is_said_plainly(graph: Graph, bomb: str) -> None:
    for error in graph.errors(bomb):
        assert "internal" not in json.dumps(error)


def test_only_so_many_batches_are_traced_at_once(graph: Graph) -> None:
    for _ in range(MOST_TRACES + 1):
        graph.offer()
    graph.parts.runner.catch_up()
    query = "{ offers { edges { node { batch { trace { root } } } } } }"
    answer = graph.post(query)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"too-many-traces"}
    limited = graph.ask(query.replace("offers", f"offers(first: {MOST_TRACES})", 1))
    assert len(limited["offers"]["edges"]) == MOST_TRACES


def test_introspection_is_for_development(graph: Graph) -> None:
    asked = graph.errors("{ __schema { queryType { name } } }")
    assert "introspection" in asked[0]["message"]
    suggested = graph.errors("{ ofers { edges { cursor } } }")
    assert "Did you mean" not in suggested[0]["message"]


def test_outside_development_there_is_no_page(graph: Graph) -> None:
    for path in ("/graphql", "/graphql/console.js"):
        answer = graph.client.get(path, headers={"accept": "text/html"})
        assert answer.status_code in {400, 404}, path
    asked = graph.client.get("/graphql", params={"query": "{ checkpoint { size } }"})
    assert asked.status_code >= 400


def test_in_development_the_page_has_ready_examples_and_loads_nothing_from_elsewhere(
    database_url: str,
) -> None:
    with served(database_url) as graph:
        page = graph.client.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "溯源市场 · GraphQL 控制台" in page.text
        assert "query Offers" in page.text
        assert "http" not in page.text.replace("https://", "http")
        script = graph.client.get("/graphql/console.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert graph.ask("{ __schema { queryType { name } } }")


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "[7]", "7", "null", '"{}"', "{}", '{"query": 7}', "[" * 100_000, b"\xff",
        '{"query": "{ checkpoint { size } }", "variables": 7}',
        '{"query": "{ checkpoint { size } }", "operationName": 7}',
        '{"query": "{ checkpoint { size } }", "extensions": 7}',
        '{"query": "query A { checkpoint { size } }", "operationName": "B"}',
    ],
)  # fmt: skip
def test_what_is_no_graphql_request_is_a_bad_request(graph: Graph, body: str | bytes) -> None:
    answer = graph.client.post("/graphql", content=body)
    assert answer.status_code == 400, answer.text


def test_a_fault_of_ours_is_logged_and_told_without_its_text(
    graph: Graph, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:  # noqa: ANN401
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(graph.parts, "connection", broken)
    with caplog.at_level(logging.ERROR):
        [error] = graph.errors("{ checkpoint { size } }")
    assert error["extensions"] == {"code": "internal"}
    assert "1234" not in json.dumps(error)
    assert "请稍后再试" in error["message"]
    assert "the password is 1234" in caplog.text


def test_a_clients_mistake_is_not_logged(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        graph.errors("{ offers(first: 1000) { edges { cursor } } }")
        graph.errors("{ nothing }")
    assert [record for record in caplog.records if record.name != "httpx2"] == []
