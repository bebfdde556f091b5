"""`suyuan open`: opens a county's ledger."""

import argparse
import re
from typing import Final

from api.cli.command import Arguments, Command, add_json
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Refused
from api.cli.genesis import open_ledger
from api.cli.workplace import database, keyring_of
from api.log_name import default_origin
from api.settings import Settings
from ledger import log
from ledger.log import Connection
from ledger.schema import reaching
from ledger.sequencer import sequencing

_ORIGIN: Final = re.compile(r"[^\s+]{1,120}\Z")
_COUNTY: Final = re.compile(r"[0-9]{6}\Z")


def _county(text: str) -> str:
    if not _COUNTY.match(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}：要六位的县级行政区划代码，如 445381（罗定）/ six digits of GB/T 2260"
        )
    return text


def _origin(text: str) -> str:
    if not _ORIGIN.match(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}：1 到 120 个字，不能有空格和加号 / 1 to 120 characters, no space, no plus"
        )
    return text


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--county", type=_county, required=True, metavar="CODE",
        help="县级行政区划代码，如 445381（罗定市）/ GB/T 2260 code of the county",
    )  # fmt: skip
    parser.add_argument(
        "--name", required=True, help="主管部门的名称 / the authority's name, as it is to show"
    )
    parser.add_argument(
        "--origin",
        type=_origin,
        help="台账在公开日志里的名字，不带空格和加号；不写就用主机名 / the log's name,"
        " without space or plus; by default the host's",
    )
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    county: str = arguments.county
    origin = arguments.origin or default_origin(settings, county)
    with database(settings) as url:
        with reaching(url) as conn:
            _refuse_open(conn)
        with sequencing(url, keyring.log_keys()) as sequencer:
            made = open_ledger(sequencer, keyring, origin, county, arguments.name)
    event = made.event
    position = made.admission.receipt.position
    path = str(keyring.party_path(event.actor))
    console.show(console.paint(f"已开账：{event.authority_name}（{county}）", Paint.GREEN))
    console.show(f"  主体编号 party      {event.actor}")
    console.show(f"  密钥 key            {event.authority_key}")
    console.show(f"  密钥文件 key file   {path}（请备份，丢了没人能补 / back it up）")
    console.show(f"  日志公钥 log key    {event.log_key}")
    console.show(f"  位置 position       {position}")
    console.answer({
        "party": event.actor, "key": event.authority_key, "key_file": path, "origin": origin,
        "log_key": event.log_key, "position": position,
    })  # fmt: skip
    return Exit.DONE


def _refuse_open(conn: Connection) -> None:
    event = log.opening(conn)
    if event is not None:
        raise Refused(
            "ledger-open",
            f"台账已经开过了：{event.authority_name}（{event.county}），"
            f"{event.occurred_at:%Y-%m-%d}。"
            "要另开一本，请把 SUYUAN_DATA 指到另一个目录。",
            f"The ledger is open already, as {event.origin}. "
            "For another one set SUYUAN_DATA to another folder.",
        )


COMMAND = Command(
    summary="open a ledger",
    description="""\
开账。在本机生成主管部门的密钥（存在 SUYUAN_DATA/keys），用它签下台账的第一条
记录：哪个县、谁主管、日志的公钥、用哪一版规则。一本台账只能开一次。

Opens a ledger: makes the authority's key, keeps it in SUYUAN_DATA/keys, and
signs the first event with it, which names the county, the authority, the
log's key and the rules. Only once a ledger.""",
    examples="  suyuan open --county 445381 --name 罗定市农业农村局 --origin sy.example.cn/445381",
    add_arguments=_add_arguments,
    run=_run,
)
