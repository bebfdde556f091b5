"""`suyuan match`: the open offers for a demand, best first, with why."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from api.cli.command import Arguments, Command, add_json, positive
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.reading import catch_up
from api.cli.workplace import database
from api.settings import Settings
from domain.measures import Unit, show, show_price
from ledger.schema import reaching
from projections.directory import parties, products
from projections.matching import Match, Ranking, rank

_PARTS_ZH: Final = {
    "price": "价", "quantity": "量", "distance": "路", "freshness": "鲜", "certificates": "证",
    "record": "信",
}  # fmt: skip


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "demand", metavar="DEMAND",
        help="求购的编号（发布它的记录的 UUID）/ the demand's id, that of the event that posted it",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=positive, default=10, metavar="N",
        help="最多列出几条，不写是 10 / how many at most, by default 10",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            found = rank(conn, arguments.demand, datetime.now(UTC), arguments.limit)
            if found is None:
                raise _unknown(arguments.demand)
            sellers = parties(conn, {match.offer.seller for match in found.matches})
            sold = products(conn, {match.offer.gtin for match in found.matches})
    names = {key: party.name for key, party in sellers.items() if party.name}
    goods = {gtin: product.name_zh for gtin, product in sold.items()}
    for line in _lines(found, names, goods):
        console.show(line)
    console.answer(found)
    return Exit.DONE


def _lines(found: Ranking, sellers: dict[str, str], goods: dict[str, str]) -> Iterator[str]:
    demand = found.demand
    unit = Unit(demand.unit)
    yield (
        f"求购 {demand.category} {show(demand.remaining, unit)}（{demand.state}）："
        f"{found.qualified} 条供应合要求 / {found.qualified} offers qualify"
    )
    for number, match in enumerate(found.matches, 1):
        offer = match.offer
        yield (
            f"{number:>3}. {match.score:>4}  {goods.get(offer.gtin, offer.gtin)}"
            f"  {show(offer.available or offer.remaining, unit)}"
            f"  {show_price(match.price, unit)}  {sellers.get(offer.seller, offer.seller)}"
        )
        yield f"           {_parts(match)}"
        yield f"           {match.zh}"
        yield f"           {match.en}"


def _parts(match: Match) -> str:
    return "  ".join(f"{_PARTS_ZH[row.part]} {row.value}×{row.weight}%" for row in match.parts)


def _unknown(demand: str) -> Refused:
    return Refused(
        "unknown-demand", f"没有求购 {demand}。请核对编号。",
        f"There is no demand {demand}. Check the id.",
    )  # fmt: skip


COMMAND = Command(
    summary="rank the offers for a demand",
    description="""\
给一条求购找供应：不合要求的（品类、价格上限、起订量、交货、证明）不列；合要求
的按得分排，列出每一项的分和一句理由。只看不动，不约束任何人。

Ranks the open offers for a demand. What it asks for is a filter; the rest is
a score whose parts are shown, with one sentence. It reads and binds nobody.""",
    examples="""\
  suyuan match 01a1f160-2b30-7c13-9a89-5d4f355dc86e
  suyuan match 01a1f160-2b30-7c13-9a89-5d4f355dc86e --limit 3 --json""",
    add_arguments=_add_arguments,
    run=_run,
)
