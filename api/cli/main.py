"""The console script `suyuan`: reads the command line, runs one command, ends with its code."""

import argparse
import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from types import FrameType
from typing import Final

from typing_extensions import override

from api.cli.command import Arguments, Command
from api.cli.console import Console
from api.cli.failures import Exit, Terminated, failure_of
from api.keyring import PASSWORD_VARIABLE
from api.settings import VARIABLES, Settings

_PURPOSE: Final = """\
溯源：一县农产品的签名台账。从地头到买家，每一步都是一条有签名、改不了、谁都能验的记录。
Suyuan: a county's signed produce ledger. From the field to the buyer, each step is one signed
event that nobody can change and anyone can check."""

_EXAMPLES: Final = """\
  suyuan serve --demo                 带着罗定一季的演示数据开起来 / serve a demo season
  suyuan demo                         看一批桂皮从地头走到买家 / follow one batch of cinnamon
  suyuan import harvest-cte.jsonld    收进一份 EPCIS 2.0 文件 / take in an EPCIS 2.0 document
  suyuan trace 00860009999923/ABC1234 --direction both
  suyuan export county.ndjson && suyuan verify county.ndjson"""

_EXITS: Final = """\
  0  办成了 / done
  1  被拒绝，或没有通过验证 / refused, or verification failed
  2  命令或环境变量写错了 / usage
  3  连不上要用的数据库、服务器或文件 / could not reach what it needs
  130 中断（Ctrl-C）/ interrupted"""

_COMMANDS: Final = {
    "serve": ("serve", "开网页和接口服务 / serve the pages and interfaces"),
    "demo": ("demo", "走一遍：一批桂皮从地头到买家 / one batch of cinnamon, from plot to buyer"),
    "open": ("open_ledger", "开账：写下第一条记录 / open a ledger: write its first event"),
    "register": ("register", "登记单位、个人、地点、产品 / parties, places and products"),
    "mark": ("mark", "地理标志：授权、列出、收回 / marks: grant, list, revoke"),
    "erase": ("erase", "删掉一个人的姓名和电话 / erase a person's name and phone"),
    "key": ("key", "密钥：新建、查看、绑定、撤销 / keys: make, show, bind, revoke"),
    "token": ("token", "令牌：给程序用的，新建、列出、撤销 / tokens for programs"),
    "passkey": ("passkey", "通行密钥：邀请一个单位登记 / passkeys: invite an office"),
    "import": ("import_events", "收进 EPCIS 文件或签名记录 / take in EPCIS or signed events"),
    "trace": ("trace", "查一个批次的来龙去脉 / where a batch came from and went"),
    "recall": ("recall", "查一个批次做成了什么、现在在哪 / what came of a batch, and who has it"),
    "certify": ("certify", "给一个批次开合格证 / issue a certificate of commitment"),
    "match": ("match", "给一条求购找供应 / rank the offers for a demand"),
    "allocate": ("allocate", "全县供求匹配预览 / preview who could sell what to whom"),
    "label": ("label", "打一个批次的标签 / print a batch's labels"),
    "export": ("export", "导出台账，给人验证 / export the ledger for anyone to check"),
    "verify": ("verify", "验证一份导出，谁都不用信 / check an export, trusting nobody"),
    "witness": ("witness", "跑一个见证人 / run a witness, that cosigns checkpoints"),
    "bench": ("bench", "量一量有多快 / how fast it is, beside its baselines"),
    "prepare": ("prepare", "建好缺的表 / make the tables that are missing"),
    "rebuild": ("rebuild", "重建查询用的表 / rebuild the read models"),
}
"""Each command's module, which is loaded only when needed, and its line in `suyuan --help`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        parser, chosen = _parser(words)
    except ImportError as error:
        return _incomplete(error)
    arguments = parser.parse_args(words)
    console = Console(as_json=getattr(arguments, "json", False))
    if chosen is None:
        parser.print_help()
        return Exit.USAGE
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminated)
    return _run(chosen, arguments, console)


def _incomplete(error: ImportError) -> int:
    Console().complain(
        f"安装不完整，缺 {error.name}。请重新安装：make run 或 uv pip install suyuan。",
        f"The installation lacks {error.name}. Install again: make run, or uv pip install suyuan.",
    )
    return Exit.UNREACHABLE


def _terminated(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


def _run(command: Command, arguments: Arguments, console: Console) -> int:
    try:
        code = command.run(arguments, Settings.from_environment(), console)
        sys.stdout.flush()
    except KeyboardInterrupt:
        console.tell("已中断。Interrupted.")
        return Exit.INTERRUPTED
    except Terminated:
        return Exit.TERMINATED
    except BrokenPipeError:
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.READER_GONE
    except Exception as error:  # noqa: BLE001  a person gets a sentence, never a stack trace
        return _fail(error, console)
    return code


def _fail(error: Exception, console: Console) -> int:
    failure = failure_of(error)
    if failure is None:
        if os.environ.get("SUYUAN_DEV") == "1":
            traceback.print_exception(error)
        said = f"{type(error).__name__}: {error}"
        zh, en = f"程序自己出了错：{said}。", "This is a fault of the program; please report it."
        code, exit_code = "fault", Exit.UNREACHABLE
    else:
        zh, en, code, exit_code = failure.zh, failure.en, failure.code, failure.exit
    console.complain(zh, en)
    console.answer({"ok": False, "code": code, "detail": zh, "message": {"zh": zh, "en": en}})
    return exit_code


def _parser(words: Sequence[str]) -> tuple[argparse.ArgumentParser, Command | None]:
    parser = argparse.ArgumentParser(
        prog="suyuan", description=_PURPOSE, epilog=_epilog(_EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="程序的版本 / the version of the program"
    )
    group = parser.add_subparsers(title="命令 / commands", metavar="COMMAND", dest="command")
    wanted = next((word for word in words if word in _COMMANDS), None)
    chosen: Command | None = None
    for name, (module, line) in _COMMANDS.items():
        if name == wanted:
            chosen = importlib.import_module(f"api.cli.{module}").COMMAND
            _add(group, name, line, chosen)
        else:
            group.add_parser(name, help=line)
    return parser, chosen


class _Version(argparse.Action):
    """Prints the version; it is looked up where it is asked for, which takes a while."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"suyuan {version('suyuan')}\n")
        parser.exit()


def _add(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    line: str,
    command: Command,
) -> None:
    sub = group.add_parser(
        name, help=line, description=command.description, epilog=_epilog(command.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    command.add_arguments(sub)


def _epilog(examples: str) -> str:
    rows = [(v.name, v.default, v.description) for v in VARIABLES]
    rows.append((PASSWORD_VARIABLE, "", "password of the key files in SUYUAN_DATA/keys, if any"))
    rows.append(("NO_COLOR", "", "set, it keeps colours off the terminal"))
    wide = max(len(name) for name, *_ in rows)
    table = "\n".join(
        f"  {name:<{wide}} {text}{f' [{default}]' if default else ''}"
        for name, default, text in rows
    )
    return (
        f"例 / examples:\n{examples}\n\n环境变量 / environment:\n{table}\n\n"
        f"退出码 / exit codes:\n{_EXITS}"
    )
