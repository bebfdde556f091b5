"""An example on every field, argument and input: where its words give none, one of its type."""

import re
from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

HAS_ONE: Final = re.compile(r"e\.g\.|E\.g\.|例如|: [a-z]+, [a-z]+ or ")

OF_SCALARS: Final = {
    "Amount": "120000", "Boolean": "true", "Date": '"2026-10-12"',
    "DateTime": '"2026-10-12T08:30:00+08:00"', "ID": '"T2ZmZXI6MDE5OTRlMmU="', "Int": "20",
    "JSON": '{"reason": "没货了"}', "Position": "4711", "String": '"…"',
}  # fmt: skip
OF_STRINGS: Final = {
    "after": '"WyJvZmZlcnMiLCJuZXdl…"', "batch": '"02000000000015/L7"',
    "before": '"WyJvZmZlcnMiLCJuZXdl…"',
    "cause": '"01994e2e-7a10-7c3e-…"', "checkpoint": '"sy.example.cn/445381\\n…"',
    "code": '"offer-exceeds-holding"', "cursor": '"WyJvZmZlcnMiLCJuZXdl…"',
    "endCursor": '"WyJvZmZlcnMiLCJuZXdl…"',
    "event": '"01994e2e-7a10-7c3e-…"',
    "eventId": '"01994e2e-7a10-7c3e-…"', "gln": '"6901234500009"',
    "gtin": '"02000000000015"', "hazard": '"农药残留超标"', "kind": '"dried"', "lot": '"L7"',
    "leafHash": '"qm8iZ0m2…"', "means": '"signature"', "messageEn": '"… holds 120 kg; 150 asked."',
    "messageZh": '"…只有 120 公斤，要 150 公斤。"', "name": '"罗定肉桂"',
    "note": '"sy.example.cn/445381\\n4711\\n…"', "outcome": '"全部退回并销毁"',
    "party": '"P445381-000008"', "path": '"$.quantity"', "phone": '"138 0000 0000"',
    "place": '"L445381-000003"', "plot": '"L445381-000101"', "process": '"milled"',
    "proof": '"qm8iZ0m2…"', "reason": '"没货了"', "recall": '"01994e2e-7a10-7c3e-…"',
    "result": '"conformant"', "root": '"02000000000015/L7"', "rootHash": '"qm8iZ0m2…"',
    "source": '"02000000000015/L7"', "startCursor": '"WyJvZmZlcnMiLCJuZXdl…"',
    "from": '"02000000000015/L7"', "to": '"02000000000015/L8"', "unit": '"GRM"',
    "category": '"cinnamon"', "currency": '"CNY"', "decimal": '"120000"', "display": '"120 公斤"',
    "identifier": '"P445381-000008"', "key": '"did:key:z6Mk…"', "text": '"肉桂 冲花"',
    "township": '"445381111"', "clientMutationId": '"tap-17"', "scopes": '"read"',
    "instruction": '"停止食用，退回门店"', "nameZh": '"罗定肉桂"', "nameEn": '"Luoding cinnamon"',
    "origin": '"sy.example.cn/445381"', "partyId": '"P445381-000008"',
    "placeId": '"L445381-000003"', "envelope": '"{\\"payload\\": \\"…\\"}"',
}  # fmt: skip
"""Of texts, by the name of the field."""


def exemplify(schema: GraphQLSchema) -> None:
    """Put an example into the description of whatever has none.

    Raises:
        LookupError: where a text has none in `OF_STRINGS`.
    """
    for name, thing in described(schema):
        if not HAS_ONE.search(thing.description or ""):
            said = (thing.description or "").rstrip(".")
            example = _example(name, get_named_type(thing.type))
            listed = is_list_type(
                thing.type.of_type if is_non_null_type(thing.type) else thing.type
            )
            shown = f"[{example}]" if listed and not example.startswith(name) else example
            thing.description = f"{said}. E.g. `{shown}`."


def described(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Give (name, field, argument or input field) of all of our types."""
    for kind_name, kind in schema.type_map.items():
        if kind_name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield name, field
                yield from field.args.items()
        elif isinstance(kind, GraphQLInputObjectType):
            yield from kind.fields.items()


def _example(name: str, kind: GraphQLNamedType) -> str:
    if kind.name == "String":
        if name not in OF_STRINGS:
            raise LookupError(f"api.graph.exemplifying.OF_STRINGS has no example of {name!r}")
        return OF_STRINGS[name]
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        first, field = next(iter(kind.fields.items()))
        return f"{{{first}: {_example(first, get_named_type(field.type))}}}"
    if is_leaf_type(kind):
        return OF_SCALARS[kind.name]
    return f"{name} {_selection(kind)}"


def _selection(kind: GraphQLNamedType) -> str:
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename }"
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            if is_leaf_type(get_named_type(field.type)):
                return f"{{ {name} }}"
        name, field = next(iter(kind.fields.items()))
        return f"{{ {name} {_selection(get_named_type(field.type))} }}"
    return "{ __typename }"
