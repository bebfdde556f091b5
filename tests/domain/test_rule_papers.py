"""Certificates of commitment for what there is, and numbers that are printed once."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.events.catalogue import decode, encode
from domain.events.movements import BatchHarvested, Process
from domain.events.papers import Basis, Commitment, LabelKind, LabelPrinted, Numbers
from domain.ids import gtin_check_digit, is_sscc
from domain.refusals import Code
from tests.county import (
    BUYER,
    COOP,
    ELDER,
    ELDERS_YARD,
    FARMER,
    INSPECTOR,
    MILL,
    OTHER_PLOT,
    PADDY,
    WORKSHOP,
    YARD,
    kg,
    of,
)
from tests.worlds import World


def sscc(number: int) -> str:
    digits = f"3690123456{number:07d}"
    return digits + gtin_check_digit(digits)


@pytest.fixture
def world() -> World:
    return World.open()


@pytest.fixture
def harvest(world: World) -> BatchHarvested:
    return world.admit(world.harvest(quantity=kg(100)))


def test_certificates_may_be_several_but_no_more_than_was_made(
    world: World, harvest: BatchHarvested
) -> None:
    for kilograms in (60, 40):
        world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(kilograms))))
    refusal = world.refuse(world.certify(FARMER, YARD, of(harvest.batch, 1)))
    assert refusal.code is Code.CERTIFIED_EXCEEDS_MADE
    assert refusal.cause == harvest.id
    assert "共 100 公斤，已开合格证 100 公斤，还要再开 0.001 公斤，超了" in refusal.zh


def test_what_is_withdrawn_or_replaced_may_be_certified_anew(
    world: World, harvest: BatchHarvested
) -> None:
    whole = of(harvest.batch, kg(100))
    first = world.admit(world.certify(FARMER, YARD, whole))
    second = world.admit(world.certify(FARMER, YARD, whole, replaces=first.id))
    world.admit(world.withdraw_certificate(FARMER, YARD, harvest.batch, second.id))
    world.admit(world.certify(FARMER, YARD, whole))
    for gone in (first, second):
        refusal = world.refuse(world.withdraw_certificate(FARMER, YARD, harvest.batch, gone.id))
        assert refusal.code is Code.CERTIFICATE_NOT_OPEN
        assert gone.id in refusal.en


def test_a_certificate_is_its_issuers_alone(world: World, harvest: BatchHarvested) -> None:
    issued = world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(50))))
    sent = world.admit(world.ship(FARMER, YARD, [of(harvest.batch, kg(100))]))
    world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(harvest.batch, kg(100))]))
    for event in (
        world.withdraw_certificate(MILL, WORKSHOP, harvest.batch, issued.id),
        world.certify(MILL, WORKSHOP, of(harvest.batch, kg(50)), replaces=issued.id),
    ):
        refusal = world.refuse(event)
        assert (refusal.code, refusal.cause) == (Code.NOT_AUTHORISED, issued.id)
    world.admit(world.certify(MILL, WORKSHOP, of(harvest.batch, kg(50))))


@pytest.mark.parametrize("actor", [MILL, BUYER, INSPECTOR])
def test_who_never_had_the_batch_certifies_nothing(
    world: World, harvest: BatchHarvested, actor: str
) -> None:
    refusal = world.refuse(world.certify(actor, YARD, of(harvest.batch, kg(1))))
    assert refusal.code is Code.NOT_AUTHORISED


def test_a_certificate_promises_all_that_one_must_and_names_each_basis_once(
    world: World, harvest: BatchHarvested
) -> None:
    whole = world.certify(FARMER, YARD, of(harvest.batch, kg(1)))
    for wrong in (
        replace(whole, commitments=(Commitment.NO_BANNED_SUBSTANCES,)),
        replace(whole, commitments=(Commitment.NO_BANNED_SUBSTANCES,) * 2),
        replace(whole, basis=(Basis.OWN_TEST,) * 2),
    ):
        assert world.refuse(wrong).code is Code.COMMITMENT_INCOMPLETE
    world.admit(whole)


def test_outputs_do_not_inherit_a_certificate_the_blender_issues_its_own(world: World) -> None:
    farmers, elders = (
        world.admit(world.harvest()),
        world.admit(world.harvest(ELDER, OTHER_PLOT, place=ELDERS_YARD)),
    )
    papers = []
    for batch, actor, place in ((farmers, FARMER, YARD), (elders, ELDER, ELDERS_YARD)):
        papers.append(world.admit(world.certify(actor, place, of(batch.batch, kg(100)))))
        sent = world.admit(world.ship(actor, place, [of(batch.batch, kg(100))]))
        world.admit(world.receive(MILL, WORKSHOP, sent.id, [of(batch.batch, kg(100))]))
    inputs = [of(farmers.batch, kg(100)), of(elders.batch, kg(100))]
    blend = of(world.new_lot(PADDY), kg(200))
    world.admit(world.transform(MILL, WORKSHOP, Process.BLENDED, inputs, [blend]))
    model = world.memory.models[f"batch:{blend.batch}"]
    assert not model.papers.certificates  # type: ignore[union-attr]
    own = world.certify(MILL, WORKSHOP, blend)
    world.admit(replace(own, refs=tuple(paper.id for paper in papers)))
    wrong = world.certify(MILL, WORKSHOP, blend, replaces=papers[0].id)
    assert world.refuse(wrong).code is Code.CERTIFICATE_NOT_OPEN


def test_a_harvest_is_not_corrected_below_what_was_certified(
    world: World, harvest: BatchHarvested
) -> None:
    issued = world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(80))))
    less = world.correct(harvest, replace(harvest, quantity=kg(70)))
    refusal = world.refuse(less)
    assert (refusal.code, refusal.cause) == (Code.CORRECTION_COLLIDES, issued.id)
    world.admit(world.correct(issued, replace(issued, quantity=kg(70))))
    world.admit(less)


def test_a_certificate_is_not_replaced_withdrawn_or_printed_before_it_was_issued(
    world: World, harvest: BatchHarvested
) -> None:
    issued = world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(80))))
    for event in (
        world.withdraw_certificate(FARMER, YARD, harvest.batch, issued.id),
        world.certify(FARMER, YARD, of(harvest.batch, kg(1)), replaces=issued.id),
        world.print_labels(FARMER, YARD, harvest.batch, commitment=issued.id),
    ):
        refusal = world.refuse(replace(event, occurred_at=harvest.occurred_at))
        assert (refusal.code, refusal.cause) == (Code.TIME_BEFORE_CAUSE, issued.id)


def test_a_serial_is_printed_once_and_again_only_as_a_reprint(
    world: World, harvest: BatchHarvested
) -> None:
    first = world.admit(world.print_labels(FARMER, YARD, harvest.batch, 100, "001"))
    world.admit(world.print_labels(FARMER, YARD, harvest.batch, 50, "101"))
    for start, count in (("100", 1), ("050", 1), ("1", 5), ("0000149", 9)):
        refusal = world.refuse(world.print_labels(FARMER, YARD, harvest.batch, count, start))
        assert refusal.code is Code.NUMBERS_PRINTED
        assert "150 之后编起" in refusal.zh
    part = world.print_labels(FARMER, YARD, harvest.batch, 3, "098", reprint_of=first.id)
    for _ in range(2):
        world.admit(replace(part, id=world.new_id()))
    world.admit(world.print_labels(FARMER, YARD, harvest.batch, 9, "151"))


def test_another_batch_may_have_the_same_serials(world: World, harvest: BatchHarvested) -> None:
    other = world.admit(world.harvest())
    for batch in (harvest.batch, other.batch):
        world.admit(world.print_labels(FARMER, YARD, batch, 9, "1"))


def test_a_reprint_is_of_the_same_labels(world: World, harvest: BatchHarvested) -> None:
    batch = harvest.batch
    units = world.admit(world.print_labels(FARMER, YARD, batch, 9, "11"))
    plain = world.admit(world.print_labels(FARMER, YARD, batch, 9))
    again = world.admit(world.print_labels(FARMER, YARD, batch, 9, reprint_of=plain.id))
    for wrong in (
        world.print_labels(FARMER, YARD, batch, 2, "19", reprint_of=units.id),
        world.print_labels(FARMER, YARD, batch, 1, "011", reprint_of=units.id),
        world.print_labels(FARMER, YARD, batch, 1, reprint_of=units.id),
        world.print_labels(FARMER, YARD, batch, 1, reprint_of=again.id),
        world.print_labels(FARMER, YARD, batch, 1, reprint_of=world.new_id()),
    ):
        assert world.refuse(wrong).code is Code.REPRINT_MISMATCH


def test_a_cooperative_prints_for_its_members_and_nobody_else_for_others(
    world: World, harvest: BatchHarvested
) -> None:
    world.admit(world.print_labels(COOP, YARD, harvest.batch, 9, "1", holder=FARMER))
    for actor, holder in ((COOP, None), (COOP, ELDER), (MILL, FARMER), (MILL, None)):
        event = world.print_labels(actor, YARD, harvest.batch, 9, "10", holder=holder)
        assert world.refuse(event).code is Code.NOT_AUTHORISED
    world.admit(world.part(COOP, FARMER))
    event = world.print_labels(COOP, YARD, harvest.batch, 9, "10", holder=FARMER)
    assert world.refuse(event).code is Code.NOT_AUTHORISED


def test_only_a_certificate_in_force_of_the_batch_is_printed(
    world: World, harvest: BatchHarvested
) -> None:
    issued = world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(80))))
    other = world.admit(world.harvest())
    world.admit(world.print_labels(FARMER, YARD, harvest.batch, commitment=issued.id))
    wrong = world.print_labels(FARMER, YARD, other.batch, commitment=issued.id)
    assert world.refuse(wrong).code is Code.CERTIFICATE_NOT_OPEN
    world.admit(world.withdraw_certificate(FARMER, YARD, harvest.batch, issued.id))
    wrong = world.print_labels(FARMER, YARD, harvest.batch, commitment=issued.id)
    assert world.refuse(wrong).code is Code.CERTIFICATE_NOT_OPEN


def _crates(world: World, batch: str, first: int, count: int) -> LabelPrinted:
    plain = world.print_labels(FARMER, YARD, batch, count)
    numbers = Numbers(sscc(first), sscc(first + count - 1))
    return replace(plain, kind=LabelKind.CRATE, ssccs=numbers)


def test_a_crates_number_is_printed_once(world: World, harvest: BatchHarvested) -> None:
    run = world.admit(_crates(world, harvest.batch, 1, 12))
    refusal = world.refuse(_crates(world, harvest.batch, 12, 1))
    assert (refusal.code, refusal.cause) == (Code.NUMBERS_PRINTED, run.id)
    world.admit(_crates(world, harvest.batch, 13, 12))
    world.admit(replace(_crates(world, harvest.batch, 12, 1), reprint_of=run.id))


def _plain(event: LabelPrinted) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(encode(event))
    return plain


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 8},
        {"count": 0},
        {"count": 1_000_000},
        {"serials": {"first": "19", "last": "11"}},
        {"serials": {"first": "9", "last": "17"}},
        {"serials": {"first": "1a", "last": "1b"}},
        {"serials": None},
        {"kind": "batch"},
        {"kind": "crate"},
        {"commitment": "019ca6ce-3da0-754c-a664-070175491bc3"},
        {"ssccs": {"first": sscc(1), "last": sscc(9)}},
        {"kind": "crate", "serials": None, "ssccs": {"first": sscc(1), "last": sscc(8)}},
        {"kind": "crate", "serials": None, "ssccs": {"first": "1" * 18, "last": "1" * 18}},
        {"template": "A4 24"},
    ],
)
def test_a_run_that_contradicts_itself_is_malformed(wrong: dict[str, Any]) -> None:
    plain = _plain(World().print_labels(FARMER, YARD, f"{PADDY}/L1", 9, "11"))
    decode(msgspec.json.encode(plain, order="sorted"))
    changed = {name: value for name, value in (plain | wrong).items() if value is not None}
    with pytest.raises(msgspec.ValidationError):
        decode(msgspec.json.encode(changed, order="sorted"))


def test_an_sscc_is_held_to_its_check_digit() -> None:
    # GS1 General Specifications, the example of the SSCC check digit.
    assert is_sscc("376104250021234569")
    assert not is_sscc("376104250021234560")
    assert not is_sscc("76104250021234569")


def test_what_is_recalled_is_not_certified_but_its_certificate_is_withdrawn(
    world: World, harvest: BatchHarvested
) -> None:
    issued = world.admit(world.certify(FARMER, YARD, of(harvest.batch, kg(50))))
    recall = world.admit(world.recall(harvest.batch))
    refusal = world.refuse(world.certify(FARMER, YARD, of(harvest.batch, kg(50))))
    assert (refusal.code, refusal.cause) == (Code.RECALLED, recall.id)
    world.admit(world.withdraw_certificate(FARMER, YARD, harvest.batch, issued.id))
