"""The schema is the file in the repository, says what everything means, and the examples fit it."""

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_required_argument,
    parse,
    validate,
)
from graphql.validation import FieldsOnCorrectTypeRule, ScalarLeafsRule

from api.graph.console import examples
from api.graph.exemplifying import HAS_ONE, described
from api.graph.limits import MAX_DEPTH
from api.graph.schema import SCHEMA_FILE, schema_text

SCHEMA = build_schema(schema_text())
OURS = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
DOC = Path(__file__).parents[2] / "docs" / "graphql.md"


def test_the_schema_file_is_up_to_date() -> None:
    written = SCHEMA_FILE.read_text("utf-8")
    assert written == schema_text(), (
        "the schema has changed: write api.graph.schema.schema_text() to api/graph/schema.graphql"
        " (docs/graphql.md says how), and see that no client breaks"
    )


def test_everything_has_a_description() -> None:
    missing = [name for name, kind in OURS.items() if not kind.description]
    for name, kind in OURS.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            missing += [f"{name}.{field}" for field, f in kind.fields.items() if not f.description]
            missing += [
                f"{name}.{field}({argument})"
                for field, f in kind.fields.items()
                for argument, a in f.args.items()
                if not a.description
            ]
        elif isinstance(kind, GraphQLInputObjectType):
            missing += [f"{name}.{field}" for field, f in kind.fields.items() if not f.description]
    assert missing == []


def test_everything_has_an_example() -> None:
    missing = [name for name, thing in described(SCHEMA) if not HAS_ONE.search(thing.description)]
    assert missing == []


def test_an_example_of_a_thing_can_be_selected_as_it_stands() -> None:
    shown = 0
    for kind in OURS.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for name, field in kind.fields.items():
            example = re.search(rf"E\.g\. `({name} \{{.*\}})`", field.description or "")
            if example and not any(map(is_required_argument, field.args.values())):
                shown += 1
                document = f"fragment F on {kind.name} {{ {example[1]} }}"
                errors = validate(
                    SCHEMA, parse(document), [FieldsOnCorrectTypeRule, ScalarLeafsRule]
                )
                assert errors == [], document
    assert shown > 20


@pytest.mark.parametrize("example", examples(), ids=lambda e: e["query"].splitlines()[0])
def test_the_ready_examples_fit_the_schema(example: dict[str, str]) -> None:
    assert validate(SCHEMA, parse(example["query"])) == []


def test_the_page_of_documentation_names_every_mutation_and_query() -> None:
    text = DOC.read_text("utf-8")
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    for name in (*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields):
        assert f"`{name}`" in text, name
    assert f"{MAX_DEPTH} levels" in text
