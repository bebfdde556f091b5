"""A printing job: labels of one batch on one stock, laid out and ready for a renderer.

content = LabelContent(product="榃滨肉桂", lot="20250718-A1", ...)
pdf = render_pdf(content, "a4-24", count=24)
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from domain.events.papers import MAX_PRINTED, LabelKind
from labels.content import LabelContent, checked_content
from labels.errors import CountError, SerialsError, StartError
from labels.fonts import label_font
from labels.layout import Placement, place
from labels.link import checked_lot, checked_sscc
from labels.marks import ERROR_CORRECTION, Mark, marks
from labels.qr import symbol
from labels.render.calibration import calibration_sheet
from labels.render.pdf import DocumentInfo, render_batch, render_units
from labels.sheets import Sheet, sheet

__all__ = [
    "MOST_LABELS", "Job", "LabelContent", "Prepared", "calibration_sheet", "pdf", "prepared",
    "render_pdf",
]  # fmt: skip

MOST_LABELS = MAX_PRINTED


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be printed.

    Attributes:
        content: what the labels say.
        template: a key of `labels.sheets.SHEETS`.
        kind: what a label stands for.
        count: 1 to `MOST_LABELS`.
        start: the first position to print on, from 1, on a sheet that is partly used.
        numbers: serials of units or SSCCs of crates, one a label, all different; of no other kind.
        outline: whether to draw each label's edge, for plain paper.
    """

    content: LabelContent
    template: str
    kind: LabelKind = LabelKind.BATCH
    count: int = 1
    start: int = 1
    numbers: tuple[str, ...] | None = None
    outline: bool = False


class Prepared(msgspec.Struct, frozen=True):
    """A job that can be printed: checked and laid out.

    Attributes:
        stock: with the design of the kind as its face.
        placement: the label; of numbered ones, that with the widest number.
        cells: positions from 0, counted through all pages.
    """

    job: Job
    stock: Sheet
    placement: Placement
    cells: range

    @property
    def numbered(self) -> bool:
        """Whether each label differs."""
        return self.job.numbers is not None

    def marks(self, most: int | None = None) -> Iterator[Mark]:
        """What differs on each label, or on the first so many."""
        numbers = (self.job.numbers or ())[:most]
        return marks(self.job.content, self.stock, self.job.kind, self.placement, numbers)


def prepared(job: Job, dot_mm: float | None = None) -> Prepared:
    """Check a job and lay its label out, for dots of a size or those of its stock.

    Raises:
        LabelError: see the tree in `labels.errors`.
    """
    stock = sheet(job.template).for_kind(job.kind)
    if dot_mm is not None:
        stock = replace(stock, dot=dot_mm)
    cells = _cells(stock, job.count, job.start)
    checked_content(job.content, job.kind)
    _check_numbers(job)
    font = label_font()
    widest = max(job.numbers or (None,), key=lambda one: font.width_mm(one or "", 1))
    made = symbol(job.content.link(job.kind, widest), ERROR_CORRECTION)
    return Prepared(job, stock, place(job.content, stock, made, widest), cells)


def pdf(job: Job) -> bytes:
    """The labels of a job as a PDF.

    Raises:
        LabelError: see the tree in `labels.errors`.
    """
    ready = prepared(job)
    content, outline = job.content, job.outline
    info = DocumentInfo(f"{content.product} {content.lot}", content.producer)
    if not ready.numbered:
        return render_batch(ready.placement, ready.stock, ready.cells, info, outline=outline)
    placed = zip(ready.cells, ready.marks(), strict=True)
    return render_units(ready.placement, ready.stock, placed, info, outline=outline)


def render_pdf(
    content: LabelContent,
    sheet_name: str,
    count: int,
    start: int = 1,
    serials: Sequence[str] | None = None,
    *,
    outline: bool = False,
) -> bytes:
    """The labels of a batch, or of its units where there are serials, as a PDF.

    Raises:
        LabelError: see the tree in `labels.errors`.
    """
    return pdf(
        Job(
            content=content,
            template=sheet_name,
            kind=LabelKind.BATCH if serials is None else LabelKind.UNIT,
            count=count,
            start=start,
            numbers=None if serials is None else tuple(serials),
            outline=outline,
        )
    )


def _cells(stock: Sheet, count: int, start: int) -> range:
    if not 1 <= count <= MOST_LABELS:
        raise CountError(count, MOST_LABELS)
    if not 1 <= start <= stock.per_page:
        raise StartError(start, stock.per_page)
    return range(start - 1, start - 1 + count)


def _check_numbers(job: Job) -> None:
    """Refuse numbers that are not as many as the labels, repeat, or are none."""
    wanted = job.kind in {LabelKind.UNIT, LabelKind.CRATE}
    if wanted is not (job.numbers is not None):
        raise SerialsError(
            "单件标签和箱标要编号，别的标签不编号",
            "labels of units and crates are numbered, others are not",
        )
    numbers = job.numbers or ()
    if wanted and len(numbers) != job.count:
        raise SerialsError(
            f"要打 {job.count} 张，却有 {len(numbers)} 个编号",
            f"{job.count} labels were asked for, with {len(numbers)} serials",
        )
    seen: set[str] = set()
    for number in numbers:
        if job.kind is LabelKind.CRATE:
            checked_sscc(number)
        else:
            checked_lot(number, "serial")
        if number in seen:
            raise SerialsError(f"「{number}」重复", f"{number!r} is there twice")
        seen.add(number)
