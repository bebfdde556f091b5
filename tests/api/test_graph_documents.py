"""Trusted documents by their hash, over HTTP and over a socket; and the cache of good ones."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from api.graph.documents import KEPT, Cache, Trusted, hash_of
from tests.api.graph_parts import Graph, served, served_to_a_module
from tests.api.sockets import opened

TEXT = "{ checkpoint { size } }"
WATCH = "subscription { offers { cursor } }"


@pytest.fixture(scope="module")
def graph(database_server: str) -> Iterator[Graph]:
    trusted = Trusted({hash_of(text): text for text in (TEXT, WATCH)}, only=True)
    with served_to_a_module(database_server, "graph_documents", dev=False, trusted=trusted) as it:
        yield it


def post(graph: Graph, **body: Any) -> Any:  # noqa: ANN401
    answer = graph.client.post("/graphql", content=json.dumps(body))
    assert answer.status_code == 200, answer.text
    return answer.json()


def code(answer: Any) -> str:  # noqa: ANN401
    return str(answer["errors"][0]["extensions"]["code"])


def test_a_trusted_document_is_run_by_its_hash_or_its_text(graph: Graph) -> None:
    named = {"persistedQuery": {"version": 1, "sha256Hash": hash_of(TEXT)}}
    for body in (
        {"query": TEXT}, {"extensions": named}, {"query": TEXT, "extensions": named},
        {"documentId": f"sha256:{hash_of(TEXT)}"}, {"documentId": hash_of(TEXT)},
    ):  # fmt: skip
        assert post(graph, **body)["data"]["checkpoint"]["size"] > 0


def test_nothing_else_is_run(graph: Graph) -> None:
    assert code(post(graph, query="{ checkpoint { note } }")) == "untrusted-document"
    assert code(post(graph, query=TEXT + " ")) == "untrusted-document"


@pytest.mark.parametrize("name", ["0" * 64, "sha256:", "x", hash_of(TEXT).upper(), "'; --"])
def test_a_hash_of_nothing_is_said(graph: Graph, name: str) -> None:
    assert code(post(graph, documentId=name)) == "unknown-document"
    assert code(post(graph, extensions={"persistedQuery": {"sha256Hash": 7}})) == "unknown-document"
    assert code(post(graph, documentId=hash_of(TEXT), query=WATCH)) == "unknown-document"


def test_a_socket_runs_only_these_too(graph: Graph) -> None:
    with opened(graph.client) as socket:
        socket.subscribe("subscription { offers { position } }")
        message = socket.next()
        assert message["payload"][0]["extensions"]["code"] == "untrusted-document"
        persisted = {"persistedQuery": {"sha256Hash": hash_of(WATCH)}}
        socket.send(id="2", type="subscribe", payload={"extensions": persisted})
        socket.settle()
        offer = graph.offer(10)
        assert socket.data()["offers"]["cursor"].endswith(offer.id)


def test_a_folder_and_the_examples_are_trusted(tmp_path: Path) -> None:
    (tmp_path / "mine.graphql").write_text(TEXT, "utf-8")
    (tmp_path / "notes.txt").write_text("no document", "utf-8")
    trusted = Trusted.read(tmp_path, only=True)
    assert trusted.text(TEXT, None) == TEXT
    examples = Path("api/graph/examples/offers.graphql").read_text("utf-8")
    named = {"persistedQuery": {"sha256Hash": hash_of(examples)}}
    assert trusted.text(None, named) == examples


def test_what_our_own_pages_watch_is_trusted() -> None:
    trusted = Trusted.read(None, only=True)
    scripts = Path("api/web/static/js").rglob("*.js")
    watched = [
        text for script in scripts
        for text in re.findall(r'watch\("([^"]+)"', script.read_text("utf-8"))
    ]  # fmt: skip
    assert len(watched) >= 2
    for text in watched:
        assert trusted.text(text, None) == text


def test_the_cache_is_bounded_and_keeps_what_is_used() -> None:
    cache, document = Cache(), parse(TEXT)
    cache.keep("first", document)
    for number in range(KEPT - 1):
        cache.keep(f"{number}", document)
    assert cache.find("first") is document
    cache.keep("one more", document)
    assert cache.find("first") is document
    assert cache.find("0") is None
    cache.keep("x" * 100_000, document)
    assert cache.find("x" * 100_000) is None


def test_a_document_from_the_cache_is_answered_like_the_first_time(database_url: str) -> None:
    with served(database_url) as open_graph:
        open_graph.parts.runner.catch_up()
        query = "query ($first: Int) { offers(first: $first) { edges { cursor } } }"
        for _ in range(3):
            assert open_graph.ask(query, first=1) == {"offers": {"edges": []}}
            [error] = open_graph.errors(query, first=1000)
            assert error["extensions"]["code"] == "page-too-large"
            [wrong] = open_graph.errors("{ offers { nothing } }")
            assert "nothing" in wrong["message"]
