"""Every template and kind in every file, read back by a decoder that is not our encoder."""

import io
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from domain.events.papers import Basis, Commitment, LabelKind
from domain.ids import gtin_check_digit
from labels.content import LabelContent
from labels.errors import CountError, KindError, OutputError, SerialsError, SsccError
from labels.job import Job, pdf, prepared
from labels.numbering import serials_from, ssccs_from
from labels.outputs import DOTS_PER_MM, Output, outputs_of, preview, render
from labels.render.bands import MOST_BYTES, bands
from labels.render.raster import label_dots, numbered_dots
from labels.sheets import SHEETS, sheet
from tests.labels.conftest import HOST
from tests.labels.printers import Paper, tsc, zebra
from tests.labels.test_job import pages
from tests.labels.test_layout import check

Make = Callable[..., LabelContent]

FIRST_SSCC = "36901234567890123" + gtin_check_digit("36901234567890123")
FITTING = [(name, kind) for name, kind in product(SHEETS, LabelKind) if kind in SHEETS[name].kinds]
ROLLS = [(name, kind) for name, kind in FITTING if SHEETS[name].is_roll]
fitting = pytest.mark.parametrize(("name", "kind"), FITTING)
rolls = pytest.mark.parametrize(("name", "kind"), ROLLS)
dpis = pytest.mark.parametrize("dpi", [203, 300])


@pytest.fixture
def make_job(make_content: Make, make_certificate: Callable[[], object]) -> Callable[..., Job]:
    def make(name: str, kind: LabelKind, count: int = 2, **more: object) -> Job:
        numbers = None
        if kind is LabelKind.UNIT:
            numbers = serials_from("000098", count)
        if kind is LabelKind.CRATE:
            numbers = ssccs_from(FIRST_SSCC, count)
        content = make_content(certificate=make_certificate())
        whole = {"content": content, "template": name, "kind": kind, "count": count}
        return Job(**{**whole, "numbers": numbers, **more})  # type: ignore[arg-type]

    return make


def addresses(job: Job) -> list[str]:
    """What the labels' QR codes must say."""
    batch = f"{HOST}/01/{job.content.gtin}/10/{job.content.lot}"
    if job.kind is LabelKind.UNIT:
        return [f"{batch}/21/{number}" for number in job.numbers or ()]
    if job.kind is LabelKind.CRATE:
        return [f"{HOST}/00/{number}" for number in job.numbers or ()]
    return [batch] * job.count


def read(paper: Paper) -> tuple[list[str], list[str]]:
    """QR codes and other bar codes on dots, as a scanner sees them with white around the label."""
    light = np.pad(~paper, 40, constant_values=True).astype(np.uint8) * 255
    found = zxingcpp.read_barcodes(light.repeat(2, axis=0).repeat(2, axis=1))
    codes = [one.text for one in found if one.format == zxingcpp.BarcodeFormat.QRCode]
    bars = [one.text for one in found if one.format != zxingcpp.BarcodeFormat.QRCode]
    return codes, bars


@fitting
@dpis
def test_a_pdf_reads_as_what_went_in(
    make_job: Callable[..., Job], name: str, kind: LabelKind, dpi: int
) -> None:
    job = make_job(name, kind, min(2, sheet(name).per_page))
    # The first labels of a sheet lie in its first row or two: the rest of the page is white.
    cells = [sheet(name).position(cell) for cell in range(job.count)]
    foot = round(max(cell.bottom for cell in cells) * dpi / 25.4)
    found = [read(page[:foot] < 128) for page in pages(pdf(job), dpi)]
    assert sorted(code for codes, _ in found for code in codes) == sorted(addresses(job))
    if kind is LabelKind.CRATE and sheet(name).for_kind(kind).face.bars:
        bars = sorted(bar for _, bars in found for bar in bars)
        assert bars == sorted(f"(00){number}" for number in job.numbers or ())


@rolls
@dpis
@pytest.mark.parametrize("output", [Output.ZPL, Output.TSPL])
def test_a_thermal_printer_burns_what_went_in(
    make_job: Callable[..., Job], name: str, kind: LabelKind, dpi: int, output: Output
) -> None:
    job = make_job(name, kind)
    data = b"".join(render(job, output, dpi))
    scale = DOTS_PER_MM[dpi]
    printed = zebra(data) if output is Output.ZPL else tsc(data, scale)
    assert sum(copies for _, copies in printed) == job.count
    papers = [paper for paper, copies in printed for _ in range(copies)]
    stock = sheet(name)
    for paper, address in zip(papers, addresses(job), strict=True):
        assert paper.shape == (stock.page_height * scale, stock.page_width * scale)
        codes, bars = read(paper)
        assert codes == [address]
        if kind is LabelKind.CRATE and stock.for_kind(kind).face.bars:
            assert bars == [f"(00){address[-18:]}"]
    ready = prepared(job, 1 / scale)
    shown = list(numbered_dots(ready, ready.marks())) if ready.numbered else [label_dots(ready)] * 2
    assert all(np.array_equal(a, b) for a, b in zip(papers, shown, strict=True))


@rolls
@dpis
def test_modules_quiet_zones_and_bars_are_what_the_standards_ask(
    make_job: Callable[..., Job], name: str, kind: LabelKind, dpi: int
) -> None:
    scale = DOTS_PER_MM[dpi]
    ready = prepared(make_job(name, kind), 1 / scale)
    mark = next(iter(ready.marks()), None)
    placed = mark.symbol if mark else ready.placement.symbol
    assert placed.module >= 0.375 - 1e-9
    module = placed.module * scale
    assert module == pytest.approx(round(module))
    dots = next(iter(numbered_dots(ready, [mark]))) if mark else label_dots(ready)
    left, top, side = (round(v * scale) for v in (placed.x, placed.y, placed.box.width))
    quiet = 4 * round(module)
    zone = np.pad(dots, quiet)[top : top + side + 2 * quiet, left : left + side + 2 * quiet]
    zone[quiet:-quiet, quiet:-quiet] = False
    assert not zone.any()
    bars = ready.placement.bars
    if bars:
        assert bars.module >= 0.495 - 1e-9
        assert bars.height >= 31.75
        assert sheet(name).for_kind(kind).face.bars is not None


@fitting
def test_text_keeps_to_its_boxes_and_each_glyph_leaves_ink(
    make_job: Callable[..., Job], name: str, kind: LabelKind
) -> None:
    ready = prepared(make_job(name, kind, 1), 1 / 12)
    check(ready.placement, ready.stock)
    dots = label_dots(ready, next(iter(ready.marks()), None))
    for line in ready.placement.texts:
        assert line.within.holds(line.box), line
        box = line.box
        ink = dots[
            int(box.y * 12) : int(box.bottom * 12) + 2, int(box.x * 12) : int(box.right * 12) + 2
        ]
        if line.text.strip():
            # Every character has ink in its own column of the line.
            em = box.width / max(len(line.text), 1) * 12
            assert ink.any(axis=0).sum() > 0.4 * len(line.text) * em * 0.5, line


def test_the_preview_is_a_page_of_true_size(make_job: Callable[..., Job]) -> None:
    job = make_job("a4-24", LabelKind.UNIT, 30, start=20)
    with Image.open(io.BytesIO(preview(job, 300))) as image:
        assert image.size == (210 * 12, 297 * 12)
        assert image.info["dpi"] == pytest.approx((304.8, 304.8))
        page = np.array(image.convert("L")) < 128
    codes, _ = read(page)
    assert sorted(codes) == addresses(job)[:5]
    assert not page[: int(0.5 * 12) + 6 * 37 * 12].any()


def test_a_picture_of_more_than_a_page_is_refused(make_job: Callable[..., Job]) -> None:
    b"".join(render(make_job("a4-24", LabelKind.BATCH, 24), Output.PNG))
    for job in (
        make_job("a4-24", LabelKind.BATCH, 24, start=2),
        make_job("roll-60x40", LabelKind.BATCH, 2),
    ):
        with pytest.raises(OutputError) as caught:
            render(job, Output.PNG)
        assert "PDF" in caught.value.zh


def test_sheets_are_not_for_thermal_printers_nor_odd_heads_for_any(
    make_job: Callable[..., Job],
) -> None:
    for output in (Output.ZPL, Output.TSPL):
        assert output not in outputs_of(sheet("a4-24"))
        with pytest.raises(OutputError, match="office printer"):
            render(make_job("a4-24", LabelKind.BATCH), output)
    for call in (lambda job: render(job, Output.ZPL, 600), lambda job: preview(job, 72)):
        with pytest.raises(OutputError, match="203 or 300"):
            call(make_job("roll-60x40", LabelKind.BATCH, 1))


@pytest.mark.parametrize("count", [0, 1_000_000])
@pytest.mark.parametrize("output", Output)
def test_no_labels_and_a_million_are_refused_before_anything_is_made(
    make_job: Callable[..., Job], count: int, output: Output
) -> None:
    job = make_job("roll-60x40", LabelKind.BATCH, count)
    with pytest.raises(CountError) as caught:
        render(job, output)
    assert "10000" in caught.value.en


def test_a_certificate_does_not_fit_the_smallest_labels_which_says_what_does(
    make_job: Callable[..., Job],
) -> None:
    for name in ("a4-65", "roll-40x30"):
        with pytest.raises(KindError) as caught:
            prepared(make_job(name, LabelKind.CERTIFICATE))
        assert "roll-60x40" in caught.value.fitting
        assert "合格证" in caught.value.zh


def test_what_is_not_numbered_has_no_numbers_and_what_is_must(
    make_job: Callable[..., Job],
) -> None:
    for kind in (LabelKind.BATCH, LabelKind.CERTIFICATE):
        with pytest.raises(SerialsError):
            prepared(make_job("roll-60x40", kind, numbers=("1", "2")))
    for kind in (LabelKind.UNIT, LabelKind.CRATE):
        with pytest.raises(SerialsError):
            prepared(make_job("roll-60x40", kind, numbers=None))
    with pytest.raises(SsccError):
        prepared(make_job("roll-60x40", LabelKind.CRATE, numbers=("1" * 18, FIRST_SSCC)))


def test_a_long_thermal_job_comes_in_parts(make_job: Callable[..., Job]) -> None:
    parts = render(make_job("roll-60x40", LabelKind.UNIT, 5000), Output.ZPL)
    first, second = next(parts), next(parts)
    assert [len(zebra(part)) for part in (first, second)] == [1, 1]
    assert first != second


def test_a_large_label_is_cut_into_graphics_that_a_printer_takes(
    make_job: Callable[..., Job],
) -> None:
    found = list(bands(np.ones((1800, 1200), dtype=bool)))
    assert all(len(band.rows) * band.row_bytes <= MOST_BYTES for band in found)
    assert sum(len(band.rows) for band in found) == 1800
    assert list(bands(np.zeros((9, 9), dtype=bool))) == []
    ready = prepared(make_job("roll-100x150", LabelKind.CERTIFICATE), 1 / 12)
    data = b"".join(render(make_job("roll-100x150", LabelKind.CERTIFICATE), Output.ZPL, 300))
    ((paper, copies),) = zebra(data)
    assert copies == 2
    assert np.array_equal(paper, label_dots(ready))
    assert len(data) < paper.size / 8


def test_a_reprint_says_so_on_the_label(make_content: Make, make_certificate: object) -> None:
    for (name, kind), marked in product(FITTING, (False, True)):
        content = make_content(certificate=make_certificate(), reprint=marked)  # type: ignore[operator]
        numbers = {LabelKind.UNIT: ("1",), LabelKind.CRATE: (FIRST_SSCC,)}.get(kind)
        job = Job(content=content, template=name, kind=kind, numbers=numbers)
        words = "".join(line.text for line in prepared(job).placement.texts)
        assert ("补打" in words) is marked, (name, kind)


def test_a_certificate_says_what_the_law_asks(make_job: Callable[..., Job]) -> None:
    asked = [
        "承诺达标合格证", "榃滨肉桂", "120公斤", "罗定市榃滨镇", "2025-07-19",
        "罗定市泗纶肉桂种植专业合作社", "0766-3722345", "质量安全控制、自行检测合格",
        "我承诺销售的产品未使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标。",
    ]  # fmt: skip
    assert set(Basis) - {Basis.COMMISSIONED_TEST} == {Basis.QUALITY_CONTROL, Basis.OWN_TEST}
    assert len(Commitment) == 2
    for name in (name for name, kind in FITTING if kind is LabelKind.CERTIFICATE):
        texts = prepared(make_job(name, LabelKind.CERTIFICATE)).placement.texts
        words = "".join(line.text for line in texts).replace(" ", "")
        assert all(part in words for part in asked), name
        assert [line.text for line in texts if line.field == "certificate-caption"] == [asked[0]]
