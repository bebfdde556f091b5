"""Numbers of labels, and the bar code of one."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from domain.ids import gtin_check_digit, is_sscc
from labels.code128 import sscc_bars
from labels.errors import LotError, SerialsError, SsccError
from labels.link import checked_sscc, sscc_link
from labels.numbering import serials_from, ssccs_from

bodies = st.text("0123456789", min_size=17, max_size=17)


@given(bodies)
@example("25752085206971000")
def test_a_bar_code_reads_as_its_sscc(body: str) -> None:
    sscc = body + gtin_check_digit(body)
    modules = sscc_bars(sscc)
    assert len(modules) == 156
    row = np.pad(~modules, 10, constant_values=True).repeat(3)
    pixels = np.broadcast_to(row, (60, len(row))).astype(np.uint8) * 255
    # As a scanner set to GS1-128 does: some bars read as an old symbology too.
    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128)
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(pixels), formats=only)
    assert (found.text, found.symbology_identifier) == (f"(00){sscc}", "]C1")


@given(st.integers(0, 10**9), st.integers(1, 50), st.integers(10, 20))
def test_serials_count_upwards_at_one_length(start: int, count: int, length: int) -> None:
    found = serials_from(f"{start:0{length}d}", count)
    assert [int(serial) for serial in found] == list(range(start, start + count))
    assert {len(serial) for serial in found} == {length}


@given(st.integers(0, 10**17 - 60), st.integers(1, 50))
def test_ssccs_count_upwards_before_their_check_digit(start: int, count: int) -> None:
    body = f"{start:017d}"
    found = ssccs_from(body + gtin_check_digit(body), count)
    assert [int(sscc[:-1]) for sscc in found] == list(range(start, start + count))
    assert all(is_sscc(sscc) for sscc in found)


def test_serials_that_would_grow_longer_are_refused() -> None:
    assert serials_from("98", 2) == ("98", "99")
    with pytest.raises(SerialsError, match="zeros"):
        serials_from("98", 3)
    with pytest.raises(SerialsError):
        ssccs_from("9" * 17 + gtin_check_digit("9" * 17), 2)


@pytest.mark.parametrize("wrong", ["", "A1", "１", "-1", "1" * 21])
def test_a_first_serial_that_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(LotError):
        serials_from(wrong, 1)


@pytest.mark.parametrize("wrong", ["376104250021234560", "37610425002123456", "x" * 18, ""])
def test_an_sscc_is_held_to_its_check_digit_and_length(wrong: str) -> None:
    for call in (checked_sscc, lambda one: sscc_link("https://h", one)):
        with pytest.raises(SsccError):
            call(wrong)


def test_a_crates_link_looks_as_the_standard_shows_it() -> None:
    link = sscc_link("https://id.gs1.org", "376104250021234569")
    assert link == "https://id.gs1.org/00/376104250021234569"
    with pytest.raises(SsccError, match="should be 9"):
        checked_sscc("376104250021234560")
