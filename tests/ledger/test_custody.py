"""Keys that the server keeps: sealed, bound to a party, used only while the ledger allows it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import psycopg
import pytest

from domain.events.governance import Custody
from domain.refusals import Code, Refusal
from ledger import custody, envelope
from ledger.custody import CustodySealed, KeyCustody, NotInCustody, forget_key, kept_keys
from ledger.outcome import Admission
from ledger.schema import install
from ledger.verifier import Verified, verify
from tests.county import AUTHORITY, COOP, ELDER, ELDERS_YARD, FARMER, OTHER_PLOT, PADDY, lot
from tests.ledger.conftest import LedgerUnderTest
from tests.ledger.sequenced import Sequenced

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def keeping() -> KeyCustody:
    return KeyCustody(b"k" * 32)


@pytest.fixture
def conn(ledger: LedgerUnderTest) -> Iterator[Connection]:
    with ledger.connect() as opened:
        install(opened, custody.SQL)
        yield opened


@pytest.fixture
def county(ledger: LedgerUnderTest) -> Sequenced:
    return Sequenced.open(ledger)


def bound(
    county: Sequenced, did: str, party: str = ELDER, custody_: Custody = Custody.SERVER,
    expires: datetime | None = None,
) -> Admission:  # fmt: skip
    """Bind a key by the cooperative."""
    event = county.world.bind_key(party, by=COOP if party == ELDER else AUTHORITY)
    return county.admit(msgspec.structs.replace(event, key=did, custody=custody_, expires=expires))


def test_what_the_server_signs_is_admitted_and_marked_and_verifies(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    did = keeping.make(conn, ELDER)
    bound(county, did)
    event = county.world.harvest(ELDER, OTHER_PLOT, batch=lot(PADDY, "C1"), place=ELDERS_YARD)
    key = keeping.signer(conn, ELDER, county.world.now)
    raw = envelope.to_bytes(envelope.sign(county.payload(event), key))
    assert isinstance(county.sequencer.admit(raw), Admission)
    assert envelope.verify(envelope.parse(raw)) == (did,)
    assert isinstance(verify(county.under_test.export()), Verified)


def test_an_unbound_key_may_not_be_used(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    keeping.make(conn, ELDER)
    with pytest.raises(NotInCustody, match=ELDER):
        keeping.signer(conn, ELDER, county.world.now)
    with pytest.raises(NotInCustody):
        keeping.signer(conn, FARMER, county.world.now)


@pytest.mark.parametrize("where", [Custody.DEVICE, Custody.HSM])
def test_a_key_that_the_ledger_says_is_kept_elsewhere_may_not_be_used(
    county: Sequenced, conn: Connection, keeping: KeyCustody, where: Custody
) -> None:
    """The server must not sign with a key that everybody takes for the party's own."""
    bound(county, keeping.make(conn, ELDER), custody_=where)
    with pytest.raises(NotInCustody):
        keeping.signer(conn, ELDER, county.world.now)


def test_a_revoked_key_may_not_be_used_and_what_it_signs_is_refused(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    did = keeping.make(conn, ELDER)
    bound(county, did)
    key = keeping.signer(conn, ELDER, county.world.now)
    revoking = county.world.revoke_key(ELDER, by=COOP)
    county.admit(msgspec.structs.replace(revoking, key=did))
    with pytest.raises(NotInCustody):
        keeping.signer(conn, ELDER, county.world.now)
    event = county.world.harvest(ELDER, OTHER_PLOT, batch=lot(PADDY, "C2"), place=ELDERS_YARD)
    refusal = county.sequencer.admit(envelope.to_bytes(envelope.sign(county.payload(event), key)))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.KEY_REVOKED


def test_an_expired_key_gives_way_to_a_newer_one(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    now = county.world.now
    first, second = keeping.make(conn, ELDER), keeping.make(conn, ELDER)
    bound(county, second, expires=now + timedelta(days=1))
    bound(county, first)
    assert keeping.signer(conn, ELDER, now).did == second
    assert keeping.signer(conn, ELDER, now + timedelta(days=2)).did == first


def test_the_key_itself_is_nowhere_in_the_database(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    did = keeping.make(conn, ELDER)
    bound(county, did)
    key = keeping.signer(conn, ELDER, county.world.now)
    row = conn.execute("SELECT did, party, sealed FROM custody.key").fetchone()
    assert row
    sealed = bytes(row[2])  # type: ignore[call-overload]
    assert key.seed not in sealed
    assert len(sealed) == 12 + 32 + 16


def test_another_master_key_opens_nothing(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    bound(county, keeping.make(conn, ELDER))
    with pytest.raises(CustodySealed, match=ELDER):
        KeyCustody(b"x" * 32).signer(conn, ELDER, county.world.now)


def test_a_row_moved_to_another_party_or_key_does_not_open(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    """Who can write to the table can't lend one party's key to another."""
    elders, farmers = keeping.make(conn, ELDER), keeping.make(conn, FARMER)
    bound(county, elders)
    bound(county, farmers, party=FARMER)
    conn.execute("DELETE FROM custody.key WHERE did = %s", [elders])
    conn.execute("UPDATE custody.key SET did = %s, party = %s", [elders, ELDER])
    with pytest.raises(CustodySealed):
        keeping.signer(conn, ELDER, county.world.now)


def test_a_row_changed_by_one_bit_does_not_open(
    county: Sequenced, conn: Connection, keeping: KeyCustody
) -> None:
    bound(county, keeping.make(conn, ELDER))
    conn.execute("UPDATE custody.key SET sealed = set_bit(sealed, 200, 1 - get_bit(sealed, 200))")
    with pytest.raises(CustodySealed):
        keeping.signer(conn, ELDER, county.world.now)


def test_a_forgotten_key_is_gone(county: Sequenced, conn: Connection, keeping: KeyCustody) -> None:
    did = keeping.make(conn, ELDER)
    bound(county, did)
    assert [(each.party, each.did) for each in kept_keys(conn)] == [(ELDER, did)]
    assert kept_keys(conn, FARMER) == []
    assert forget_key(conn, did)
    assert not forget_key(conn, did)
    with pytest.raises(NotInCustody):
        keeping.signer(conn, ELDER, county.world.now)
