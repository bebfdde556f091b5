"""Two spellings of one batch or item are one node; what is neither stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.epcis import canonical_key
from domain.ids import batch_id, gtin_check_digit

LETTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""GS1 AI encodable character set 82 (General Specifications §7.11), written out."""

ESCAPED_IN_A_URN = '"%&/<>?'
"""What a serial or lot may hold only as an escape (TDS 2.0, Annex A)."""


@pytest.mark.parametrize(
    ("identifier", "key"),
    [
        # TDS 2.0 §6.4.1 and §7: indicator to the front, check digit computed
        ("urn:epc:class:lgtin:4012345.012345.998877", "04012345123456/998877"),
        ("urn:epc:class:lgtin:4012345.912345.998877", "94012345123459/998877"),
        ("urn:epc:class:lgtin:0614141.077777.987", "00614141777778/987"),
        ("urn:epc:class:lgtin:401234.5012345.A.B", "54012340123456/A.B"),
        ("urn:epc:class:lgtin:401234500012.3.X", "34012345000123/X"),
        ("URN:EPC:class:lgtin:4012345.012345.998877", "04012345123456/998877"),
        # TDS 2.0 Annex A: escapes
        ("urn:epc:class:lgtin:4012345.012345.A%2FB%25", "04012345123456/A/B%"),
        ("urn:epc:class:lgtin:4012345.012345.2019-10-07", "04012345123456/2019-10-07"),
        # Digital Link URI Syntax: any host, any stem, qualifiers in their order, query ignored
        ("https://id.gs1.org/01/00860009999923/10/ABC1234", "00860009999923/ABC1234"),
        ("http://id.gs1.org/01/00860009999923/10/ABC1234", "00860009999923/ABC1234"),
        ("https://shop.example.cn/a/b/01/00860009999923/10/ABC1234", "00860009999923/ABC1234"),
        ("https://id.gs1.org/01/00860009999923/10/AB%2FC?17=260427#x", "00860009999923/AB/C"),
        ("https://id.gs1.org/01/00860009999923/22/2A/10/ABC1234", "00860009999923/ABC1234"),
        ("https://id.gs1.org/01/00860009999923/10/ABC1234/", "00860009999923/ABC1234"),
        ("https://id.gs1.org/01/860009999923/10/L", "00860009999923/L"),
        ("https://id.gs1.org/01/6901234567892/10/01", "06901234567892/01"),
        # a foreign check digit is evidence, right or wrong
        ("https://id.gs1.org/01/00860009999920/10/ABC1234", "00860009999920/ABC1234"),
    ],
)
def test_a_batch_is_named_by_gtin_and_lot(identifier: str, key: str) -> None:
    assert canonical_key(identifier) == key


@pytest.mark.parametrize(
    ("identifier", "key"),
    [
        ("urn:epc:id:sgtin:4012345.077889.25", "https://id.gs1.org/01/04012345778892/21/25"),
        ("https://id.gs1.de/01/04012345778892/21/25", "https://id.gs1.org/01/04012345778892/21/25"),
        (
            "https://example.org/x/01/04012345778892/10/L7/21/25?11=260417",
            "https://id.gs1.org/01/04012345778892/21/25",
        ),
        (
            "urn:epc:id:sgtin:4012345.077889.A%2FB",
            "https://id.gs1.org/01/04012345778892/21/A%2FB",
        ),
    ],
)
def test_an_item_is_named_by_its_canonical_link(identifier: str, key: str) -> None:
    assert canonical_key(identifier) == key
    assert canonical_key(key) == key


@pytest.mark.parametrize(
    "identifier",
    [
        "urn:epc:idpat:sgtin:4012345.066666.*",  # a class without a lot
        "https://id.gs1.org/01/04012345666663",
        "urn:epc:id:sscc:0614141.1234567890",
        "https://id.gs1.org/00/008600099999850000",
        "urn:epc:id:sgln:0614141.07346.1234",
        "urn:epc:class:lgtin:4012345.12345.998877",  # 12 digits
        "urn:epc:class:lgtin:40123.0123456.998877",  # a company prefix has 6 to 12
        "urn:epc:class:lgtin:4012345.012345.%4",  # a broken escape
        "urn:epc:class:lgtin:4012345.012345.批次",  # outside character set 82
        "https://id.gs1.org/01/00860009999923/10/%E6%89%B9",
        "https://id.gs1.org/01/00860009999923/10/A%20B",
        "https://id.gs1.org/01/00860009999923/10/A%0A",
        "https://id.gs1.org/01/00860009999923/10/123456789012345678901",  # 21 characters
        "https://id.gs1.org/01/00860009999923/10/",
        "https://id.gs1.org/01/00860009999923/21/5/10/L7",  # qualifiers out of order
        "https://id.gs1.org/01/00860009999923/10/L7/10/L8",
        "https://id.gs1.org/01/00860009999923/10/L7/more",
        "https://id.gs1.org/01/1234567890/10/L7",  # no GTIN has 10 digits
        "https://id.gs1.org/10/L7",
        "ftp://id.gs1.org/01/00860009999923/10/L7",
        "https://",
        "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8",
        "not a URI",
    ],
)
def test_anything_else_is_named_by_itself(identifier: str) -> None:
    assert canonical_key(identifier) == identifier


lots = st.text(LETTERS, min_size=1, max_size=20)
thirteen = st.from_regex(r"[0-9]{13}", fullmatch=True)


def escape(text: str, letters: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in letters else c for c in text)


@given(thirteen, st.integers(min_value=6, max_value=12), lots)
def test_the_urn_and_the_link_of_any_batch_are_one_node(body: str, cut: int, lot: str) -> None:
    gtin = body + gtin_check_digit(body)
    prefix, item = body[1 : 1 + cut], body[0] + body[1 + cut :]
    urn = f"urn:epc:class:lgtin:{prefix}.{item}.{escape(lot, ESCAPED_IN_A_URN)}"
    link = f"https://id.gs1.org/01/{gtin}/10/{escape(lot, LETTERS)}"
    assert canonical_key(urn) == canonical_key(link) == batch_id(gtin, lot)


@given(thirteen, st.integers(min_value=6, max_value=12), lots)
def test_the_urn_and_the_link_of_any_item_are_one_node(body: str, cut: int, serial: str) -> None:
    gtin = body + gtin_check_digit(body)
    prefix, item = body[1 : 1 + cut], body[0] + body[1 + cut :]
    urn = f"urn:epc:id:sgtin:{prefix}.{item}.{escape(serial, ESCAPED_IN_A_URN)}"
    link = f"https://example.org/01/{gtin}/21/{escape(serial, LETTERS)}"
    key = canonical_key(urn)
    assert key == canonical_key(link) == canonical_key(key)


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    assert canonical_key(text) or not text
