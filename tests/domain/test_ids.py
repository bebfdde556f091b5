"""Identifiers: GTINs, lots and batches."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import batch_id, gtin_check_digit, is_county_issued, is_gtin, split_batch_id, uuid7
from tests.county import PADDY

CHARSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    "gtin", ["04012345123456", "00614141123452", "09506000134352", "00000000000000"]
)
def test_a_published_gtin_has_the_right_check_digit(gtin: str) -> None:
    assert is_gtin(gtin)


@pytest.mark.parametrize(
    "text", ["04012345123457", "4012345123456", "0401234512345a", "04012345123456\n", "", "０" * 14]
)
def test_what_is_no_gtin_is_told(text: str) -> None:
    assert not is_gtin(text)


@given(st.text("0123456789", min_size=13, max_size=13))
def test_one_digit_changed_or_two_neighbours_swapped_by_other_than_five_shows(body: str) -> None:
    gtin = body + gtin_check_digit(body)
    for i, digit in enumerate(gtin):
        assert not is_gtin(gtin[:i] + str((int(digit) + 1) % 10) + gtin[i + 1 :])


@given(st.text(CHARSET_82, min_size=1, max_size=20))
def test_any_lot_of_charset_82_is_joined_and_split_again(lot: str) -> None:
    assert split_batch_id(batch_id(PADDY, lot)) == (PADDY, lot)


@pytest.mark.parametrize("lot", ["", "x" * 21, "a b", "甲", "a\n", "a#", "a{", "a\x00"])
def test_a_lot_outside_charset_82_or_20_characters_is_refused_with_what_is_allowed(
    lot: str,
) -> None:
    with pytest.raises(ValueError, match="character set 82"):
        batch_id(PADDY, lot)


def test_a_batch_of_a_gtin_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="14 digits"):
        batch_id("123", "L1")


@pytest.mark.parametrize(
    ("gtin", "own"),
    [
        ("02000000000015", True),
        ("02900000000014", True),
        ("00200000000017", True),
        ("06901234567892", False),
        ("12000000000012", False),
        ("03000000000014", False),
    ],
)
def test_a_county_issued_number_is_in_the_restricted_range(gtin: str, *, own: bool) -> None:
    assert is_county_issued(gtin) is own


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_id_is_a_uuid_of_version_7_and_holds_its_time(milliseconds: int, drawn: bytes) -> None:
    made = UUID(uuid7(milliseconds, drawn))
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == milliseconds
    free = ~(0xF << 76 | 0x3 << 62)
    assert made.int & (2**80 - 1) & free == int.from_bytes(drawn) & free
