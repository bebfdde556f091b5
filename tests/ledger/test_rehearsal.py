"""What the ledger would say, with nothing recorded."""

from datetime import UTC, datetime

import pytest

from domain.refusals import Code
from ledger import log, rehearsal
from ledger.rehearsal import rehearse
from tests import county as c
from tests.county import kg, of
from tests.ledger.conftest import LedgerUnderTest
from tests.ledger.sequenced import Sequenced


@pytest.fixture
def county(ledger: LedgerUnderTest) -> Sequenced:
    return Sequenced.open(ledger)


def test_a_rehearsal_records_nothing_and_what_it_passes_is_admitted(
    ledger: LedgerUnderTest, county: Sequenced
) -> None:
    harvest = county.world.harvest(quantity=kg(100))
    sale = county.world.sell(c.FARMER, c.YARD, of(harvest.batch, kg(60)))
    raws = [county.sealed(harvest), county.sealed(sale)]
    with ledger.connect() as conn:
        head = log.head(conn)
        assert rehearse(conn, raws, county.world.now) == [None, None]
        assert log.head(conn) == head
    assert county.admit(harvest).receipt.position == head + 1
    county.admit(sale)


def test_each_event_meets_those_before_it(ledger: LedgerUnderTest, county: Sequenced) -> None:
    harvest = county.world.harvest(quantity=kg(100))
    sales = [county.world.sell(c.FARMER, c.YARD, of(harvest.batch, kg(60))) for _ in range(2)]
    raws = [county.sealed(harvest), *(county.sealed(sale) for sale in sales)]
    with ledger.connect() as conn:
        said = rehearse(conn, raws, county.world.now)
    assert said[:2] == [None, None]
    assert said[2] is not None
    assert said[2].code is Code.NOT_HELD


def test_what_can_not_be_read_is_said_and_the_others_stand(
    ledger: LedgerUnderTest, county: Sequenced
) -> None:
    raws = [b"{", county.sealed(county.world.harvest(quantity=kg(1)))]
    with ledger.connect() as conn:
        said = rehearse(conn, raws, county.world.now)
    assert said[0] is not None
    assert said[0].code is Code.MALFORMED
    assert said[1] is None


def test_more_than_fits_into_memory_is_refused_whole(ledger: LedgerUnderTest) -> None:
    with ledger.connect() as conn, pytest.raises(ValueError, match="at most"):
        rehearse(conn, [b"{}"] * (rehearsal.MAX_EVENTS + 1), datetime.now(UTC))
