"""`suyuan bench`: measures the ledger beside its baselines."""

import argparse

from api.bench import table
from api.bench.environment import here
from api.bench.measure import ROUNDS, measure
from api.bench.workbench import BENCHES, Workbench, prepare
from api.cli.command import Arguments, Command, add_json, positive
from api.cli.console import Console
from api.cli.failures import Exit
from api.settings import Settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", metavar="NAME", choices=BENCHES,
        help=f"量什么 / what to measure: {', '.join(BENCHES)}",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true",
        help="量小一点，45 秒内完 / a smaller size, done within 45 s",
    )  # fmt: skip
    parser.add_argument(
        "--events", metavar="N", type=positive,
        help="换一个台账大小 / another size of the ledger",
    )  # fmt: skip
    parser.add_argument(
        "--rounds", metavar="N", type=positive, default=ROUNDS,
        help=f"轮数，至少 {ROUNDS} / rounds, at least {ROUNDS}",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    folder = settings.data / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    bench = Workbench(settings, arguments.quick, folder, console.tell, arguments.events)
    with prepare(arguments.name)(bench) as plan:
        report = measure(plan, here(), console.tell, arguments.rounds)
    for line in table.lines(report):
        console.show(line)
    console.answer(report)
    return Exit.DONE


COMMAND = Command(
    summary="measure the ledger",
    description="""\
量一量这台机器上的台账有多快，并和底线比：底线是同一轮里光验签名、光写数据库的速
度。成绩和底线轮流跑，至少三轮，各报最小、中位、最大；比值取各轮比值的中位数，
机器忙闲不影响它。造出来的台账放在数据目录的 bench 里，下次直接用；随时可以
删掉。

Measures the ledger on this machine beside its baselines: bare signature
checks, bare database writes, in the same run. Figure and baselines take
turns, three rounds at least; the ratio is the median of the rounds' ratios,
so that a busy machine does not change it. Generated ledgers are kept in the
data folder's `bench` for the next run, and may be deleted at any time.""",
    examples="""\
  suyuan bench verify
  suyuan bench verify --quick --json""",
    add_arguments=_add_arguments,
    run=_run,
)
