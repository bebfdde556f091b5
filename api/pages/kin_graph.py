"""Where the boxes and lines of a genealogy lie: ancestors above, the batch, descendants below.

A row holds so many boxes side by side. A line to a row further off passes the rows between through
a gap, so that it crosses no box. Widths are in units of the picture, drawn at about one to a pixel.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

_WIDE: Final = 158
_HIGH: Final = 66
_GAP: Final = 20
_RISE: Final = 56
"""Between two rows: room for a line to bend and for what went over."""
_MOST_ROWS: Final = 2
"""Rows of one generation; the rest is counted."""
_LETTERS: Final = 10
"""Chinese letters of a name in a box; others count half."""
_LOT_LETTERS: Final = 18
_LATIN: Final = 0.65
"""A bold Latin letter's width, in widths of a Chinese one."""
_EAST_ASIAN: Final = "\u2e80"


class Tile(NamedTuple):
    """What stands in a box, with the page that it leads to."""

    key: str
    name: str
    lot: str
    amount: str
    address: str


class Edge(NamedTuple):
    """So much went from one batch into another, by a process."""

    source: str
    target: str
    amount: str
    process: str


class Box(NamedTuple):
    """A tile at its place; `short` and `short_lot` are cut to fit, `root` is the batch itself."""

    tile: Tile
    short: str
    short_lot: str
    x: float
    y: float
    root: bool


class Line(NamedTuple):
    """A way from box to box, with what went over written at its place."""

    path: str
    amount: str
    x: float
    y: float


class More(NamedTuple):
    """So many batches of a generation are not drawn."""

    batches: int
    x: float
    y: float


class Graph(NamedTuple):
    """The picture: `columns` boxes side by side at most."""

    columns: int
    width: float
    height: float
    box_width: float
    box_height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    more: tuple[More, ...]


class _Row(NamedTuple):
    """Boxes side by side, and how many of their generation are drawn nowhere."""

    tiles: list[Tile]
    more: int


class _Placed(NamedTuple):
    """A box's row and middle."""

    row: int
    x: float


def graph(
    above: Sequence[Sequence[Tile]], root: Tile, below: Sequence[Sequence[Tile]],
    edges: Sequence[Edge], columns: int, more: Sequence[int],
) -> Graph:  # fmt: skip
    """Lay out a genealogy: `above` from the furthest to the nearest, `below` from the nearest on.

    `more` are the batches of each generation that were not given, in the same order.
    """
    rows: list[_Row] = []
    for tiles, rest in zip(above, more[: len(above)], strict=True):
        rows += _cut(tiles, columns, rest)
    at = len(rows)
    rows.append(_Row([root], 0))
    for tiles, rest in zip(below, more[len(above) :], strict=True):
        rows += _cut(tiles, columns, rest)
    width = columns * (_WIDE + _GAP)
    boxes = list(_boxes(rows, width, at))
    places = {box.tile.key: _Placed(_row_of(box.y), box.x + _WIDE / 2) for box in boxes}
    gaps = [width * n / columns for n in range(columns + 1)][1:-1] or [width / 2]
    lines = [
        _line(places[edge.source], places[edge.target], edge, at, gaps)
        for edge in edges
        if edge.source in places and edge.target in places
        and places[edge.source].row < places[edge.target].row
    ]  # fmt: skip
    height = len(rows) * (_HIGH + _RISE) - _RISE
    return Graph(
        columns, width, height + _GAP, _WIDE, _HIGH, tuple(boxes), tuple(lines),
        tuple(_more(rows, width)),
    )  # fmt: skip


def _cut(tiles: Sequence[Tile], columns: int, more: int) -> Iterator[_Row]:
    """Break a generation into rows; what has no room is counted with the last."""
    shown = list(tiles[: columns * _MOST_ROWS])
    left_out = len(tiles) - len(shown) + more
    for start in range(0, len(shown), columns):
        last = start + columns >= len(shown)
        yield _Row(shown[start : start + columns], left_out if last else 0)


def _boxes(rows: Sequence[_Row], width: float, root: int) -> Iterator[Box]:
    for number, row in enumerate(rows):
        left = (width - len(row.tiles) * (_WIDE + _GAP)) / 2 + _GAP / 2
        for place, tile in enumerate(row.tiles):
            yield Box(
                tile, fitted(tile.name, _LETTERS), fitted(tile.lot, _LOT_LETTERS * _LATIN),
                left + place * (_WIDE + _GAP), number * (_HIGH + _RISE) + _GAP / 2, number == root,
            )  # fmt: skip


def _row_of(y: float) -> int:
    return round(y) // (_HIGH + _RISE)


def _line(source: _Placed, target: _Placed, edge: Edge, root: int, gaps: Sequence[float]) -> Line:
    """Lead a line down; its amount stands near the box that is further from the batch."""
    points = [(source.x, _bottom(source.row))]
    for between in range(source.row + 1, target.row):
        x = min(gaps, key=lambda gap: abs(gap - source.x))
        points += [(x, _top(between) - 6), (x, _bottom(between) + 6)]
    points.append((target.x, _top(target.row)))
    path = f"M{points[0][0]:g} {points[0][1]:g}" + "".join(
        _leg(one, other) for one, other in pairwise(points)
    )
    if source.row < root:
        return Line(path, edge.amount, source.x, _bottom(source.row) + 20)
    return Line(path, edge.amount, target.x, _top(target.row) - 10)


def _leg(one: tuple[float, float], other: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        return f"V{y2:g}"
    middle = (y1 + y2) / 2
    return f"C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2:g}"


def _top(row: int) -> float:
    return row * (_HIGH + _RISE) + _GAP / 2


def _bottom(row: int) -> float:
    return _top(row) + _HIGH


def _more(rows: Sequence[_Row], width: float) -> Iterator[More]:
    for number, row in enumerate(rows):
        if row.more:
            yield More(row.more, width / 2, _bottom(number) + 36)


def fitted(text: str, letters: float) -> str:
    """Cut a text to so many Chinese letters' width, with an ellipsis."""
    room = letters
    for at, letter in enumerate(text):
        room -= 1 if letter >= _EAST_ASIAN else _LATIN
        if room < 0:
            return f"{text[: max(1, at - 1)]}…"
    return text
