"""Relay connections whose cursors stay valid whatever is inserted or taken away.

A cursor holds what its row was sorted by, and the row's position: opaque to clients, base64url.

Source: GraphQL Cursor Connections Specification (relay.dev/graphql/connections.htm).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Protocol, TypeVar

import msgspec
import strawberry
from strawberry import relay

from api.graph.errors import Mistaken
from projections.market_queries import Mark, Page, Sort

MAX_PAGE: Final = 100

First = Annotated[
    int, strawberry.argument(description=f"How many at most, 0 to {MAX_PAGE}, e.g. 20.")
]
After = Annotated[
    str | None, strawberry.argument(description="Only what comes after this cursor (`endCursor`).")
]


class Listed(Protocol):
    """A row of a list: what it was sorted by, as text, and its position."""

    @property
    def key(self) -> str:
        """What it was sorted by."""
        ...

    @property
    def position(self) -> int:
        """Where its event stands in the ledger."""
        ...


RowT = TypeVar("RowT", bound=Listed)
NodeT = TypeVar("NodeT", bound=relay.Node)


def page_of(name: str, first: int, after: str | None, sort: Sort = Sort.NEWEST) -> Page:
    """Make the page to ask for: one row more than wanted, to see whether there are more.

    Raises:
        Mistaken: where `first` is out of range, or the cursor is not of this list.
    """
    if not 0 <= first <= MAX_PAGE:
        raise Mistaken(
            "page-too-large", f"first 要在 0 到 {MAX_PAGE} 之间。",
            f"first must be from 0 to {MAX_PAGE}; fetch further pages with after.",
        )  # fmt: skip
    return Page(first + 1, _read(name, sort, after) if after is not None else None, sort)


def connection(
    name: str, rows: Sequence[RowT], page: Page, node: Callable[[RowT], NodeT]
) -> relay.Connection[NodeT]:
    """Make a connection of the rows that a page gave."""
    shown = rows[: page.limit - 1]
    edges = [relay.Edge(cursor=_write(name, page.sort, row), node=node(row)) for row in shown]
    return relay.Connection(
        edges=edges,
        page_info=relay.PageInfo(
            has_next_page=len(rows) > len(shown), has_previous_page=page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )  # fmt: skip


def bad_cursor() -> Mistaken:
    """Say that a cursor is not one that this list gave."""
    return Mistaken(
        "bad-cursor", "after 不是这个列表给出的游标，请从头翻页。",
        "after is no cursor of this list in this order; start from the first page.",
    )  # fmt: skip


def _write(name: str, sort: Sort, row: Listed) -> str:
    raw = msgspec.json.encode((name, sort.value, row.key, row.position))
    return base64.urlsafe_b64encode(raw).decode()


_CURSOR: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(
    tuple[str, str, Annotated[str, msgspec.Meta(max_length=80)], int]
)


def _read(name: str, sort: Sort, cursor: str) -> Mark:
    try:
        of, by, key, position = _CURSOR.decode(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError) as error:
        raise bad_cursor() from error
    if (of, by) != (name, sort.value) or "\0" in key:
        raise bad_cursor()
    return Mark(key, position)
