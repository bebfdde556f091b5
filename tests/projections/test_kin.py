"""The nearest relatives of a batch: what the whole genealogy says, three generations far."""

from collections.abc import Iterator

import psycopg
import pytest

from projections import trace
from projections.kin import MOST, kin
from projections.trace_projection import TraceProjection
from tests.projections.happenings import (
    foreign_lot,
    foreign_transformed,
    harvested,
    lot,
    transformed,
)
from tests.projections.scribe import project


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def test_relatives_stand_in_generations_with_what_went_over(conn: psycopg.Connection) -> None:
    project(conn, [
        harvested(lot(1), 480), harvested(lot(2), 100),
        transformed({lot(1): 480, lot(2): 100}, {lot(3): 250}),
        transformed({lot(3): 250}, {lot(4): 100, lot(5): 150}),
    ], [TraceProjection()])  # fmt: skip
    found = kin(conn, lot(3))
    assert found is not None
    assert [[one.id for one in row.relatives] for row in found.back] == [[lot(1), lot(2)]]
    assert [[one.id for one in row.relatives] for row in found.forward] == [[lot(4), lot(5)]]
    assert found.root.quantity == 250
    assert found.further == frozenset()
    whole = trace.trace(conn, lot(3))
    assert whole is not None
    assert {(one.source, one.target, one.quantity, one.unit) for one in found.links} == {
        (edge.source, edge.target, edge.quantity, edge.unit) for edge in whole.edges
    }


def test_three_generations_are_shown_and_it_is_said_that_there_are_more(
    conn: psycopg.Connection,
) -> None:
    steps = [transformed({lot(n): 10}, {lot(n + 1): 10}) for n in range(1, 10)]
    project(conn, [harvested(lot(1), 10), *steps], [TraceProjection()])
    found = kin(conn, lot(5))
    assert found is not None
    assert [row.relatives[0].id for row in found.back] == [lot(4), lot(3), lot(2)]
    assert [row.relatives[0].id for row in found.forward] == [lot(6), lot(7), lot(8)]
    assert found.further == {"back", "forward"}
    last = kin(conn, lot(10))
    assert last is not None
    assert not last.forward
    assert last.further == {"back"}


def test_of_a_large_generation_some_are_listed_and_the_rest_counted(
    conn: psycopg.Connection,
) -> None:
    many = {lot(n): 1 for n in range(2, MOST + 32)}
    project(conn, [harvested(lot(1), 100), transformed({lot(1): 100}, many)], [TraceProjection()])
    found = kin(conn, lot(1))
    assert found is not None
    assert len(found.forward[0].relatives) == MOST
    assert found.forward[0].more == 30
    assert len(found.links) == MOST


def test_a_circle_that_foreign_events_tell_of_ends_and_nobody_is_kin_of_nothing(
    conn: psycopg.Connection,
) -> None:
    one, other = foreign_lot(1), foreign_lot(2)
    project(
        conn, [foreign_transformed([one], [other]), foreign_transformed([other], [one])],
        [TraceProjection()],
    )  # fmt: skip
    found = kin(conn, one)
    assert found is not None
    assert [len(row.relatives) for row in found.back] == [1]
    assert kin(conn, lot(9)) is None
