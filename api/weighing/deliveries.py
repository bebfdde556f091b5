"""Rows into deliveries: whose, what, how much, from which plot; errors by row and column."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from api.weighing import bearing, cells
from api.weighing.bearing import Usable
from api.weighing.cells import BadCell, Cell, text
from api.weighing.columns import Columns, Field
from api.weighing.table import Row, Table, column_name
from domain.measures import Unit

_TOTALS: Final = ("合计", "总计", "小计", "total")
_NO_MERGE: Final = (Field.WEIGHT,)


class Plot(NamedTuple):
    """A plot that a member may harvest: place id, the name it is known by, and where it lies."""

    place: str
    name: str
    township: str = ""


class Known(NamedTuple):
    """What names stand for in this cooperative.

    Attributes:
        members: party ids by name; more than one where members share a name.
        products: GTINs by name, in either language, and by themselves.
        units: the unit of each GTIN.
        plots: each member's plots.
        categories: the kind of produce that each GTIN is.
        grants: under which each member may harvest with a mark, its own and the cooperative's.
    """

    members: Mapping[str, Sequence[str]]
    products: Mapping[str, Sequence[str]]
    units: Mapping[str, Unit]
    plots: Mapping[str, Sequence[Plot]]
    categories: Mapping[str, str] = MappingProxyType({})
    grants: Mapping[str, Sequence[Usable]] = MappingProxyType({})


class Delivery(NamedTuple):
    """What a row says; `same_as`: an earlier row of the same member, product, plot and day.

    `mark`: the grant by which it may bear a mark, if any; `bears`: that the row says it does.
    """

    row: int
    member: str
    name: str
    gtin: str
    product: str
    plot: str
    plot_name: str
    quantity: int
    unit: str
    day: date
    grade: str | None
    same_as: int | None = None
    mark: Usable | None = None
    bears: bool = False


class CellError(NamedTuple):
    """What is wrong in a cell, by row and column as the spreadsheet names them."""

    row: int
    column: str
    zh: str
    en: str


class Reading(NamedTuple):
    """All deliveries of a list, and all that is wrong in it; recorded is nothing, or all."""

    deliveries: list[Delivery]
    errors: list[CellError]


class _Wrong(Exception):
    def __init__(self, field: Field, zh: str, en: str) -> None:
        super().__init__(en)
        self.field = field
        self.zh = zh
        self.en = en


def read_deliveries(table: Table, columns: Columns, known: Known, today: date) -> Reading:
    """Read every row below the heading; a row of totals is passed over."""
    reading = Reading([], [])
    first: dict[tuple[str, str, str, date], int] = {}
    for row in _below(table, columns):
        try:
            delivery = _delivery(row, table, columns, known, today)
        except _Wrong as wrong:
            column = columns.of.get(wrong.field)
            name = column_name(column) if column is not None else ""
            reading.errors.append(CellError(row.number, name, wrong.zh, wrong.en))
            continue
        of = (delivery.member, delivery.gtin, delivery.plot, delivery.day)
        reading.deliveries.append(delivery._replace(same_as=first.get(of)))
        first.setdefault(of, row.number)
    return reading


def _below(table: Table, columns: Columns) -> Iterator[Row]:
    wanted = set(columns.of.values())
    for row in table.rows:
        if row.number <= columns.heading:
            continue
        written = [text(cell) for index, cell in enumerate(row.cells) if index in wanted]
        is_total = any(text(cell).lower().startswith(_TOTALS) for cell in row.cells)
        if any(written) and not is_total:
            yield row


def _delivery(row: Row, table: Table, columns: Columns, known: Known, today: date) -> Delivery:
    for field in _NO_MERGE:
        if (row.number, columns.of.get(field, -1)) in table.merged:
            raise _Wrong(
                field, "重量是合并的单元格，分不清各是多少，请拆开。",
                "The weight is in merged cells; unmerge them.",
            )  # fmt: skip
    member, name = _member(_cell(row, columns, Field.MEMBER), known)
    gtin, product = _product(_cell(row, columns, Field.PRODUCT), known)
    plot = _plot(_cell(row, columns, Field.PLOT), known.plots.get(member, ()), name)
    unit = known.units[gtin]
    if unit is not Unit.GRAM:
        raise _Wrong(
            Field.PRODUCT, f"{product}不按重量记，请在田间页上一件件记。",
            f"{product} is not counted by weight.",
        )  # fmt: skip
    fits = bearing.fitting(
        known.grants.get(member, ()), known.categories.get(gtin, ""), plot.township
    )
    with _of(Field.DAY):
        written = _cell(row, columns, Field.DAY)
        day = cells.day(written, today) if text(written) else today
    with _of(Field.WEIGHT):
        quantity = cells.grams(_cell(row, columns, Field.WEIGHT), columns.unit)
    with _of(Field.MARK):
        bears = bearing.bears(_cell(row, columns, Field.MARK), fits)
    grade = text(_cell(row, columns, Field.GRADE)) or None
    return Delivery(
        row.number, member, name, gtin, product, plot.place, plot.name, quantity, unit.value, day,
        grade, mark=fits, bears=bears,
    )  # fmt: skip


@contextmanager
def _of(field: Field) -> Iterator[None]:
    """Say of a cell that can't be read in which column it stands."""
    try:
        yield
    except BadCell as error:
        raise _Wrong(field, error.zh, error.en) from error


def _cell(row: Row, columns: Columns, field: Field) -> Cell:
    column = columns.of.get(field)
    return row.cells[column] if column is not None and column < len(row.cells) else None


def _member(cell: Cell, known: Known) -> tuple[str, str]:
    name = text(cell)
    found = known.members.get(name, ())
    if len(found) == 1:
        return found[0], name
    if found:
        raise _Wrong(
            Field.MEMBER, f"社员里有 {len(found)} 位叫{name}，请写编号：{'、'.join(found)}。",
            f"{len(found)} members are called {name}; write the number: {', '.join(found)}.",
        )  # fmt: skip
    if not name:
        raise _Wrong(Field.MEMBER, "没有写社员。", "No member is named.")
    raise _Wrong(
        Field.MEMBER, f"社员里没有「{name}」，请核对姓名，或先让他入社。",
        f"{name!r} is no member; check the name, or admit them.",
    )  # fmt: skip


def _product(cell: Cell, known: Known) -> tuple[str, str]:
    name = text(cell)
    found = known.products.get(name, ())
    if len(found) == 1:
        return found[0], name
    if found:
        raise _Wrong(
            Field.PRODUCT, f"「{name}」有几种，请写条码：{'、'.join(found)}。",
            f"{name!r} is {len(found)} products; write the GTIN: {', '.join(found)}.",
        )  # fmt: skip
    raise _Wrong(
        Field.PRODUCT, f"没有登记过「{name}」这种产品，请核对品名。" if name else "没有写产品。",
        f"{name!r} is no registered product." if name else "No product is named.",
    )  # fmt: skip


def _plot(cell: Cell, plots: Sequence[Plot], name: str) -> Plot:
    written = text(cell)
    if not plots:
        raise _Wrong(
            Field.PLOT, f"{name}还没有登记地块，请先登记。", f"{name} has no plot; register one."
        )
    if not written and len(plots) == 1:
        return plots[0]
    found = [plot for plot in plots if written and written in {plot.name, plot.place}]
    if len(found) == 1:
        return found[0]
    names = "、".join(plot.name for plot in plots)
    if written:
        raise _Wrong(
            Field.PLOT, f"{name}没有叫「{written}」的地块，有的是：{names}。",
            f"{name} has no plot {written!r}; there are: {names}.",
        )  # fmt: skip
    raise _Wrong(
        Field.PLOT, f"{name}有 {len(plots)} 块地，请写明是哪块：{names}。",
        f"{name} has {len(plots)} plots; say which: {names}.",
    )  # fmt: skip
