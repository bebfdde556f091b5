"""The townships' codes, names and coordinates are those of the reference; distances are sound."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.townships import (
    PREFECTURES,
    TOWNSHIPS,
    Seat,
    distance_between,
    distance_m,
    name,
    seat,
)

REFERENCE = Path(__file__).parents[2].parent / "shared/reference/luoding"

seats = st.sampled_from([s for s in (*TOWNSHIPS, *PREFECTURES) if s.latitude_e5 is not None])


def e5(text: str) -> int | None:
    """Read degrees as 1e-5 degrees without a float; empty is None."""
    if not text:
        return None
    whole, _, fraction = text.partition(".")
    return int(whole) * 100_000 + int(fraction.ljust(5, "0"))


def rows(file: str) -> list[dict[str, str]]:
    path = REFERENCE / file
    if not path.exists():
        pytest.skip(f"{path} is not here to compare with")
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_every_township_stands_as_in_the_reference() -> None:
    expected = [
        (r["code"], r["name"], e5(r["latitude"]), e5(r["longitude"]), r["geonames_id"])
        for r in rows("townships.csv")
    ]
    assert [
        (s.code, s.zh, s.latitude_e5, s.longitude_e5, str(s.geonames_id or "")) for s in TOWNSHIPS
    ] == expected


def test_every_prefecture_stands_as_in_the_reference() -> None:
    expected = {
        (r["name"], r["name_en"], e5(r["latitude"]), e5(r["longitude"]), int(r["geonames_id"]))
        for r in rows("guangdong-cities.csv")
    }
    assert {s[1:] for s in PREFECTURES} == expected


def test_there_are_22_townships_and_21_prefectures_each_with_its_own_code() -> None:
    assert len({s.code for s in TOWNSHIPS}) == 22
    assert len({s.code for s in PREFECTURES}) == 21
    assert all(s.code.startswith("445381") for s in TOWNSHIPS)


def test_a_township_is_found_by_its_code_and_named_in_both_languages() -> None:
    tanbin = seat("445381111")
    assert tanbin is not None
    assert (tanbin.zh, tanbin.en) == ("榃滨镇", "Tanbin")
    assert name("445381111") == "榃滨镇"
    assert name("445381111", "en") == "Tanbin"


def test_a_district_of_guangzhou_stands_at_guangzhou() -> None:
    assert name("440104") == "广州市"
    assert name("440104", "en") == "Guangzhou"


def test_the_county_itself_is_luoding_and_not_its_prefecture() -> None:
    assert name("445381") == "罗定市"
    assert distance_between("445381", "445381001") == 0
    assert name("445302") == "云浮市"


@pytest.mark.parametrize("code", ["110101", "445381999", "450000"])
def test_an_unknown_code_has_no_seat_and_keeps_its_code_as_name(code: str) -> None:
    assert seat(code) is None
    assert name(code) == code
    assert distance_between(code, "445381111") is None
    assert distance_between("445381111", code) is None


def test_luoping_farm_is_of_unknown_place() -> None:
    assert name("445381400") == "罗平农场"
    assert distance_between("445381400", "445381111") is None
    assert distance_between("445381111", "445381400") is None


def test_tanbin_to_guangzhou_is_193_km() -> None:
    distance = distance_between("445381111", "440104")
    assert distance is not None
    assert 192_500 <= distance <= 193_500


def test_a_degree_of_the_equator_is_111_195_m() -> None:
    west, east = Seat("1", "西", "W", 0, 0, None), Seat("2", "东", "E", 0, 100_000, None)
    assert distance_m(west, east) == 111_195


@given(seats, seats, seats)
def test_distance_is_a_metric(a: Seat, b: Seat, c: Seat) -> None:
    ab, ba, bc, ac = (distance_m(*pair) for pair in ((a, b), (b, a), (b, c), (a, c)))
    assert ab is not None
    assert bc is not None
    assert ac is not None
    assert ab == ba
    assert ac <= ab + bc + 1
    assert (ab == 0) == (a == b)
