"""The trace equals a naive walk over the graph, in both directions, and reads the trade's files."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.catalogue import AnyEvent
from domain.events.movements import Process
from ledger import envelope
from ledger.epcis_import import capture
from ledger.log import event_of
from projections import trace
from projections.amounts import shown
from projections.shares import Part, shares
from projections.trace_projection import TraceProjection
from tests.projections.happenings import (
    COOP,
    foreign_joint,
    foreign_lot,
    foreign_transformed,
    harvested,
    inspected,
    lot,
    masters,
    received,
    sent,
    transformed,
    treated,
)
from tests.projections.scribe import KEY, project

FSMA = Path(__file__).parents[2].parent / "shared/reference/fsma204"
MODEL = TraceProjection()
QUANTITIES = st.decimals(Decimal("0.001"), Decimal(10**15), places=3)


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def tell(conn: psycopg.Connection, events: Sequence[AnyEvent]) -> None:
    project(conn, events, [MODEL])


@st.composite
def genealogies(draw: st.DrawFn) -> list[tuple[list[int], list[int]]]:
    """Processes: numbers of the batches that went in and came out, of 3 that were harvested."""
    made = 3
    found = []
    for _ in range(draw(st.integers(1, 12))):
        inputs = draw(st.lists(st.integers(0, made - 1), min_size=1, max_size=3, unique=True))
        outputs = draw(st.integers(1, 3))
        found.append((inputs, list(range(made, made + outputs))))
        made += outputs
    return found


def walk(processes: list[tuple[list[int], list[int]]], start: int, *, back: bool) -> set[str]:
    """Follow the graph the plain way."""
    reached, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for inputs, outputs in processes:
            here, there = (outputs, inputs) if back else (inputs, outputs)
            if at in here:
                waiting += [number for number in there if number not in reached]
                reached |= set(there)
    return {lot(number) for number in reached}


@given(processes=genealogies(), data=st.data())
@settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_trace_equals_a_walk_over_the_graph(
    conn: psycopg.Connection, processes: list[tuple[list[int], list[int]]], data: st.DataObject
) -> None:
    tell(conn, [harvested(lot(n), 10) for n in range(3)] + [
        transformed({lot(n): 7 for n in inputs}, {lot(n): 5 for n in outputs})
        for inputs, outputs in processes
    ])  # fmt: skip
    start = data.draw(st.integers(0, max(processes[-1][1])))
    ancestors = walk(processes, start, back=True)
    descendants = walk(processes, start, back=False)
    arrows = {(lot(i), lot(o)) for inputs, outputs in processes for i in inputs for o in outputs}
    up = {arrow for arrow in arrows if arrow[1] in ancestors}
    down = {arrow for arrow in arrows if arrow[0] in descendants}
    cases: list[tuple[trace.Direction, set[str], set[tuple[str, str]]]] = [
        ("back", ancestors, up),
        ("forward", descendants, down),
        ("both", ancestors | descendants, up | down),
    ]
    for direction, nodes, edges in cases:
        found = trace.trace(conn, lot(start), direction)
        assert found is not None
        assert found.root == lot(start)
        assert sorted(node.id for node in found.nodes) == sorted(nodes)
        assert sorted((e.source, e.target) for e in found.edges) == sorted(edges)


def test_the_json_is_as_promised(conn: psycopg.Connection) -> None:
    dried = transformed({lot(1): 480_000}, {lot(2): 212_000})
    tell(conn, [harvested(lot(1), 480_000), dried])
    found = json.loads(msgspec.json.encode(trace.trace(conn, lot(2), "back")))
    assert found.keys() == {"root", "nodes", "edges", "position"}
    assert found["nodes"][0].items() >= {
        "id": lot(1), "gtin": lot(1)[:14], "lot": "L1", "quantity": 480_000, "unit": "GRM",
        "party": "P445381-000002", "place": "L445381-000001",
    }.items()  # fmt: skip
    assert found["edges"] == [{
        "from": lot(1), "to": lot(2), "event": dried.id, "position": 2, "quantity": 480_000,
        "unit": "GRM", "kind": "dried",
    }]  # fmt: skip
    assert found["position"] == 2


def test_what_nobody_spoke_of_has_no_trace(conn: psycopg.Connection) -> None:
    tell(conn, [])
    assert trace.trace(conn, lot(1)) is None
    assert trace.movements(conn, [lot(1)]) == []


def test_a_circle_that_foreign_events_tell_of_ends(conn: psycopg.Connection) -> None:
    one, other = foreign_lot(1), foreign_lot(2)
    tell(conn, [foreign_transformed([one], [other]), foreign_transformed([other], [one])])
    found = trace.trace(conn, one)
    assert found is not None
    assert {node.id for node in found.nodes} == {one, other}
    assert len(found.edges) == 2


def test_a_process_told_of_by_two_events_is_joined(conn: psycopg.Connection) -> None:
    one, other = foreign_lot(1), foreign_lot(2)
    for events in (
        [foreign_joint([one], [], 1), foreign_joint([], [other], 1)],
        [foreign_joint([], [other], 1), foreign_joint([one], [], 1)],
    ):
        tell(conn, list(events))
        found = trace.trace(conn, other, "back")
        assert found is not None
        assert [(e.source, e.target, e.quantity) for e in found.edges] == [(one, other, 7)]


def test_movements_tell_the_treatment_the_loss_and_the_inspection(
    conn: psycopg.Connection,
) -> None:
    shipment = sent({lot(1): 10})
    tell(conn, [
        treated(-24), treated(1), harvested(lot(1), 10), shipment, received(shipment, {lot(1): 3}),
        inspected(lot(1)),
    ])  # fmt: skip
    found = trace.movements(conn, [lot(1)])
    assert [movement.kind for movement in found] == [
        "treated", "harvested", "shipped", "received", "inspected",
    ]  # fmt: skip
    assert (found[3].quantity, found[3].lost, found[3].note) == (7, 3, "路上撒漏")
    assert found[2].other_party == COOP
    assert found[1].occurred_at.utcoffset() is not None


@given(
    inputs=st.lists(QUANTITIES, min_size=1, max_size=5),
    outputs=st.lists(QUANTITIES, min_size=1, max_size=5),
)
def test_the_shares_of_an_input_sum_to_it(inputs: list[Decimal], outputs: list[Decimal]) -> None:
    found = shares(
        [Part(f"i{n}", q, "LBR") for n, q in enumerate(inputs)],
        [Part(f"o{n}", q, "CS") for n, q in enumerate(outputs)],
    )
    for n, quantity in enumerate(inputs):
        parts = [share.quantity for share in found if share.source == f"i{n}"]
        assert sum(part for part in parts if part is not None) == quantity
        assert len(parts) == len(outputs)


def test_a_split_gives_each_part_its_own(conn: psycopg.Connection) -> None:
    tell(conn, [
        harvested(lot(1), 100),
        transformed({lot(1): 100}, {lot(2): 60, lot(3): 37}, Process.SPLIT),
    ])  # fmt: skip
    found = trace.trace(conn, lot(1), "forward")
    assert found is not None
    assert [edge.quantity for edge in found.edges] == [60, 37]


def test_a_process_with_several_outputs_divides_each_input(conn: psycopg.Connection) -> None:
    tell(conn, [
        harvested(lot(1), 100), harvested(lot(2), 50),
        transformed({lot(1): 100, lot(2): 50}, {lot(3): 60, lot(4): 30}),
    ])  # fmt: skip
    found = trace.trace(conn, lot(4), "back")
    assert found is not None
    assert [(edge.source, edge.quantity) for edge in found.edges] == [(lot(1), 33), (lot(2), 17)]


def test_a_quantity_is_never_a_float() -> None:
    assert shown(Decimal("25000.000")) == 25000
    assert shown(Decimal("0.10")) == "0.1"
    assert shown(Decimal(10**39)) == str(10**39)
    assert shown(None) is None


def fsma(name: str) -> list[AnyEvent]:
    """Give the captures of one of GS1's documents."""
    if not FSMA.is_dir():
        pytest.skip(f"GS1's FSMA 204 documents are not at {FSMA}")
    captured = capture((FSMA / name).read_bytes(), COOP, KEY)
    assert captured.problems == []
    return [event_of(envelope.to_bytes(envelope.parse(e.envelope))) for e in captured.events]


LETTUCE = "https://id.gs1.org/01/00860009999923/10/ABC1234"
CASES = "https://id.gs1.org/01/10860009999920/10/ABC1234"
SALAD = "https://id.gs1.org/01/10860009998039/10/SALAD-20260420-A"


@pytest.mark.parametrize("name", ["harvest-cte.jsonld", "cooling-cte.jsonld"])
def test_a_lot_that_only_moves_is_traced_by_itself(conn: psycopg.Connection, name: str) -> None:
    tell(conn, masters(KEY.did) + fsma(name))
    for direction in ("back", "forward", "both"):
        found = trace.trace(conn, "00860009999923/ABC1234", direction)
        assert found is not None
        (node,) = found.nodes
        assert (node.id, node.quantity, node.unit, found.edges) == (LETTUCE, 25000, "LBR", ())
        assert node.basis == ("made" if name.startswith("harvest") else "seen")
    assert len(trace.movements(conn, [LETTUCE])) == (2 if name.startswith("harvest") else 3)


def test_a_transformation_before_a_receipt_is_traced(conn: psycopg.Connection) -> None:
    tell(conn, fsma("receiving-cte.jsonld"))
    found = trace.trace(conn, "urn:epc:class:lgtin:0860009.199992.ABC1234", "back")
    assert found is not None
    assert found.root == CASES
    assert [(e.source, e.target, e.quantity, e.unit) for e in found.edges] == [
        (LETTUCE, CASES, 25000, "LBR")
    ]
    forward = trace.trace(conn, LETTUCE, "forward")
    assert forward is not None
    assert {node.id: node.quantity for node in forward.nodes} == {LETTUCE: 25000, CASES: 500}


def test_the_four_documents_make_one_genealogy(conn: psycopg.Connection) -> None:
    names = ["transformation", "receiving", "cooling", "harvest"]
    tell(conn, [event for name in names for event in fsma(f"{name}-cte.jsonld")])
    found = trace.trace(conn, SALAD, "back")
    assert found is not None
    assert sorted((e.quantity, e.unit) for e in found.edges) == [
        (50, "CS"), (100, "CS"), (25000, "LBR"),
    ]  # fmt: skip
    made = {node.id: (node.basis, node.quantity) for node in found.nodes}
    assert made[LETTUCE] == ("made", 25000)
    assert made[CASES] == ("made", 500)
    assert made[SALAD] == ("made", 2000)
    both = trace.trace(conn, CASES, "both")
    assert both is not None
    assert {node.id for node in both.nodes} == {LETTUCE, CASES, SALAD}
