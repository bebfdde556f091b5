"""What anybody can check of the batch: the label's QR, the passport behind it, the whole ledger."""

from pathlib import Path
from typing import Final

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import zxingcpp

from api.cli.story import http
from api.cli.story.stage import Stage, Step, Told
from api.cli.story.tampering import change_one_byte
from api.whole_file import write_whole
from domain.ids import BatchId, split_batch_id
from labels.link import digital_link, escape
from ledger.verifier import Failed, Verified, verify

LABELS: Final = 24
_OK: Final = 200
_DPI: Final = 300
_POINTS: Final = 72


def print_label(stage: Stage, batch: BatchId, folder: Path) -> str:
    """Fetch the batch's label sheet, write it, decode its QR codes; give what they say.

    Raises:
        Refused: where the codes do not all say the batch's Digital Link.
    """
    gtin, lot = split_batch_id(batch)
    wanted = digital_link(stage.base, gtin, lot)
    sheet = f"{stage.base}/labels/01/{gtin}/10/{escape(lot)}.pdf?sheet=a4-24&count={LABELS}"
    answer = http.get(f"{sheet}&at={stage.head}")
    stage.check(
        answer.status == _OK and answer.body.startswith(b"%PDF"),
        Told(f"标签没有印出来（{answer.status}）", "no label came"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{lot}.pdf"
    write_whole(path, [answer.body])
    stage.good(
        f"标签排好了：A4 纸 {LABELS} 枚，{len(answer.body):,} 字节",
        f"A sheet of {LABELS} labels is written: {path}",
    )
    found = _decoded(answer.body)
    stage.check(
        len(found) == LABELS and set(found) == {wanted},
        Told(f"二维码读出来的是 {set(found) or '空'}，不是 {wanted}", "the QR says something else"),
    )
    stage.good(
        f"另一家的解码器（ZXing）从这一页上读出 {len(found)} 个二维码，都是：{wanted}",
        f"ZXing, an independent decoder, reads {len(found)} QR codes on the page, all the same",
    )
    return found[0]


def open_passport(stage: Stage, url: str, batch: BatchId) -> None:
    """Open the passport by the URL that the QR gave, as a phone and as a machine.

    Raises:
        Refused: where it does not open, or is of another batch.
    """
    page = http.get(url, "text/html")
    stage.check(
        page.status == _OK and batch.partition("/")[2].encode() in page.body,
        Told(f"扫码打不开档案（{page.status}）", "the scan does not open the passport"),
    )
    answer = http.get(url, "application/json")
    stage.check(answer.status == _OK, Told(f"档案数据没有给（{answer.status}）", "no passport"))
    passport = answer.json()
    stage.check(passport["key"] == batch, Told("档案是别的批次的", "it is another batch's"))
    steps = len(passport["timeline"])
    stage.good(
        f"扫码打开溯源档案：{steps} 步，从地头到分装，每一步都写着谁签的字",
        f"The scan opens the passport: {steps} steps, each with its signer",
        url,
    )


def prove(stage: Stage, harvest: Step) -> None:
    """Verify the ledger's export, then change one byte of it and see that it no longer verifies.

    Raises:
        Refused: where either does not come out so.
    """
    answer = http.get(f"{stage.base}/api/export")
    stage.check(answer.status == _OK, Told(f"导不出台账（{answer.status}）", "there is no export"))
    lines = answer.body.splitlines(keepends=True)
    whole = verify(lines)
    stage.check(
        isinstance(whole, Verified) and whole.events >= stage.head,
        Told(f"导出没有通过验证：{whole}", f"the export does not verify: {whole}"),
    )
    stage.good(
        f"导出整本台账，{len(lines) - 2:,} 条全部通过验证：签名、密钥、规则、默克尔树、检查点",
        f"The export verifies: {len(lines) - 2:,} events, with signatures, keys, rules and tree",
    )
    changed = change_one_byte(lines[harvest.position])
    failed = verify([*lines[: harvest.position], changed.line, *lines[harvest.position + 1 :]])
    stage.check(
        isinstance(failed, Failed) and failed.position == harvest.position,
        Told(f"改了一个字节却没有查出来：{failed}", f"the change was not found: {failed}"),
    )
    if isinstance(failed, Failed):
        stage.good(
            f"只改一个字节，{changed.zh}，立刻查出：第 {failed.position} 条，{failed.code}",
            f"With one byte changed ({changed.en}) it fails at position {failed.position}:"
            f" {failed.code}",
        )


def _decoded(pdf: bytes) -> list[str]:
    """Read every QR of the first page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0].render(scale=_DPI / _POINTS, grayscale=True).to_numpy()
        return [
            found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(page.squeeze()))
        ]
    finally:
        document.close()
