"""Compressed Digital Links are expanded as the published toolkit compresses them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import gtin_check_digit
from labels.compression import components, expand, length_bits, value_bits
from labels.digital_link import DigitalLink, Element
from labels.errors import LabelError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CHARSET = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"

VECTORS = {
    "ARFKk4XBoA": "/01/09506000134352",
    "CxFKk4XBoI1XgkY": "/01/09506000134352/10/ABC123",
    "ARFKk4XBoCCNV4JG": "/01/09506000134352/10/ABC123",
    "GhFKk4XBoIlXggowOT1V8": "/01/09506000134352/10/ABC1/21/12345?17=251231",
    "ARFKk4XBoCCJV4IueqvkIKMDk": "/01/09506000134352/10/ABC1/21/12345?17=251231",
    "CxFKk4XBoQ8FfCW477khJwAHq8": "/01/09506000134352/10/A%2FB-c_9/21/0007abc",
    "ARFKk4XBoCEPBXwluO-5IScAB6vA": "/01/09506000134352/10/A%2FB-c_9/21/0007abc",
    "ChFKk4XBoIRUIMZZyY": "/01/09506000134352/22/2A/10/LOT",
    "ARFKk4XBoCDGWcmRIRU": "/01/09506000134352/22/2A/10/LOT",
    "LRFKk4XBoAAXpyRICVg": "/01/09506000134352?3103=000189&3922=0299",
    "ARFKk4XBoGIGABenJEgJW": "/01/09506000134352?3103=000189&3922=0299",
    "AEuFx5yQfEAA": "/00/340123450000000000",
    "nYpUnC4NAjMq": "/414/9506000134352/254/32a",
    "JUIzKkFIpUnC4NA": "/414/9506000134352/254/32a",
    "gAQwlQYAATQ1Krw": "/8004/9506000134352abc",
    "JTilScLg0GJfs": "/253/9506000134352X7",
    "DhFKk4XBoErfbBOQlG9W33f4N-ihg22qw":
        "/01/09506000134352/21/deadbeef?7003=2512312359",
}  # fmt: skip
"""What GS1's compression toolkit makes of each address, with and without its short sequences."""


@pytest.mark.parametrize("code", VECTORS)
def test_what_the_toolkit_compresses_is_expanded(code: str) -> None:
    assert expand(code).uri == VECTORS[code]


def test_pairs_that_are_no_ai_are_expanded_too() -> None:
    assert expand("DhFKk4XBoErfbBOQlG9W33f4N-ihg22qw").others == (("foo", "bar"),)


def test_a_key_left_uncompressed_and_a_query_join_what_was_compressed() -> None:
    tail = encoded([("10", "ABC123")])
    found = expand(tail, "17=251231&x=1", ("01", "09506000134352"))
    assert found.uri == "/01/09506000134352/10/ABC123?17=251231"
    assert found.others == (("x", "1"),)


def encoded(elements: list[Element]) -> str:
    """Compress plainly: AI by AI, letters as seven bits."""
    bits = ""
    for ai, value in elements:
        bits += "".join(f"{int(digit):04b}" for digit in ai)
        rest = value
        for component in components(ai):
            size = component.most if component.fixed else len(rest)
            text, rest = rest[:size], rest[size:]
            length = "" if component.fixed else f"{size:0{length_bits(component.most)}b}"
            if component.digits:
                bits += length + f"{int(text or 0):0{value_bits(size)}b}"
            else:
                bits += "100" + length + "".join(f"{ord(c):07b}" for c in text)
    bits += "0" * (-len(bits) % 6)
    return "".join(ALPHABET[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))


lots = st.text(CHARSET, min_size=1, max_size=20).filter(lambda lot: lot not in {".", ".."})


@given(st.integers(0, 10**13 - 1), lots, lots, st.integers(1, 10**8 - 1))
def test_whatever_is_compressed_comes_back(gtin: int, lot: str, serial: str, count: int) -> None:
    digits = f"{gtin:013d}"
    key = ("01", digits + gtin_check_digit(digits))
    found = expand(encoded([key, ("10", lot), ("21", serial), ("30", f"{count:03d}")]))
    assert found == DigitalLink(
        key=key, qualifiers=(("10", lot), ("21", serial)), attributes=(("30", f"{count:03d}"),)
    )


@given(st.text(ALPHABET, max_size=60))
def test_any_code_is_expanded_or_told_to_be_none(code: str) -> None:
    try:
        found = expand(code)
    except LabelError as error:
        told = bool(error.zh and error.en)
    else:
        told = found.path.startswith("/")
    assert told


@pytest.mark.parametrize(
    "code", ["", "A", "批次", "ARFKk4XBo", "ARFKk4XBoB_______", "____", "ARFKk4XBoAARFKk4XBoA"]
)
def test_what_is_no_compressed_link_is_refused(code: str) -> None:
    with pytest.raises(LabelError):
        expand(code)
