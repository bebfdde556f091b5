"""Relay connections whose cursors stay valid whatever is inserted or taken away.

A cursor holds what its row was sorted by, and the row's position: opaque to clients, base64url.

Source: GraphQL Cursor Connections Specification (relay.dev/graphql/connections.htm).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, NamedTuple, Protocol, TypeVar

import msgspec
import strawberry
from strawberry import relay

from api.graph.errors import Mistaken
from projections.market_queries import Mark, Page, Sort

MAX_PAGE: Final = 100

USUAL_PAGE: Final = 20

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many at most, 0 to {MAX_PAGE}, e.g. 20; {USUAL_PAGE} if not said."
    ),
]
After = Annotated[
    str | None, strawberry.argument(description="Only what comes after this cursor (`endCursor`).")
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many at most, from the end or before `before`, 0 to {MAX_PAGE}, e.g. 20."
    ),
]
Before = Annotated[
    str | None,
    strawberry.argument(description="Only what comes before this cursor (`startCursor`)."),
]


class Asked(NamedTuple):
    """The four arguments of a connection: forward with first and after, or back."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None


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


def page_of(name: str, asked: Asked, sort: Sort = Sort.NEWEST) -> Page:
    """Make the page to ask for: one row more than wanted, to see whether there are more.

    Raises:
        Mistaken: where both ways are asked for at once, a number is out of range, or a cursor is
            not of this list.
    """
    if asked.first is not None and asked.last is not None:
        raise Mistaken(
            "bad-argument", "first 和 last 只能给一个。", "Give first or last, not both."
        )
    back = asked.last is not None
    size = asked.last if asked.last is not None else asked.first
    size = USUAL_PAGE if size is None else size
    if not 0 <= size <= MAX_PAGE:
        raise Mistaken(
            "page-too-large", f"first 和 last 要在 0 到 {MAX_PAGE} 之间。",
            f"first and last must be from 0 to {MAX_PAGE}; fetch further pages with the cursors.",
        )  # fmt: skip
    after, before = (
        None if cursor is None else _read(name, sort, cursor)
        for cursor in (asked.after, asked.before)
    )
    return Page(size + 1, after, sort, before, back=back)


def connection(
    name: str, rows: Sequence[RowT], page: Page, node: Callable[[RowT], NodeT]
) -> relay.Connection[NodeT]:
    """Make a connection of the rows that a page gave, in the list's order either way."""
    size = page.limit - 1
    more = len(rows) > size
    shown = rows[-size:] if page.back and size else rows[:size]
    edges = [relay.Edge(cursor=_write(name, page.sort, row), node=node(row)) for row in shown]
    return relay.Connection(
        edges=edges,
        page_info=relay.PageInfo(
            has_next_page=page.before is not None if page.back else more,
            has_previous_page=more if page.back else page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )  # fmt: skip


def bad_cursor() -> Mistaken:
    """Say that a cursor is not one that this list gave."""
    return Mistaken(
        "bad-cursor", "这不是这个列表给出的游标，请从头翻页。",
        "It is no cursor of this list in this order; start from the first page.",
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
