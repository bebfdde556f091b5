"""A passport tells where a batch grew, the way it took, who signed, and where it is now."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from api.demo.season import season
from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from projections import passport
from projections.passport import MOST_STEPS, Passport
from projections.passport_projection import PassportProjection
from projections.trace_projection import TraceProjection
from tests.projections.happenings import (
    BUYER,
    COOP,
    FARMER,
    PLOT,
    STORE,
    YARD,
    captured,
    certified,
    corrected,
    disposed,
    foreign_added,
    foreign_lot,
    foreign_observed,
    foreign_transformed,
    harvested,
    histories,
    inspected,
    lot,
    masters,
    received,
    sent,
    sold,
    transformed,
    treated,
    uncertified,
)
from tests.projections.scribe import KEY, project

MODEL = PassportProjection()


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def tell(conn: psycopg.Connection, events: list[AnyEvent], size: int = 1000) -> None:
    project(conn, events, [TraceProjection(), MODEL], size)


def document(conn: psycopg.Connection, batch: str) -> Passport:
    found = passport.document(conn, batch)
    assert found is not None
    return found


def test_the_way_from_plot_to_shop_is_told_in_order(conn: psycopg.Connection) -> None:
    shipment = sent({lot(2): 212}, hours=30)
    tell(conn, [
        *masters(KEY.did), treated(-24 * 30), harvested(lot(1), 480),
        transformed({lot(1): 480}, {lot(2): 212}),
        shipment, received(shipment, {lot(2): 12}, hours=31), inspected(lot(2), 32),
        transformed({lot(2): 200}, {lot(3): 150, lot(4): 50}, Process.SPLIT, 33, COOP, STORE),
        sold(lot(3), 100, 34), disposed(lot(4), 1, 35),
    ])  # fmt: skip
    found = document(conn, lot(3))
    assert [step.kind for step in found.timeline] == [
        "harvested", "transformed", "shipped", "received", "inspected", "transformed", "sold",
    ]  # fmt: skip
    assert (found.id, found.lot, found.kind) == (lot(3), "L3", "own")
    assert found.product is not None
    assert (found.product.zh, found.product.county_issued) == ("榃滨桂皮", True)
    (origin,) = found.origins
    assert origin.plot is not None
    assert (origin.plot.id, origin.plot.name, origin.plot.township) == (
        PLOT, "七号山地", "445381105",
    )  # fmt: skip
    assert origin.holder is not None
    assert (origin.holder.id, origin.holder.name) == (FARMER, None)
    assert (origin.quantity, origin.harvested_on.isoformat()) == (480, "2026-10-01")
    assert [t.registration for t in origin.treatments] == ["PD20182345"]
    dried, arrival = found.timeline[1], found.timeline[3]
    assert (dried.inputs[0].quantity, dried.outputs[0].quantity) == (480, 212)
    assert (arrival.lost, arrival.reason) == (12, "路上撒漏")
    stock = found.stock
    assert (stock.made, stock.sold, stock.held) == (150, 100, 50)
    assert [(h.party.name, h.place.name, h.quantity) for h in stock.holders] == [
        ("陈屋合作社", "合作社仓库", 50),
    ]
    assert found.made is not None
    assert found.made.process == "split"


def test_a_step_says_who_signed_and_for_whom(conn: psycopg.Connection) -> None:
    tell(conn, [*masters(KEY.did), harvested(lot(1), 1)])
    (step,) = document(conn, lot(1)).timeline
    (signature,) = step.signed
    assert (signature.key, signature.custody, signature.for_actor) == (KEY.did, "server", True)
    assert signature.party is not None
    assert signature.party.name == "陈屋合作社"
    assert (step.actor.id, step.actor.kind, step.actor.name) == (FARMER, "person", None)


def test_late_means_admitted_more_than_a_day_after(conn: psycopg.Connection) -> None:
    tell(conn, [*masters(KEY.did), harvested(lot(1), 1), harvested(lot(2), 1, hours=24 * 60)])
    assert document(conn, lot(1)).timeline[0].late
    assert not document(conn, lot(2)).timeline[0].late


def test_an_ancestor_is_told_up_to_the_making_and_without_where_else_it_went(
    conn: psycopg.Connection,
) -> None:
    tell(conn, [
        harvested(lot(1), 10), sold(lot(1), 1), transformed({lot(1): 4}, {lot(2): 4}),
        inspected(lot(1)), transformed({lot(1): 4}, {lot(3): 4}),
    ])  # fmt: skip
    assert [s.kind for s in document(conn, lot(2)).timeline] == ["harvested", "transformed"]
    assert [s.kind for s in document(conn, lot(3)).timeline] == [
        "harvested", "transformed", "inspected",
    ]  # fmt: skip
    assert document(conn, lot(1)).stock.used == 8


@pytest.mark.parametrize("size", [7, 1000])
def test_a_long_way_is_cut_and_says_how_much_is_missing(
    conn: psycopg.Connection, size: int
) -> None:
    inputs = {lot(n): 10 for n in range(100)}
    shipments = [sent({batch: 10}) for batch in inputs]
    tell(conn, [
        *(harvested(batch, 10) for batch in inputs), *shipments, *map(received, shipments),
        inspected(lot(0)), transformed(inputs, {lot(100): 900}, hours=4),
        *(sold(lot(100), 1) for _ in range(70)),
    ], size)  # fmt: skip
    found = document(conn, lot(100))
    assert len(found.timeline) == MOST_STEPS
    assert found.timeline_left_out == 301 + 71 - MOST_STEPS
    assert len(found.origins) == MOST_STEPS
    assert found.origins_left_out == 40
    kinds = {step.kind for step in found.timeline}
    assert kinds == {"harvested", "transformed"}
    made = next(step for step in found.timeline if step.kind == "transformed")
    assert len(made.inputs) + made.inputs_left_out == 100
    assert found.stock.sold == 70


def test_a_foreign_batch_has_a_document_under_every_name(conn: psycopg.Connection) -> None:
    tell(conn, [
        *masters(KEY.did), foreign_added(1), foreign_observed(foreign_lot(1)),
        foreign_transformed([foreign_lot(1)], [foreign_lot(2)]),
    ])  # fmt: skip
    found = document(conn, "00860009999923/F1")
    assert found == document(conn, foreign_lot(1))
    assert (found.id, found.kind) == (foreign_lot(1), "foreign")
    assert found.origins[0].quantity == "2500.5"
    assert found.stock.made == 0
    after = document(conn, foreign_lot(2))
    assert [step.biz_step for step in after.timeline] == [
        "creating_class_instance", "receiving", "commissioning",
    ]  # fmt: skip
    assert [origin.batch for origin in after.origins] == [foreign_lot(1)]
    assert passport.documents(conn, [foreign_lot(1), "nothing"]) == {foreign_lot(1): found}


def test_foreign_events_may_come_in_any_order(conn: psycopg.Connection) -> None:
    tell(conn, [
        foreign_transformed([foreign_lot(2)], [foreign_lot(3)]),
        foreign_transformed([foreign_lot(1)], [foreign_lot(2)]), foreign_added(1),
    ], size=1)  # fmt: skip
    found = document(conn, foreign_lot(3))
    assert [origin.batch for origin in found.origins] == [foreign_lot(1)]
    assert len(found.timeline) == 3


def test_the_same_foreign_event_counts_once_and_not_when_declared_in_error(
    conn: psycopg.Connection,
) -> None:
    event = {
        "type": "ObjectEvent", "action": "ADD", "eventID": "urn:uuid:1",
        "quantityList": [{"epcClass": foreign_lot(1), "quantity": 5}],
    }  # fmt: skip
    error = event | {"errorDeclaration": {"declarationTime": "2026-10-03T00:00:00Z"}}
    for size in (1, 1000):
        tell(conn, [captured(event), captured(event, BUYER)], size)
        assert len(document(conn, foreign_lot(1)).timeline) == 1
        # Another's declaration takes nothing of ours away; our own leaves theirs.
        tell(conn, [captured(event), captured(error, BUYER)], size)
        assert document(conn, foreign_lot(1)).timeline[0].position == 1
        tell(conn, [captured(event), captured(event, BUYER), captured(error)], size)
        assert document(conn, foreign_lot(1)).timeline[0].position == 2
        tell(conn, [captured(error), captured(event)], size)
        assert passport.document(conn, foreign_lot(1)) is None


def test_what_nobody_spoke_of_has_no_document(conn: psycopg.Connection) -> None:
    tell(conn, [])
    assert passport.document_json(conn, lot(1)) is None


@given(history=histories())
@settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_was_made_is_the_sum_of_what_became_of_it(
    conn: psycopg.Connection, history: list[AnyEvent]
) -> None:
    # A receipt whose shipment was corrected alone breaks a law that the ledger holds, not this sum.
    tell(conn, history)
    bodies = conn.execute("SELECT batch FROM passport.document").fetchall()
    for found in passport.documents(conn, [batch for (batch,) in bodies]).values():
        stock = found.stock
        assert stock.made == (
            stock.held + stock.on_the_way + stock.used + stock.sold + stock.disposed + stock.lost
        )


def test_the_demo_seasons_documents_are_whole(conn: psycopg.Connection) -> None:
    now = datetime(2026, 11, 24, 14, 30, tzinfo=timezone(timedelta(hours=8)))
    told = season(now, "luoding.example/ledger", "x")
    tell(conn, list(told.events))
    rows = conn.execute("SELECT batch FROM passport.document").fetchall()
    found = passport.documents(conn, [batch for (batch,) in rows])
    assert len(found) > 50
    for one in found.values():
        stock = one.stock
        assert one.made is not None
        assert one.origins
        assert one.timeline_left_out == 0 or len(one.timeline) == MOST_STEPS
        assert stock.made == (
            stock.held + stock.on_the_way + stock.used + stock.sold + stock.disposed + stock.lost
        )
        assert min(stock.held, stock.on_the_way, stock.lost) >= 0
    assert YARD not in found


def test_the_certificates_in_force_stand_on_top_and_all_of_them_in_the_timeline(
    conn: psycopg.Connection,
) -> None:
    first, second = certified(lot(1), 60, 1), certified(lot(1), 40, 2)
    third = certified(lot(1), 50, 3, replaces=first.id)
    history: list[AnyEvent] = [
        *masters(KEY.did), harvested(lot(1), 100), first, second, third, uncertified(second, 4),
        transformed({lot(1): 100}, {lot(2): 90}, hours=5),
    ]  # fmt: skip
    tell(conn, history, 3)
    found = document(conn, lot(1))
    (certificate,) = found.certificates
    assert (certificate.event, certificate.quantity, certificate.unit) == (third.id, 50, "GRM")
    assert (certificate.issuer.name, certificate.place.name) == ("陈屋合作社", "合作社仓库")
    assert certificate.basis == ("quality_control", "own_test")
    assert certificate.commitments == ("no_banned_substances", "residues_within_limits")
    assert (certificate.replaces, certificate.signed[0].key) == (first.id, KEY.did)
    assert [step.kind for step in found.timeline] == [
        "harvested", "certified", "certified", "certified", "uncertified", "used",
    ]  # fmt: skip
    assert (found.timeline[4].certificate, found.timeline[4].reason) == (second.id, "数量写错")
    made_of_it = document(conn, lot(2))
    assert made_of_it.certificates == ()
    assert [step.certificate for step in made_of_it.timeline if step.kind == "certified"] == [
        first.id, second.id, third.id,
    ]  # fmt: skip
    tell(conn, [*history, corrected(third)], 3)
    (certificate,) = document(conn, lot(1)).certificates
    assert certificate.event == first.id
