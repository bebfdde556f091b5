"""`suyuan trace`: where a batch came from and what became of it."""

import argparse
from typing import Final

from api.cli.command import Arguments, Command, add_json, batch
from api.cli.console import Console
from api.cli.failures import Exit
from api.cli.reading import catch_up, traced
from api.cli.trace_tree import Names, draw
from api.cli.workplace import database
from api.settings import Settings
from ledger.log import Connection
from ledger.schema import reaching
from projections.directory import parties, products
from projections.trace import Direction, Trace

_DIRECTIONS: Final = ("back", "forward", "both")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "batch", type=batch, metavar="BATCH",
        help="GTIN/批号，或外来的标识 urn:epc:…、https://… / GTIN/LOT or a foreign identifier",
    )  # fmt: skip
    parser.add_argument(
        "--direction", choices=_DIRECTIONS, default="both",
        help="back 来处，forward 去处，both 两头；不写是 both / by default both",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    direction: Direction = arguments.direction
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            found = traced(conn, arguments.batch, direction)
            names = _names(conn, found)
    for line in draw(found, direction, names, console.paint):
        console.show(line)
    console.answer(found)
    return Exit.DONE


def _names(conn: Connection, found: Trace) -> Names:
    known = products(conn, {node.gtin for node in found.nodes if node.gtin})
    holders = parties(conn, {node.party for node in found.nodes if node.party})
    return Names(
        {gtin: product.name_zh for gtin, product in known.items()},
        {name: party.name for name, party in holders.items() if party.name},
    )


COMMAND = Command(
    summary="trace a batch",
    description="""\
查一个批次的来龙去脉：由哪些批次做成，又做成了哪些，各多少。自己的批次写 GTIN/
批号；外面带进来的，用它原来的标识（urn:epc:…、GS1 数字链接）也行。both 是它
的上游加它的下游，不含上游的其他下游。

Tells where a batch came from and what became of it, with quantities. Name our
own by GTIN/LOT, a foreign one by its identifier. `both` is its ancestors and
its descendants, not its cousins.""",
    examples="""\
  suyuan trace 02044538101035/20261012-TB07-3
  suyuan trace 00860009999923/ABC1234 --direction back --json
  suyuan trace https://id.gs1.org/01/00860009999923/10/ABC1234 --direction forward""",
    add_arguments=_add_arguments,
    run=_run,
)
