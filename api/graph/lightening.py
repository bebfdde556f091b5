"""Takes from plain fields what only others need: a list of fifty offers has a thousand of them.

A field that only shows an attribute is read as one; a resolver without arguments is called as it
is, with graphql-core's own info, of which it uses the context.
"""

import inspect
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.types.field import StrawberryField

from api.graph.executing import mark_plain


def lighten(schema: GraphQLSchema) -> None:
    """Make the fields of a schema as light as they can be."""
    for name, kind in schema.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or name.startswith("__"):
            continue
        for field in kind.fields.values():
            definition = (field.extensions or {}).get("strawberry-definition")
            if field.subscribe is None and isinstance(definition, StrawberryField):
                light = _light(definition)
                if light is not None:
                    field.resolve = light
                if light is not None and definition.is_basic_field:
                    mark_plain(field, attrgetter(definition.python_name))


def _light(field: StrawberryField) -> Callable[..., Any] | None:
    if field.extensions or field.permission_classes:
        return None
    if field.is_basic_field:
        return _attribute(field.python_name)
    if field.base_resolver is None or field.arguments:
        return None
    method = field.base_resolver.wrapped_func
    if isinstance(method, staticmethod | classmethod):
        return None
    match list(inspect.signature(method).parameters):
        case ["self"]:
            return lambda source, _info: method(source)
        case ["self", "info"]:
            return method
        case _:
            return None


def _attribute(name: str) -> Callable[..., Any]:
    get = attrgetter(name)
    return lambda source, _info: get(source)
