"""`suyuan demo`: follows one batch of cassia bark from plot to buyer, and holds it to the truth."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from api.cli.command import Arguments, Command
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Unreachable
from api.cli.seed import seed
from api.cli.story import http, market, proof
from api.cli.story.cinnamon import Cinnamon
from api.cli.story.stage import Stage
from api.cli.web import in_background
from api.cli.workplace import database, keyring_of, opened
from api.demo.seeding import is_demo
from api.settings import Settings
from domain.events.governance import LedgerOpened
from ledger.checkpoint import open_checkpoint, parse_vkey
from ledger.errors import LedgerError
from ledger.log import Connection
from ledger.schema import reaching
from ledger.standing import ledger_now

_OK: Final = 200
_BRIEFLY_S: Final = 2.0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--temporary", action="store_true",
        help="用一本临时的台账，不动数据目录 / on a ledger of its own, thrown away after",
    )  # fmt: skip
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER",
        help="标签 PDF 放在哪里；不写就在 SUYUAN_DATA/demo / where the label PDF goes",
    )  # fmt: skip


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    folder: Path = arguments.output or settings.data / "demo"
    with ExitStack() as stack:
        place = stack.enter_context(_demo_ledger(settings, console, alone=arguments.temporary))
        own, url, genesis = place
        base = _running_server(own, genesis)
        if base is None:
            base = stack.enter_context(in_background(own, url))
        stage = Stage(base, genesis, keyring_of(own), console)
        _tell(stage, console, folder)
    return Exit.DONE


def _tell(stage: Stage, console: Console, folder: Path) -> None:
    console.show(console.paint("溯源演示：一批桂皮，从榃滨的山地到广州的货架", Paint.BOLD))
    console.show("One batch of cassia bark, from a hillside in Tanbin to a shelf in Guangzhou")
    console.show(console.paint(
        f"{stage.opened.authority_name}  {stage.opened.origin}  {stage.base}\n"
        "（把一天的事演在一分钟里，人和单位都是编的 / a day in a minute; all names made up）",
        Paint.DIM,
    ))  # fmt: skip
    story = Cinnamon(stage, datetime.now(UTC))
    stage.chapter("一", "地头", "On the plot")
    harvest = story.grow()
    stage.chapter("二", "合作社", "At the cooperative")
    packed = story.make(story.bring(harvest))
    stage.chapter("三", "标签和扫码", "The label, and the scan")
    url = proof.print_label(stage, story.bags.batch, folder)
    proof.open_passport(stage, url, story.bags.batch)
    stage.chapter("四", "买卖", "The sale")
    offer = story.offer(packed)
    order = market.place_order(stage, story, offer)
    confirmed = market.confirm_order(stage, story, order, offer)
    story.oversell(confirmed)
    story.deliver(order.event.id, confirmed)
    stage.chapter("五", "谁都能验", "Anyone can check")
    proof.prove(stage, harvest)
    console.show()
    console.show(console.paint(
        f"走通了：{len(stage.steps)} 条记录，{len(stage.steps)} 份回执，全部属实。",
        Paint.BOLD, Paint.GREEN,
    ))  # fmt: skip
    console.show(f"All of it held: {len(stage.steps)} events, each with a verified receipt.")
    console.show(f"再看一遍 look again: suyuan trace {story.bags.batch}")


Ledger = tuple[Settings, str, LedgerOpened]


@contextmanager
def _demo_ledger(settings: Settings, console: Console, *, alone: bool) -> Iterator[Ledger]:
    """Give a demo county: the data folder's, made where it is empty, else a temporary one.

    A real ledger is left alone: nothing made up is ever written into it.
    """
    if alone:
        with _temporary(settings, console) as ledger:
            yield ledger
        return
    with database(settings) as url:
        keyring = keyring_of(settings)
        seed(url, settings, keyring, console)
        with reaching(url) as conn:
            genesis, demo = _opened_with_key_in_force(conn), is_demo(conn)
        if demo:
            yield settings, url, genesis
            return
    console.tell(
        "这是一本真台账，演示不往里写，改用一本临时的。\n"
        "This is a real ledger: the demo keeps out of it and uses a temporary one."
    )
    with _temporary(settings, console) as ledger:
        yield ledger


@contextmanager
def _temporary(settings: Settings, console: Console) -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory(prefix="suyuan-demo-") as folder:
        own = replace(settings, data=Path(folder), database_url=None)
        with database(own) as url:
            seed(url, own, keyring_of(own), console)
            with reaching(url) as conn:
                genesis = _opened_with_key_in_force(conn)
            yield own, url, genesis


def _opened_with_key_in_force(conn: Connection) -> LedgerOpened:
    ledger = ledger_now(conn)
    genesis = opened(conn)
    key = ledger.log_keys[-1].vkey if ledger else genesis.log_key
    return msgspec.structs.replace(genesis, log_key=key)


def _running_server(settings: Settings, genesis: LedgerOpened) -> str | None:
    """Give the address of a server that serves this very ledger, if one runs.

    Its checkpoint must be signed by the ledger's log.
    """
    try:
        answer = http.get(f"{settings.public_url}/checkpoint", timeout_s=_BRIEFLY_S)
        open_checkpoint(answer.body.decode("utf-8", "replace"), parse_vkey(genesis.log_key))
    except (Unreachable, LedgerError):
        return None
    return settings.public_url if answer.status == _OK else None


COMMAND = Command(
    summary="the demo",
    description="""\
走一遍：一批桂皮从地头剥下，到合作社过秤、烘干、检测、分装，打出标签、扫码看档
案，再由广州的超市下单、确认、发货、收货。每一步都用当事人的演示密钥签字，经
HTTP 写进台账，回执当场验过；最后导出整本台账验证，再改动一个字节看它被查出
来。每次都是新的一批，可以反复走，服务开着没开都行；每一步都属实，退出码才是
0。

Follows one batch of cassia bark from the plot over the cooperative to its
buyer: each step is signed with its party's demo key, recorded over HTTP, and
its receipt verified on the spot; the label's QR is read by an independent
decoder, the passport opened by that very URL, the order placed and confirmed
over GraphQL, and the export verified, then again with one byte changed. Each
run has a batch of its own, with or without a running server. Exit code 0 says
that every step held.""",
    examples="""\
  suyuan demo
  suyuan demo --temporary --output /tmp
  NO_COLOR=1 suyuan demo > demo.txt""",
    add_arguments=_add_arguments,
    run=_run,
)
