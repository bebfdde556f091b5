"""Our own table of Digital Links, by the clauses of the standards and the grammar's productions."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labels.digital_link import read
from labels.errors import LinkError

ROOT = Path(__file__).parents[2]
TABLE: Any = json.loads((ROOT / "tests/vectors/digital_link_uris.json").read_text("utf-8"))
CITED = Counter(number for row in TABLE["uris"] for number in row["clauses"])
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


def test_each_address_cites_a_clause_that_is_listed_and_each_clause_listed_is_tried() -> None:
    listed = [clause["number"] for clause in TABLE["clauses"]]
    assert len(set(listed)) == len(listed)
    assert all(row["clauses"] for row in TABLE["uris"])
    assert set(CITED) == set(listed)


def test_the_document_lists_the_same_clauses_with_as_many_addresses() -> None:
    text = (ROOT / "docs/digital-link.md").read_text("utf-8")
    section = text.partition("\n## A table of addresses\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \|", section, re.MULTILINE)
    assert {number: (says, int(count)) for number, says, count in rows} == {
        clause["number"]: (clause["says"], CITED[clause["number"]]) for clause in TABLE["clauses"]
    }
