"""Holds and recalls in the read models: a passport says so, descendants' too; offers are closed."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from domain.events import holds as h
from domain.events.movements import Process
from projections import halts, passport, trace
from projections import market_queries as market
from projections.registry import ALL
from projections.runner import Runner
from tests.county import AUTHORITY, FARMER, MILL, RICE, WORKSHOP, YARD, kg, of
from tests.recorded_world import RecordedLedger, RecordedWorld, recorded_world


class Shown:
    """A recorded county, and what its read models show."""

    def __init__(self, world: RecordedWorld, ledger: RecordedLedger) -> None:
        """Harvest, and begin."""
        self.world, self.ledger = world, ledger
        self.batch = world.admit(world.harvest()).batch
        self.conn = ledger.connect()

    def part(self, batch: str, quantity: int = 1000) -> str:
        """Split a part off a batch."""
        name = self.world.new_lot(batch[:14])
        split = (Process.SPLIT, [of(batch, quantity)], [of(name, quantity)])
        self.world.admit(self.world.transform(FARMER, YARD, *split))
        return name

    def over(self, batch: str) -> list[str]:
        """Give the events that a batch's passport says it lies under, from a fresh look."""
        Runner(self.ledger.url, ALL).catch_up()
        document = passport.document(self.conn, batch)
        assert document is not None
        found = [halt.event for halt in document.halts]
        assert found == [h.event for h in halts.over(self.conn, [batch]).get(batch, [])]
        assert passport.documents(self.conn, [batch])[batch] == document
        return found


@pytest.fixture
def shown(database_url: str) -> Iterator[Shown]:
    with recorded_world(database_url) as (world, ledger):
        made = Shown(world, ledger)
        yield made
        made.conn.close()


def test_a_recall_shows_on_the_batch_its_descendants_and_those_to_come(shown: Shown) -> None:
    world = shown.world
    child = shown.part(shown.batch)
    grandchild = shown.part(child, 100)
    other = world.admit(world.harvest()).batch
    hold = world.admit(world.hold(child, FARMER))
    recall = world.admit(world.recall(shown.batch))
    assert shown.over(shown.batch) == [recall.id]
    assert shown.over(grandchild) == [recall.id, hold.id]
    assert shown.over(other) == []
    world.admit(world.close(recall))
    assert shown.over(shown.batch) == []
    assert shown.over(grandchild) == [hold.id]
    (standing,) = halts.standing(shown.conn)
    assert (standing.halt.event, standing.batches) == (hold.id, 2)


def test_what_is_made_of_a_batch_whose_ancestor_alone_is_held_does_not_show_it(
    shown: Shown,
) -> None:
    world = shown.world
    child = shown.part(shown.batch)
    hold = world.admit(world.hold(shown.batch, descendants=False))
    assert shown.over(shown.batch) == [hold.id]
    assert shown.over(child) == []
    assert shown.over(shown.part(child, 10)) == []


def test_a_batch_that_is_made_while_another_run_is_held_shows_it(shown: Shown) -> None:
    """The hold lies on an ancestor that is let go, held anew, and closed within one run."""
    world = shown.world
    first = world.admit(world.hold(shown.batch))
    assert shown.over(shown.batch) == [first.id]
    world.admit(world.release(first))
    child = shown.part(shown.batch)
    second = world.admit(world.hold(shown.batch))
    third = world.admit(world.hold(child))
    world.admit(world.release(third))
    assert shown.over(child) == [second.id]


def test_a_correction_that_takes_an_input_out_takes_its_recall_off(shown: Shown) -> None:
    world = shown.world
    other = world.admit(world.harvest()).batch
    rice = world.new_lot(RICE)
    for batch in (shown.batch, other):
        sent = world.admit(world.ship(FARMER, YARD, [of(batch, 2000)]))
        world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, 2000)]))
    inputs = [of(shown.batch, 2000), of(other, 2000)]
    milled = world.admit(world.transform(MILL, WORKSHOP, Process.MILLED, inputs, [of(rice, 1000)]))
    recall = world.admit(world.recall(shown.batch))
    assert shown.over(rice) == [recall.id]
    without = replace(milled, inputs=tuple(inputs[1:]))
    world.admit(world.correct(milled, without, AUTHORITY))
    assert shown.over(rice) == []
    assert shown.over(shown.batch) == [recall.id]


def test_offers_of_a_held_batch_are_closed_and_its_orders_marked_until_it_is_released(
    shown: Shown,
) -> None:
    world = shown.world
    offer = world.admit(world.offer(FARMER, YARD, of(shown.batch, kg(50))))
    order = world.admit(world.order(offer, kg(10)))
    hold = world.admit(world.hold(shown.batch))
    shown.over(shown.batch)
    page = market.Page(10)
    assert market.offers(shown.conn, market.OfferFilter(), page) == []
    halted = market.offers(shown.conn, market.OfferFilter(states=("halted",)), page)
    assert [row.id for row in halted] == [offer.id]
    assert market.orders_by_id(shown.conn, [order.id])[order.id].halted
    world.admit(world.release(hold))
    shown.over(shown.batch)
    assert market.offers_by_id(shown.conn, [offer.id])[offer.id].state == "open"
    (row,) = market.orders(shown.conn, market.OrderFilter(FARMER), page)
    assert not row.halted


def test_the_way_of_a_batch_tells_of_its_holds_and_recalls(shown: Shown) -> None:
    world = shown.world
    hold = world.admit(world.hold(shown.batch))
    world.admit(world.release(hold))
    recall = world.admit(world.recall(shown.batch, level=1))
    world.admit(world.close(recall))
    shown.over(shown.batch)
    document = passport.document(shown.conn, shown.batch)
    assert document is not None
    told = ["held", "released", "recalled", "recall_closed"]
    assert [step.kind for step in document.timeline[1:]] == told
    assert document.timeline[3].finding == recall.instruction
    assert [m.kind for m in trace.movements(shown.conn, [shown.batch])][1:] == told


def test_a_rebuilt_trace_has_the_same_under_recall(shown: Shown) -> None:
    world = shown.world
    child = shown.part(shown.batch)
    recall = world.admit(world.recall(shown.batch))
    assert isinstance(recall, h.BatchRecalled)
    assert shown.over(child) == [recall.id]
    Runner(shown.ledger.url, ALL).rebuild("trace")
    assert shown.over(child) == [recall.id]
