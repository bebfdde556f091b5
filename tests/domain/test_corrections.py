"""Declaring an event in error: the history is folded anew and must still pass the rules."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.events.base import Event
from domain.events.correction import Correctable
from domain.events.governance import KeyRevoked
from domain.events.movements import Process
from domain.history import fold
from domain.models.batch import Batch
from domain.models.market import Offer, Order, OrderState
from domain.refusals import Code, Refusal
from tests.county import (
    AUTHORITY,
    BUYER,
    ELDER,
    FARMER,
    MILL,
    PADDY,
    RICE,
    STORE,
    WORKSHOP,
    YARD,
    kg,
    lot,
    of,
)
from tests.worlds import World


def _held(world: World, batch: str, party: str = FARMER, place: str = YARD) -> int:
    model = world.memory.models.get(f"batch:{batch}")
    if model is None:
        return 0
    assert isinstance(model, Batch)
    return model.held(party, place).quantity


def _folds_agree(world: World) -> None:
    for tag in world.memory.all_tags():
        assert world.memory.models.get(tag) == fold(tag, world.memory.by_tag(tag)), tag


def _collides(refusal: Refusal, world: World, with_event: Event, inner: Code) -> None:
    assert refusal.code is Code.CORRECTION_COLLIDES
    assert (refusal.cause, refusal.position) == (with_event.id, world.position_of(with_event))
    assert f"第 {refusal.position} 条记录" in refusal.zh
    assert inner.value in refusal.zh
    assert "。）" not in refusal.zh


def test_a_wrong_quantity_is_put_right() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    world.admit(world.correct(harvest, replace(harvest, quantity=kg(80))))
    assert _held(world, harvest.batch) == kg(80)
    _folds_agree(world)


def test_an_event_declared_in_error_has_never_been() -> None:
    world = World.open()
    harvest = world.admit(world.harvest(batch=lot(PADDY, "L7")))
    world.admit(world.correct(harvest))
    assert world.memory.models[f"batch:{harvest.batch}"] is None
    world.admit(world.harvest(batch=lot(PADDY, "L7"), quantity=kg(3)))
    assert _held(world, harvest.batch) == kg(3)
    _folds_agree(world)


def test_a_sale_declared_in_error_gives_the_goods_back() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sale = world.admit(world.sell(FARMER, YARD, of(batch, kg(100))))
    world.admit(world.correct(sale))
    world.admit(world.sell(FARMER, YARD, of(batch, kg(100))))
    _folds_agree(world)


def test_a_correction_on_which_a_later_event_leans_is_refused_and_names_the_first() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    first = world.admit(world.sell(FARMER, YARD, of(harvest.batch, kg(60))))
    second = world.admit(world.sell(FARMER, YARD, of(harvest.batch, kg(40))))
    less = replace(harvest, quantity=kg(99))
    _collides(world.refuse(world.correct(harvest, less)), world, second, Code.NOT_HELD)
    least = replace(harvest, quantity=kg(59))
    _collides(world.refuse(world.correct(harvest, least)), world, first, Code.NOT_HELD)
    _collides(world.refuse(world.correct(harvest)), world, first, Code.UNKNOWN_BATCH)
    assert _held(world, harvest.batch) == 0
    world.admit(world.correct(second))
    world.admit(world.correct(harvest, less))
    assert _held(world, harvest.batch) == kg(39)
    _folds_agree(world)


def test_a_replacement_that_breaks_a_rule_is_refused_with_that_rule() -> None:
    world = World.open()
    treated = world.admit(world.treat(days=3))
    world.later(days=4)
    harvest = world.admit(world.harvest())
    early = replace(harvest, occurred_at=treated.occurred_at + timedelta(days=1))
    refusal = world.refuse(world.correct(harvest, early))
    assert (refusal.code, refusal.cause) == (Code.INTERVAL_NOT_ELAPSED, treated.id)


def test_only_its_author_and_the_authority_correct_an_event() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    refusal = world.refuse(world.correct(harvest, by=MILL))
    assert (refusal.code, refusal.cause) == (Code.NOT_AUTHORISED, harvest.id)
    assert "只有当事人或主管部门能更正" in refusal.zh
    world.admit(world.correct(harvest, replace(harvest, quantity=1), by=AUTHORITY))


def test_what_is_not_there_is_not_corrected() -> None:
    world = World.open()
    refusal = world.refuse(world.correct(world.harvest()))
    assert refusal.code is Code.REF_MISSING


def test_keys_parties_and_corrections_are_not_corrected() -> None:
    world = World.open()
    revoked = world.admit(world.revoke_key(MILL))
    assert isinstance(revoked, KeyRevoked)
    harvest = world.admit(world.harvest())
    correction = world.admit(world.correct(harvest, replace(harvest, quantity=1)))
    for event in (revoked, correction):
        refusal = world.refuse(world.correct(event))
        assert (refusal.code, refusal.cause) == (Code.NOT_CORRECTABLE, event.id)
        assert "不能更正" in refusal.zh


def test_a_correction_may_be_corrected_by_another_of_the_same_event_until_it_is_void() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    world.admit(world.correct(harvest, replace(harvest, quantity=kg(80))))
    world.admit(world.correct(harvest, replace(harvest, quantity=kg(90))))
    assert _held(world, harvest.batch) == kg(90)
    world.admit(world.correct(harvest))
    refusal = world.refuse(world.correct(harvest, replace(harvest, quantity=kg(70))))
    assert refusal.code is Code.NOT_CORRECTABLE
    assert "已经作废" in refusal.zh
    _folds_agree(world)


@pytest.mark.parametrize("fault", ["type", "id", "actor", "batch", "future"])
def test_a_replacement_keeps_type_id_actor_and_what_it_touches(fault: str) -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    replacements: dict[str, Correctable] = {
        "type": replace(world.sell(FARMER, YARD, of(harvest.batch, 1)), id=harvest.id),
        "id": replace(harvest, id=world.new_id()),
        "actor": replace(harvest, actor=ELDER),
        "batch": replace(harvest, batch=world.new_lot(PADDY)),
        "future": replace(harvest, occurred_at=world.now + timedelta(seconds=1)),
    }
    refusal = world.refuse(world.correct(harvest, replacements[fault]))
    assert (refusal.code, refusal.cause) == (Code.NOT_CORRECTABLE, harvest.id)
    assert refusal.position == world.position_of(harvest)


def test_a_shipment_that_was_received_is_corrected_only_with_its_receipt() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(10))]))
    received = world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(10))]))
    fewer = replace(sent, items=(of(batch, kg(9)),))
    _collides(world.refuse(world.correct(sent, fewer)), world, received, Code.NOT_HELD)
    _collides(world.refuse(world.correct(sent)), world, received, Code.SHIPMENT_NOT_OPEN)
    world.admit(world.correct(received))
    world.admit(world.correct(sent, fewer))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(9))]))
    assert _held(world, batch) == kg(91)
    assert _held(world, batch, MILL, WORKSHOP) == kg(9)
    _folds_agree(world)


def test_an_output_that_a_correction_drops_is_gone_and_its_user_leans_on_it() -> None:
    world = World.open()
    paddy = world.admit(world.harvest()).batch
    kept, dropped = world.new_lot(RICE), world.new_lot(RICE)
    milled = world.admit(
        world.transform(
            FARMER, YARD, Process.MILLED, [of(paddy, kg(10))], [of(kept, kg(4)), of(dropped, kg(4))]
        )
    )
    sale = world.admit(world.sell(FARMER, YARD, of(dropped, kg(1))))
    one = replace(milled, outputs=(of(kept, kg(8)),))
    _collides(world.refuse(world.correct(milled, one)), world, sale, Code.UNKNOWN_BATCH)
    world.admit(world.correct(sale))
    world.admit(world.correct(milled, one))
    assert _held(world, dropped) == 0
    assert _held(world, kept) == kg(8)
    _folds_agree(world)


def test_an_order_leans_on_its_offer() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(50))))
    order = world.admit(world.order(offer, kg(40)))
    _collides(world.refuse(world.correct(offer)), world, order, Code.OFFER_NOT_OPEN)
    less = replace(offer, quantity=kg(39))
    _collides(world.refuse(world.correct(offer, less)), world, order, Code.OFFER_EXCEEDS_HOLDING)
    world.admit(world.correct(offer, replace(offer, quantity=kg(45))))
    model = world.memory.models[f"offer:{offer.id}"]
    assert isinstance(model, Offer)
    assert model.left == kg(45)
    _folds_agree(world)


def test_a_shipment_against_an_order_that_was_an_error_leaves_the_order_confirmed() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    offer = world.admit(world.offer(FARMER, YARD, of(batch, kg(50))))
    order = world.admit(world.order(offer, kg(40)))
    world.admit(world.confirm(order))
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(40))], BUYER, STORE, order.id))
    world.admit(world.correct(sent))
    model = world.memory.models[f"order:{order.id}"]
    assert isinstance(model, Order)
    assert model.state is OrderState.CONFIRMED
    assert world.refuse(world.sell(FARMER, YARD, of(batch, kg(61)))).code is Code.NOT_HELD
    _folds_agree(world)


def test_a_treatment_declared_in_error_no_longer_binds() -> None:
    world = World.open()
    treated = world.admit(world.treat(days=30))
    world.later(days=1)
    world.refuse(world.harvest())
    world.admit(world.correct(treated))
    world.admit(world.harvest())
    _folds_agree(world)


def test_earlier_corrections_count_when_a_later_event_is_corrected() -> None:
    """The harvest became 50 kg after the milling: the milling can't then be made to use 80."""
    world = World.open()
    harvest = world.admit(world.harvest(quantity=kg(100)))
    rice = [of(world.new_lot(RICE), kg(1))]
    paddy = [of(harvest.batch, kg(40))]
    milled = world.admit(world.transform(FARMER, YARD, Process.MILLED, paddy, rice))
    world.admit(world.correct(harvest, replace(harvest, quantity=kg(50))))
    more = replace(milled, inputs=(of(harvest.batch, kg(80)),))
    refusal = world.refuse(world.correct(milled, more))
    assert refusal.code is Code.NOT_HELD
    assert "50 公斤" in refusal.zh
    all_of_it = replace(milled, inputs=(of(harvest.batch, kg(50)),))
    world.admit(world.correct(milled, all_of_it))
    assert _held(world, harvest.batch) == 0
    _folds_agree(world)


def test_what_another_correction_made_right_is_not_held_against_a_later_one() -> None:
    """A blend replaced to use what a corrected harvest gave stands when its other input changes."""
    world = World.open()
    first, second = (world.admit(world.harvest(quantity=kg(50))) for _ in range(2))
    inputs = [of(first.batch, kg(40)), of(second.batch, kg(10))]
    blend = world.admit(
        world.transform(FARMER, YARD, Process.MILLED, inputs, [of(world.new_lot(RICE), kg(1))])
    )
    world.admit(world.correct(first, replace(first, quantity=kg(100))))
    more = replace(blend, inputs=(of(first.batch, kg(80)), of(second.batch, kg(10))))
    world.admit(world.correct(blend, more))
    world.admit(world.correct(second, replace(second, quantity=kg(30))))
    assert _held(world, first.batch) == kg(20)
    assert _held(world, second.batch) == kg(20)
    _folds_agree(world)


def test_references_are_still_to_what_came_before() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    later = world.admit(world.harvest())
    refusal = world.refuse(world.correct(harvest, replace(harvest, refs=(later.id,))))
    assert refusal.code is Code.REF_MISSING
    world.admit(world.correct(later, replace(later, refs=(harvest.id,))))
