"""What grows on a plot and where it goes next: sprayed, cut, and handed over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from api.demo.builder import Builder
from api.demo.moves import Goods, Lost, Remedy, Trip, hand_over, harvest, treat
from api.demo.places import PLOTS, Plot
from api.demo.produce import PIECE, Product, kg, lot, part
from api.demo.stock import Spot
from domain.measures import BatchQuantity

_MORNING, _AFTERNOON, _EVENING = 7, 14, 16


class Short(NamedTuple):
    """So much (kilograms or pieces) that does not arrive, and why."""

    amount: int
    reason: str


class Stand(NamedTuple):
    """A crop on a plot: kilograms (or pieces), and the days of cutting and spraying.

    Days count from the start of the window; before it they are negative.
    """

    plot: str
    amount: int
    cut: int
    sprays: tuple[tuple[int, Remedy], ...] = ()
    short: Short | None = None
    number: int = 1
    grade: str | None = None


def grow(b: Builder, start: date, product: Product, stand: Stand) -> tuple[Plot, BatchQuantity]:
    """Spray and cut a stand; the batch lies at the plot."""
    plot = PLOTS[stand.plot]
    for day, remedy in stand.sprays:
        treat(b, plot, b.at(start + timedelta(days=day), _EVENING), remedy)
    cut = start + timedelta(days=stand.cut)
    goods = product.goods(lot(cut, plot.code, stand.number), amount(product, stand.amount))
    return plot, harvest(b, plot, b.at(cut, _MORNING), goods, stand.grade)


def bring(b: Builder, start: date, product: Product, stands: Sequence[Stand], to: Spot) -> Goods:
    """Grow stands and have each farmer hand over the whole cut the same day."""
    brought: list[BatchQuantity] = []
    for stand in stands:
        plot, goods = grow(b, start, product, stand)
        day = start + timedelta(days=stand.cut)
        trip = Trip(plot.spot, to, b.at(day, _AFTERNOON), b.at(day, _EVENING))
        lost = None
        if stand.short:
            lost = Lost(part(goods, amount(product, stand.short.amount)), stand.short.reason)
        brought += hand_over(b, (goods,), trip, lost)
    return tuple(brought)


def amount(product: Product, number: int) -> int:
    """Give kilograms in grams, and pieces as they are."""
    return number if product.unit is PIECE else kg(number)


def total(goods: Sequence[BatchQuantity]) -> int:
    """Sum quantities of one unit."""
    return sum(item.quantity for item in goods)
