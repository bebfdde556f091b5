"""Execution with a short way for fields that only show an attribute: most of a list of offers.

Whatever is not plain (a resolver, an argument, an audience, an error) goes the library's way, and
gives what it would have given. The response is written by msgspec.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

_PLAIN: Final = "suyuan-plain"


class _Plain(NamedTuple):
    """How a plain field is had: its attribute, then its coercion or its object's type."""

    get: Callable[[Any], Any]
    coerce: Callable[[Any], Any] | None
    kind: GraphQLObjectType | None
    needed: bool


def mark_plain(field: GraphQLField, get: Callable[[Any], Any]) -> None:
    """Say that a field shows an attribute and asks nothing first."""
    field.extensions = {**(field.extensions or {}), _PLAIN: _plain(field, get)}


def unmark(field: GraphQLField) -> None:
    """Say that a field asks something first after all."""
    (field.extensions or {}).pop(_PLAIN, None)


def _plain(field: GraphQLField, get: Callable[[Any], Any]) -> _Plain | None:
    kind: Any = get_nullable_type(field.type)
    needed = is_non_null_type(field.type)
    if is_leaf_type(kind):
        return _Plain(get, kind.coerce_output_value, None, needed)
    if is_object_type(kind) and needed and kind.is_type_of is None:
        return _Plain(get, None, kind, needed)
    return None


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Takes the short way where it can."""

    @override
    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Any,
        position_context: Any,
    ) -> Any:
        """Show an attribute at once, or do as the library does."""
        field = parent_type.fields.get(field_details_list[0].node.name.value)
        plain = field.extensions.get(_PLAIN) if field else None
        if plain is None:
            return super().execute_field(
                parent_type, source, field_details_list, path, position_context
            )
        value = plain.get(source)
        if value is None and not plain.needed:
            return None
        if plain.coerce is not None:
            try:
                coerced = plain.coerce(value)
            except Exception:  # noqa: BLE001  the library says it as it does
                coerced = None
            if coerced is not None:
                return coerced
        elif isinstance(plain.kind, GraphQLObjectType) and value is not None:
            return self.collect_and_execute_subfields(
                plain.kind, field_details_list, path, value, position_context
            )
        return super().execute_field(
            parent_type, source, field_details_list, path, position_context
        )
