"""`suyuan allocate`: a preview of the county's offers shared out among its demands."""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from api.cli.command import Arguments, Command, add_json
from api.cli.console import Console
from api.cli.failures import Exit
from api.cli.reading import catch_up
from api.cli.workplace import database
from api.settings import Settings
from domain.measures import Unit, show, show_price
from domain.moments import CST
from ledger.schema import reaching
from projections.allocation import Preview, allocate
from projections.directory import parties


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--category", metavar="CODE", help="只看一个品类 / one category only")
    for name, zh in (("since", "从哪天起"), ("until", "到哪天止")):
        parser.add_argument(
            f"--{name}", type=_day, metavar="YYYY-MM-DD",
            help=f"交货时段{zh} / of the window in which goods are wanted",
        )  # fmt: skip
    add_json(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r}：日期写作 2026-11-24 / a day is written 2026-11-24"
        ) from error


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    window = None
    if arguments.since or arguments.until:
        window = (
            datetime.combine(arguments.since or date(1970, 1, 1), time.min, CST),
            datetime.combine(arguments.until or date(9999, 12, 30), time.max, CST),
        )
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            found = allocate(conn, datetime.now(UTC), window, arguments.category)
            both = {party for one in found.proposals for party in (one.seller, one.buyer)}
            names = {key: party.name for key, party in parties(conn, both).items() if party.name}
    for line in _lines(found, names):
        console.show(line)
    console.answer(found)
    return Exit.DONE


def _lines(found: Preview, names: dict[str, str]) -> Iterator[str]:
    if not found.groups:
        yield "现在没有求购。There is no open demand."
    for group in found.groups:
        unit = Unit(group.unit)
        yield (
            f"{group.category}：求购 {show(group.wanted, unit)}，可成 {show(group.moved, unit)}；"
            f"每户至少卖出可卖量的 {group.floor / 10:.1f}% / floor {group.floor / 10:.1f}%"
        )
    for one in found.proposals:
        unit = Unit(one.unit)
        yield (
            f"  {names.get(one.seller, one.seller)} → {names.get(one.buyer, one.buyer)}"
            f"  {show(one.quantity, unit)}  {show_price(one.price, unit)}  {one.batch}"
            f"  （{one.score} 分）"
        )


COMMAND = Command(
    summary="preview the county's allocation",
    description="""\
把全县在售的供应分给在求的求购，先求成交最多，再求最吃亏的一户不吃亏，最后求得
分最高。这只是预览：不写台账，谁都不受约束；买卖双方各自下单、确认才算数。

Shares the county's open offers out among its open demands: the most moved
first, then the seller that fares worst as well off as can be, then the
highest scores. A preview: nothing is written, and nobody is bound until both
sides sign.""",
    examples="""\
  suyuan allocate
  suyuan allocate --category cinnamon --since 2026-12-01 --until 2026-12-15 --json""",
    add_arguments=_add_arguments,
    run=_run,
)
