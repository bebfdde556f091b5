"""Our table of AIs is the GS1 syntax dictionary's, entry by entry; check digits and dates hold."""

import re
from pathlib import Path

import pytest

from labels.application_identifiers import FORMS, NO_ATTRIBUTES, QUALIFIERS, REQUIRED, fault_of
from labels.check_characters import check_pair

DICTIONARY = (
    Path(__file__).parents[2].parent / "shared/reference/digital-link/gs1-syntax-dictionary.txt"
)
IGNORED = re.compile(r",gcppos[12]")


def entries() -> dict[str, tuple[str, str, str]]:
    """Give flags, form and attributes of each AI of the dictionary."""
    if not DICTIONARY.exists():
        pytest.skip("the GS1 syntax dictionary is not at hand")
    found = {}
    for line in DICTIONARY.read_text("utf-8").splitlines():
        row = re.match(
            r"(\d+)(?:-(\d+))?\s+([*?]*)\s+((?:\[?[NXYZ]\S+ ?)+)\s*([^#]*)", line.split(" #")[0]
        )
        if row:
            first, last, flags, form, attributes = row.groups()
            for number in range(int(first), int(last or first) + 1):
                found[f"{number:0{len(first)}d}"] = (flags, form.strip(), attributes)
    assert len(found) > 500
    return found


def written(ai: str) -> list[tuple[str, int, int, bool, tuple[str, ...]]]:
    return [(p.characters, p.least, p.most, p.optional, p.satisfies) for p in FORMS[ai].parts]


def test_every_ai_of_the_dictionary_has_its_form_and_no_other_is_known() -> None:
    told = entries()
    assert set(told) == set(FORMS)
    for ai, (_, form, _) in told.items():
        expected = []
        for word in IGNORED.sub("", form).split():
            kind, *checks = word.split(",")
            size = kind.strip("[]")[1:]
            most = int(size.removeprefix(".."))
            least = 1 if size.startswith("..") else most
            expected.append((kind.strip("[]")[0], least, most, kind[0] == "[", tuple(checks)))
        assert written(ai) == expected, ai


def test_the_primary_keys_their_qualifiers_and_the_attributes_are_the_dictionarys() -> None:
    told = entries()
    keys, needed = {}, {}
    for ai, (_, _, attributes) in told.items():
        key = re.search(r"\bdlpkey(?:=(\S+))?", attributes)
        required = re.search(r"\breq=(\S+)", attributes)
        if key and required:
            needed[ai] = required[1]
        if key:
            orders = key[1].split("|") if key[1] else []
            keys[ai] = tuple(tuple(order.split(",")) for order in orders)
    assert keys == QUALIFIERS
    assert needed == REQUIRED
    assert {ai for ai, (flags, _, _) in told.items() if "?" not in flags} == NO_ATTRIBUTES


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("01", "09506000134352"), ("00", "340123450000000000"), ("10", "A/B&C?"),
        ("17", "270200"), ("17", "280229"), ("7003", "2702282359"), ("8003", "09506000134352A"),
        ("253", "9506000134352"), ("255", "9506000134352123"), ("8006", "095060001343520102"),
        ("8010", "9506000#A/1"), ("8013", "1987654Ad4X4bL5ttr2310c2K"), ("3103", "000189"),
        ("7040", "1ABC"), ("8011", "12"), ("8019", "0"), ("7258", "2/3"), ("4330", "000120-"),
    ],
)  # fmt: skip
def test_a_right_value_passes(ai: str, value: str) -> None:
    assert fault_of(ai, value) is None


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("01", "09506000134353"), ("01", "9506000134352"), ("01", "0950600013435X"), ("01", ""),
        ("00", "340123450000000001"), ("10", "L" * 21), ("10", ""), ("10", "批"), ("10", "A B"),
        ("10", "A#"), ("10", "a\n"), ("17", "270230"), ("17", "271300"), ("17", "270001"),
        ("15", "270229"), ("7006", "270200"), ("7003", "2702282460"), ("8003", "19506000134352"),
        ("8006", "095060001343520201"), ("8006", "095060001343520000"), ("8010", "abc"),
        ("8013", "1987654Ad4X4bL5ttr2310c2L"), ("8013", "2K"), ("3103", "00018"), ("8011", "012"),
        ("21", "٣"), ("01", "０９５０６０００１３４３５２"), ("8014", "23"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_both_languages(ai: str, value: str) -> None:
    fault = fault_of(ai, value)
    assert fault is not None
    assert ai in fault[0]
    assert ai in fault[1]


def test_the_check_pair_of_a_model_number_is_that_of_the_general_specifications() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"
