import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import gtin_check_digit
from labels.errors import AddressError, GtinError, LinkError, LotError
from labels.link import CHARSET_82, digital_link, escape, parse

GTIN = "09521234543213"
HOST = "https://suyuan.example"

lots = st.text(alphabet=sorted(CHARSET_82), min_size=1, max_size=20).filter(
    lambda lot: lot not in {".", ".."}
)
gtins = st.text(alphabet="0123456789", min_size=13, max_size=13).map(
    lambda d: d + gtin_check_digit(d)
)


@given(gtins, lots, st.none() | lots)
def test_every_batch_and_unit_comes_back_from_its_link(
    gtin: str, lot: str, serial: str | None
) -> None:
    link = parse(digital_link(HOST, gtin, lot, serial))
    assert (link.gtin, link.lot, link.serial, link.host) == (gtin, lot, serial, "suyuan.example")


@given(lots)
def test_a_lot_is_one_path_segment_of_unreserved_characters_and_escapes(lot: str) -> None:
    assert set(escape(lot)) <= set("%-._0123456789") | {c for c in CHARSET_82 if c.isalpha()}


def test_the_charset_has_82_characters() -> None:
    assert len(CHARSET_82) == 82


def test_the_link_looks_as_the_standard_shows_it() -> None:
    assert (
        digital_link("https://id.gs1.org/", GTIN, "ABC123", "12345")
        == "https://id.gs1.org/01/09521234543213/10/ABC123/21/12345"
    )


@pytest.mark.parametrize(
    "wrong", ["09521234543214", "9521234543213", "0952123454321x", "", "０" * 14]
)
def test_a_gtin_without_fourteen_digits_or_its_check_digit_is_refused(wrong: str) -> None:
    with pytest.raises(GtinError):
        digital_link(HOST, wrong, "A")


def test_the_refusal_of_a_gtin_names_the_right_check_digit() -> None:
    with pytest.raises(GtinError, match="should be 3"):
        digital_link(HOST, "09521234543214", "A")


@pytest.mark.parametrize("wrong", ["", "A" * 21, "批次1", "A B", "A~", "A\n", "é", ".", "..", "#1"])
def test_a_lot_outside_the_charset_its_length_or_a_path_is_refused(wrong: str) -> None:
    with pytest.raises(LotError):
        digital_link(HOST, GTIN, wrong)
    with pytest.raises(LotError):
        digital_link(HOST, GTIN, "A", wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "suyuan.example",
        "ftp://suyuan.example",
        "https://",
        "https://a b",
        "https://溯源.example",
        "https://h/?q=1",
        "https://h/#f",
        "https://h?",
        "https://user@h",
        "https://h:port",
        "https://[::1",
    ],
)
def test_a_base_that_is_no_plain_web_address_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError):
        digital_link(wrong, GTIN, "A")


@pytest.mark.parametrize(
    ("uri", "base", "gtin", "lot"),
    [
        (f"https://h/01/{GTIN}", "https://h", GTIN, None),
        (f"https://h/01/{GTIN}/10/A/", "https://h", GTIN, "A"),
        (f"http://H:8000/shop/01/{GTIN}/10/a%2fb?17=261231", "http://H:8000/shop", GTIN, "a/b"),
        ("https://h/01/9521234543213/10/A", "https://h", GTIN, "A"),
        (f"https://h/01/x/01/{GTIN}/22/V/10/A", "https://h/01/x", GTIN, "A"),
        (f"https://h/01/{GTIN}/10/a+b", "https://h", GTIN, "a+b"),
    ],
)
def test_what_others_write_is_read(uri: str, base: str, gtin: str, lot: str | None) -> None:
    link = parse(uri)
    assert (link.base_url, link.gtin, link.lot) == (base, gtin, lot)


@pytest.mark.parametrize(
    "uri",
    [
        "https://h/",
        f"https://h/01/{GTIN}/10",
        f"https://h/01/{GTIN}/21/S/10/A",
        f"https://h/01/{GTIN}/10/A/10/B",
        f"https://h/01/{GTIN}/99/A",
        f"https://h/01/{GTIN}/10/a%2",
        f"https://h/01/{GTIN}/10/a%zz",
        f"https://h/01/{GTIN}/10/a b",
    ],
)
def test_what_is_no_digital_link_is_refused(uri: str) -> None:
    with pytest.raises(AddressError):
        parse(uri)


def test_escaped_characters_outside_the_charset_are_refused() -> None:
    with pytest.raises(LotError):
        parse(f"https://h/01/{GTIN}/10/%E6%89%B9")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_never_worse(text: str) -> None:
    for uri in (text, f"https://h/{text}", f"https://h/01/{GTIN}/10/{text}"):
        with contextlib.suppress(LinkError):
            parse(uri)
