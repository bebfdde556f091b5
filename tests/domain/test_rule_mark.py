"""Geographical-indication marks: by whom, from where, how much, and what is made of it."""

from datetime import timedelta

from msgspec.structs import replace

from domain.events.marks import MarkClaim, MarkGranted
from domain.events.movements import BatchHarvested, Process
from domain.events.registry import Names, ProductRegistered
from domain.measures import Unit
from domain.models.batch import Batch
from domain.models.marks import Grant
from domain.refusals import Code
from tests import county as c
from tests.worlds import World


def _claim(grant: MarkGranted) -> MarkClaim:
    return MarkClaim(grant.mark, grant.id, grant.party)


def _marked(world: World, grant: MarkGranted, quantity: int = 100_000) -> BatchHarvested:
    return replace(world.harvest(quantity=quantity), mark=_claim(grant))


def _batch(world: World, batch: str) -> Batch:
    model = world.memory.models[f"batch:{batch}"]
    assert isinstance(model, Batch)
    return model


def _used(world: World, grant: MarkGranted) -> int:
    model = world.memory.models[f"grant:{grant.id}"]
    assert isinstance(model, Grant)
    return model.used


def test_a_harvest_bears_a_mark_under_an_authorisation_of_the_actor_s() -> None:
    world = World.open()
    harvest = world.admit(_marked(world, world.admit(world.grant())))
    assert _batch(world, harvest.batch).mark == harvest.mark


def test_a_member_uses_its_cooperative_s_authorisation_until_they_part() -> None:
    world = World.open()
    grant = world.admit(world.grant(c.COOP))
    world.admit(_marked(world, grant))
    world.admit(world.part(c.COOP, c.FARMER))
    refusal = world.refuse(_marked(world, grant))
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    assert refusal.cause == grant.id
    assert "社员" in refusal.zh


def test_a_mark_that_nobody_authorised_is_refused() -> None:
    world = World.open()
    ghost = world.grant()
    assert world.refuse(_marked(world, ghost)).code is Code.MARK_NOT_AUTHORISED


def test_another_s_authorisation_or_one_of_another_mark_is_refused() -> None:
    world = World.open()
    mills = world.admit(world.grant(c.MILL))
    assert world.refuse(_marked(world, mills)).code is Code.MARK_NOT_AUTHORISED
    pretended = replace(world.harvest(), mark=MarkClaim(mills.mark, mills.id, c.FARMER))
    assert world.refuse(pretended).code is Code.MARK_NOT_AUTHORISED
    own = world.admit(world.grant())
    other = replace(world.harvest(), mark=MarkClaim("luoding-cinnamon", own.id, c.FARMER))
    assert world.refuse(other).code is Code.MARK_NOT_AUTHORISED


def test_a_plot_outside_the_townships_is_refused() -> None:
    world = World.open()
    grant = world.admit(world.grant(townships=("445381112", "445381400")))
    refusal = world.refuse(_marked(world, grant))
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    assert "445381111" in refusal.en


def test_another_kind_of_produce_than_the_mark_s_is_refused() -> None:
    world = World.open()
    grant = world.admit(world.grant(categories=("rice", "paddy")))
    refusal = world.refuse(_marked(world, grant))
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    assert "不是这个标志所指的" in refusal.zh
    both = world.admit(world.grant(categories=("rice", "soybean")))
    harvest = world.admit(_marked(world, both, c.kg(2)))
    goods, new = c.of(harvest.batch, c.kg(2)), c.of(world.new_lot(c.PADDY), c.kg(1))
    made = world.transform(c.FARMER, c.YARD, Process.DRIED, [goods], [new])
    assert world.refuse(replace(made, mark=_claim(grant))).code is Code.MARK_NOT_AUTHORISED
    world.admit(replace(made, mark=_claim(both)))


def test_the_county_s_code_covers_all_its_townships() -> None:
    world = World.open()
    world.admit(_marked(world, world.admit(world.grant(townships=("445381",)))))


def test_more_than_the_area_can_yield_is_refused_and_the_numbers_are_told() -> None:
    world = World.open()
    grant = world.admit(world.grant(quantity=c.kg(150)))
    world.admit(_marked(world, grant, c.kg(100)))
    refusal = world.refuse(_marked(world, grant, c.kg(50) + 1))
    assert refusal.code is Code.MARK_QUOTA
    assert "150 公斤" in refusal.zh
    assert "100 公斤" in refusal.zh
    assert (refusal.cause, refusal.position) == (grant.id, world.position_of(grant))
    world.admit(_marked(world, grant, c.kg(50)))
    assert _used(world, grant) == c.kg(150)


def test_a_harvest_without_the_mark_uses_up_no_quota() -> None:
    world = World.open()
    grant = world.admit(world.grant(quantity=c.kg(100)))
    world.admit(world.harvest(quantity=c.kg(500)))
    world.admit(_marked(world, grant, c.kg(100)))


def test_an_authorisation_for_processing_or_in_another_unit_covers_no_harvest() -> None:
    world = World.open()
    for grant in (world.grant(quantity=None), world.grant(quantity=10)):
        world.admit(grant)
        harvest = world.harvest(quantity=5, batch=world.new_lot(c.CHICKEN))
        refusal = world.refuse(replace(harvest, mark=_claim(grant)))
        assert refusal.code is Code.MARK_NOT_AUTHORISED


def test_an_authorisation_ends_in_time_and_when_it_is_taken_back() -> None:
    world = World.open()
    until = world.now + timedelta(days=2)
    ending = world.admit(world.grant(until=until))
    world.admit(_marked(world, ending))
    revoked = world.admit(world.grant())
    kept = world.admit(_marked(world, revoked))
    revocation = world.admit(world.revoke(revoked))
    refusal = world.refuse(_marked(world, revoked))
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    assert refusal.cause == revocation.id
    assert _batch(world, kept.batch).mark == kept.mark
    world.later(days=3)
    assert world.refuse(_marked(world, ending)).code is Code.MARK_NOT_AUTHORISED


def test_an_authorisation_does_not_reach_back() -> None:
    world = World.open()
    before = world.now - timedelta(hours=1)
    grant = world.admit(world.grant())
    early = replace(_marked(world, grant), occurred_at=before)
    assert world.refuse(early).code is Code.TIME_BEFORE_CAUSE
    revocation = replace(world.revoke(grant), occurred_at=before)
    assert world.refuse(revocation).code is Code.TIME_BEFORE_CAUSE


def test_only_the_authority_gives_and_takes_back_and_only_what_is_there() -> None:
    world = World.open()
    assert world.refuse(world.grant(by=c.COOP)).code is Code.NOT_AUTHORISED
    assert world.refuse(world.grant(c.NOBODY)).code is Code.UNKNOWN_PARTY
    grant = world.admit(world.grant())
    assert world.refuse(world.revoke(grant, c.FARMER)).code is Code.NOT_AUTHORISED
    other = replace(world.revoke(grant), mark="luoding-cinnamon")
    assert world.refuse(other).code is Code.MARK_NOT_AUTHORISED
    world.admit(world.revoke(grant))
    assert world.refuse(world.revoke(grant)).code is Code.MARK_NOT_AUTHORISED


def test_what_is_made_bears_the_mark_only_if_all_of_it_does_and_the_maker_is_authorised() -> None:
    world = World.open()
    grant, elders = world.admit(world.grant()), world.admit(world.grant(c.COOP))
    marked = world.admit(_marked(world, grant, c.kg(100)))
    plain = world.admit(world.harvest(quantity=c.kg(100)))

    def blended(*inputs: BatchHarvested, claim: MarkClaim | None) -> object:
        whole = sum(one.quantity for one in inputs)
        made = world.transform(
            c.FARMER, c.YARD, Process.BLENDED, [c.of(one.batch, one.quantity) for one in inputs],
            [c.of(world.new_lot(c.PADDY), whole)],
        )  # fmt: skip
        return replace(made, mark=claim)

    mixed = world.refuse(blended(marked, plain, claim=_claim(grant)))  # type: ignore[arg-type]
    assert mixed.code is Code.MARK_NOT_AUTHORISED
    assert plain.batch in mixed.zh
    strange = MarkClaim(c.MARK, elders.id, c.FARMER)
    refusal = world.refuse(blended(marked, claim=strange))  # type: ignore[arg-type]
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    world.admit(blended(marked, claim=_claim(elders)))  # type: ignore[type-var]
    world.admit(blended(plain, claim=None))  # type: ignore[type-var]


def test_who_splits_what_bears_a_mark_needs_no_authorisation_who_mills_it_does() -> None:
    world = World.open()
    grant = world.admit(world.grant())
    marked = world.admit(_marked(world, grant, c.kg(100)))
    goods = [c.of(marked.batch, c.kg(100))]
    sent = world.admit(world.ship(c.FARMER, c.YARD, goods))
    world.admit(world.receive(c.MILL, c.WORKSHOP, sent.id, goods))
    halves = [c.of(world.new_lot(c.PADDY), c.kg(50)) for _ in range(2)]
    split = world.transform(c.MILL, c.WORKSHOP, Process.SPLIT, goods, halves)
    world.admit(replace(split, mark=marked.mark))
    milled = world.transform(
        c.MILL, c.WORKSHOP, Process.MILLED, halves, [c.of(world.new_lot(c.RICE), c.kg(68))]
    )
    refusal = world.refuse(replace(milled, mark=marked.mark))
    assert refusal.code is Code.MARK_NOT_AUTHORISED
    mills = world.admit(world.grant(c.MILL, None))
    world.admit(replace(milled, mark=_claim(mills)))


def test_a_product_registered_with_a_mark_is_not_made_without_it() -> None:
    world = World.open()
    product = ProductRegistered(
        **world.common(c.AUTHORITY), gtin=c.UNREGISTERED, names=Names("罗定稻谷", "Luoding paddy"),
        category="soybean", unit=Unit.GRAM, mark=c.MARK,
    )  # fmt: skip
    world.admit(product)
    grant = world.admit(world.grant())
    harvest = world.harvest(batch=world.new_lot(c.UNREGISTERED))
    assert world.refuse(harvest).code is Code.MARK_NOT_AUTHORISED
    other = world.admit(world.grant(mark="another-mark"))
    assert world.refuse(replace(harvest, mark=_claim(other))).code is Code.MARK_NOT_AUTHORISED
    world.admit(replace(harvest, mark=_claim(grant)))


def test_a_harvest_declared_in_error_gives_its_quota_back() -> None:
    world = World.open()
    grant = world.admit(world.grant(quantity=c.kg(100)))
    wrong = world.admit(_marked(world, grant, c.kg(100)))
    assert world.refuse(_marked(world, grant, 1)).code is Code.MARK_QUOTA
    world.admit(world.correct(wrong, replace(wrong, quantity=c.kg(60))))
    world.admit(_marked(world, grant, c.kg(40)))
    refusal = world.refuse(world.correct(wrong, replace(wrong, quantity=c.kg(61))))
    assert refusal.code is Code.CORRECTION_COLLIDES
    assert "mark-quota" in refusal.en


def test_the_mark_is_not_taken_off_under_what_was_made_of_it() -> None:
    world = World.open()
    grant = world.admit(world.grant())
    marked = world.admit(_marked(world, grant, c.kg(10)))
    goods = [c.of(marked.batch, c.kg(10))]
    dried = world.transform(
        c.FARMER, c.YARD, Process.DRIED, goods, [c.of(world.new_lot(c.PADDY), c.kg(9))]
    )
    world.admit(replace(dried, mark=_claim(grant)))
    refusal = world.refuse(world.correct(marked, replace(marked, mark=None)))
    assert refusal.code is Code.CORRECTION_COLLIDES
    assert "mark-not-authorised" in refusal.en
