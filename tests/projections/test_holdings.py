"""Holdings are what the movements leave, to the gram."""

from collections.abc import Iterator

import psycopg
import pytest

from domain.events.catalogue import AnyEvent
from projections import holdings
from projections.holdings_projection import HoldingsProjection
from tests.projections.happenings import (
    COOP,
    FARMER,
    STORE,
    YARD,
    confirmed,
    harvested,
    lot,
    received,
    sent,
    sold,
    transformed,
    uid,
)
from tests.projections.scribe import project

MODEL = HoldingsProjection()


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=[1, 1000])
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def tell(conn: psycopg.Connection, events: list[AnyEvent], size: int) -> None:
    project(conn, events, [MODEL], size)


def test_what_is_used_up_is_held_no_more(conn: psycopg.Connection, size: int) -> None:
    tell(conn, [harvested(lot(1), 10), transformed({lot(1): 10}, {lot(2): 9})], size)
    assert holdings.of_batch(conn, lot(1)) == []
    (held,) = holdings.of_party(conn, FARMER)
    assert (held.batch, held.place, held.quantity, held.unit) == (lot(2), YARD, 9, "GRM")
    assert holdings.of_party(conn, FARMER, STORE) == []
    assert holdings.held(conn, lot(2), FARMER, YARD) == held
    assert holdings.held(conn, lot(2), COOP, YARD) is None
    assert holdings.of_batches(conn, [lot(1), lot(2)]) == {lot(1): [], lot(2): [held]}


def test_goods_are_on_the_way_until_received(conn: psycopg.Connection, size: int) -> None:
    shipment = sent({lot(1): 7})
    begun: list[AnyEvent] = [harvested(lot(1), 10), shipment]
    tell(conn, begun, size)
    (way,) = holdings.on_the_way_to(conn, COOP)
    assert (way.shipment, way.quantity, way.to_place) == (shipment.id, 7, STORE)
    assert holdings.on_the_way_from(conn, FARMER) == [way]
    assert holdings.on_the_way_of(conn, lot(1)) == [way]
    assert holdings.shipment(conn, shipment.id) == [way]
    tell(conn, [*begun, received(shipment, {lot(1): 2})], size)
    assert holdings.on_the_way_to(conn, COOP) == []
    assert [(h.party, h.quantity) for h in holdings.of_batch(conn, lot(1))] == [
        (COOP, 5), (FARMER, 3),
    ]  # fmt: skip


def test_a_confirmed_order_reserves_until_it_is_shipped(
    conn: psycopg.Connection, size: int
) -> None:
    order = uid()
    begun: list[AnyEvent] = [harvested(lot(1), 10), confirmed(lot(1), 4, order)]
    tell(conn, begun, size)
    (held,) = holdings.of_batch(conn, lot(1))
    assert (held.quantity, held.reserved, held.free) == (10, 4, 6)
    tell(conn, [*begun, sent({lot(1): 4}, order=order)], size)
    (held,) = holdings.of_batch(conn, lot(1))
    assert (held.quantity, held.reserved) == (6, 0)


def test_selling_the_last_leaves_no_row(conn: psycopg.Connection, size: int) -> None:
    shipment = sent({lot(1): 10})
    tell(conn, [harvested(lot(1), 10), shipment, received(shipment), sold(lot(1), 10)], size)
    row = conn.execute("SELECT count(*) FROM holdings.holding").fetchone()
    assert row == (0,)
