"""What a counterfeit leaves behind in the scans of a unit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authenticity import (
    BUYERS_TIME,
    MOST_A_DAY,
    MOST_SCANS,
    Scanned,
    Sighting,
    Suspicion,
    suspicions,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FAR = (Suspicion.FAR_APART,)
GUANGZHOU, FOSHAN, ZHANJIANG = "440100", "440600", "440800"


def scanned(minutes_ago: int, there: str | None, here: str | None) -> Scanned:
    before = Sighting(NOW - timedelta(minutes=minutes_ago), there)
    return Scanned(now=Sighting(NOW, here), before=before, count=2, today=2)


def test_a_first_scan_of_what_was_printed_says_nothing() -> None:
    assert suspicions(Scanned(now=Sighting(NOW), printed=True)) == ()


def test_a_serial_that_was_never_printed_is_the_gravest() -> None:
    unit = Scanned(now=Sighting(NOW), printed=False, count=MOST_SCANS + 1)
    assert suspicions(unit)[0] is Suspicion.NEVER_PRINTED


@pytest.mark.parametrize(
    ("minutes", "there", "here", "found"),
    [
        (30, GUANGZHOU, ZHANJIANG, FAR),
        (60, GUANGZHOU, ZHANJIANG, FAR),
        (61, GUANGZHOU, ZHANJIANG, ()),
        (5, GUANGZHOU, FOSHAN, ()),
        (5, GUANGZHOU, GUANGZHOU, ()),
        (5, None, ZHANJIANG, ()),
        (5, GUANGZHOU, None, ()),
        (5, GUANGZHOU, "999999", ()),
    ],
)
def test_two_far_places_within_an_hour_are_suspect(
    minutes: int, there: str | None, here: str | None, found: tuple[Suspicion, ...]
) -> None:
    assert suspicions(scanned(minutes, there, here)) == found


def test_more_scans_than_a_thing_has_in_its_life_or_in_a_day_are_suspect() -> None:
    now = Sighting(NOW)
    assert suspicions(Scanned(now=now, count=MOST_SCANS)) == ()
    assert suspicions(Scanned(now=now, count=MOST_SCANS + 1)) == (Suspicion.TOO_MANY,)
    assert suspicions(Scanned(now=now, count=MOST_A_DAY, today=MOST_A_DAY)) == ()
    assert suspicions(Scanned(now=now, count=50, today=MOST_A_DAY + 1)) == (Suspicion.TOO_MANY,)


@pytest.mark.parametrize(
    ("ago", "there", "here", "found"),
    [
        (timedelta(minutes=5), None, None, ()),
        (timedelta(days=3), GUANGZHOU, ZHANJIANG, ()),
        (BUYERS_TIME, None, None, ()),
        (BUYERS_TIME + timedelta(minutes=1), None, None, (Suspicion.SOLD,)),
        (timedelta(minutes=30), GUANGZHOU, ZHANJIANG, (Suspicion.SOLD,)),
        (timedelta(minutes=-30), GUANGZHOU, ZHANJIANG, (Suspicion.SOLD,)),
        (timedelta(minutes=30), GUANGZHOU, FOSHAN, ()),
        (timedelta(minutes=30), None, ZHANJIANG, ()),
    ],
)
def test_what_was_sold_is_suspect_where_the_buyer_can_hardly_be_who_scans(
    ago: timedelta, there: str | None, here: str | None, found: tuple[Suspicion, ...]
) -> None:
    sold = Scanned(now=Sighting(NOW, here), sold=Sighting(NOW - ago, there), printed=True)
    assert suspicions(sold) == found


@given(st.integers(1, MOST_A_DAY), st.sampled_from(("printed", "unknown")))
def test_few_scans_in_one_place_never_warn(scans: int, known: str) -> None:
    before = Sighting(NOW - timedelta(minutes=1), GUANGZHOU)
    unit = Scanned(
        now=Sighting(NOW, GUANGZHOU), before=before, count=scans, today=scans,
        printed=True if known == "printed" else None,
    )  # fmt: skip
    assert suspicions(unit) == ()
