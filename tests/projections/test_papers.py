"""Which certificates a batch has, and which labels of it were printed."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from domain.events import papers as p
from domain.events.catalogue import AnyEvent
from projections import papers
from projections.papers_projection import PapersProjection
from tests.projections.happenings import (
    COOP,
    FARMER,
    certified,
    corrected,
    harvested,
    histories,
    lot,
    printed,
    sold,
    transformed,
    uncertified,
    without_errors,
)
from tests.projections.scribe import project

MODEL = PapersProjection()


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=[1, 1000])
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def tell(conn: psycopg.Connection, events: list[AnyEvent], size: int) -> None:
    project(conn, events, [MODEL], size)


def test_a_unit_s_sale_is_found_by_its_serial_until_it_is_declared_in_error(
    conn: psycopg.Connection, size: int
) -> None:
    sale = replace(sold(lot(1), 5), serials=(p.Numbers("007", "009"), p.Numbers("1", "2")))
    wrong = replace(sold(lot(1), 1), serials=(p.Numbers("100", "100"),))
    tell(conn, [harvested(lot(1), 100), sale, wrong, sold(lot(1), 3), corrected(wrong)], size)
    for serial in ("007", "008", "009", "1", "2"):
        found = papers.sale_of(conn, lot(1), serial)
        assert found is not None, serial
        assert (found.at, found.place) == (sale.occurred_at, sale.place)
    for serial in ("7", "010", "006", "0008", "3", "100", "", "批"):
        assert papers.sale_of(conn, lot(1), serial) is None, serial
    assert papers.sale_of(conn, lot(2), "008") is None


def test_a_certificate_is_in_force_until_replaced_or_withdrawn(
    conn: psycopg.Connection, size: int
) -> None:
    first, second = certified(lot(1), 60), certified(lot(1), 40)
    third = certified(lot(1), 50, replaces=first.id)
    end = uncertified(second)
    tell(conn, [harvested(lot(1), 100), first, second, third, end], size)
    found = papers.certificates_of(conn, lot(1))
    assert [(c.id, c.state) for c in found] == [
        (third.id, "in_force"), (second.id, "withdrawn"), (first.id, "replaced"),
    ]  # fmt: skip
    assert found[0].basis == ["quality_control", "own_test"]
    assert (found[0].quantity, found[0].unit, found[0].replaces) == (50, "GRM", first.id)
    assert (found[1].withdrawn_by, found[1].withdrawn_for) == (end.id, "数量写错")
    assert papers.certificate(conn, first.id) == found[2]
    assert papers.certificate(conn, end.id) is None
    assert papers.certificates_of_batches(conn, [lot(1), lot(2)]) == {lot(1): found, lot(2): []}


def test_a_correction_takes_a_paper_or_its_end_away(conn: psycopg.Connection, size: int) -> None:
    first = certified(lot(1), 60)
    end = uncertified(first)
    history: list[AnyEvent] = [harvested(lot(1), 100), first, end]
    tell(conn, [*history, corrected(end)], size)
    assert [c.state for c in papers.certificates_of(conn, lot(1))] == ["in_force"]
    less = replace(first, quantity=1)
    tell(conn, [*history, corrected(end), corrected(first, less)], size)
    (found,) = papers.certificates_of(conn, lot(1))
    assert (found.quantity, found.position) == (1, 2)
    tell(conn, [*history, corrected(end), corrected(first)], size)
    assert papers.certificates_of(conn, lot(1)) == []


def test_a_blends_lineage_is_what_its_inputs_had(conn: psycopg.Connection, size: int) -> None:
    one, other = certified(lot(1), 60), certified(lot(2), 40, actor=FARMER)
    void = certified(lot(2), 10)
    own = certified(lot(4), 100)
    tell(conn, [
        harvested(lot(1), 60), harvested(lot(2), 50), one, other, void, uncertified(void),
        transformed({lot(1): 60, lot(2): 40}, {lot(3): 100}),
        transformed({lot(3): 100}, {lot(4): 99}), own,
    ], size)  # fmt: skip
    assert [c.id for c in papers.lineage(conn, lot(4))] == [other.id, one.id]
    assert papers.lineage(conn, lot(1)) == []
    assert [c.id for c in papers.certificates_of(conn, lot(4))] == [own.id]


def test_print_runs_are_listed_with_their_reprints(conn: psycopg.Connection, size: int) -> None:
    plain, units = printed(lot(1)), printed(lot(1), "096", 10)
    again = printed(lot(1), "098", 1, units.id)
    tell(conn, [harvested(lot(1), 100), plain, units, again], size)
    runs = papers.runs_of(conn, lot(1))
    assert [(r.id, r.first, r.last, r.reprint_of) for r in runs] == [
        (again.id, "098", "098", units.id), (units.id, "096", "105", None),
        (plain.id, None, None, None),
    ]  # fmt: skip
    assert (runs[0].party, runs[0].holder, runs[0].kind) == (COOP, FARMER, "unit")
    assert papers.run(conn, units.id) == runs[1]
    assert papers.run(conn, lot(1)) is None
    assert papers.runs_of_batches(conn, [lot(1), lot(2)]) == {lot(1): runs, lot(2): []}
    assert papers.last_number(conn, lot(1), "unit") == "105"
    assert papers.last_number(conn, lot(1), "crate") is None


def test_a_crate_is_found_by_any_number_of_its_run(conn: psycopg.Connection, size: int) -> None:
    plain = printed(lot(1), count=3)
    numbers = p.Numbers("376104250021234569", "376104250021234583")
    crates = replace(plain, kind=p.LabelKind.CRATE, count=3, ssccs=numbers)
    tell(conn, [harvested(lot(1), 100), printed(lot(2), "1"), crates], size)
    for sscc in ("376104250021234569", "376104250021234576", "376104250021234583"):
        assert papers.batch_of_crate(conn, sscc) == lot(1)
    for sscc in ("376104250021234552", "376104250021234590", "1"):
        assert papers.batch_of_crate(conn, sscc) is None
    assert papers.last_number(conn, lot(1), "crate") == numbers.last


def _everything(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    tables = ("standing", "withdrawal", "run", "parent")
    return [
        row for table in tables
        for row in conn.execute(f"SELECT t.* FROM papers.{table} t ORDER BY t::text".encode())  # noqa: S608
    ]  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories())
def test_corrected_at_last_or_said_rightly_at_once_is_the_same(
    conn: psycopg.Connection, history: list[AnyEvent]
) -> None:
    tell(conn, history, 3)
    found = _everything(conn)
    tell(conn, without_errors(history), 1000)
    assert found == _everything(conn)
