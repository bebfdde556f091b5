"""What the door says of a payload that is well formed and speaks of a time that nobody means."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.market import Window
from domain.refusals import Code, Refusal
from ledger.candidate import Candidate, read_candidate
from tests.county import FARMER, key_of
from tests.worlds import World, sealed

FIRST, LAST = "2000-01-01T00:00:00+14:00", "2199-12-31T23:59:59-12:00"
BEFORE, AFTER = "1999-12-31T23:59:59-12:00", "2200-01-01T00:00:00+14:00"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _read(event: AnyEvent) -> Candidate | Refusal:
    return read_candidate(sealed(event, (key_of(FARMER),)))


@pytest.mark.parametrize("text", [FIRST, LAST])
def test_the_first_and_the_last_moment_are_read(text: str) -> None:
    assert isinstance(_read(replace(World.open().harvest(), occurred_at=_at(text))), Candidate)


def _corrected(world: World, at: datetime) -> AnyEvent:
    harvest = world.harvest()
    return world.correct(harvest, replace(harvest, occurred_at=at))


@pytest.mark.parametrize("text", [BEFORE, AFTER, "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("$.occurred_at", lambda world, at: replace(world.harvest(), occurred_at=at)),
        ("$.expires", lambda world, at: world.bind_key(FARMER, "second", expires=at)),
        ("$.until", lambda world, at: world.demand(until=at)),
        (
            "$.window.until",
            lambda world, at: replace(world.demand(), window=Window(world.now, at)),
        ),
        ("$.replacement.occurred_at", _corrected),
    ],
)
def test_a_moment_of_another_age_is_refused_with_its_path(text: str, path: str, said: Any) -> None:  # noqa: ANN401
    refusal = _read(said(World.open(), _at(text)))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == (Code.MALFORMED, path)
