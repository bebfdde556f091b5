"""How much one request may ask: tokens, depth, aliases, and what fragments unfold to."""

from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_DEPTH: Final = 12
"""Selection sets within each other; the deepest of the examples has 8."""
MAX_ALIASES: Final = 20
MAX_TOKENS: Final = 1500
MAX_FIELDS: Final = 1000
"""Selections once every fragment is written out."""


def too_much(document: DocumentNode) -> GraphQLError | None:
    """Say what is too much in a document that unfolds, before other rules walk through it.

    They walk each fragment as often as it is spread: twenty fragments that spread the next one
    twice would be walked a million times.
    """
    return _Unfolding(document).error()


class _Unfolding:
    """Counts selections, each fragment once."""

    def __init__(self, document: DocumentNode) -> None:
        self._document = document
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._sizes: dict[str, int] = {}
        self._open: set[str] = set()

    def error(self) -> GraphQLError | None:
        """Say what is too much, if anything."""
        try:
            total = sum(
                self._size(definition.selection_set)
                for definition in self._document.definitions
                if isinstance(definition, OperationDefinitionNode)
            )
        except _Cycle as cycle:
            return GraphQLError(f"Cannot spread fragment '{cycle}' within itself.")
        if total > MAX_FIELDS:
            return GraphQLError(f"{total} fields with all fragments. Allowed: {MAX_FIELDS}")
        return None

    def _size(self, selections: SelectionSetNode | None) -> int:
        if selections is None:
            return 0
        total = 0
        for selection in selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                total += self._size_of_fragment(selection.name.value)
            elif isinstance(selection, FieldNode):
                total += 1 + self._size(selection.selection_set)
            elif isinstance(selection, InlineFragmentNode):
                total += self._size(selection.selection_set)
        return total

    def _size_of_fragment(self, name: str) -> int:
        if name in self._open:
            raise _Cycle(name)
        fragment = self._fragments.get(name)
        if name not in self._sizes and fragment:
            self._open.add(name)
            self._sizes[name] = self._size(fragment.selection_set)
            self._open.discard(name)
        return self._sizes.get(name, 0)


class _Cycle(Exception):
    """A fragment spreads itself."""
