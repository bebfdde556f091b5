"""After a correction every read model is as if the error had never been made."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg import sql

from domain.events.catalogue import AnyEvent
from projections import holdings, passport, trace
from projections.holdings_projection import HoldingsProjection
from projections.passport_projection import PassportProjection
from projections.runner import Projection
from projections.trace_projection import TraceProjection
from tests.projections.happenings import (
    COOP_KEY,
    corrected,
    filler,
    goods,
    harvested,
    histories,
    lot,
    masters,
    received,
    sent,
    transformed,
    treated,
    without_errors,
)
from tests.projections.scribe import KEY, project

THOROUGH = settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
COUNTY = masters(KEY.did)
MODELS: list[Projection] = [HoldingsProjection(), TraceProjection(), PassportProjection()]


def tell(
    conn: psycopg.Connection, history: Sequence[AnyEvent], size: int, models: list[Projection]
) -> None:
    """Project the county, in one run, and its history."""
    project(conn, [*COUNTY, *history], models, size, len(COUNTY))


def content(conn: psycopg.Connection, model: Projection) -> dict[str, list[Any]]:
    """Give all rows of a read model, without what a correction may leave as its mark."""
    tables = conn.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        " AND tablename NOT IN ('progress', 'correction', 'withdrawn')", [model.name],
    ).fetchall()  # fmt: skip
    found = {}
    for (table,) in tables:
        name = sql.Identifier(model.name, table)
        rows = conn.execute(sql.SQL("SELECT to_jsonb(t) FROM {} t").format(name)).fetchall()
        shown = [canonical(conn, row[0]) for row in rows]
        found[table] = sorted((s for s in shown if s is not None), key=json.dumps)
    return found


def canonical(conn: psycopg.Connection, row: dict[str, Any]) -> dict[str, Any] | None:
    """Replace numbers of nodes by names, and open documents; None where nothing is left."""
    for name in {"node", "source", "target"} & row.keys():
        if isinstance(row[name], int):
            key = conn.execute("SELECT key FROM trace.node WHERE id = %s", [row[name]]).fetchone()
            row[name] = key[0] if key else f"none {row[name]}"
    if "key" in row:
        row.pop("id", None)
    row.pop("last", None)
    for name in {"body", "heritage"} & row.keys():
        if row[name] is not None:
            row[name] = unmarked(json.loads(bytes.fromhex(row[name][2:])))
    return None if row.get("steps") == 0 else without_marks(row)


def without_marks(row: dict[str, Any]) -> dict[str, Any] | None:
    """Take from a document what a correction leaves."""
    body = row.get("body")
    if not isinstance(body, dict) or "timeline" not in body:
        return row
    for name in ("withdrawn", "position"):
        body.pop(name)
    row.pop("position")
    return row if body["timeline"] else None


def unmarked(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return {name: unmarked(v) for name, v in value.items() if name != "corrected"}
    return [unmarked(v) for v in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(history=histories(), size=st.integers(1, 9))
@THOROUGH
def test_a_read_model_after_corrections_equals_one_that_never_had_the_errors(
    database_url: str, model: Projection, history: list[AnyEvent], size: int
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, history, size, [model])
        after = content(conn, model)
        tell(conn, without_errors(history), 1000, [model])
        assert after == content(conn, model)


@pytest.mark.slow
@given(history=histories(), size=st.integers(1, 9))
@THOROUGH
def test_the_size_of_runs_makes_no_difference(
    database_url: str, history: list[AnyEvent], size: int
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        seen = []
        for run in (size, 1000):
            tell(conn, history, run, MODELS)
            rows = conn.execute(
                "SELECT batch, position, convert_from(body, 'UTF8') FROM passport.document"
                " ORDER BY batch"
            ).fetchall()
            seen.append((rows, [content(conn, model) for model in MODELS]))
        for (name, *one), (_, *other) in zip(seen[0][0], seen[1][0], strict=True):
            assert (name, one[0]) == (name, other[0])
            assert json.loads(one[1]) == json.loads(other[1])
        assert seen[0][1] == seen[1][1]


def test_a_corrected_step_is_shown_as_corrected_in_what_came_of_it(database_url: str) -> None:
    wrong = harvested(lot(1), 1_240_000)
    right = replace(wrong, quantity=620_000)
    history: list[AnyEvent] = [
        wrong,
        transformed({lot(1): 620_000}, {lot(2): 600_000}),
        corrected(wrong, right),
    ]
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, history, 1, MODELS)
        document = passport.document(conn, lot(2))
        found = trace.trace(conn, lot(2), "back")
    assert document is not None
    assert found is not None
    step = document.timeline[0]
    assert step.quantity == 620_000
    assert step.corrected is not None
    assert step.corrected.reason == "把斤当成公斤记了"
    assert document.origins[0].quantity == 620_000
    assert document.position == step.corrected.position
    assert [node.quantity for node in found.nodes] == [620_000, 600_000]


def test_a_withdrawn_step_is_kept_struck_out(database_url: str) -> None:
    wrong = harvested(lot(1), 5)
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, [wrong, corrected(wrong)], 1, MODELS)
        document = passport.document(conn, lot(1))
        assert trace.trace(conn, lot(1)) is None
        assert holdings.of_batch(conn, lot(1)) == []
    assert document is not None
    assert document.made is None
    assert document.timeline == ()
    assert [step.event for step in document.withdrawn] == [wrong.id]
    assert document.stock.made == 0


def test_a_correction_can_itself_be_corrected(database_url: str) -> None:
    first = harvested(lot(1), 1)
    second, third = replace(first, quantity=2), replace(first, quantity=3)
    history: list[AnyEvent] = [first, corrected(first, second), filler(), corrected(first, third)]
    with psycopg.connect(database_url, autocommit=True) as conn:
        for size in (1, 2, 3, 100):
            tell(conn, history, size, MODELS)
            assert [held.quantity for held in holdings.of_batch(conn, lot(1))] == [3]
            document = passport.document(conn, lot(1))
            assert document is not None
            assert document.stock.made == 3


def test_a_shipment_that_is_corrected_keeps_its_receipt(database_url: str) -> None:
    first = sent({lot(1): 10})
    changed = replace(first, items=(goods(lot(1), 8),))
    history: list[AnyEvent] = [
        harvested(lot(1), 10), first, received(first), corrected(first, changed),
    ]  # fmt: skip
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, history, 1, MODELS)
        assert holdings.on_the_way_of(conn, lot(1)) == []


def test_a_treatment_that_is_recorded_late_shows_in_all_that_was_harvested_after_it(
    database_url: str,
) -> None:
    history: list[AnyEvent] = [
        harvested(lot(1), 10, hours=10), transformed({lot(1): 10}, {lot(2): 10}, hours=11),
        transformed({lot(2): 10}, {lot(3): 10}, hours=12), treated(hours=2),
    ]  # fmt: skip
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, history, 1, MODELS)
        for batch in (lot(1), lot(2), lot(3)):
            document = passport.document(conn, batch)
            assert document is not None
            assert [t.substance for t in document.origins[0].treatments] == ["吡蚜酮"]
            assert document.position == len(COUNTY) + 4


def test_documents_hold_what_the_type_says_and_nothing_else(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        tell(conn, [harvested(lot(1), 10)], 1000, MODELS)
        body = passport.document_json(conn, lot(1))
    assert body is not None
    plain = json.loads(body)
    assert plain.keys() == {field.name for field in msgspec.structs.fields(passport.Passport)}
    again = json.loads(msgspec.json.encode(msgspec.json.decode(body, type=passport.Passport)))
    assert again == plain
    assert COOP_KEY not in body.decode()
