"""Our own table of Digital Links, by the productions of the standard's grammar."""

import json
from pathlib import Path
from typing import Any

import pytest

from labels.digital_link import read
from labels.errors import LinkError

TABLE: Any = json.loads(
    (Path(__file__).parents[1] / "vectors" / "digital_link_uris.json").read_text("utf-8")
)
ROWS = [(row["production"], row["uri"], row["answer"]) for row in TABLE["uris"]]


@pytest.mark.parametrize(("production", "uri", "answer"), ROWS)
def test_each_address_is_read_as_its_production_says(
    production: str, uri: str, answer: str
) -> None:
    path, _, query = uri.partition("?")
    if answer == "refused":
        with pytest.raises(LinkError):
            read(path, query)
        return
    link = read(path, query)
    assert link.uri == answer, production
    again, _, attributes = answer.partition("?")
    assert read(again, attributes).uri == answer


def test_no_address_stands_twice_and_each_refusal_says_why() -> None:
    assert len({uri for _, uri, _ in ROWS}) == len(ROWS)
    assert all(row.get("why") for row in TABLE["uris"] if row["answer"] == "refused")
