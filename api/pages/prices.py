"""What a category was offered and agreed at, week by week: a chart, and the same as a table."""

from http import HTTPStatus
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import not_found
from api.pages import render
from api.pages.failure import failure
from api.pages.naming import Naming
from api.pages.reader import Reader
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from domain.measures import Price, Unit
from projections import market_prices
from projections.market_prices import Week

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

WIDTH: Final = 360
HEIGHT: Final = 220
_LEFT: Final = 60
_BELOW: Final = 34
_ABOVE: Final = 14
_LINES: Final = 4
_LONGEST: Final = 31


class Line(NamedTuple):
    """A line across the chart, with what it stands for."""

    y: float
    text: str


class Point(NamedTuple):
    """A week in the chart and in the table."""

    x: float
    y: float
    week: str
    low: str
    middle: str
    high: str
    orders: int
    quantity: str


class Chart(NamedTuple):
    """The chart: the band between lowest and highest, the line of medians, its points and axis."""

    width: int
    height: int
    band: str
    line: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]


@router.get("/market/prices/{category}")
def prices(request: Request, services: Use, category: str, unit: str = "GRM") -> Response:
    """Show the price history of a category, by weight or by the piece."""
    reader = render.reader_of(request)
    measured = next((one for one in Unit if one.value == unit), Unit.GRAM)
    with services.connection() as conn:
        found = market_prices.weeks(conn, category[:_LONGEST], measured.value)
        if not found and measured is Unit.GRAM:
            measured = Unit.PIECE
            found = market_prices.weeks(conn, category[:_LONGEST], measured.value)
        now = standing(conn)
    if not found:
        nothing = not_found("这种货还没有过报价。", "Nothing was offered in this category yet.")
        return failure(request, services, nothing)
    return render.page(
        request, "prices.html", HTTPStatus.OK, standing=now, chart=chart(found, measured, reader),
        category=Naming(reader, {}).category(category), asked=category,
    )  # fmt: skip


def chart(weeks: list[Week], unit: Unit, reader: Reader) -> Chart:
    """Draw the weeks, the oldest at the left."""
    top = max(week.high for week in weeks) * 1.08
    first, last = weeks[0].week.toordinal(), weeks[-1].week.toordinal()
    span = max(1, last - first)

    def x(week: Week) -> float:
        if len(weeks) == 1:
            return (WIDTH + _LEFT) / 2
        return round(_LEFT + (week.week.toordinal() - first) / span * (WIDTH - _LEFT - 12), 1)

    def y(price: float) -> float:
        return round(HEIGHT - _BELOW - price / top * (HEIGHT - _BELOW - _ABOVE), 1)

    upper = [f"{x(week)},{y(week.high)}" for week in weeks]
    lower = [f"{x(week)},{y(week.low)}" for week in reversed(weeks)]
    return Chart(
        WIDTH, HEIGHT, "M" + "L".join([*upper, *lower]) + "Z",
        "M" + "L".join(f"{x(week)},{y(week.middle)}" for week in weeks),
        tuple(
            Point(
                x(week), y(week.middle), reader.day(week.week), _price(week.low, unit, reader),
                _price(week.middle, unit, reader), _price(week.high, unit, reader), week.orders,
                reader.amount(week.quantity, unit),
            )
            for week in weeks
        ),
        tuple(
            Line(y(top * step / _LINES), _price(top * step / _LINES, unit, reader))
            for step in range(1, _LINES)
        ),
    )  # fmt: skip


def _price(fen_each: float, unit: Unit, reader: Reader) -> str:
    per = {Unit.GRAM: 1000, Unit.MILLILITRE: 1000, Unit.PIECE: 1}[unit]
    return reader.price(Price(max(1, round(fen_each * per)), per), unit)
