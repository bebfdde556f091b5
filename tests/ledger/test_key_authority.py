"""Who may sign when: admitted by the sequencer and by the verifier alike, to the position.

Each story is written through a real sequencer; its export verifies. Then the same is told by an
operator that lets in what the sequencer refused: the verifier finds it, at its position, with the
same code.
"""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from domain.events.catalogue import AnyEvent
from domain.events.governance import Custody, PartyKind, Role
from domain.refusals import Code
from ledger import envelope
from ledger.checkpoint import Checkpoint, NoteSigner, sign_checkpoint
from ledger.export import FORMAT, Header, Line, read_line, write
from ledger.hashing import leaf_hash
from ledger.merkle import Tree
from ledger.verifier import Failed, Verified, verify
from tests.county import (
    AUTHORITY,
    COOP,
    ELDER,
    ELDERS_YARD,
    FARMER,
    MILL,
    OTHER_PLOT,
    PADDY,
    key_of,
    lot,
)
from tests.ledger.conftest import LOG_KEY, ORIGIN, VKEY, LedgerUnderTest
from tests.ledger.sequenced import Sequenced

NEW = "P445381-000050"
PHONE = "the new phone"


@pytest.fixture
def county(ledger: LedgerUnderTest) -> Sequenced:
    return Sequenced.open(ledger)


def harvest(county: Sequenced, name: str, actor: str = FARMER) -> AnyEvent:
    """Harvest a batch of a name."""
    if actor == ELDER:
        return county.world.harvest(ELDER, OTHER_PLOT, batch=lot(PADDY, name), place=ELDERS_YARD)
    return county.world.harvest(actor, batch=lot(PADDY, name))


def refused_by_both(county: Sequenced, event: AnyEvent, *signers: str) -> Code:
    """Have the sequencer refuse it, then the verifier, were it let in; give their common code."""
    refusal = county.refuse(event, *signers)
    stood = verify(county.under_test.export())
    assert isinstance(stood, Verified), stood
    position, lines = with_added(county, county.sealed(event, *signers))
    found = verify(lines)
    assert isinstance(found, Failed), found
    assert (found.position, found.code) == (position, refusal.code.value)
    return refusal.code


def with_added(county: Sequenced, raw: bytes) -> tuple[int, list[bytes]]:
    """Give the export of an operator that admits one event more, and signs for it."""
    _, *rest = county.under_test.export()
    lines = [item for line in rest if isinstance(item := read_line(line, 0), Line)]
    position = len(lines) + 1
    lines.append(Line(position, county.world.now, raw))
    tree = Tree.empty()
    tree.append([leaf_hash(envelope.leaf_entry(line.envelope)) for line in lines])
    note = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), NoteSigner(ORIGIN, LOG_KEY))
    return position, list(write(Header(FORMAT, ORIGIN, VKEY, tree.size), lines, note))


def test_what_a_key_signed_before_its_revocation_stays_valid_what_comes_after_is_refused(
    county: Sequenced,
) -> None:
    county.admit(harvest(county, "before"))
    signed_before = harvest(county, "sent-after")
    revoked = county.admit(county.world.revoke_key(FARMER))
    assert refused_by_both(county, harvest(county, "after")) is Code.KEY_REVOKED
    # What counts is the position: the day that a thief writes on it helps nobody.
    assert refused_by_both(county, signed_before) is Code.KEY_REVOKED
    refusal = county.refuse(signed_before)
    assert refusal.position == revoked.receipt.position
    result = verify(county.under_test.export())
    assert isinstance(result, Verified)
    assert result.events == revoked.receipt.position


def test_a_second_key_of_the_party_is_not_touched_by_the_revocation_of_the_first(
    county: Sequenced,
) -> None:
    county.admit(county.world.bind_key(FARMER, PHONE))
    county.admit(county.world.revoke_key(FARMER))
    assert refused_by_both(county, harvest(county, "old-phone")) is Code.KEY_REVOKED
    county.admit(harvest(county, "new-phone"), PHONE)
    assert isinstance(verify(county.under_test.export()), Verified)


def test_a_revoked_key_never_comes_back(county: Sequenced) -> None:
    county.admit(county.world.revoke_key(FARMER))
    assert refused_by_both(county, county.world.bind_key(FARMER)) is Code.EXISTS


def test_a_key_signs_until_it_expires_by_the_ledgers_clock(county: Sequenced) -> None:
    expires = county.world.now + timedelta(days=30)
    county.admit(county.world.bind_key(FARMER, PHONE, expires=expires))
    county.world.now = expires - timedelta(minutes=1)
    county.admit(harvest(county, "last-minute"), PHONE)
    county.world.now = expires
    late = harvest(county, "too-late")
    assert refused_by_both(county, late, PHONE) is Code.KEY_EXPIRED
    # Dated back it is no better: admission is what counts.
    dated_back = msgspec.structs.replace(late, occurred_at=expires - timedelta(days=1))
    assert refused_by_both(county, dated_back, PHONE) is Code.KEY_EXPIRED
    county.admit(harvest(county, "still"))


def test_a_cooperative_admits_a_farmer_binds_its_key_and_the_farmer_signs(
    county: Sequenced,
) -> None:
    world = county.world
    assert refused_by_both(county, world.bind_key(NEW, by=COOP)) is Code.UNKNOWN_PARTY
    county.admit(world.admit_party(NEW, PartyKind.PERSON, Role.FARMER, by=COOP))
    assert refused_by_both(county, world.bind_key(NEW, by=COOP)) is Code.NOT_AUTHORISED
    county.admit(world.take_member(COOP, NEW))
    county.admit(world.bind_key(NEW, by=COOP))
    county.admit(world.demand(NEW, ELDERS_YARD))
    assert refused_by_both(county, world.bind_key(MILL, PHONE, by=COOP)) is Code.NOT_AUTHORISED
    admitting = world.admit_party("P445381-000051", PartyKind.PERSON, Role.PROCESSOR, by=COOP)
    assert refused_by_both(county, admitting) is Code.NOT_AUTHORISED


def test_a_cooperatives_mandate_ends_with_the_membership(county: Sequenced) -> None:
    county.admit(harvest(county, "with", ELDER))
    ended = county.admit(county.world.part(COOP, ELDER))
    assert refused_by_both(county, harvest(county, "without", ELDER)) is Code.NOT_AUTHORISED
    assert refused_by_both(county, county.world.bind_key(ELDER, by=COOP)) is Code.NOT_AUTHORISED
    result = verify(county.under_test.export())
    assert isinstance(result, Verified)
    assert result.events == ended.receipt.position


def test_a_cooperative_without_a_mandate_to_sign_signs_for_nobody(county: Sequenced) -> None:
    assert refused_by_both(county, harvest(county, "F"), COOP) is Code.NOT_AUTHORISED


def test_a_revoked_key_of_the_cooperative_ends_what_it_signs_for_its_members(
    county: Sequenced,
) -> None:
    county.admit(harvest(county, "E1", ELDER))
    county.admit(county.world.revoke_key(COOP))
    assert refused_by_both(county, harvest(county, "E2", ELDER)) is Code.KEY_REVOKED
    county.admit(county.world.bind_key(COOP, PHONE))
    county.admit(harvest(county, "E3", ELDER), PHONE)


@pytest.mark.parametrize("custody", list(Custody))
def test_custody_stands_in_the_event_that_binds_the_key(
    county: Sequenced, custody: Custody
) -> None:
    event = msgspec.structs.replace(county.world.bind_key(FARMER, PHONE), custody=custody)
    county.admit(event)
    county.admit(harvest(county, "C"), PHONE)
    assert isinstance(verify(county.under_test.export()), Verified)


Forgery = Callable[[Sequenced], AnyEvent]


@pytest.mark.parametrize(
    ("signer", "forge", "code"),
    [
        (MILL, lambda c: harvest(c, "X"), Code.NOT_AUTHORISED),
        ("nobody's key", lambda c: harvest(c, "X"), Code.UNKNOWN_KEY),
        (FARMER, lambda c: c.world.revoke_key(MILL, by=FARMER), Code.NOT_AUTHORISED),
        (FARMER, lambda c: c.world.bind_key(FARMER, PHONE, by=AUTHORITY), Code.NOT_AUTHORISED),
    ],
)
def test_nobody_else_signs(county: Sequenced, signer: str, forge: Forgery, code: Code) -> None:
    assert refused_by_both(county, forge(county), signer) is code


def test_a_key_binds_another_of_its_own_party(county: Sequenced) -> None:
    """Two phones, one farmer: the first lets the second in; no office is needed."""
    county.admit(county.world.bind_key(FARMER, PHONE, by=FARMER))
    county.admit(harvest(county, "P"), PHONE)
    assert key_of(PHONE).did != key_of(FARMER).did
    assert isinstance(verify(county.under_test.export()), Verified)
