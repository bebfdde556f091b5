"""Canonical JSON equals RFC 8785 for what payloads may hold."""

import msgspec
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import MAX_INTEGER, check_subset, encode, is_canonical
from ledger.errors import NotCanonical

texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(max_codepoint=127))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=20,
)


@given(values)
@example({"\x7f": '\x00\x1f\u2028\U0001f600</"\\\b\f', "": [], "a": -MAX_INTEGER})
@example("".join(map(chr, range(0x100))))
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    check_subset(value)
    assert encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(values)
def test_what_is_written_reads_back_and_is_canonical(value: object) -> None:
    raw = encode(value)
    assert msgspec.json.decode(raw) == value
    assert is_canonical(msgspec.json.decode(raw), raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1, "b":2}',
        b'{"b":2,"a":1}',
        b'{"a":1}\n',
        b'{"a":0,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u00e9"}',
        b'{"a":"\\u000A"}',
        b'{"a":-0}',
    ],
)
def test_another_spelling_of_the_same_value_is_not_canonical(raw: bytes) -> None:
    assert not is_canonical(msgspec.json.decode(raw), raw)


def test_a_struct_is_written_in_the_order_of_its_names() -> None:
    class Sack(msgspec.Struct):
        unit: str
        quantity: int

    assert encode(Sack("GRM", 5)) == b'{"quantity":5,"unit":"GRM"}'


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, 1.5]}, "$.a[1]"),
        ({"a": {"b": MAX_INTEGER + 1}}, "$.a.b"),
        (-MAX_INTEGER - 1, "$"),
        ({"名": 1}, "$"),
        ({1: 1}, "$"),
        (["\ud800"], "$[0]"),
        ((object(),), "$[0]"),
    ],
)
def test_a_value_outside_the_subset_is_named_by_its_path(value: object, path: str) -> None:
    with pytest.raises(NotCanonical) as refusal:
        check_subset(value)
    assert refusal.value.path == path


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(NotCanonical):
        encode("\udfff")
    with pytest.raises(NotCanonical):
        encode(object())
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(NotCanonical):
        encode(loop)
    with pytest.raises(NotCanonical, match="nested too deeply"):
        check_subset(loop)
