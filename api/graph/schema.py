"""The schema: its limits, and its text as `schema.graphql` keeps it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    DisableIntrospection,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext
from typing_extensions import override

from api.graph.access import guard
from api.graph.documents import Cache, Documents
from api.graph.errors import Mask
from api.graph.executing import Executor
from api.graph.exemplifying import exemplify
from api.graph.lightening import lighten
from api.graph.limits import MAX_ALIASES, MAX_DEPTH, MAX_TOKENS
from api.graph.mutation import Mutation
from api.graph.query import Query
from api.graph.scalars import SCALARS
from api.graph.subscription import Subscription

SCHEMA_FILE: Final = Path(__file__).with_name("schema.graphql")


class _Schema(strawberry.Schema):
    """A schema that leaves the logging of errors to `Mask`: a client's mistakes are not ours."""

    @override
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing here."""


def make_schema(*, dev: bool) -> strawberry.Schema:
    """Build the schema; only in development does it describe itself."""
    extensions: list[Callable[[], SchemaExtension]] = [
        Mask,
        partial(Documents, Cache()),
        partial(MaxTokensLimiter, max_token_count=MAX_TOKENS),
        partial(MaxAliasesLimiter, max_alias_count=MAX_ALIASES),
        partial(QueryDepthLimiter, max_depth=MAX_DEPTH),
    ]
    if not dev:
        extensions.append(DisableIntrospection)
    schema = _Schema(
        Query, Mutation, Subscription, extensions=extensions, execution_context_class=Executor,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not dev),
    )  # fmt: skip
    lighten(schema._schema)  # noqa: SLF001  strawberry shows it to nobody else
    guard(schema._schema)  # noqa: SLF001
    exemplify(schema._schema)  # noqa: SLF001
    return schema


def schema_text() -> str:
    """Write the schema in the schema definition language."""
    return make_schema(dev=True).as_str() + "\n"
