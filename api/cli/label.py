"""`suyuan label`: prints a batch's labels as a PDF."""

import argparse
from pathlib import Path
from typing import Final

from api.cli.command import Arguments, Command, add_json, batch, positive
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Misused
from api.cli.paths import STDOUT, write_out, write_whole
from api.cli.reading import catch_up, unknown_batch
from api.cli.workplace import database, keyring_of
from api.label_content import label_content
from api.settings import Settings
from domain.ids import split_batch_id
from labels.job import render_pdf
from labels.sheets import SHEETS
from ledger.schema import reaching

_SHEET: Final = "a4-24"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", type=batch, metavar="GTIN/LOT", help="哪个批次 / which batch")
    parser.add_argument(
        "--sheet", default=_SHEET, choices=tuple(SHEETS), metavar="SHEET",
        help=f"纸：{'、'.join(SHEETS)}；不写是 {_SHEET} / the stock",
    )  # fmt: skip
    parser.add_argument(
        "--count", type=positive, default=1, help="几张；不写是 1 / how many, by default 1"
    )
    parser.add_argument(
        "--start", type=positive, default=1,
        help="从第几格印起，用剩半张的纸接着印 / the first free label of a partly used sheet",
    )  # fmt: skip
    parser.add_argument(
        "--output", metavar="FILE", help="写到哪个文件；- 是标准输出；不写就以批号为名"
        " / the PDF; - for stdout; by default named after the lot",
    )  # fmt: skip
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    wanted: str = arguments.batch
    target: str = arguments.output or default_file(wanted)
    if target == STDOUT and arguments.json:
        raise Misused(
            "usage", "标准输出只能写一样：PDF，或 --json 的结果。",
            "Standard output takes one of the two: the PDF (-), or the result of --json.",
        )  # fmt: skip
    vault = keyring_of(settings).vault()
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            content = label_content(conn, vault, settings.public_url, wanted)
    if content is None:
        raise unknown_batch(wanted)
    pdf = render_pdf(content, arguments.sheet, arguments.count, arguments.start)
    if target == STDOUT:
        write_out([pdf])
    else:
        write_whole(Path(target), [pdf])
        console.show(f"{console.paint('已写好', Paint.GREEN)} {target}")
    console.tell(
        f"{content.product}  {content.lot}  {arguments.count} 张  {arguments.sheet}\n"
        f"二维码 QR: {content.url}\n按实际大小打印，不要缩放 / print at actual size"
    )
    console.answer({
        "file": target, "url": content.url, "sheet": arguments.sheet, "count": arguments.count,
    })  # fmt: skip
    return Exit.DONE


def default_file(wanted: str) -> str:
    """Name a PDF after a batch's lot; what a file name can't hold becomes an underscore."""
    lot = split_batch_id(wanted)[1] or "label"
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in lot).lstrip(".") + ".pdf"


COMMAND = Command(
    summary="print labels",
    description="""\
把一个批次的标签排成 PDF：品名、产地、生产者、日期都取自它的溯源档案，不用再填
一遍；二维码里是它的 GS1数字链接，域名取自 SUYUAN_PUBLIC_URL。农户的姓名只有本
人同意才印。

Lays a batch's labels out as a PDF. What stands on them is taken from its
passport; the QR holds its GS1 Digital Link under SUYUAN_PUBLIC_URL. A
farmer's name is printed only with consent.""",
    examples="""\
  suyuan label 02044538101035/20261012-TB07-3 --count 24
  suyuan label 02044538101035/20261012-TB07-3 --sheet a4-24 --start 5 --output 桂皮.pdf""",
    add_arguments=_add_arguments,
    run=_run,
)
