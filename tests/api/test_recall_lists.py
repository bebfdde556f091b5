"""A recall's lists, as data and as a sheet: four of them, the sum printed, contacts for few."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from api.demo.parties import AUTHORITY, CHENWU
from api.recall_lists import ask
from projections import halts
from projections.recall import Recall
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("recall"), "recall_lists") as served:
        yield served


@pytest.fixture(autouse=True)
def signed_out(county: County) -> None:
    county.client.cookies.clear()


def _recalled(county: County) -> str:
    with county.services.connection() as conn:
        (batch,) = [one.halt.batch for one in halts.standing(conn) if one.halt.kind == "recall"]
    return batch


def _lists(county: County, batch: str) -> Recall:
    answer = county.client.get(f"/api/batches/{batch}/recall")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    return msgspec.json.decode(answer.content, type=Recall)


def test_the_demo_s_recall_has_all_four_lists_and_adds_up(county: County) -> None:
    found = _lists(county, _recalled(county))
    assert found.unbalanced == ()
    assert found.here
    assert found.on_the_way
    assert found.gone_out
    assert {end.kind for end in found.used_or_lost} == {"used", "disposed", "lost"}
    entries: list[Any] = [*found.here, *found.on_the_way, *found.gone_out, *found.used_or_lost]
    for one in entries:
        assert one.quantity == sum(some.quantity for some in one.batches)
    assert all(one.accounted == one.made for one in found.balances)
    assert [halt.kind for halt in found.halts] == ["recall"]


@pytest.mark.parametrize("who", [AUTHORITY, CHENWU, None])
def test_contacts_are_for_the_county_s_office_alone(county: County, who: str | None) -> None:
    if who:
        sign_in(county.client, who, county.keyring.party_key(who))
    found = _lists(county, _recalled(county))
    told = {contact.party for contact in found.contacts}
    assert told == (found.parties() if who == AUTHORITY else set())


def test_the_sheet_names_everybody_and_prints_every_sum(county: County) -> None:
    batch = _recalled(county)
    answer = county.client.get(f"/api/batches/{batch}/recall?format=text")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    for head in ("一、还在手上", "二、正在路上", "三、已经卖出", "四、用掉"):
        assert any(line.startswith(head) for line in lines)
    sums = [line for line in lines if line.startswith("  ✓")]
    assert len(sums) == len(_lists(county, batch).balances) >= 5
    for line in sums:
        made, parts = line.rsplit("  ", 1)[1].split(" = ")
        numbers = [int(part.replace(",", "")) for part in re.findall(r"[\d,]+(?= )", parts)]
        assert int(made.replace(",", "")) == sum(numbers)
    assert "一克不差" in answer.text
    assert "✗" not in answer.text
    assert "None" not in answer.text


def test_a_batch_that_is_not_recalled_has_its_lists_too(county: County) -> None:
    batch = county.showcase[4:].replace("/10/", "/")
    found = _lists(county, batch)
    assert (found.root, found.halts, found.unbalanced) == (batch, (), ())


def test_an_unknown_batch_is_told_so(county: County) -> None:
    answer = county.client.get("/api/batches/02044538101035/NOTHING/recall")
    assert answer.status_code == 404
    assert "没有批次" in json.dumps(answer.json(), ensure_ascii=False)
    with county.services.connection() as conn:
        assert ask(conn, "02044538101035/NOTHING") is None


def test_the_recalled_batch_s_page_says_so_and_what_it_went_into_does_too(county: County) -> None:
    found = _lists(county, _recalled(county))
    for batch in (found.root, found.gone_out[0].batches[0].batch):
        gtin, _, lot = batch.partition("/")
        page = county.get(f"/01/{gtin}/10/{lot}")
        assert "正在召回" in page
        assert found.halts[0].reason in page
        assert "Recalled" in county.get(f"/01/{gtin}/10/{lot}", "en")
