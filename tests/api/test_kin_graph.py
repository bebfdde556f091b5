"""The picture of a genealogy: nothing covers anything, and no line crosses a box."""

import re
from itertools import pairwise
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from api.pages.kin_graph import Box, Edge, Graph, Tile, fitted, graph

ROOT: Final = Tile("root", "桂皮（干）", "L-1", "967 公斤", "")


def tiles(generation: str, count: int) -> list[Tile]:
    return [Tile(f"{generation}{n}", "鲜桂皮", f"L{n}", "1 公斤", "/x") for n in range(count)]


def drawn(above: list[int], below: list[int], columns: int) -> Graph:
    up = [tiles(f"a{n}-", count) for n, count in enumerate(above)]
    down = [tiles(f"b{n}-", count) for n, count in enumerate(below)]
    levels = [*up, [ROOT], *down]
    edges = [
        Edge(one.key, other.key, "1 公斤", "晾晒")
        for upper, lower in pairwise(levels)
        for one in upper
        for other in lower
    ]
    return graph(up, ROOT, down, edges, columns, [0] * (len(up) + len(down)))


def apart(one: Box, other: Box, picture: Graph) -> bool:
    return (
        abs(one.x - other.x) >= picture.box_width or abs(one.y - other.y) >= picture.box_height
    )  # fmt: skip


SIZES = st.lists(st.integers(1, 9), max_size=3)


@given(SIZES, SIZES, st.sampled_from([2, 4]))
def test_boxes_lie_inside_and_apart_and_lines_pass_between_them(
    above: list[int], below: list[int], columns: int
) -> None:
    picture = drawn(above, below, columns)
    for at, one in enumerate(picture.boxes):
        assert 0 <= one.x <= picture.width - picture.box_width
        assert 0 <= one.y <= picture.height - picture.box_height
        assert all(apart(one, other, picture) for other in picture.boxes[at + 1 :])
    for line in picture.lines:
        for x, y in points(line.path)[1:-1]:
            assert not any(inside(x, y, box, picture) for box in picture.boxes), line


def points(path: str) -> list[tuple[float, float]]:
    """Give where a path's legs end."""
    found: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([MCV])([^MCV]+)", path):
        values = [float(one) for one in numbers.split()]
        found.append((found[-1][0], values[0]) if letter == "V" else (values[-2], values[-1]))
    return found


def inside(x: float, y: float, box: Box, picture: Graph) -> bool:
    return (
        box.x < x < box.x + picture.box_width and box.y < y < box.y + picture.box_height
    )  # fmt: skip


def test_what_has_no_room_is_counted() -> None:
    up = [tiles("a", 24)]
    picture = graph(up, ROOT, [], [], 4, [100])
    assert len(picture.boxes) == 9
    assert [one.batches for one in picture.more] == [116]


def test_a_long_name_is_cut_and_a_short_one_is_not() -> None:
    assert fitted("榃滨桂皮 500 克", 10) == "榃滨桂皮 500 克"
    assert fitted("罗定市泗纶镇蒸笼竹制品厂", 10) == "罗定市泗纶镇蒸笼竹…"
    assert fitted("Cinnamon bark (dried)", 10).endswith("…")
