"""Orders as files: a table for the office, and the note that goes with the goods."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font

from api.pages.deal_view import OrderView
from labels.render.note import NoteLine, render_note

_HEADINGS: Final = (
    "订单", "时间", "状态", "产品", "批号", "数量", "单价", "金额", "买方", "卖方", "送到", "溯源",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_WIDTH: Final = 18


def orders_csv(orders: Sequence[OrderView]) -> bytes:
    """Write orders as CSV (RFC 4180), in UTF-8 with the mark that office programs need."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(_HEADINGS)
    writer.writerows([_safe(cell) for cell in _row(order)] for order in orders)
    return written.getvalue().encode("utf-8-sig")


def orders_xlsx(orders: Sequence[OrderView]) -> bytes:
    """Write orders as an XLSX workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has one
    sheet.title = "订单"
    sheet.append(_HEADINGS)
    for order in orders:
        sheet.append([_safe(cell) for cell in _row(order)])
    for column, cell in zip("ABCDEFGHIJKL", sheet[1], strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[column].width = _WIDTH
    sheet.freeze_panes = "A2"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def delivery_note(order: OrderView, public_url: str) -> bytes:
    """Draw the note that goes with the goods of an order (送货单), a page of A4 with a QR code."""
    lines = [
        NoteLine("产品", order.product), NoteLine("批号", order.lot),
        NoteLine("数量", order.quantity), NoteLine("单价", order.price),
        NoteLine("金额", order.total), NoteLine("卖方", order.seller),
        NoteLine("买方", order.buyer), NoteLine("送到", order.deliver_to),
        NoteLine("订单", order.id), NoteLine("下单", order.when),
    ]  # fmt: skip
    return render_note(
        "送货单", lines, f"{public_url}{order.passport}", ("发货人", "承运人", "收货人")
    )


def _row(order: OrderView) -> Iterable[str]:
    return (
        order.id, order.when, order.state_name, order.product, order.lot, order.quantity,
        order.price, order.total, order.buyer, order.seller, order.deliver_to, order.passport,
    )  # fmt: skip


def _safe(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula (CWE-1236)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
