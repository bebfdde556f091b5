from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode import QRCode, constants, util

from labels.errors import ContentError
from labels.qr import Symbol, rectangles, symbol
from labels.qr_mask import penalties
from labels.qr_segments import segments
from labels.render.png import symbol_png

LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=150)


def by_the_library(made: Symbol) -> QRCode:  # type: ignore[type-arg]
    first = next(v for v in (27, 10, 1) if made.version >= v)
    qr = QRCode(
        version=made.version,
        error_correction=LEVELS[made.error_correction],
        mask_pattern=made.mask,
    )
    for mode, part in segments(made.text.encode(), first):
        qr.add_data(util.QRData(part, mode))
    qr.make(fit=False)
    return qr


def read(made: Symbol) -> str:
    light = np.pad(~made.matrix, 4, constant_values=True)
    pixels = np.kron(light, np.ones((4, 4), dtype=bool)).astype(np.uint8) * 255
    found = zxingcpp.read_barcode(pixels)
    assert found is not None
    return found.text


@settings(deadline=None, max_examples=60)
@given(texts, st.sampled_from("LMQH"), st.none() | st.integers(0, 7))
def test_a_symbol_is_the_librarys_module_for_module_and_reads_back(
    text: str, level: str, mask: int | None
) -> None:
    made = symbol(text, level, mask)
    assert np.array_equal(np.array(by_the_library(made).modules, dtype=bool), made.matrix)
    assert read(made) == text


@settings(deadline=None, max_examples=40)
@given(texts)
def test_segmenting_never_makes_a_symbol_larger_and_the_level_never_falls(text: str) -> None:
    qr = QRCode(error_correction=constants.ERROR_CORRECT_M)
    qr.add_data(text)
    made = symbol(text)
    assert made.version <= qr.best_fit()
    assert made.error_correction in "MQH"
    assert b"".join(part for _, part in segments(text.encode(), 1)) == text.encode()


def test_a_digital_link_takes_a_smaller_symbol_than_in_bytes_alone() -> None:
    text = "https://suyuan.luoding.gov.cn/01/06901234567892/10/20250718-A1/21/0000001"
    qr = QRCode(error_correction=constants.ERROR_CORRECT_M)
    qr.add_data(text, optimize=0)
    assert symbol(text).version < qr.best_fit()


@settings(deadline=None, max_examples=15)
@given(texts)
def test_the_rectangles_cover_each_dark_module_once_and_no_light_one(text: str) -> None:
    matrix = symbol(text).matrix
    drawn = np.zeros(matrix.shape, dtype=int)
    for x, y, width, height in rectangles(matrix):
        drawn[y : y + height, x : x + width] += 1
    assert np.array_equal(drawn, matrix.astype(int))


def slow_penalty(matrix: np.ndarray) -> int:
    """ISO/IEC 18004 §7.8.3.1, read aloud."""
    side = len(matrix)
    total = 0
    for line in [*matrix.astype(int).tolist(), *matrix.T.astype(int).tolist()]:
        text = "".join(map(str, line))
        for colour in "01":
            runs = "".join(c if c == colour else " " for c in text).split()
            total += sum(len(run) - 2 for run in runs if len(run) >= 5)
        quiet = f"0000{text}0000"
        for i in range(4, side - 2):
            if quiet[i : i + 7] == "1011101":
                around = quiet[i - 4 : i], quiet[i + 7 : i + 11]
                total += 40 if "0000" in around else 0
    for r in range(side - 1):
        for c in range(side - 1):
            total += 3 if len(set(matrix[r : r + 2, c : c + 2].flat)) == 1 else 0
    dark = int(matrix.sum())
    return total + 10 * int(abs(dark * 100 / side**2 - 50) // 5)


def test_the_mask_taken_has_the_least_penalty_of_all_eight() -> None:
    text = "https://suyuan.luoding.gov.cn/01/06901234567892/10/20250718-A1"
    candidates = [symbol(text, "M", mask).matrix for mask in range(8)]
    slow = [slow_penalty(matrix) for matrix in candidates]
    assert penalties(np.stack(candidates)).tolist() == slow
    assert symbol(text).mask == slow.index(min(slow))


def test_the_same_text_is_made_once() -> None:
    assert symbol("https://h/01/1") is symbol("https://h/01/1")
    with pytest.raises(ValueError, match="read-only"):
        symbol("https://h/01/1").matrix[0, 0] = False


def test_long_texts_take_the_longer_length_fields_and_too_long_ones_are_refused() -> None:
    for length in (300, 1500):
        made = symbol("a" * length)
        assert read(made) == "a" * length
    with pytest.raises(ContentError, match="9000"):
        symbol("a" * 9000)


def test_a_png_has_whole_pixels_its_quiet_zone_and_reads_back(tmp_path: Path) -> None:
    made = symbol("https://h/01/06901234567892/10/A")
    path = tmp_path / "symbol.png"
    path.write_bytes(symbol_png(made, 3))
    with Image.open(path) as image:
        image.load()
        assert image.size == ((made.side + 8) * 3,) * 2
        found = zxingcpp.read_barcode(np.array(image.convert("L")))
    assert found is not None
    assert found.text == made.text
    with pytest.raises(ValueError, match="at least one pixel"):
        symbol_png(made, 0)
