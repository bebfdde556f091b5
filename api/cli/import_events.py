"""`suyuan import`: takes in a foreign EPCIS document, or our own signed events."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console, Paint
from api.cli.failures import Exit
from api.cli.genesis import LOCAL_COUNTY, LOCAL_NAME, open_ledger
from api.cli.intake import Entry, RefusedEntry, Result, hand_in, rehearse
from api.cli.signer import choose_signer
from api.cli.workplace import database, keyring_of
from api.keyring import Keyring
from api.log_name import default_origin
from api.settings import Settings
from domain import tags
from domain.epcis import Problem, split
from domain.epcis.documents import MAX_DOCUMENT
from ledger import log
from ledger.envelope import MAX_ENVELOPE
from ledger.epcis_import import Capture, capture
from ledger.log import Connection
from ledger.schema import reaching
from ledger.sequencer import Sequencer, sequencing

_LINES: Final = frozenset({".ndjson", ".jsonl"})
_ENVELOPE: Final = re.compile(rb'\s*\{\s*"(payload|payloadType|signatures)"')
_EXPORT: Final = re.compile(rb'\s*\{[^\n]*"suyuan-export/')
_KNOWN_AT_ONCE: Final = 1000
_MIB: Final = 1 << 20
_SHOWN: Final = 20


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE",
        help="EPCIS 2.0 的 JSON-LD 文件，或一行一条签名记录的 .ndjson；- 读标准输入"
        " / EPCIS 2.0 in JSON-LD, or .ndjson of signed envelopes; - reads standard input",
    )  # fmt: skip
    parser.add_argument(
        "--as", dest="actor", type=party, metavar="PARTY",
        help="由谁带进来并签字，密钥要在本机 / who brings and signs it, with a key kept here",
    )  # fmt: skip
    parser.add_argument(
        "--proceed", action="store_true",
        help="有坏的也把好的收下；不写这一项，有一条坏就一条不收"
        " / take the good beside the bad; without it one bad event keeps all out",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    with ExitStack() as stack:
        file = _open(arguments.file, stack)
        first = file.peek(MAX_ENVELOPE) if hasattr(file, "peek") else b""
        if _EXPORT.match(first):
            return _finish(_whole("malformed", _IS_EXPORT), console)
        lines = Path(arguments.file).suffix in _LINES or bool(_ENVELOPE.match(first))
        keyring = keyring_of(settings)
        url = stack.enter_context(database(settings))
        conn = stack.enter_context(reaching(url))
        sequencer = stack.enter_context(sequencing(url, keyring.log_keys()))
        job = _Job(conn, sequencer, keyring, arguments, console)
        if lines:
            return _finish(job.envelopes(list(_lines(file))), console)
        document = file.read(MAX_DOCUMENT + _MIB)
        return _finish(job.document(document, settings), console)


_IS_EXPORT: Final = (
    "这是一份导出，是拿来验证的：suyuan verify 文件。"
    " This is an export: check it with suyuan verify."
)


class _Job:
    """One file on its way into the ledger."""

    def __init__(
        self,
        conn: Connection,
        sequencer: Sequencer,
        keyring: Keyring,
        arguments: Arguments,
        console: Console,
    ) -> None:
        self._conn = conn
        self._sequencer = sequencer
        self._keyring = keyring
        self._actor: str | None = arguments.actor
        self._proceed: bool = arguments.proceed
        self._console = console

    def document(self, document: bytes, settings: Settings) -> Result:
        """Take in an EPCIS document."""
        if log.head(self._conn) == 0:
            # What can't be read must not leave an opened ledger behind.
            cut = split(document)
            if not cut.events or (cut.problems and not self._proceed):
                return Result(refused=_worded(cut.problems))
            self._open_local(settings)
        signer = choose_signer(self._conn, self._keyring, self._actor)
        self._console.tell(f"由 {signer.party} {signer.name} 签字收进 / signed by {signer.party}")
        captured = capture(document, signer.party, signer.key)
        entries, already = self._unknown(captured)
        return self._take(entries, Result(already=already, refused=_worded(captured.problems)))

    def envelopes(self, entries: list[Entry]) -> Result:
        """Take in envelopes, each signed by its own actor."""
        if not entries:
            return _whole("malformed", "文件是空的。The file is empty.")
        return self._take(entries, Result())

    def _take(self, entries: list[Entry], result: Result) -> Result:
        if not self._proceed:
            result.refused += rehearse(self._conn, entries)
            if result.refused:
                return result
        with self._console.progress("正在收进 recording") as progress:
            hand_in(self._sequencer, entries, result, progress)
        result.refused.sort(key=lambda entry: -1 if entry.index is None else entry.index)
        return result

    def _unknown(self, captured: Capture) -> tuple[list[Entry], int]:
        """Leave out what the ledger holds under the same id; count it."""
        head = log.head(self._conn)
        known: set[str] = set()
        ids = [event.event_id for event in captured.events]
        for at in range(0, len(ids), _KNOWN_AT_ONCE):
            wanted = [tags.recorded(event_id) for event_id in ids[at : at + _KNOWN_AT_ONCE]]
            found = log.numbered_by_tags(self._conn, wanted, head)
            known.update(item.event.id for items in found.values() for item in items)
        fresh = [
            Entry(event.index, event.envelope)
            for event in captured.events
            if event.event_id not in known
        ]
        return fresh, len(ids) - len(fresh)

    def _open_local(self, settings: Settings) -> None:
        origin = default_origin(settings, LOCAL_COUNTY)
        made = open_ledger(self._sequencer, self._keyring, origin, LOCAL_COUNTY, LOCAL_NAME)
        self._console.tell(
            f"台账是空的，先替你开了一本「{LOCAL_NAME}」，密钥在"
            f" {self._keyring.party_path(made.event.actor)}。\n"
            f"The ledger was empty: opened a local one as {origin}; its key is kept there."
        )


def _open(name: str, stack: ExitStack) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    return stack.enter_context(Path(name).open("rb"))


def _lines(file: IO[bytes]) -> Iterator[Entry]:
    """Read envelopes a line each; of a line that is too long, enough to be refused for it."""
    index = 0
    while line := file.readline(MAX_ENVELOPE + 2):
        whole = line.endswith(b"\n")
        while not whole and (rest := file.readline(MAX_ENVELOPE)):
            whole = rest.endswith(b"\n")
        if line.strip():
            yield Entry(index, line.rstrip(b"\r\n"))
            index += 1


def _worded(problems: list[Problem]) -> list[RefusedEntry]:
    return [
        RefusedEntry(problem.index, problem.code, f"{problem.path}：{problem.zh}；{problem.en}")
        for problem in problems
    ]


def _whole(code: str, detail: str) -> Result:
    return Result(refused=[RefusedEntry(None, code, detail)])


def _finish(result: Result, console: Console) -> int:
    for entry in result.refused[:_SHOWN]:
        where = "整个文件" if entry.index is None else f"第 {entry.index + 1} 条"
        console.tell(f"  {where}  {console.paint_error(entry.code, Paint.RED)}  {entry.detail}")
    if len(result.refused) > _SHOWN:
        console.tell(f"  ……还有 {len(result.refused) - _SHOWN} 条 / and more")
    console.show(
        f"收进 {result.recorded} 条，早已有 {result.already} 条，拒收 {len(result.refused)} 条"
        f" / {result.recorded} recorded, {result.already} already there,"
        f" {len(result.refused)} refused"
    )
    if result.refused and not result.recorded and not result.already:
        console.tell("一条也没有收。Nothing was recorded.")
    console.answer(result)
    return Exit.REFUSED if result.refused else Exit.DONE


COMMAND = Command(
    summary="take in events",
    description="""\
把外面的记录收进台账。EPCIS 2.0 的 JSON-LD 文件：每个事件一字不改地装进一条记
录，由带它来的主体签字，之后和自己的批次一起追溯；同一份文件收两次，第二次一条
不多。.ndjson：一行一条自己签好的记录，离线存下的补交也用它。有一条坏的就一条
不收，除非写 --proceed；有拒收的，退出码是 1。空台账会先自动开一本「本地台
账」。

Takes events in. Of an EPCIS 2.0 JSON-LD document each event is kept word for
word in an envelope that the party who brings it signs, and is traced with our
own; a second time adds nothing. Lines of NDJSON are envelopes that were
signed elsewhere. One bad event keeps all out unless --proceed is given; where
any was refused the exit code is 1. An empty ledger is opened as a local one
first.""",
    examples="""\
  suyuan import harvest-cte.jsonld --json
  suyuan import harvest-cte.jsonld --as P445381-000002
  suyuan import outbox.ndjson
  curl -s https://partner.example/events | suyuan import - --proceed""",
    add_arguments=_add_arguments,
    run=_run,
)
