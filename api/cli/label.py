"""`suyuan label`: prints a batch's labels to a file or a network printer."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from api.cli.command import Arguments, Command
from api.cli.console import Console, Paint
from api.cli.failures import Exit, failure_of, refused
from api.cli.label_arguments import add_arguments, order_of, output_of
from api.cli.label_printer import Address, connected, send
from api.cli.label_run import recorded, run_of
from api.cli.paths import STDOUT, write_out
from api.cli.reading import catch_up, unknown_batch
from api.cli.workplace import database, keyring_of
from api.label_order import NotPrinted, Order, Ordered, ordered
from api.settings import Settings
from api.whole_file import write_whole
from domain.events.papers import LabelKind
from domain.ids import split_batch_id
from labels.job import calibration_sheet
from labels.outputs import Output, render
from ledger.log import Connection
from ledger.schema import reaching

_NUMBERED: Final = frozenset({LabelKind.UNIT, LabelKind.CRATE})


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    if arguments.calibrate:
        return _calibrate(arguments, console)
    order, output = order_of(arguments), output_of(arguments)
    with ExitStack() as stack:
        url = stack.enter_context(database(settings))
        catch_up(url, console)
        conn = stack.enter_context(reaching(url))
        what = _ordered(conn, settings, order)
        # All that can't be printed is refused here, before anything is recorded.
        parts = render(what.job, output, arguments.dpi)
        printer: Address | None = arguments.printer
        line = stack.enter_context(connected(printer)) if printer else None
        answer: dict[str, Any] = {
            "url": what.job.content.url, "sheet": order.template, "kind": order.kind.value,
            "count": order.count, "format": output.value,
        }  # fmt: skip
        if order.kind in _NUMBERED or arguments.actor or arguments.reprint:
            answer |= _record(url, conn, settings, arguments, order, what)
            console.tell(f"打印记录 run: {answer['run']}")
        with _named(answer.get("run")):
            if line and printer:
                answer |= {"printer": str(printer), "bytes": send(line, parts, printer)}
            else:
                answer["file"] = target = arguments.output or default_file(order.batch, output)
                _write(target, parts)
    _tell(console, answer, what)
    console.answer(answer)
    return Exit.DONE


@contextmanager
def _named(run: str | None) -> Iterator[None]:
    """Say of a failure which run was recorded: the reprint has to name it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except Exception as error:
        failure = failure_of(error)
        if run is None or failure is None:
            raise
        raise type(failure)(
            failure.code, f"{failure.zh}这次打印已经记下，补印用 --reprint {run}。",
            f"{failure.en} The run is recorded; print again with --reprint {run}.",
        ) from error  # fmt: skip


def _calibrate(arguments: Arguments, console: Console) -> int:
    target = arguments.output or f"calibration-{arguments.sheet}.pdf"
    _write(target, [calibration_sheet(arguments.sheet)])
    console.tell(
        f"{target}：按实际大小打在白纸上，和标签纸叠起来对着光看\n"
        "print at actual size on plain paper, hold it against the stock"
    )
    console.answer({"file": target, "sheet": arguments.sheet})
    return Exit.DONE


def _ordered(conn: Connection, settings: Settings, order: Order) -> Ordered:
    vault = keyring_of(settings).vault()
    try:
        what = ordered(conn, vault, settings.public_url, order)
    except NotPrinted as error:
        raise refused(error.refusal) from error
    if what is None:
        raise unknown_batch(order.batch)
    return what


def _record(
    url: str,
    conn: Connection,
    settings: Settings,
    arguments: Arguments,
    order: Order,
    what: Ordered,
) -> dict[str, Any]:
    wanted = (arguments.actor, arguments.place, arguments.reprint)
    event, signer = run_of(conn, settings, order, what, wanted)
    admission = recorded(url, settings, event, signer)
    return {"run": event.id, "position": admission.receipt.position, "signed_by": signer.party}


def _write(target: str, parts: Iterable[bytes]) -> None:
    if target == STDOUT:
        write_out(parts)
    else:
        write_whole(Path(target), parts)


def _tell(console: Console, answer: dict[str, Any], what: Ordered) -> None:
    content, numbers = what.job.content, what.job.numbers
    if answer.get("file") != STDOUT:
        done = "已送打印机" if "printer" in answer else "已写好"
        where = answer.get("printer") or answer["file"]
        console.show(f"{console.paint(done, Paint.GREEN)} {where}")
    lines = [f"{content.product}  {content.lot}  {answer['count']} 张  {answer['sheet']}"]
    if numbers:
        lines.append(f"编号 numbers: {numbers[0]} – {numbers[-1]}")
    lines.append(f"二维码 QR: {what.job.content.link(what.job.kind, (numbers or (None,))[0])}")
    if "run" in answer:
        lines.append(f"已记入台账第 {answer['position']} 条，补印时用 recorded as: {answer['run']}")
    if answer["format"] == Output.PDF.value:
        lines.append("按实际大小打印，不要缩放 / print at actual size")
    console.tell("\n".join(lines))


def default_file(wanted: str, output: Output = Output.PDF) -> str:
    """Name a file after a batch's lot; what a file name can't hold becomes an underscore."""
    lot = split_batch_id(wanted)[1] or "label"
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in lot).lstrip(".")
    return f"{name}.{output.value}"


COMMAND = Command(
    summary="print labels",
    description="""\
打一个批次的标签：品名、产地、生产者、日期都取自它的溯源档案，不用再填一遍；
二维码里是它的 GS1数字链接，域名取自 SUYUAN_PUBLIC_URL。农户的姓名只有本人同意
才印。办公打印机用 pdf 和 a4-… 的纸；热敏打印机用 roll-… 的纸，zpl 或 tspl
可以直接送到打印机。单件标签和箱标的编号只用一次，打印时由本机密钥签字记入台账；
补印要写明是哪一次。

Prints a batch's labels. What stands on them is taken from its passport; the
QR holds its GS1 Digital Link under SUYUAN_PUBLIC_URL. A farmer's name is
printed only with consent. Office printers take pdf and a sheet (a4-24 and
others); thermal printers a roll, as zpl or tspl, straight to them. Serials
and SSCCs are used once: the run is signed with a key of this machine and
recorded; a reprint names the run that it repeats.""",
    examples="""\
  suyuan label 02044538101035/20261012-TB07-3 --count 24
  suyuan label 02044538101035/20261012-TB07-3 --sheet a4-24 --start 5 --output 桂皮.pdf
  suyuan label 02044538101035/20261012-TB07-3 --kind unit --first 00001 --count 100 \\
      --sheet roll-60x40 --printer 192.168.1.50
  suyuan label 02044538101035/20261012-TB07-3 --kind certificate --sheet roll-60x40 \\
      --contact 0766-3722345 --format tspl --output 合格证.tspl
  suyuan label --calibrate --sheet a4-24""",
    add_arguments=add_arguments,
    run=_run,
)
