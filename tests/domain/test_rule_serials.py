"""Units with serials are sold once, of the batch that they were printed for."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.events.catalogue import decode, encode
from domain.events.movements import BatchHarvested, BatchSold
from domain.events.papers import Numbers
from domain.models.papers import NO_PAPERS, sold_among, with_sold
from domain.refusals import Code
from tests import county as c
from tests.worlds import World

Told = tuple[World, BatchHarvested]


@pytest.fixture
def printed() -> Told:
    """Ten chickens with the serials 001 to 005, and 006 to 010 of a second run."""
    world = World.open()
    harvest = world.admit(world.harvest(quantity=10, batch=world.new_lot(c.CHICKEN)))
    for first in ("001", "006"):
        world.admit(world.print_labels(c.FARMER, c.YARD, harvest.batch, 5, first=first))
    return world, harvest


def sale(told: Told, *spans: tuple[str, str], quantity: int = 1) -> BatchSold:
    world, harvest = told
    sold = world.sell(c.FARMER, c.YARD, c.of(harvest.batch, quantity))
    return replace(sold, serials=tuple(Numbers(*span) for span in spans))


def test_serials_of_one_run_or_several_are_sold(printed: Told) -> None:
    world, _ = printed
    world.admit(sale(printed, ("001", "001")))
    world.admit(sale(printed, ("004", "007"), ("010", "010"), quantity=5))
    world.admit(sale(printed, quantity=1))


@pytest.mark.parametrize("span", [("002", "002"), ("004", "005"), ("001", "007"), ("003", "003")])
def test_a_serial_is_sold_once(printed: Told, span: tuple[str, str]) -> None:
    world, _ = printed
    first = world.admit(sale(printed, ("002", "004"), quantity=3))
    refusal = world.refuse(sale(printed, span, quantity=7))
    assert refusal.code is Code.SERIAL_SOLD
    assert (refusal.cause, refusal.position) == (first.id, world.position_of(first))


@pytest.mark.parametrize("span", [("011", "011"), ("009", "011"), ("1", "1"), ("0001", "0001")])
def test_what_was_not_printed_of_the_batch_is_not_sold(
    printed: Told, span: tuple[str, str]
) -> None:
    world, _ = printed
    refusal = world.refuse(sale(printed, span, quantity=3))
    assert refusal.code is Code.SERIAL_NOT_PRINTED
    assert span[0] in refusal.zh


def test_where_no_serial_was_printed_labels_may_have_been_made_elsewhere() -> None:
    world = World.open()
    harvest = world.admit(world.harvest(quantity=10, batch=world.new_lot(c.CHICKEN)))
    told = (world, harvest)
    world.admit(sale(told, ("77", "78"), quantity=2))
    assert world.refuse(sale(told, ("078", "078"))).code is Code.SERIAL_SOLD


def test_the_same_serial_of_another_batch_is_another_unit(printed: Told) -> None:
    world, _ = printed
    world.admit(sale(printed, ("001", "001")))
    other = world.admit(world.harvest(quantity=10, batch=world.new_lot(c.CHICKEN)))
    world.admit(world.print_labels(c.FARMER, c.YARD, other.batch, 5, first="001"))
    world.admit(sale((world, other), ("001", "001")))


def test_a_sale_declared_in_error_lets_its_serials_be_sold(printed: Told) -> None:
    world, _ = printed
    wrong = world.admit(sale(printed, ("001", "003"), quantity=3))
    world.admit(world.correct(wrong, replace(wrong, serials=(Numbers("001", "002"),))))
    world.admit(sale(printed, ("003", "003")))
    back = world.refuse(world.correct(wrong, wrong))
    assert back.code is Code.CORRECTION_COLLIDES
    assert "serial-sold" in back.en


def test_a_run_is_not_voided_under_what_was_sold_of_it() -> None:
    world = World.open()
    harvest = world.admit(world.harvest(quantity=10, batch=world.new_lot(c.CHICKEN)))
    first = world.admit(world.print_labels(c.FARMER, c.YARD, harvest.batch, 2, first="1"))
    world.admit(world.print_labels(c.FARMER, c.YARD, harvest.batch, 2, first="3"))
    world.admit(sale((world, harvest), ("1", "1")))
    refusal = world.refuse(world.correct(first))
    assert refusal.code is Code.CORRECTION_COLLIDES
    assert "serial-not-printed" in refusal.en


@pytest.mark.parametrize(
    ("spans", "quantity"),
    [((("1", "3"),), 2), ((("1", "2"), ("2", "3")), 9), ((("1", "1"), ("01", "01")), 9)],
)
def test_more_serials_than_pieces_or_one_twice_is_malformed(
    spans: tuple[tuple[str, str], ...], quantity: int
) -> None:
    world = World()
    sold = world.sell(c.FARMER, c.YARD, c.of(c.lot(c.CHICKEN, "A"), quantity))
    raw = msgspec.json.decode(encode(sold))
    raw["serials"] = [{"first": first, "last": last} for first, last in spans]
    with pytest.raises(msgspec.ValidationError):
        decode(msgspec.json.encode(raw))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=20))
def test_any_unit_sold_is_found_among_the_sold_and_no_other(spans: list[tuple[int, int]]) -> None:
    world = World()
    papers, sold = NO_PAPERS, set[int]()
    for position, (first, more) in enumerate(spans, 1):
        numbers = Numbers(f"{first:03d}", f"{first + more:03d}")
        units = set(range(first, first + more + 1))
        assert bool(sold_among(papers, numbers)) == bool(units & sold)
        if units & sold:
            continue
        event = world.sell(c.FARMER, c.YARD, c.of(c.lot(c.CHICKEN, "A"), 99))
        papers = with_sold(papers, replace(event, serials=(numbers,)), position)
        sold |= units
