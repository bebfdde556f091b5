"""What is held or recalled stays, goes back or is disposed of; who may say so, and lift it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain import tags
from domain.events import holds as h
from domain.events.movements import Process
from domain.models.halts import Halts
from domain.refusals import Code, Refusal
from tests.county import (
    AUTHORITY,
    BUYER,
    CARRIER,
    FARMER,
    INSPECTOR,
    MILL,
    OFFICE,
    RICE,
    SHELF,
    SHOP,
    STORE,
    WORKSHOP,
    YARD,
    kg,
    of,
)
from tests.worlds import World


class Chain:
    """Paddy from the farmer, milled, some of the rice in the shop: all three have some."""

    def __init__(self) -> None:
        """Tell it."""
        self.world = world = World.open()
        self.paddy = world.admit(world.harvest()).batch
        sent = world.admit(world.ship(FARMER, YARD, [of(self.paddy, kg(80))]))
        world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(self.paddy, kg(80))]))
        self.rice = world.new_lot(RICE)
        milled = (Process.MILLED, [of(self.paddy, kg(60))], [of(self.rice, kg(40))])
        world.admit(world.transform(MILL, WORKSHOP, *milled))
        sent = world.admit(world.ship(MILL, WORKSHOP, [of(self.rice, kg(10))], SHOP, SHELF))
        world.admit(world.receive(SHOP, SHELF, sent.id, [of(self.rice, kg(10))]))

    def moves(self, batch: str, actor: str, place: str) -> list[Refusal]:
        """Try all that moves or promises a batch onward, and give the refusals."""
        world = self.world
        part = of(batch, 1000)
        split = (Process.SPLIT, [part], [of(world.new_lot(batch[:14]), 1000)])
        return [
            world.refuse(event)
            for event in (
                world.sell(actor, place, part),
                world.ship(actor, place, [part], BUYER, STORE),
                world.transform(actor, place, *split),
                world.offer(actor, place, part),
            )
        ]


@pytest.mark.parametrize("kind", ["hold", "recall"])
def test_a_recalled_batch_moves_only_back_or_to_disposal(kind: str) -> None:
    chain = Chain()
    world = chain.world
    halt = world.admit(
        world.hold(chain.paddy) if kind == "hold" else world.recall(chain.paddy, FARMER)
    )
    code = Code.ON_HOLD if kind == "hold" else Code.RECALLED
    for batch, actor, place in (
        (chain.paddy, FARMER, YARD), (chain.paddy, MILL, WORKSHOP), (chain.rice, MILL, WORKSHOP),
        (chain.rice, SHOP, SHELF),
    ):  # fmt: skip
        for refusal in chain.moves(batch, actor, place):
            assert refusal.code is code
            assert (refusal.cause, refusal.position) == (halt.id, world.position_of(halt))
            assert chain.paddy in refusal.zh
        world.admit(world.dispose(actor, place, of(batch, 500)))
    world.admit(world.ship(SHOP, SHELF, [of(chain.rice, kg(5))], MILL, WORKSHOP))
    world.admit(world.ship(MILL, WORKSHOP, [of(chain.paddy, kg(5))], FARMER, YARD))


def test_a_hold_of_one_batch_alone_leaves_its_descendants_free() -> None:
    chain = Chain()
    world = chain.world
    world.admit(world.hold(chain.paddy, FARMER, descendants=False))
    world.admit(world.sell(SHOP, SHELF, of(chain.rice, 1000)))
    assert world.refuse(world.sell(MILL, WORKSHOP, of(chain.paddy, 1))).code is Code.ON_HOLD


def test_what_a_descendant_lies_under_does_not_hold_its_ancestors() -> None:
    chain = Chain()
    world = chain.world
    world.admit(world.recall(chain.rice))
    assert world.refuse(world.sell(SHOP, SHELF, of(chain.rice, 1))).code is Code.RECALLED
    world.admit(world.sell(MILL, WORKSHOP, of(chain.paddy, 1)))


def test_a_recall_is_named_before_a_hold_and_each_is_lifted_by_itself() -> None:
    chain = Chain()
    world = chain.world
    hold = world.admit(world.hold(chain.rice, SHOP))
    recall = world.admit(world.recall(chain.paddy))
    sale = world.sell(SHOP, SHELF, of(chain.rice, 1000))
    assert world.refuse(sale).code is Code.RECALLED
    world.admit(world.close(recall))
    assert world.refuse(world.sell(SHOP, SHELF, of(chain.rice, 1000))).code is Code.ON_HOLD
    world.admit(world.release(hold))
    world.admit(world.sell(SHOP, SHELF, of(chain.rice, 1000)))
    halts = world.memory.models[tags.HALTS]
    assert isinstance(halts, Halts)
    assert (halts.open, halts.of_batch) == ({}, {})


def test_what_is_on_the_way_is_received_and_then_stays() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(100))]))
    world.admit(world.recall(batch))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(99))], [of(batch, kg(1))]))
    assert world.refuse(world.sell(MILL, WORKSHOP, of(batch, 1))).code is Code.RECALLED
    back = world.admit(world.ship(MILL, WORKSHOP, [of(batch, kg(99))], FARMER, YARD))
    world.admit(world.receive(FARMER, YARD, back.id, [of(batch, kg(99))]))
    world.admit(world.dispose(FARMER, YARD, of(batch, kg(99))))


def test_an_offer_is_closed_while_its_batch_is_held_and_opens_again() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(50))))
    placed = world.admit(world.order(offer, kg(10)))
    hold = world.admit(world.hold(batch))
    for event in (world.order(offer, kg(5)), world.confirm(placed)):
        assert world.refuse(event).code is Code.ON_HOLD
    world.admit(world.release(hold))
    world.admit(world.confirm(placed))
    world.admit(world.order(offer, kg(5)))


def test_disposal_may_use_what_is_reserved_and_the_first_sent_gets_what_is_left() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(100))))
    large = world.admit(world.confirm(world.admit(world.order(offer, kg(60)))))
    small = world.admit(world.confirm(world.admit(world.order(offer, kg(40)))))
    assert world.refuse(world.dispose(FARMER, YARD, of(batch, kg(50)))).code is Code.NOT_HELD
    hold = world.admit(world.hold(batch))
    ship = world.ship(FARMER, YARD, [of(batch, kg(40))], BUYER, STORE, small.order)
    assert world.refuse(ship).code is Code.ON_HOLD
    world.admit(world.dispose(FARMER, YARD, of(batch, kg(50))))
    world.admit(world.release(hold))
    assert world.refuse(world.offer(FARMER, YARD, of(batch, 1))).code is Code.OFFER_EXCEEDS_HOLDING
    ship = world.ship(FARMER, YARD, [of(batch, kg(60))], BUYER, STORE, large.order)
    assert world.refuse(ship).code is Code.NOT_HELD
    world.admit(world.ship(FARMER, YARD, [of(batch, kg(40))], BUYER, STORE, small.order))


def test_a_blend_lies_under_the_recall_of_any_of_its_inputs() -> None:
    world = World.open()
    first, second = (world.admit(world.harvest()).batch for _ in range(2))
    blend = world.new_lot(first[:14])
    parts = [of(first, 1000), of(second, 1000)]
    blended = (Process.BLENDED, parts, [of(blend, 2000)])
    world.admit(world.transform(FARMER, YARD, *blended))
    world.admit(world.recall(second))
    assert world.refuse(world.sell(FARMER, YARD, of(blend, 1))).code is Code.RECALLED
    world.admit(world.sell(FARMER, YARD, of(first, 1)))


@pytest.mark.parametrize(
    ("actor", "may_hold", "may_recall"),
    [
        (AUTHORITY, True, True), (INSPECTOR, True, False), (FARMER, True, True),
        (MILL, True, False), (SHOP, False, False), (CARRIER, False, False),
    ],
)  # fmt: skip
def test_who_may_hold_and_who_may_recall(actor: str, may_hold: bool, may_recall: bool) -> None:  # noqa: FBT001
    chain = Chain()
    world = chain.world
    said = (
        (world.hold(chain.paddy, actor), may_hold),
        (world.recall(chain.paddy, actor), may_recall),
    )
    for event, allowed in said:
        if allowed:
            world.admit(event)
        else:
            assert world.refuse(event).code is Code.NOT_AUTHORISED


def test_who_has_no_more_of_a_batch_may_not_hold_it() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(10))], SHOP, SHELF))
    world.admit(world.receive(SHOP, SHELF, sent.id, [of(batch, kg(10))]))
    world.admit(world.sell(SHOP, SHELF, of(batch, kg(10))))
    assert world.refuse(world.hold(batch, SHOP)).code is Code.NOT_AUTHORISED
    world.admit(world.hold(batch, FARMER))


def test_it_is_lifted_by_who_said_it_or_the_authority_once() -> None:
    chain = Chain()
    world = chain.world
    hold = world.admit(world.hold(chain.paddy, MILL))
    assert world.refuse(world.release(hold, FARMER)).code is Code.NOT_AUTHORISED
    world.admit(world.release(hold, AUTHORITY))
    assert world.refuse(world.release(hold)).code is Code.HOLD_NOT_OPEN
    recall = world.admit(world.recall(chain.paddy))
    assert world.refuse(world.close(recall, FARMER)).code is Code.NOT_AUTHORISED
    world.admit(world.close(recall))
    assert world.refuse(world.close(recall)).code is Code.RECALL_NOT_OPEN


def test_a_hold_is_not_closed_as_a_recall_nor_under_another_batch() -> None:
    chain = Chain()
    world = chain.world
    hold = world.admit(world.hold(chain.paddy))
    recall = world.admit(world.recall(chain.rice))
    wrong = (
        (replace(world.close(recall), recall=hold.id), Code.RECALL_NOT_OPEN),
        (replace(world.close(recall), batch=chain.paddy), Code.RECALL_NOT_OPEN),
        (replace(world.release(hold), hold=recall.id), Code.HOLD_NOT_OPEN),
        (replace(world.release(hold), batch=chain.rice), Code.HOLD_NOT_OPEN),
    )
    for event, code in wrong:
        assert world.refuse(event).code is code


def test_a_hold_of_nothing_or_before_the_batch_was_made_is_refused() -> None:
    world = World.open()
    assert world.refuse(world.hold(world.new_lot(RICE))).code is Code.UNKNOWN_BATCH
    assert world.refuse(world.recall(world.new_lot(RICE))).code is Code.UNKNOWN_BATCH
    harvest = world.admit(world.harvest())
    early = harvest.occurred_at - timedelta(hours=1)
    hold = replace(world.hold(harvest.batch), occurred_at=early)
    assert world.refuse(hold).code is Code.TIME_BEFORE_CAUSE
    hold = world.admit(world.hold(harvest.batch))
    release = replace(world.release(hold), occurred_at=early)
    assert world.refuse(release).code is Code.TIME_BEFORE_CAUSE


def test_a_sale_that_was_captured_before_the_recall_and_comes_after_it_is_refused() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sale = world.sell(FARMER, YARD, of(batch, 1000))
    recall = world.admit(world.recall(batch))
    assert world.refuse(sale).code is Code.RECALLED
    world.admit(world.close(recall))
    world.admit(sale)


def test_inspections_go_on() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    world.admit(world.recall(batch))
    finding = world.admit(world.inspect(batch, INSPECTOR, OFFICE))
    world.admit(world.correct(finding))


def test_a_hold_is_not_corrected_but_released() -> None:
    world = World.open()
    hold = world.admit(world.hold(world.admit(world.harvest()).batch))
    assert world.refuse(world.correct(hold)).code is Code.NOT_CORRECTABLE


def test_only_the_authority_corrects_what_moved_a_batch_that_is_recalled() -> None:
    chain = Chain()
    world = chain.world
    other = world.admit(world.harvest()).batch
    blended = (Process.BLENDED, [of(other, 1000), of(chain.paddy, kg(1))])
    sent = world.admit(world.ship(FARMER, YARD, [of(other, 1000)]))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(other, 1000)]))
    blend = world.transform(MILL, WORKSHOP, *blended, [of(world.new_lot(other[:14]), 2000)])
    world.admit(blend)
    recall = world.admit(world.recall(chain.paddy))
    without = replace(blend, inputs=blend.inputs[:1], outputs=(of(blend.outputs[0].batch, 1000),))
    refusal = world.refuse(world.correct(blend, without))
    assert (refusal.code, refusal.cause) == (Code.RECALLED, recall.id)
    world.admit(world.correct(blend, without, AUTHORITY))
    world.admit(world.sell(MILL, WORKSHOP, of(blend.outputs[0].batch, 1000)))


def test_a_harvest_that_was_recalled_since_is_not_made_void() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    recall = world.admit(world.recall(harvest.batch))
    refusal = world.refuse(world.correct(harvest, by=AUTHORITY))
    assert (refusal.code, refusal.cause) == (Code.CORRECTION_COLLIDES, recall.id)


def test_a_long_line_of_descent_is_walked_and_a_new_hold_is_seen_at_once() -> None:
    world = World.open()
    first = batch = world.admit(world.harvest()).batch
    for _ in range(300):
        part = world.new_lot(batch[:14])
        world.admit(world.transform(FARMER, YARD, Process.SPLIT, [of(batch, 2)], [of(part, 2)]))
        batch = part
    unrelated = world.admit(world.harvest()).batch
    world.admit(world.hold(unrelated))
    world.admit(world.offer(FARMER, YARD, of(batch, 1)))
    recall = world.admit(world.recall(first))
    assert isinstance(recall, h.BatchRecalled)
    assert world.refuse(world.sell(FARMER, YARD, of(batch, 1))).cause == recall.id
