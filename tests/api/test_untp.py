"""The UNTP digital product passport: by the protocol's schema, signed, and naming no person."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from api.demo.parties import people
from ledger.data_integrity import verify
from tests.api.pages_parts import County, demo_county, record_trouble

SCHEMA: Final = Path(__file__).parents[2].parent / (
    "shared/reference/untp/dpp/untp-dpp-schema.json"
)


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("untp"), "untp") as served:
        record_trouble(served)
        yield served


def batches(county: County) -> list[str]:
    with county.services.connection() as conn:
        rows = conn.execute("SELECT batch FROM passport.document ORDER BY batch").fetchall()
    return [row[0] for row in rows]


@pytest.mark.skipif(not SCHEMA.exists(), reason="the reference files are not beside the project")
def test_every_passport_of_the_county_is_by_the_schema_and_signed(county: County) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    named = {one.name for one in people()}
    names = batches(county)
    assert len(names) > 90
    for name in names:
        gtin, _, lot = name.partition("/")
        path = f"/api/batches/{gtin}/{lot.replace('/', '%2F').replace('?', '%3F')}/untp"
        answer = county.client.get(path)
        assert answer.status_code == 200, name
        assert answer.headers["content-type"] == "application/vc"
        credential = answer.json()
        assert [error.message for error in validator.iter_errors(credential)] == []
        assert verify(credential)
        assert not [one for one in named if one in answer.text]


def test_it_says_what_the_page_says_and_who_signs(county: County) -> None:
    path = county.showcase.removeprefix("/01/").replace("/10/", "/")
    credential = county.client.get(f"/api/batches/{path}/untp").json()
    subject = credential["credentialSubject"]
    assert subject["product"]["batchNumber"] == path.split("/")[1]
    assert subject["product"]["id"].endswith(county.showcase)
    assert subject["conformityClaim"][0]["description"].endswith("水分 9.8 %，农残未检出")
    assert "signed by the ledger's server" in credential["issuer"]["name"]
    assert county.client.get(f"/api/batches/{path}/untp").json() == credential
    link = subject["product"]["furtherInformation"][0]["linkURL"]
    local = link.removeprefix(county.services.settings.public_url)
    assert county.client.get(local).status_code == 200


def test_the_mark_is_a_claim_with_its_authorisation_as_evidence(county: County) -> None:
    path = county.showcase.removeprefix("/01/").replace("/10/", "/")
    subject = county.client.get(f"/api/batches/{path}/untp").json()["credentialSubject"]
    (mark,) = [one for one in subject["conformityClaim"] if "罗定肉桂" in one["description"]]
    assert mark["referenceRegulation"]["name"] == "地理标志产品保护办法"
    assert "陈屋合作社" in mark["description"]
    evidence = mark["conformityEvidence"]["linkURL"]
    local = evidence.removeprefix(county.services.settings.public_url)
    told = county.client.get(local, headers={"Accept": "application/json"})
    assert "mark.granted.v1" in told.text


def test_what_is_not_there_has_no_passport(county: County) -> None:
    answer = county.client.get("/api/batches/02044538101035/NONE/untp")
    assert answer.status_code == 404
