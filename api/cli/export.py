"""`suyuan export`: writes what anyone can verify."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from api.cli.command import Arguments, Command, add_json, batch
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Misused
from api.cli.paths import STDOUT, write_out
from api.cli.reading import catch_up, lineage
from api.cli.workplace import database, opened
from api.settings import Settings
from api.whole_file import write_whole
from ledger import log
from ledger.exporter import export_batch, export_ledger
from ledger.schema import reaching


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="写到哪个文件；- 是标准输出 / - for stdout")
    parser.add_argument(
        "--batch", type=batch, metavar="GTIN/LOT",
        help="只导出一个批次和它的上游，带包含证明 / one batch with its lineage and proofs",
    )  # fmt: skip
    parser.add_argument(
        "--witnessed", action="store_true",
        help="到见证人签过的最新检查点为止 / up to the newest checkpoint that witnesses cosigned",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    to_stdout = arguments.file == STDOUT
    if to_stdout and arguments.json:
        raise Misused(
            "usage", "标准输出只能写一样：导出的内容，或 --json 的结果。",
            "Standard output takes one of the two: the export (-), or the result of --json.",
        )  # fmt: skip
    wanted: str | None = arguments.batch
    with database(settings) as url, reaching(url) as conn:
        opened(conn)
        if wanted:
            catch_up(url, console)
            lines = export_batch(conn, lineage(conn, wanted), witnessed=arguments.witnessed)
        else:
            lines = export_ledger(conn, witnessed=arguments.witnessed)
        with console.progress("正在导出 exporting") as progress:
            counted = _Counted(lines, log.head(conn), progress)
            size = write_out(counted) if to_stdout else write_whole(Path(arguments.file), counted)
    said = f"已导出 {counted.events:,} 条，{size:,} 字节 / {counted.events:,} events"
    if to_stdout:
        console.tell(said)
    else:
        console.show(f"{console.paint(said, Paint.GREEN)}  {arguments.file}")
    console.answer({"file": arguments.file, "events": counted.events, "bytes": size})
    return Exit.DONE


class _Counted:
    """Lines on their way, counted; the first and the last are no events."""

    def __init__(
        self, lines: Iterator[bytes], head: int, progress: Callable[[int, int], None]
    ) -> None:
        self._lines = lines
        self._head = head
        self._progress = progress
        self._seen = 0

    @property
    def events(self) -> int:
        return max(0, self._seen - 2)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._seen += 1
            yield line
            self._progress(self.events, self._head)


COMMAND = Command(
    summary="export the ledger",
    description="""\
导出台账，一行一条，末尾是签过名的检查点；拿到的人不用数据库、不用相信谁，一条
命令就能验。--batch 只导出一个批次：它和它上游的记录、签字人的密钥，每条带包含
证明。先写在旁边再换名，不会留下半个文件。

Writes the ledger, a line an event, with the signed checkpoint at the end:
whoever gets it can check it alone, with no database. --batch writes one
batch: its lineage and the keys that signed it, each event with its inclusion
proof. The file appears whole or not at all.""",
    examples="""\
  suyuan export county.ndjson
  suyuan export county.ndjson --witnessed
  suyuan export cinnamon.ndjson --batch 02044538101035/20261012-TB07-3
  suyuan export - | gzip > county.ndjson.gz""",
    add_arguments=_add_arguments,
    run=_run,
)
