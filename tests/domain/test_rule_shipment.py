"""Sending to somebody who exists, receiving once and in full."""

from msgspec.structs import replace

from domain.events.movements import ShipmentSent
from domain.refusals import Code
from tests.county import (
    CARRIER,
    FARMER,
    MILL,
    NOBODY,
    NOWHERE,
    PADDY,
    SHELF,
    SHOP,
    WORKSHOP,
    YARD,
    kg,
    lot,
    of,
)
from tests.worlds import World


def _sent(world: World, kilograms: int = 100) -> tuple[ShipmentSent, str]:
    batch = world.admit(world.harvest()).batch
    return world.admit(world.ship(FARMER, YARD, [of(batch, kg(kilograms))])), batch


def test_addressee_carrier_and_destination_are_known() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    shipment = replace(world.ship(FARMER, YARD, [of(batch, kg(1))]), carrier=CARRIER)
    for wrong, code, name in (
        (replace(shipment, to=NOBODY), Code.UNKNOWN_PARTY, NOBODY),
        (replace(shipment, carrier=NOBODY), Code.UNKNOWN_PARTY, NOBODY),
        (replace(shipment, to_place=NOWHERE), Code.UNKNOWN_PLACE, NOWHERE),
    ):
        refusal = world.refuse(wrong)
        assert refusal.code is code
        assert name in refusal.zh
    world.admit(shipment)


def test_what_was_not_sent_is_not_received() -> None:
    world = World.open()
    _, batch = _sent(world)
    unknown = world.new_id()
    refusal = world.refuse(world.receive(MILL, WORKSHOP, unknown, [of(batch, kg(100))]))
    assert (refusal.code, refusal.cause) == (Code.SHIPMENT_NOT_OPEN, None)
    assert unknown in refusal.zh


def test_an_event_that_is_no_shipment_is_not_received() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    refusal = world.refuse(world.receive(MILL, WORKSHOP, harvest.id, [of(harvest.batch, 1)]))
    assert refusal.code is Code.SHIPMENT_NOT_OPEN


def test_a_shipment_is_received_once_and_the_first_receipt_is_named() -> None:
    world = World.open()
    sent, batch = _sent(world)
    received = world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100))]))
    refusal = world.refuse(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100))]))
    assert refusal.code is Code.SHIPMENT_NOT_OPEN
    assert (refusal.cause, refusal.position) == (received.id, world.position_of(received))


def test_only_the_addressee_receives() -> None:
    world = World.open()
    sent, batch = _sent(world)
    for other, place in ((SHOP, SHELF), (FARMER, YARD)):
        refusal = world.refuse(world.receive(other, place, sent.id, [of(batch, kg(100))]))
        assert refusal.code is Code.NOT_ADDRESSEE
        assert (refusal.cause, refusal.position) == (sent.id, world.position_of(sent))
        assert MILL in refusal.zh
        assert other in refusal.zh


def test_a_party_may_ship_to_another_place_of_its_own() -> None:
    world = World.open()
    batch = world.admit(world.harvest()).batch
    sent = world.admit(world.ship(FARMER, YARD, [of(batch, kg(5))], FARMER, SHELF))
    world.admit(world.receive(FARMER, SHELF, sent.id, [of(batch, kg(5))]))
    world.admit(world.sell(FARMER, SHELF, of(batch, kg(5))))


def test_more_than_was_sent_is_not_received() -> None:
    world = World.open()
    sent, batch = _sent(world)
    refusal = world.refuse(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(101))]))
    assert refusal.code is Code.NOT_HELD
    assert (refusal.cause, refusal.position) == (sent.id, world.position_of(sent))
    assert "101 公斤" in refusal.zh


def test_a_batch_that_was_not_sent_is_not_received_with_the_others() -> None:
    world = World.open()
    sent, batch = _sent(world)
    other = world.admit(world.harvest()).batch
    refusal = world.refuse(
        world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100)), of(other, 1)])
    )
    assert refusal.code is Code.NOT_HELD
    assert other in refusal.zh


def test_less_is_admitted_with_a_reason_and_refused_without() -> None:
    world = World.open()
    sent, batch = _sent(world)
    refusal = world.refuse(world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(97))]))
    assert refusal.code is Code.DIFFERENCE_UNEXPLAINED
    assert (refusal.cause, refusal.position) == (sent.id, world.position_of(sent))
    assert "发出 100 公斤" in refusal.zh
    assert "97 公斤" in refusal.zh
    for short in (kg(2), kg(4)):
        received = world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(97))], [of(batch, short)])
        assert world.refuse(received).code is Code.DIFFERENCE_UNEXPLAINED
    world.admit(
        world.receive(
            MILL, WORKSHOP, sent.id, [of(batch, kg(97))], [of(batch, kg(1)), of(batch, kg(2))]
        )
    )


def test_a_batch_left_out_of_the_receipt_is_a_difference_to_be_explained() -> None:
    world = World.open()
    first, second = (world.admit(world.harvest()).batch for _ in range(2))
    sent = world.admit(world.ship(FARMER, YARD, [of(first, kg(1)), of(second, kg(2))]))
    refusal = world.refuse(world.receive(MILL, WORKSHOP, sent.id, [of(first, kg(1))]))
    assert refusal.code is Code.DIFFERENCE_UNEXPLAINED
    assert second in refusal.zh
    assert "2 公斤" in refusal.zh


def test_a_difference_of_a_batch_that_does_not_exist_is_refused() -> None:
    world = World.open()
    sent, batch = _sent(world)
    refusal = world.refuse(
        world.receive(MILL, WORKSHOP, sent.id, [of(batch, kg(100))], [of(lot(PADDY, "GHOST"), 1)])
    )
    assert refusal.code is Code.UNKNOWN_BATCH


def test_all_may_be_lost_on_the_way() -> None:
    world = World.open()
    sent, batch = _sent(world)
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [], [of(batch, kg(100))]))
    assert world.refuse(world.sell(MILL, WORKSHOP, of(batch, 1))).code is Code.NOT_HELD
