"""`suyuan bench labels`: a thousand A4 labels, each with its own QR code and Chinese text."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from api.bench.labels_plain import plain_pdf
from api.bench.measure import Baseline, Plan, rate
from api.bench.workbench import Workbench
from domain.events.papers import LabelKind
from labels.content import LabelContent
from labels.job import Job, pdf
from labels.link import digital_link
from labels.numbering import serials_from
from labels.outputs import Output, preview, render

_FULL: Final = 1_000
_QUICK: Final = 200
_SINGLE: Final = 20
"""Single labels are made so many times, and the middle one is told."""

_GTIN: Final = "06901234567892"
_LOT: Final = "20250718-A1"
_CONTENT: Final = LabelContent(
    product="榃滨肉桂", lot=_LOT, gtin=_GTIN, origin="罗定市榃滨镇",
    producer="罗定市泗纶肉桂种植专业合作社", date="2025-07-18", quantity="500 克",
    url=digital_link("https://suyuan.luoding.gov.cn", _GTIN, _LOT),
)  # fmt: skip


def serials(count: int) -> tuple[str, ...]:
    """Give so many serials."""
    return serials_from("0000001", count)


def job(
    template: str, count: int, kind: LabelKind = LabelKind.BATCH,
    numbers: tuple[str, ...] | None = None,
) -> Job:  # fmt: skip
    """Give a job of so many labels of a made-up batch."""
    return Job(content=_CONTENT, template=template, kind=kind, count=count, numbers=numbers)


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare labels of units, no two alike, with drawing each the plain way."""
    count = bench.size(_FULL, _QUICK)
    units = job("a4-24", count, LabelKind.UNIT, serials(count))
    alike = job("a4-24", count)
    urls = [units.content.link(units.kind, number) for number in units.numbers or ()]
    # Fonts are read once a process, by either.
    pdf(job("a4-24", 1))
    plain_pdf(_CONTENT, urls[:1])
    yield Plan(
        name="labels",
        unit="labels/s",
        size=count,
        figure=lambda: rate(count, lambda: pdf(units)),
        baselines={"plain": Baseline(lambda: rate(count, lambda: plain_pdf(_CONTENT, urls)))},
        also={
            "batch_labels": lambda: rate(count, lambda: pdf(alike)),
            "bytes_a_label": lambda: len(pdf(units)) / count,
            "bytes_a_batch_label": lambda: len(pdf(alike)) / count,
            "single_pdf_ms": lambda: _latency_ms(lambda number: pdf(_one("a4-24", number))),
            "single_preview_ms": lambda: _latency_ms(
                lambda number: preview(_one("roll-60x40", number))
            ),
            "single_zpl_ms": lambda: _latency_ms(
                lambda number: b"".join(render(_one("roll-60x40", number), Output.ZPL))
            ),
        },
    )


def _one(template: str, number: int) -> Job:
    """Give a job of one label that no other was like: no symbol of it is remembered."""
    serial = f"{time.perf_counter_ns() % 10**15}{number:05d}"[-20:]
    return job(template, 1, LabelKind.UNIT, (serial,))


def _latency_ms(work: Callable[[int], object]) -> float:
    taken = []
    for number in range(_SINGLE):
        began = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[_SINGLE // 2]
