"""Bundles as an operator could forge them: all in the log, all signed, by who may not say so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from domain.events import governance as g
from domain.events.catalogue import AnyEvent
from domain.events.marks import MarkClaim, MarkGranted
from domain.events.movements import BatchHarvested, Process
from ledger.export import Line
from tests import county as c
from tests.ledger.forgeries import Forge, Lines, bundle
from tests.worlds import sealed

OPERATOR: Final = "a key of the operator's own"


class Forged(NamedTuple):
    """A bundle, what it is about, and where and by which code it is refused; None: it is good."""

    lines: Lines
    batch: str
    position: int = 0
    code: str | None = None


class Operator:
    """Adds to a county's log whatever it likes, in good form and with real signatures."""

    def __init__(self) -> None:
        """Begin with a county that is in order."""
        self._forge: Final = Forge()
        self.world: Final = self._forge.world
        self.lines: list[Line] = []

    def add(self, event: AnyEvent, *signers: str) -> int:
        """Record an event that nobody decided on, and give its position."""
        if not self.lines:
            self.lines = self._forge.lines
        position, keys = len(self.lines) + 1, self.world.keys(event, *signers)
        self.lines.append(Line(position, self.world.now, sealed(event, keys)))
        self.world.later(minutes=1)
        return position

    def bundle(self, batch: str, position: int = 0, code: str | None = None) -> Forged:
        """Give all that there is as the bundle of a batch: more than it needs does no harm."""
        lines = self.lines or self._forge.lines
        return Forged(bundle(lines, range(1, len(lines) + 1), batch), batch, position, code)


def _claim(grant: MarkGranted) -> MarkClaim:
    return MarkClaim(grant.mark, grant.id, grant.party)


def _marked(op: Operator, grant: MarkGranted) -> BatchHarvested:
    return replace(op.world.harvest(), mark=_claim(grant))


def _borne_under_a_grant() -> Forged:
    op = Operator()
    crop = op.world.admit(_marked(op, op.world.admit(op.world.grant())))
    return op.bundle(crop.batch)


def _borne_by_a_member_before_it_was_revoked() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant(c.COOP))
    crop = op.world.admit(_marked(op, grant))
    op.world.admit(op.world.revoke(grant))
    return op.bundle(crop.batch)


def _claimed_still_when_corrected() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant())
    crop = op.world.admit(_marked(op, grant))
    op.world.admit(op.world.revoke(grant))
    op.world.admit(op.world.correct(crop, replace(crop, quantity=crop.quantity - 1)))
    return op.bundle(crop.batch)


def _split_by_who_has_no_grant() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant())
    crop = op.world.admit(_marked(op, grant))
    half = c.of(c.lot(c.PADDY, "HALF"), crop.quantity)
    split = op.world.transform(
        c.FARMER, c.YARD, Process.SPLIT, [c.of(crop.batch, crop.quantity)], [half]
    )
    op.add(replace(split, mark=crop.mark))
    return op.bundle(half.batch)


def _a_harvest_told_twice() -> Forged:
    """The same event at two positions: twice as much as there is."""
    op = Operator()
    crop = op.world.admit(op.world.harvest())
    return op.bundle(crop.batch, op.add(crop), "id-reused")


def _admitted_before_what_it_follows() -> Forged:
    """Dated back by the operator, to when the key that signed it had not expired."""
    op = Operator()
    crop = op.world.harvest()
    op.add(op.world.treat())
    op.world.now -= timedelta(days=2)
    return op.bundle(crop.batch, op.add(crop), "clock-back")


def _opened_a_second_time() -> Forged:
    """The operator opens the ledger again, with an authority of its own."""
    op = Operator()
    key = c.key_of(OPERATOR).did
    again = replace(op.world.genesis(), authority_key=key)
    at = op.add(again, OPERATOR)
    op.add(op.world.bind_key(c.FARMER, OPERATOR), OPERATOR)
    crop = op.world.harvest()
    op.add(crop, OPERATOR)
    return op.bundle(crop.batch, at, "ledger-open")


def _a_key_bound_by_a_stranger() -> Forged:
    """The mill binds a key for the farmer, and harvests in the farmer's name."""
    op = Operator()
    at = op.add(op.world.bind_key(c.FARMER, OPERATOR, by=c.MILL))
    crop = op.world.harvest()
    op.add(crop, OPERATOR)
    return op.bundle(crop.batch, at, "not-authorised")


def _a_member_taken_without_its_signature() -> Forged:
    op = Operator()
    at = op.add(op.world.take_member(c.COOP, c.SHOP, may_sign=True))
    return op.bundle(op.world.harvest().batch, at, "member-must-sign")


def _a_cooperative_that_is_none() -> Forged:
    op = Operator()
    at = op.add(op.world.take_member(c.MILL, c.FARMER, may_sign=True), c.MILL, c.FARMER)
    return op.bundle(op.world.harvest().batch, at, "not-authorised")


def _an_office_admitted_by_a_cooperative() -> Forged:
    op = Operator()
    event = op.world.admit_party(
        c.NOBODY, g.PartyKind.ORGANISATION, g.Role.AUTHORITY, name="假衙门", by=c.COOP
    )
    at = op.add(event)
    return op.bundle(op.world.harvest().batch, at, "not-authorised")


def _a_revoked_key_bound_again() -> Forged:
    op = Operator()
    op.world.admit(op.world.revoke_key(c.FARMER))
    at = op.add(op.world.bind_key(c.FARMER))
    return op.bundle(op.world.harvest().batch, at, "exists")


def _a_mark_granted_to_itself() -> Forged:
    op = Operator()
    grant = op.world.grant(by=c.FARMER)
    at = op.add(grant)
    crop = _marked(op, grant)
    op.add(crop)
    return op.bundle(crop.batch, at, "not-authorised")


def _a_mark_without_a_grant() -> Forged:
    op = Operator()
    crop = _marked(op, op.world.grant())
    return op.bundle(crop.batch, op.add(crop), "mark-not-authorised")


def _a_mark_under_anothers_grant() -> Forged:
    op = Operator()
    mills = op.world.admit(op.world.grant(c.MILL))
    crop = _marked(op, mills)
    return op.bundle(crop.batch, op.add(crop), "mark-not-authorised")


def _a_mark_after_it_was_revoked() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant())
    op.world.admit(op.world.revoke(grant))
    crop = _marked(op, grant)
    return op.bundle(crop.batch, op.add(crop), "mark-not-authorised")


def _a_mark_after_it_ended() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant(until=op.world.now))
    crop = _marked(op, grant)
    return op.bundle(crop.batch, op.add(crop), "mark-not-authorised")


def _a_mark_on_another_kind_of_produce() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant(categories=("tea",)))
    crop = _marked(op, grant)
    return op.bundle(crop.batch, op.add(crop), "mark-not-authorised")


def _a_mark_on_what_was_made_of_plain_goods() -> Forged:
    op = Operator()
    grant = op.world.admit(op.world.grant())
    crop = op.world.admit(op.world.harvest())
    bag = c.of(c.lot(c.PADDY, "DRIED"), 1)
    made = op.world.transform(
        c.FARMER, c.YARD, Process.DRIED, [c.of(crop.batch, crop.quantity)], [bag]
    )
    at = op.add(replace(made, mark=_claim(grant)))
    return op.bundle(bag.batch, at, "mark-not-authorised")


def _a_mark_before_its_grant() -> Forged:
    op = Operator()
    early = op.world.harvest()
    op.world.later(days=1)
    grant = op.world.admit(op.world.grant())
    at = op.add(replace(early, mark=_claim(grant)))
    return op.bundle(early.batch, at, "time-before-cause")


def _a_certificate_withdrawn_by_another() -> Forged:
    op = Operator()
    crop = op.world.admit(op.world.harvest())
    paper = op.world.admit(op.world.certify(c.FARMER, c.YARD, c.of(crop.batch, crop.quantity)))
    taken = op.world.withdraw_certificate(c.MILL, c.WORKSHOP, crop.batch, paper.id)
    return op.bundle(crop.batch, op.add(taken), "not-authorised")


def _a_harvest_corrected_by_another() -> Forged:
    op = Operator()
    crop = op.world.admit(op.world.harvest())
    wrong = replace(op.world.correct(crop, None), actor=c.MILL)
    return op.bundle(crop.batch, op.add(wrong), "not-authorised")


FORGED: Final[tuple[Callable[[], Forged], ...]] = (
    _borne_under_a_grant, _borne_by_a_member_before_it_was_revoked, _claimed_still_when_corrected,
    _split_by_who_has_no_grant, _a_harvest_told_twice, _admitted_before_what_it_follows,
    _opened_a_second_time, _a_key_bound_by_a_stranger,
    _a_member_taken_without_its_signature, _a_cooperative_that_is_none,
    _an_office_admitted_by_a_cooperative, _a_revoked_key_bound_again, _a_mark_granted_to_itself,
    _a_mark_without_a_grant, _a_mark_under_anothers_grant, _a_mark_after_it_was_revoked,
    _a_mark_after_it_ended, _a_mark_on_another_kind_of_produce,
    _a_mark_on_what_was_made_of_plain_goods, _a_mark_before_its_grant,
    _a_certificate_withdrawn_by_another, _a_harvest_corrected_by_another,
)  # fmt: skip


def name_of(forged: Callable[[], Forged]) -> str:
    """Name one for pytest."""
    return forged.__name__.strip("_").replace("_", "-")
