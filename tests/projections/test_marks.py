"""Marks as they are read: grants with what is used of their quota, and the passport's mark."""

from collections.abc import Iterator

import psycopg
import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.marks import MarkClaim, MarkGranted
from domain.events.movements import BatchHarvested
from projections import marks, passport
from projections.marks_projection import MarksProjection
from projections.passport_projection import PassportProjection
from projections.runner import Projection
from projections.trace_projection import TraceProjection
from tests import county as c
from tests.projections.happenings import COOP, corrected, harvested, lot, masters, transformed
from tests.projections.scribe import KEY, project
from tests.worlds import World

MODELS: list[Projection] = [TraceProjection(), MarksProjection(), PassportProjection()]


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def _bearing(grant: MarkGranted, batch: str, quantity: int) -> BatchHarvested:
    claim = MarkClaim(grant.mark, grant.id, grant.party)
    return replace(harvested(batch, quantity), mark=claim)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_grant_tells_what_is_used_of_it_and_how_it_ended(
    conn: psycopg.Connection, size: int
) -> None:
    world = World()
    grant, other = world.grant(COOP, quantity=1000), world.grant(c.MILL, None)
    first, wrong = _bearing(grant, lot(1), 100), _bearing(grant, lot(2), 300)
    void = _bearing(grant, lot(3), 50)
    smaller = corrected(wrong, replace(wrong, quantity=200))
    end = world.revoke(grant)
    events: list[AnyEvent] = [grant, other, first, wrong, void, smaller, corrected(void), end]
    project(conn, [*masters(KEY.did), *events], MODELS, size)
    found = {one.id: one for one in marks.grants(conn)}
    assert set(found) == {grant.id, other.id}
    mine = found[grant.id]
    assert (mine.quota, mine.unit, mine.used, mine.batches) == (1000, "GRM", 300, 2)
    assert (mine.revoked_by, mine.reason) == (end.id, "抽检不合格")
    assert (found[other.id].quota, found[other.id].used) == (None, 0)
    assert [one.id for one in marks.grants(conn, [c.MILL])] == [other.id]


@pytest.mark.parametrize("size", [1, 1000])
def test_a_passport_names_the_mark_its_grant_and_that_it_was_taken_back(
    conn: psycopg.Connection, size: int
) -> None:
    world = World()
    grant = world.grant(COOP)
    raw, plain = _bearing(grant, lot(1), 100), harvested(lot(2), 100)
    made = replace(transformed({lot(1): 60}, {lot(3): 50}), mark=raw.mark)
    unsaid = transformed({lot(1): 40}, {lot(4): 40})
    project(conn, [*masters(KEY.did), grant, raw, plain, made, unsaid], MODELS, size)

    def mark(batch: str) -> passport.Mark | None:
        document = passport.document(conn, batch)
        assert document is not None
        return document.mark

    borne = mark(lot(3))
    assert borne is not None
    assert (borne.zh, borne.event, borne.claimed_by) == ("罗定稻米", grant.id, made.id)
    assert borne.party.id == COOP
    assert borne.townships == grant.townships
    assert borne.revoked is None
    assert mark(lot(2)) is None
    assert mark(lot(4)) is None
    end = world.revoke(grant)
    unmarked = corrected(raw, replace(raw, mark=None))
    told = [*masters(KEY.did), grant, raw, plain, made, unsaid, end, unmarked]
    project(conn, told, MODELS, size)
    ended = mark(lot(3))
    assert ended is not None
    assert ended.revoked is not None
    assert ended.revoked.event == end.id
    assert mark(lot(1)) is None
