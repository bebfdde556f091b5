"""What `suyuan label` can be told."""

import argparse
from typing import Final

from api.cli.command import Arguments, add_json, batch, party, positive
from api.cli.failures import Misused
from api.cli.label_printer import address
from api.cli.paths import STDOUT
from api.label_order import Order
from domain.events.papers import LabelKind
from labels.outputs import DOTS_PER_MM, Output, outputs_of
from labels.sheets import SHEETS

SHEET: Final = "a4-24"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask which batch, what on, how many, for whom."""
    parser.add_argument(
        "batch", type=batch, metavar="GTIN/LOT", nargs="?", help="哪个批次 / which batch"
    )
    parser.add_argument(
        "--sheet", "--template", default=SHEET, choices=tuple(SHEETS), metavar="SHEET",
        help=f"纸：{'、'.join(SHEETS)}；不写是 {SHEET} / the stock",
    )  # fmt: skip
    parser.add_argument(
        "--kind", default=LabelKind.BATCH.value, choices=[kind.value for kind in LabelKind],
        metavar="KIND",
        help="哪种标签：batch 批次、unit 单件、crate 箱标、certificate 合格证；不写是 batch"
        " / what a label stands for",
    )  # fmt: skip
    parser.add_argument(
        "--count", type=positive, default=1, help="几张；不写是 1 / how many, by default 1"
    )
    parser.add_argument(
        "--start", type=positive, default=1,
        help="从第几格印起，用剩半张的纸接着印 / the first free label of a partly used sheet",
    )  # fmt: skip
    parser.add_argument(
        "--first", metavar="NUMBER",
        help="单件标签的第一个编号，或箱标的第一个箱码（18 位 SSCC），后面的依次往下编"
        " / the first serial, or the first SSCC",
    )  # fmt: skip
    _add_certificate(parser)
    _add_record(parser)
    _add_output(parser)
    add_json(parser)


def order_of(arguments: Arguments) -> Order:
    """Give what is asked for.

    Raises:
        Misused: no batch is named.
    """
    if arguments.batch is None:
        raise Misused(
            "usage", "请写明哪个批次：suyuan label 商品条码/批号。",
            "Name the batch: suyuan label GTIN/LOT.",
        )  # fmt: skip
    return Order(
        batch=arguments.batch, template=arguments.sheet, kind=LabelKind(arguments.kind),
        count=arguments.count, start=arguments.start, first=arguments.first,
        certificate=arguments.certificate, contact=arguments.contact, issuer=arguments.issuer,
        reprint=arguments.reprint is not None, outline=arguments.outline,
    )  # fmt: skip


def output_of(arguments: Arguments) -> Output:
    """Give the file format: what is asked for, else ZPL for a printer and PDF for a file.

    Raises:
        Misused: two things can't go together.
    """
    output = Output(arguments.format) if arguments.format else None
    if arguments.printer is None:
        if arguments.output == STDOUT and arguments.json:
            raise Misused(
                "usage", "标准输出只能写一样：文件，或 --json 的结果。",
                "Standard output takes one of the two: the file (-), or the result of --json.",
            )  # fmt: skip
        return output or Output.PDF
    output = output or Output.ZPL
    if output not in {Output.ZPL, Output.TSPL} or output not in outputs_of(SHEETS[arguments.sheet]):
        raise Misused(
            "usage",
            "直接送打印机用 zpl 或 tspl，纸用热敏卷纸（roll-…）。",
            "A network printer takes zpl or tspl, on a roll (roll-…).",
        )
    return output


def _add_certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--certificate", metavar="ID",
        help="合格证的编号；不写就是这批最新的一张 / the certificate, by default the newest",
    )  # fmt: skip
    parser.add_argument("--contact", help="合格证上的联系方式 / 联系方式 on a certificate")
    parser.add_argument(
        "--issuer", metavar="NAME",
        help="合格证上的承诺主体，本人没有同意公开姓名时要写 / who issues it, for a person whose"
        " name the ledger may not show",
    )  # fmt: skip


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="actor", type=party, metavar="PARTY",
        help="由谁签字把这次打印记入台账，密钥要在本机；单件标签和箱标总要记"
        " / who records the run, with a key kept here; numbered labels are always recorded",
    )  # fmt: skip
    parser.add_argument(
        "--place", metavar="PLACE", help="在哪里打印；不写就是货在的地方 / where it is printed"
    )
    parser.add_argument(
        "--reprint", metavar="RUN",
        help="补印哪一次，写那次记录的编号；标签上印“补打”"
        " / print again what that run printed; the labels say so",
    )  # fmt: skip


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=[output.value for output in Output], metavar="FORMAT",
        help="文件：pdf、png、zpl、tspl；不写是 pdf，送打印机是 zpl / the kind of file",
    )  # fmt: skip
    parser.add_argument(
        "--dpi", type=int, default=203, choices=tuple(DOTS_PER_MM),
        help="打印头每英寸几点；不写是 203 / of the print head",
    )  # fmt: skip
    parser.add_argument(
        "--printer", type=address, metavar="HOST[:PORT]",
        help="直接送网络打印机，端口不写是 9100 / straight to a raw TCP printer",
    )  # fmt: skip
    parser.add_argument(
        "--output", metavar="FILE", help="写到哪个文件；- 是标准输出；不写就以批号为名"
        " / the file; - for stdout; by default named after the lot",
    )  # fmt: skip
    parser.add_argument(
        "--outline", action="store_true", help="画出标签的边，用白纸剪 / draw the labels' edges"
    )
    parser.add_argument(
        "--calibrate", action="store_true",
        help="只打一张校准页，和标签纸比一比 / only a page to hold against the stock",
    )  # fmt: skip
