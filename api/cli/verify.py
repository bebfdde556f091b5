"""`suyuan verify`: checks an export with no trust in whoever made it."""

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

from api.cli.command import Arguments, Command, add_json, positive
from api.cli.console import Console
from api.cli.download import download
from api.cli.failures import Exit, Misused
from api.cli.paths import STDOUT
from api.cli.verdict import report, report_failure
from api.settings import Settings
from ledger.bookmark import Bookmark, BookmarkError
from ledger.checkpoint import MAX_NOTE, parse_vkey
from ledger.errors import MalformedNote
from ledger.policy import Policy, make_policy
from ledger.verifier import Failed, verify

EXPORT_PATH: Final = "/api/export"
LARGE: Final = 100 * 2**20
"""The bytes from which on a file has its state kept beside it, without being asked."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="FILE|URL",
        help="导出文件，或一台服务器的地址；- 读标准输入"
        " / an export, a server's address, or - for standard input",
    )  # fmt: skip
    parser.add_argument(
        "--since", metavar="CHECKPOINT", type=Path,
        help="以前存下的检查点文件：再证明历史没有改写 / an older checkpoint's file: proves in"
        " addition that history was not rewritten",
    )  # fmt: skip
    parser.add_argument(
        "--log-key", metavar="VKEY", type=_log_key,
        help="日志的公钥，从可靠的地方得来：检查点必须是它签的 / the log's verifier key, had from"
        " where you trust: it must have signed the checkpoint",
    )  # fmt: skip
    parser.add_argument(
        "--witness", metavar="VKEY", action="append", default=[], dest="witnesses",
        help="见证人的公钥，可写多个：检查点还要有他们的签名 / a witness's verifier key, again for"
        " another: they must have cosigned the checkpoint",
    )  # fmt: skip
    parser.add_argument(
        "--quorum",
        metavar="K",
        type=positive,
        help="其中至少几个签过；不写就要全部 / how many of them at least; by default all",
    )
    parser.add_argument(
        "--state", metavar="FILE", type=Path,
        help="进度存在这里：断了接着验，下次只验新添的 / keeps how far it came: a run that was cut"
        " goes on from there, and a later one checks only what is new",
    )  # fmt: skip
    add_json(parser)


def _log_key(text: str) -> str:
    try:
        parse_vkey(text)
    except MalformedNote as error:
        raise argparse.ArgumentTypeError(
            f"{text[:80]!r}：{error}；suyuan key log 会印出来 / as suyuan key log prints it"
        ) from error
    return text


def _run(arguments: Arguments, _settings: Settings, console: Console) -> int:
    since = _note(arguments.since) if arguments.since else None
    policy = _policy(arguments.witnesses, arguments.quorum)
    with ExitStack() as stack:
        lines = open_source(arguments.source, stack, witnessed=policy is not None)
        bookmark = _bookmark(arguments, stack, console)
        with console.progress("正在验证 verifying") as progress:
            outcome = verify(
                lines, since, progress,
                policy=policy, bookmark=bookmark, log_key=arguments.log_key,
            )  # fmt: skip
    if isinstance(outcome, Failed):
        return report_failure(outcome, console)
    report(outcome, console, vouched=bool(since or policy or arguments.log_key))
    return Exit.DONE


def _bookmark(arguments: Arguments, stack: ExitStack, console: Console) -> Bookmark | None:
    """Open the state that was asked for; a large file has one beside it until it is verified."""

    def tell(events: int) -> None:
        if events:
            console.tell(f"前 {events:,} 条上次验过，接着验。Going on after event {events:,}.")
        else:
            console.tell("和上次验的对不上，从头验。Not what was verified before: from the start.")

    path: Path | None = arguments.state
    if path is None:
        path = beside(arguments.source)
        if path is None:
            return None
        stack.callback(_remove, path)
    try:
        bookmark = Bookmark(path, tell)
    except BookmarkError as error:
        raise Misused(
            "state", f"--state 用不了这个文件：{error}。换一个，或等另一个验完。",
            f"--state can't use this file: {error}. Name another, or wait for the other run.",
        ) from error  # fmt: skip
    stack.callback(bookmark.close)
    return bookmark


def beside(source: str) -> Path | None:
    """Name the state beside a file that takes long; None for what is soon verified."""
    path = Path(source)
    if source == STDOUT or not path.is_file() or path.stat().st_size < LARGE:
        return None
    return path.with_name(f"{path.name}.verifying") if os.access(path.parent, os.W_OK) else None


def _remove(path: Path) -> None:
    """Clear a state away, unless the run is being cut off."""
    if sys.exception() is None:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


def _policy(witnesses: list[str], quorum: int | None) -> Policy | None:
    if not witnesses and quorum is None:
        return None
    try:
        return make_policy(witnesses, quorum)
    except MalformedNote as error:
        raise Misused(
            "witness", f"--witness、--quorum 不能这样写：{error}。",
            f"--witness and --quorum can't be used so: {error}.",
        ) from error  # fmt: skip


def open_source(source: str, stack: ExitStack, *, witnessed: bool = False) -> IO[bytes]:
    """Open a file, standard input, or a server's export, up to where it is `witnessed`.

    Raises:
        Unreachable: where the server does not answer with one.
        OSError: where the file can't be read.
    """
    if source == STDOUT:
        return sys.stdin.buffer
    if urlsplit(source).scheme not in {"http", "https"}:
        return stack.enter_context(Path(source).open("rb"))
    path, query = urlsplit(source).path, "?witnessed=1" if witnessed else ""
    url = source if path.strip("/") else source.rstrip("/") + EXPORT_PATH + query
    return stack.enter_context(download(url))


def _note(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_NOTE + 1).decode("utf-8", "replace")


COMMAND = Command(
    summary="verify an export",
    description="""\
验证一份导出，谁都不用信，也不用数据库：逐条验签名，逐条看签字人当时有没有这个
权，逐条按规则重判，重算默克尔树，和签过名的检查点对上。对不上的，说出是第几
条。给一台服务器的地址，就取它的导出来验。
一份导出只能证明自己站得住：是不是你说的那本台账，用 --log-key 给它日志的公钥（运
营的人用 suyuan key log 印出来，档案页上有指纹）。--since 给一份以前存下的检查点，再
证明从那以后历史没有改写过。--witness 给见证人的公钥，检查点就还要有他们的签名：运
营的人没有给不同的人看不同的账。大的文件验到一半断了，再来一遍就接着验；--state 把
进度留在你说的文件里，下次导出只验新添的。

Checks an export with no trust in anybody and no database: every signature,
every signer's authority at that position, every rule replayed, the Merkle
tree recomputed and held against the signed checkpoint. What fails first is
named by its position, and the exit code is 1.
An export proves itself sound, and no more. That it is of the ledger you mean,
--log-key shows: the log's verifier key, as suyuan key log prints it on the
operator's side; passports show its fingerprint. With --since, an older
checkpoint's file (curl URL/checkpoint), it also proves that the history since
then was not rewritten. With --witness the checkpoint must bear their
cosignatures: the operator does not show two people two ledgers. A large file
whose verification was cut off is gone on with; --state keeps how far it came
in a file, so that the next export is checked only for what is new.""",
    examples="""\
  suyuan verify county.ndjson
  suyuan verify cinnamon.ndjson --log-key sy.example.cn/445381+507c2992+Aaih…
  suyuan verify https://sy.example.cn --since checkpoint-2026-10.txt
  suyuan verify https://sy.example.cn --state verified.state
  suyuan export - | suyuan verify - --json
  suyuan verify https://sy.example.cn --witness VKEY1 --witness VKEY2 --quorum 1""",
    add_arguments=_add_arguments,
    run=_run,
)
