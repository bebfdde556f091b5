"""`suyuan rebuild`: builds read models anew from the ledger, while it is being served."""

import argparse
from typing import Final

from api.cli.command import Arguments, Command, add_json
from api.cli.console import Console, Paint
from api.cli.failures import Exit
from api.cli.workplace import database
from api.settings import Settings
from projections.registry import ALL
from projections.runner import Runner

_EVERY: Final = "all"
NAMES: Final = tuple(projection.name for projection in ALL)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", choices=(*NAMES, _EVERY), metavar="NAME",
        help=f"{'、'.join(NAMES)}，或 {_EVERY}（全部）/ which read model",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    names = NAMES if arguments.name == _EVERY else (arguments.name,)
    reached: dict[str, int] = {}
    with database(settings) as url:
        runner = Runner(url, ALL)
        for name in names:
            with console.progress(f"正在重建 rebuilding {name}") as progress:
                reached[name] = runner.rebuild(name, progress)
            done = console.paint("已重建", Paint.GREEN)
            console.show(f"{done} {name}，到第 {reached[name]:,} 条 / rebuilt")
    console.answer(reached)
    return Exit.DONE


COMMAND = Command(
    summary="rebuild read models",
    description=f"""\
从台账重建查询用的表：在旁边建好，一下子换上去，这期间网页照开、查询照答。台账
本身不动。可重建的有：{"、".join(NAMES)}。

Builds read models anew from the ledger, beside the live ones, and switches
them in one step: the server answers all the while. The ledger itself is not
touched.""",
    examples="  suyuan rebuild trace\n  suyuan rebuild all",
    add_arguments=_add_arguments,
    run=_run,
)
