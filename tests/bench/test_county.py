"""The generated county: valid under every rule, the same each time, and of any size."""

from collections import Counter
from pathlib import Path

import pytest

from api.bench.county.files import CountyFile, generated
from api.bench.county.simulation import Simulation
from api.bench.county.spec import Spec
from domain.events.catalogue import decode, encode, type_of
from domain.events.movements import BatchTransformed
from ledger import envelope
from ledger.verifier import Step, Verified, verify

SPEC = Spec(events=2500, descendants=450)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> CountyFile:
    return generated(SPEC, tmp_path_factory.mktemp("county"), lambda _line: None)


def test_it_passes_every_check(county: CountyFile) -> None:
    with county.path.open("rb") as file:
        result = verify(file)
    assert isinstance(result, Verified), result
    assert result.events == SPEC.events
    assert Step("signatures", county.manifest.signatures) in result.steps


def test_the_same_seed_gives_the_same_events() -> None:
    one, other = (list(Simulation(SPEC).drafts()) for _ in range(2))
    assert [encode(d.event) for d in one] == [encode(d.event) for d in other]
    third = list(Simulation(Spec(events=2500, seed=2)).drafts())
    assert encode(third[-1].event) != encode(one[-1].event)


def test_it_has_what_a_county_has() -> None:
    types = Counter(type_of(d.event) for d in Simulation(Spec(events=12_000)).drafts())
    for wanted in (
        "batch.harvested.v1", "batch.transformed.v1", "shipment.sent.v1", "shipment.received.v1",
        "batch.sold.v1", "batch.disposed.v1", "batch.inspected.v1", "plot.treated.v1",
        "offer.made.v1", "offer.withdrawn.v1", "order.placed.v1", "order.confirmed.v1",
        "order.refused.v1", "demand.posted.v1", "event.corrected.v1", "key.revoked.v1",
    ):  # fmt: skip
        assert types[wanted], wanted


def test_some_keys_are_of_another_algorithm(county: CountyFile) -> None:
    keyids = [s.keyid for raw in county.envelopes() for s in envelope.parse(raw).signatures]
    assert len(keyids) == county.manifest.signatures
    assert any(keyid.startswith("did:key:zDn") for keyid in keyids), "no key of P-256"


def test_the_hub_has_as_many_descendants_as_asked_for(county: CountyFile) -> None:
    children: dict[str, set[str]] = {}
    for raw in county.envelopes():
        event = decode(envelope.parse(raw).payload)
        if isinstance(event, BatchTransformed):
            for item in event.inputs:
                made = {output.batch for output in event.outputs}
                children.setdefault(item.batch, set()).update(made)
    reached, edge = set[str](), {county.manifest.hub}
    while edge:
        edge = {child for batch in edge for child in children.get(batch, ())} - reached
        reached |= edge
    assert len(reached) == SPEC.descendants


def test_a_hub_blends_many_lots() -> None:
    events = (draft.event for draft in Simulation(Spec(events=30_000)).drafts())
    most = max(len(e.inputs) for e in events if isinstance(e, BatchTransformed))
    assert most >= 60


def test_a_second_run_takes_what_the_first_made(county: CountyFile) -> None:
    said: list[str] = []
    again = generated(SPEC, county.path.parent, said.append)
    assert (again, said) == (county, [])


def test_too_small_a_county_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        generated(Spec(events=10), tmp_path, print)
