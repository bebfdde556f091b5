"""`suyuan serve`: serves the pages and interfaces."""

import argparse
import sys
from typing import Final
from urllib.parse import quote

from api.app import create_app
from api.cli.command import Arguments, Command
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Terminated, Unreachable
from api.cli.reading import catch_up
from api.cli.seed import seed
from api.cli.web import Web, bind
from api.cli.workplace import keyring_of
from api.demo.seeding import Marker, read_marker
from api.embedded import database_url
from api.keyring import Keyring
from api.services import running
from api.settings import Settings
from api.tables import prepare
from domain.events.governance import LedgerOpened
from domain.ids import split_batch_id
from labels.link import digital_link
from ledger import log
from ledger.log_signer import LogSigner
from ledger.schema import reaching
from ledger.standing import ledger_now

_WILDCARDS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared with, never bound
_SAMPLE_SHEET: Final = "sheet=a4-24&count=24"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true",
        help="台账是空的就先写进罗定一季的演示数据 / seed an empty ledger with a demo season",
    )  # fmt: skip


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    try:
        with bind(settings.host, settings.port) as listener:
            keyring = keyring_of(settings)
            console.tell("正在启动……starting")
            with database_url(settings) as url:
                prepare(url)
                if arguments.demo:
                    seed(url, settings, keyring, console)
                    catch_up(url, console)
                opened = _checked_opening(url, keyring)
                with running(settings, url) as services:
                    marker = read_marker(settings)

                    def on_ready() -> None:
                        _greet(settings, opened, marker, console)

                    Web(create_app(services), on_ready, settings.trusted_proxies).run([listener])
    except (KeyboardInterrupt, Terminated):
        # Stopping is how serving ends.
        pass
    console.tell("已停止。Stopped.")
    return Exit.DONE


def _checked_opening(url: str, keyring: Keyring) -> LedgerOpened | None:
    """Give the genesis.

    Raises:
        Unreachable: where this data folder lacks the ledger's log key: nothing could be written.
    """
    with reaching(url) as conn:
        event, ledger = log.opening(conn), ledger_now(conn)
    if ledger is not None and not LogSigner(keyring.find_log_key).holds(ledger.log_keys[-1].vkey):
        raise Unreachable(
            "log-key",
            f"{keyring.folder} 里没有这本台账（{ledger.origin}）现用的日志密钥，写不了新记录。"
            "请放回 log.pem（换过钥的是 log-….pem），或改 SUYUAN_DATA。",
            f"{keyring.folder} lacks the key that signs the log {ledger.origin} now. "
            "Put its file back, log.pem or log-….pem, or set SUYUAN_DATA.",
        )
    return event


def _greet(
    settings: Settings, opened: LedgerOpened | None, marker: Marker | None, console: Console
) -> None:
    base = _address(settings)
    console.show(console.paint("溯源 Suyuan", Paint.BOLD, Paint.GREEN) + f"  {base}")
    if opened is None:
        console.show("  台账是空的。开账：suyuan open --county 445381 --name 名称")
        console.show("  The ledger is empty. Open it with suyuan open, or start with --demo.")
    else:
        console.show(f"  台账 ledger        {opened.authority_name}  {opened.origin}")
    for name, address in _addresses(base, settings, opened, marker):
        console.show(f"  {name}{address}")
    if settings.public_url != base:
        console.show(f"  二维码指向 QR to   {settings.public_url}")
    console.show(console.paint("  按 Ctrl-C 停止 / Ctrl-C stops", Paint.DIM))
    sys.stdout.flush()


def _addresses(
    base: str, settings: Settings, opened: LedgerOpened | None, marker: Marker | None
) -> list[tuple[str, str]]:
    rows = [("首页 home          ", f"{base}/")]
    if opened is not None and marker is not None and marker.genesis == opened.id:
        gtin, lot = split_batch_id(marker.showcase)
        rows += [
            ("档案 passport      ", digital_link(base, gtin, lot)),
            ("标签 labels        ", f"{base}/labels/01/{gtin}/10/{quote(lot)}.pdf?{_SAMPLE_SHEET}"),
        ]
    rows.append(("集市 market        ", f"{base}/market"))
    if settings.dev:
        rows.append(("GraphiQL           ", f"{base}/graphql"))
    return [*rows, ("接口 API           ", f"{base}/docs")]


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in _WILDCARDS else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


COMMAND = Command(
    summary="serve",
    description="""\
开网页和接口服务。没有 DATABASE_URL 就在数据目录里自己带起 PostgreSQL。--demo
在空台账里写进罗定一季的演示数据：七百来条记录，每条由当事人的演示密钥签字。
Ctrl-C 停止，已经收下的一条不丢。

Serves the pages and interfaces. Without DATABASE_URL a PostgreSQL starts in
the data folder. With --demo an empty ledger is first filled with a season of
Luoding, each event signed with its party's own demo key. Ctrl-C stops it;
nothing that was admitted is lost.""",
    examples="""\
  suyuan serve --demo
  PORT=8010 SUYUAN_DATA=/srv/suyuan suyuan serve
  SUYUAN_HOST=0.0.0.0 SUYUAN_PUBLIC_URL=https://sy.example.cn suyuan serve""",
    add_arguments=_add_arguments,
    run=_run,
)
