"""Global ids, and text from outside that a query may be given."""

from typing import Annotated, Final

import strawberry
from strawberry import relay

from api.graph.errors import Mistaken

MAX_TEXT: Final = 200

NodeArgument = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="A node's id, or the plain id that events use, e.g. an order's UUIDv7."
    ),
]


def plain(text: str, name: str) -> str:
    """Give text that a query may be given: short, printable, valid Unicode.

    Raises:
        Mistaken: where it is not.
    """
    if len(text) > MAX_TEXT or not text.isprintable():
        raise Mistaken(
            "bad-argument", f"{name} 最多 {MAX_TEXT} 个字，不能有控制字符。",
            f"{name} has at most {MAX_TEXT} characters and no control characters.",
        )  # fmt: skip
    return text


def plain_or_none(text: str | None, name: str) -> str | None:
    """Give text as `plain` does, where there is any."""
    return None if text is None else plain(text, name)


def global_id(text: str) -> relay.GlobalID:
    """Read a node's id.

    Raises:
        Mistaken: where it is none.
    """
    try:
        found = relay.GlobalID.from_id(plain(text, "id"))
    except (relay.GlobalIDValueError, ValueError) as error:
        raise Mistaken(
            "bad-id", "id 不是这里给出的编号。", "id is not one that this API gave."
        ) from error
    plain(found.node_id, "id")
    return found


def own_id(text: str, kind: str) -> str:
    """Give the plain id, of a node's id of a kind or of what is plain already.

    Raises:
        Mistaken: where it is another kind's.
    """
    try:
        found = relay.GlobalID.from_id(plain(text, "id"))
    except (relay.GlobalIDValueError, ValueError):
        return text
    if found.type_name != kind:
        raise Mistaken(
            "bad-id", f"id 属于 {found.type_name}，这里要 {kind}。",
            f"id is of {found.type_name}; {kind} is wanted.",
        )  # fmt: skip
    return plain(found.node_id, "id")


def own_id_or_none(text: str | None, kind: str) -> str | None:
    """Give the plain id as `own_id` does, where there is one."""
    return None if text is None else own_id(text, kind)
