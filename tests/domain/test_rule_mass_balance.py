"""No process gives more than it can."""

import msgspec
import pytest

from domain.events.movements import Process
from domain.measures import Unit, show
from domain.produce import RULES_2026_1
from domain.refusals import Code
from tests.county import CHICKEN, FARMER, PADDY, RICE, RICE_BAG, SAUCE, YARD, kg, lot, of
from tests.worlds import World

WEIGHED = [process for process in Process if process is not Process.SPLIT]


@pytest.mark.parametrize("process", WEIGHED)
def test_outputs_reach_inputs_times_the_yield_and_not_a_gram_more(process: Process) -> None:
    world = World.open()
    paddy = world.admit(world.harvest()).batch
    most = kg(10) * RULES_2026_1.yields[process].permille // 1000
    rice = world.new_lot(RICE)
    refusal = world.refuse(
        world.transform(FARMER, YARD, process, [of(paddy, kg(10))], [of(rice, most + 1)])
    )
    assert refusal.code is Code.MASS_BALANCE
    assert show(most + 1, Unit.GRAM) in refusal.zh
    assert show(most, Unit.GRAM, "en") in refusal.en
    world.admit(world.transform(FARMER, YARD, process, [of(paddy, kg(10))], [of(rice, most)]))


@pytest.mark.parametrize("process", [Process.STEAMED, Process.FERMENTED])
def test_only_what_takes_up_water_gains_weight(process: Process) -> None:
    world = World.open()
    bark = "02044538100014"
    product = msgspec.structs.replace(world.register_product(bark), category="cinnamon")
    world.admit(product)
    fresh = world.admit(world.harvest(batch=lot(bark, "B1"))).batch
    most, more = of(lot(bark, "B2"), kg(10)), of(lot(bark, "B2"), kg(10) + 1)
    refusal = world.refuse(world.transform(FARMER, YARD, process, [of(fresh, kg(10))], [more]))
    assert refusal.code is Code.MASS_BALANCE
    world.admit(world.transform(FARMER, YARD, process, [of(fresh, kg(10))], [most]))


def test_all_inputs_and_all_outputs_are_summed() -> None:
    world = World.open()
    first, second = (world.admit(world.harvest()).batch for _ in range(2))
    inputs = [of(first, kg(1)), of(second, kg(2))]
    outputs = [of(world.new_lot(RICE), kg(1)), of(world.new_lot(RICE), 1_460)]
    assert (
        "碾米最多得 2.46 公斤"
        in world.refuse(
            world.transform(
                FARMER, YARD, Process.MILLED, inputs, [*outputs, of(world.new_lot(RICE), 1)]
            )
        ).zh
    )
    world.admit(world.transform(FARMER, YARD, Process.MILLED, inputs, outputs))


def test_bags_count_as_what_they_hold() -> None:
    world = World.open()
    paddy = world.admit(world.harvest()).batch
    bags = world.new_lot(RICE_BAG)
    refusal = world.refuse(
        world.transform(FARMER, YARD, Process.PACKED, [of(paddy, kg(14))], [of(bags, 3)])
    )
    assert refusal.code is Code.MASS_BALANCE
    assert "15 公斤" in refusal.zh
    world.admit(world.transform(FARMER, YARD, Process.PACKED, [of(paddy, kg(15))], [of(bags, 3)]))
    loose = world.new_lot(RICE)
    world.refuse(world.transform(FARMER, YARD, Process.BLENDED, [of(bags, 1)], [of(loose, 5_001)]))
    world.admit(world.transform(FARMER, YARD, Process.BLENDED, [of(bags, 1)], [of(loose, 5_000)]))


def test_pieces_without_a_content_are_counted_as_pieces() -> None:
    world = World.open()
    live = world.admit(world.harvest(batch=world.new_lot(CHICKEN), quantity=50)).batch
    dressed = world.new_lot(CHICKEN)
    refusal = world.refuse(
        world.transform(FARMER, YARD, Process.SLAUGHTERED, [of(live, 50)], [of(dressed, 51)])
    )
    assert refusal.code is Code.MASS_BALANCE
    assert "屠宰最多得 50 件" in refusal.zh
    world.admit(
        world.transform(FARMER, YARD, Process.SLAUGHTERED, [of(live, 50)], [of(dressed, 49)])
    )


def test_what_can_not_be_expressed_in_one_unit_is_refused() -> None:
    world = World.open()
    paddy = world.admit(world.harvest()).batch
    refusal = world.refuse(
        world.transform(
            FARMER, YARD, Process.FERMENTED, [of(paddy, kg(1))], [of(world.new_lot(SAUCE), 1)]
        )
    )
    assert refusal.code is Code.UNIT_MISMATCH
    assert "克" in refusal.zh
    assert "毫升" in refusal.zh


def test_a_split_keeps_the_product() -> None:
    world = World.open()
    whole = world.admit(world.harvest()).batch
    half, other = world.new_lot(PADDY), world.new_lot(RICE)
    refusal = world.refuse(
        world.transform(
            FARMER, YARD, Process.SPLIT, [of(whole, kg(2))], [of(half, kg(1)), of(other, kg(1))]
        )
    )
    assert refusal.code is Code.WRONG_OUTPUT
    assert other in refusal.zh
    assert "分批" in refusal.zh
    world.admit(world.transform(FARMER, YARD, Process.SPLIT, [of(whole, kg(2))], [of(half, kg(2))]))


def test_each_output_has_a_lot_of_its_own() -> None:
    world = World.open()
    whole = world.admit(world.harvest()).batch
    half = world.new_lot(PADDY)
    for outputs in ([of(half, 1), of(half, 1)], [of(whole, 1)]):
        refusal = world.refuse(
            world.transform(FARMER, YARD, Process.SPLIT, [of(whole, kg(2))], outputs)
        )
        assert refusal.code is Code.WRONG_OUTPUT
        assert outputs[0].batch in refusal.en
