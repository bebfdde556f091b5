"""Which fields a request selects somewhere below a list: what is worth loading along with it."""

from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode
from graphql.type import GraphQLResolveInfo

from api.graph.context import Info


def selected(info: Info) -> frozenset[str]:
    """Give the names of all fields below, however deep."""
    raw: GraphQLResolveInfo[Any] = info._raw_info  # noqa: SLF001  its own way is ten times as slow
    return frozenset(
        name for node in raw.field_nodes for name in _names(raw, node.selection_set, ())
    )


def _names(
    raw: GraphQLResolveInfo[Any], selections: SelectionSetNode | None, within: tuple[str, ...]
) -> Iterator[str]:
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            yield selection.name.value
            yield from _names(raw, selection.selection_set, within)
        elif isinstance(selection, InlineFragmentNode):
            yield from _names(raw, selection.selection_set, within)
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in within:
                fragment = raw.fragments[name]
                yield from _names(raw, fragment.selection_set, (*within, name))
