"""Serials held against what was printed: a number that nobody printed is told to the shopper."""

from collections.abc import Iterator

import msgspec
import pytest

from api.pages import unit_scan
from domain.events.correction import EventCorrected
from domain.events.papers import LabelKind, LabelPrinted, Numbers
from projections.passport import document
from tests.api.pages_parts import County, common, demo_county
from tests.api.test_reports import as_party, batch_of, owner_of, scan


@pytest.fixture
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("serials"), "serials") as served:
        unit_scan.LIMIT.forget()
        yield served


def test_a_serial_that_was_never_printed_warns_and_is_one_case_a_batch(county: County) -> None:
    with county.services.connection() as conn:
        found = document(conn, batch_of(county))
        assert found is not None
        held = found.stock.holders[0]
    run = LabelPrinted(
        **common(held.party.id), batch=batch_of(county), template="a4-24", kind=LabelKind.UNIT,
        count=12, place=held.place.id, serials=Numbers("101", "112"),
    )  # fmt: skip
    county.record(run)
    assert 'role="alert"' not in scan(county, "105")
    for serial in ("113", "99", "0105", "ABC"):
        assert "从来没有印过" in scan(county, serial), serial
    as_party(county, owner_of(county))
    inbox = county.get_signed("/inbox")
    assert inbox.count("扫了没有印过的编号") == 1
    withdrawn = EventCorrected(**common(held.party.id), event=run.id, reason="印错了")
    county.record(withdrawn)
    county.client.cookies.clear()
    path = f"{county.showcase}/21/105"
    page = county.client.get(path, headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0"})
    assert page.status_code == 410
    assert "已经作废" in page.text
    county.record(msgspec.structs.replace(run, **common(held.party.id)))
    assert "已经作废" not in scan(county, "105")
    with county.services.connection() as conn:
        assert conn.execute("SELECT scans FROM scan.stray").fetchone() == (4,)
        assert conn.execute("SELECT count(*) FROM scan.unit").fetchone() == (1,)
