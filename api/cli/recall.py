"""`suyuan recall`: all that came of a batch, where it is, and whom to tell."""

import argparse

from api.cli.command import Arguments, Command, add_json, batch
from api.cli.console import Console
from api.cli.failures import Exit
from api.cli.reading import catch_up, unknown_batch
from api.cli.workplace import database, keyring_of
from api.recall_lists import ask, names_of, sheet, told
from api.settings import Settings
from ledger.schema import reaching


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "batch", type=batch, metavar="BATCH",
        help="GTIN/批号，或外来的标识 / GTIN/LOT or a foreign identifier",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    vault = keyring_of(settings).vault()
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            found = ask(conn, arguments.batch)
            if found is None:
                raise unknown_batch(arguments.batch)
            found = told(conn, vault, found)
            names = names_of(conn, found)
    for line in sheet(found, names):
        console.show(line)
    console.answer(found)
    return Exit.DONE


COMMAND = Command(
    summary="who has what came of a batch",
    description="""\
列出一个批次和用它做成的全部批次：还在谁手上（就地封存）、正在路上（拦下）、已经
卖出（通知谁，带联系方式）、用掉或损耗了多少；最后逐批核对，一克不差。只是查，不
会记下召回；召回本身由主管部门或做出这批货的主体签名记账（batch.recalled.v1）。

Lists a batch with all that came of it: still here, on the way, gone out, used
up or lost; whom to tell, and that each batch adds up to what was made. It only
reads: a recall itself is an event, signed by the authority or by who made it.""",
    examples="""\
  suyuan recall 02044538101035/20261012-TB07-3
  suyuan recall 02044538101035/20261012-TB07-3 --json""",
    add_arguments=_add_arguments,
    run=_run,
)
