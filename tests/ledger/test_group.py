"""A group decided in memory: what is lacking is loaded at once, and what is taken back is gone."""

from collections.abc import Iterable
from typing import Any

import psycopg
import pytest

from domain import tags
from domain.refusals import Refusal
from ledger import log
from ledger.candidate import read_candidate
from ledger.group import Decider
from ledger.models import Lacking, ModelCache
from tests.county import FARMER, YARD, of
from tests.ledger.conftest import LedgerUnderTest
from tests.ledger.sequenced import Sequenced


def test_a_correction_taken_back_leaves_nothing_false_in_memory(ledger: LedgerUnderTest) -> None:
    made = Sequenced.open(ledger)
    world = made.world
    harvest = world.harvest()
    made.admit(harvest)
    with ledger.connect() as conn:
        head = log.head(conn)
        decider = Decider(ModelCache())
        in_error = read_candidate(made.sealed(world.correct(harvest)))
        group = decider.decide(conn, [in_error], head, world.now, written=head)
        assert group.rows
        assert group.folded == [tags.batch(harvest.batch)]
        decider.revert(group)
        sale = read_candidate(made.sealed(world.sell(FARMER, YARD, of(harvest.batch, 1))))
        assert decider.decide(conn, [sale], head, world.now, written=head).rows


def test_what_a_whole_group_lacks_is_loaded_at_once(
    ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Sequenced.open(ledger)
    world = made.world
    crops = [world.harvest() for _ in range(30)]
    for crop in crops:
        made.admit(crop)
    sales = [
        read_candidate(made.sealed(world.sell(FARMER, YARD, of(crop.batch, 1)))) for crop in crops
    ]
    looked: list[int] = []
    load = log.stored_by_tags

    def counted(conn: psycopg.Connection[Any], wanted: list[str], upto: int) -> Iterable[Any]:
        looked.append(len(wanted))
        return load(conn, wanted, upto)

    monkeypatch.setattr(log, "stored_by_tags", counted)
    with ledger.connect() as conn:
        head = log.head(conn)
        group = Decider(ModelCache()).decide(conn, sales, head, world.now, written=head)
    assert not [verdict for verdict in group.verdicts if isinstance(verdict, Refusal)]
    assert len(looked) == 1
    assert looked[0] > len(crops)


def test_a_look_at_what_is_not_in_memory_is_not_taken_for_nothing() -> None:
    cache = ModelCache()
    with pytest.raises(Lacking, match="batch:1 is not in memory"):
        cache.models.get("batch:1")
    with pytest.raises(Lacking, match="event:1 is not in memory"):
        cache.facts.get("1")
