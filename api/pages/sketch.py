"""A sketch of where a batch grew and went: township seats as points, drawn by us, no map service.

Seats are points, not boundaries (`domain.townships`): the shape behind them is a hull around all
seats, and the page says that it is a sketch.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import atan2, cos, hypot, radians
from typing import Final, Literal, NamedTuple

from domain.townships import LUODING, TOWNSHIPS, distance_between, name, seat

WIDTH: Final = 360
_MARGIN_X: Final = 40
_MARGIN_Y: Final = 44
_SOUTH, _NORTH = 2251966, 2281802
_WEST, _EAST = 11115023, 11182139
_SHRINK: Final = cos(radians((_SOUTH + _NORTH) / 2 / 100_000))
_SCALE: Final = (WIDTH - 2 * _MARGIN_X) / ((_EAST - _WEST) * _SHRINK)
HEIGHT: Final = round((_NORTH - _SOUTH) * _SCALE) + 2 * _MARGIN_Y
_COUNTY_SEAT: Final = "445381001"
_GROWTH: Final = 30.0
"""How far the hull is drawn outside the outermost seats, in units of the picture."""
_GLYPH: Final = 12.0
_LATIN: Final = 0.76
"""A Latin letter's width, bold at 13 px as the place of origin is, in those of a Chinese one."""
_LINE: Final = 15.0
_EDGE: Final = 14.0

Anchor = Literal["start", "middle", "end"]
Mark = Literal["origin", "stop", "seat"]


class Point(NamedTuple):
    """A point of the picture."""

    x: float
    y: float


class Label(NamedTuple):
    """A name beside its point."""

    text: str
    x: float
    y: float
    anchor: Anchor


class Dot(NamedTuple):
    """A township's seat, with its name where the batch was there."""

    at: Point
    mark: Mark
    label: Label | None


class Sketch(NamedTuple):
    """All that the picture shows; `away` names where it went beyond the county, at the `tip`."""

    width: int
    height: int
    outline: str
    dots: tuple[Dot, ...]
    route: tuple[str, ...]
    away: Label | None
    tip: Point | None


class Spot(NamedTuple):
    """A township on the market's map: how many offers, and how large its circle is."""

    code: str
    at: Point
    radius: float
    offers: int
    label: Label


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right
            and self.top < other.bottom and other.top < self.bottom
        )  # fmt: skip


def sketch(origins: Sequence[str], stops: Sequence[str], language: str) -> Sketch | None:
    """Draw the way from where it grew through the stops, in order.

    None where no origin is a township of Luoding whose seat is known.
    """
    grew = [code for code in origins if _position(code)]
    if not grew:
        return None
    way = _without_repeats([*grew[:1], *stops])
    inside = [code for code in way if _position(code)]
    outside = [code for code in way if not code.startswith(LUODING) and seat(code)]
    away = _away(inside[-1], outside[-1], language) if outside else None
    taken: list[_Box] = [_box(away)] if away else []
    dots = _dots(grew, inside, language, taken)
    route = _route(grew, inside)
    tip = None
    if away:
        last = _position(inside[-1]) or Point(WIDTH / 2, HEIGHT / 2)
        tip = _edge_towards(last, outside[-1])
        route.append(_bow(last, tip))
    return Sketch(WIDTH, HEIGHT, _outline(), dots, tuple(route), away, tip)


def offered(counts: Mapping[str, int], language: str) -> tuple[Spot, ...]:
    """Place so many offers at each township's seat, with its name where there is room for it.

    A township whose seat is unknown, or outside the county, has no spot.
    """
    taken: list[_Box] = []
    found = []
    most = max(counts.values(), default=1)
    for code, count in sorted(counts.items(), key=lambda item: -item[1]):
        point = _position(code)
        if point is not None:
            label = _label(point, _short(code, language), taken)
            found.append(Spot(code, point, 5 + 11 * (count / most) ** 0.5, count, label))
    return tuple(found)


def outline() -> str:
    """Give the curve around all seats, as an SVG path."""
    return _outline()


def _route(grew: Sequence[str], inside: Sequence[str]) -> list[str]:
    """Draw each origin's leg to the first stop, and the legs between stops."""
    gathered = next((code for code in inside if code != inside[0]), inside[0])
    legs = [(code, gathered) for code in grew[1:]] + list(pairwise(inside))
    points = [(_position(one), _position(other)) for one, other in legs if one != other]
    return [_bow(one, other) for one, other in points if one and other]


def _without_repeats(stops: Sequence[str]) -> list[str]:
    return [stop for at, stop in enumerate(stops) if at == 0 or stop != stops[at - 1]]


def _position(code: str) -> Point | None:
    place = seat(code) if code.startswith(LUODING) else None
    if place is None or place.latitude_e5 is None or place.longitude_e5 is None:
        return None
    return Point(
        round(_MARGIN_X + (place.longitude_e5 - _WEST) * _SHRINK * _SCALE, 1),
        round(_MARGIN_Y + (_NORTH - place.latitude_e5) * _SCALE, 1),
    )


def _dots(
    grew: Sequence[str], inside: Sequence[str], language: str, taken: list[_Box]
) -> tuple[Dot, ...]:
    """Give all seats, those of the way last (on top) and named."""
    named = [*dict.fromkeys((*grew, *inside))]
    if _COUNTY_SEAT not in named:
        named.append(_COUNTY_SEAT)
    plain = [
        Dot(point, "seat", None)
        for place in TOWNSHIPS
        if place.code not in named and (point := _position(place.code))
    ]
    shown = []
    for code in named:
        point = _position(code)
        if point:
            mark: Mark = "origin" if code in grew else "stop" if code in inside else "seat"
            shown.append(Dot(point, mark, _label(point, _short(code, language), taken)))
    return (*plain, *reversed(shown))


def _short(code: str, language: str) -> str:
    """Name a township without its kind, as on a road sign."""
    full = name(code, language)
    return full.removesuffix("街道").removesuffix("镇") if language == "zh" else full


def _label(point: Point, text: str, taken: list[_Box]) -> Label:
    """Put a name where it covers no other, and keep the place."""
    x, y = point
    choices = (
        Label(text, x + 9, y + 4, "start"), Label(text, x - 9, y + 4, "end"),
        Label(text, x, y - 10, "middle"), Label(text, x, y + 19, "middle"),
        Label(text, x - 6, y - 12, "start"), Label(text, x - 6, y + 21, "start"),
        Label(text, x - 6, y - 28, "start"), Label(text, x - 6, y + 36, "start"),
    )  # fmt: skip
    free = [one for one in choices if _fits(_box(one), taken)]
    best = free[0] if free else choices[2]
    taken.append(_box(best))
    taken.append(_Box(x - 5, y - 5, x + 5, y + 5))
    return best


def _fits(box: _Box, taken: Sequence[_Box]) -> bool:
    inside = box.left > 0 and box.right < WIDTH
    return inside and not any(box.meets(other) for other in taken)


def _box(label: Label) -> _Box:
    wide = sum(_GLYPH if ord(c) > 0x2E80 else _GLYPH * _LATIN for c in label.text)  # noqa: PLR2004
    left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
    return _Box(left, label.y - _LINE + 3, left + wide, label.y + 3)


def _away(last: str, beyond: str, language: str) -> Label:
    """Name where it went beyond the county, and how far that is as the crow flies."""
    start = _position(last) or Point(WIDTH / 2, HEIGHT / 2)
    tip = _edge_towards(start, beyond)
    metres = distance_between(last, beyond)
    text = name(beyond, language)
    if metres is not None:
        text += f" {round(metres / 1000)} {'公里' if language == 'zh' else 'km'}"
    above = tip.y - 9 if tip.y > _LINE * 2 else tip.y + 20
    if tip.x > WIDTH / 2:
        return Label(text, WIDTH - 6, above, "end")
    return Label(text, 6, above, "start")


def _edge_towards(start: Point, beyond: str) -> Point:
    """Give where a straight line from a point to a place far away leaves the picture."""
    place = seat(beyond)
    if place is None or place.latitude_e5 is None or place.longitude_e5 is None:
        return Point(WIDTH - _EDGE, start.y)
    dx = (place.longitude_e5 - _WEST) * _SHRINK * _SCALE + _MARGIN_X - start.x
    dy = (_NORTH - place.latitude_e5) * _SCALE + _MARGIN_Y - start.y
    limits = [
        (limit - at) / step
        for at, step, low, high in (
            (start.x, dx, _EDGE, WIDTH - _EDGE), (start.y, dy, _EDGE, HEIGHT - _EDGE),
        )
        if step and (limit := high if step > 0 else low) is not None
    ]  # fmt: skip
    part = min(limits, default=1.0)
    return Point(round(start.x + dx * part, 1), round(start.y + dy * part, 1))


def _bow(one: Point, other: Point) -> str:
    """Draw a leg as a light curve, so that there and back don't cover each other."""
    dx, dy = other.x - one.x, other.y - one.y
    mx, my = (one.x + other.x) / 2 - dy * 0.16, (one.y + other.y) / 2 + dx * 0.16
    if dx > 0:
        mx, my = (one.x + other.x) / 2 + dy * 0.16, (one.y + other.y) / 2 - dx * 0.16
    return f"M{one.x} {one.y}Q{mx:.1f} {my:.1f} {other.x} {other.y}"


@cache
def _outline() -> str:
    """Draw a soft closed curve around all seats."""
    points = [point for place in TOWNSHIPS if (point := _position(place.code))]
    hull = _hull(points)
    middle = Point(sum(p.x for p in hull) / len(hull), sum(p.y for p in hull) / len(hull))
    return _smooth([_pushed(point, middle) for point in hull])


def _pushed(point: Point, middle: Point) -> Point:
    dx, dy = point.x - middle.x, point.y - middle.y
    far = hypot(dx, dy) or 1.0
    return Point(point.x + dx / far * _GROWTH, point.y + dy / far * _GROWTH * 0.9)


def _hull(points: Sequence[Point]) -> list[Point]:
    """Give the convex hull (Andrew's monotone chain), in order around."""
    ordered = sorted(points)

    def half(side: Sequence[Point]) -> list[Point]:
        chain: list[Point] = []
        for point in side:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    hull = half(ordered) + half(ordered[::-1])
    middle_x = sum(p.x for p in hull) / len(hull)
    middle_y = sum(p.y for p in hull) / len(hull)
    return sorted(hull, key=lambda p: atan2(p.y - middle_y, p.x - middle_x))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def _smooth(points: Sequence[Point]) -> str:
    """Draw a closed Catmull-Rom curve through points, as cubic Béziers."""
    count = len(points)
    path = f"M{points[0].x:.1f} {points[0].y:.1f}"
    for at in range(count):
        before, here = points[at - 1], points[at]
        there, after = points[(at + 1) % count], points[(at + 2) % count]
        path += (
            f"C{here.x + (there.x - before.x) / 6:.1f} {here.y + (there.y - before.y) / 6:.1f}"
            f" {there.x - (after.x - here.x) / 6:.1f} {there.y - (after.y - here.y) / 6:.1f}"
            f" {there.x:.1f} {there.y:.1f}"
        )
    return path + "Z"
