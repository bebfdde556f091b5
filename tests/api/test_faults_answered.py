"""What can't be answered: whose fault it is, what to do, and never a trace of the stack."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from starlette.testclient import TestClient

from api.demo.parties import AUTHORITY, CHENWU
from domain.events.catalogue import encode
from domain.events.governance import Custody, KeyBound
from ledger import envelope, waiting
from ledger.vault import ReadableVault
from tests.api.browsing import on_a_port
from tests.api.pages_parts import County, common, demo_county
from tests.api.signing_in import sign_in

pytestmark = pytest.mark.slow

PAGE = {"Accept": "text/html"}
DATA = {"Accept": "application/json"}
GRANT = {
    "mark": "luoding-rice", "zh": "罗定稻米", "en": "Luoding rice", "party": CHENWU,
    "category": ["rice"], "township": ["445381001"], "quota": "12 吨", "until": "2030-01-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("faults"), "faults") as county:
        yield county


@pytest.fixture
def county(served: County) -> County:
    served.client.cookies.clear()
    return served


@contextmanager
def harmed(county: County, harm: str, healing: str) -> Iterator[None]:
    """Harm the database for a while, as an upgrade that went wrong might."""
    with psycopg.connect(county.services.database_url, autocommit=True) as conn:
        conn.execute(harm)
        try:
            yield
        finally:
            conn.execute(healing)


@pytest.mark.parametrize(
    "path", ["/print/01/123/10/x", "/print/01/02044538101036/10/x", "/print/01/%E7/10/x"]
)
def test_an_address_to_print_from_that_is_none_is_400(county: County, path: str) -> None:
    page = county.client.get(path, headers=PAGE)
    assert page.status_code == 400
    assert "14 位" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/batches/x/%00", "/batch?id=%00", "/report?batch=a%00", "/static/%00", "/%00",
        "/01/09506000134352/10/A%00", "/market?q=%00", "/api/log/consistency?old=%00&new=1",
    ],
)  # fmt: skip
def test_a_nul_in_an_address_is_refused_once_and_for_all(county: County, path: str) -> None:
    answer = county.client.get(path, headers=DATA)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "NUL" in answer.json()["message"]["en"]
    page = county.client.get(path, headers=PAGE)
    assert page.status_code == 400
    assert "NUL" in page.text


def test_what_the_database_can_not_keep_is_400(county: County) -> None:
    form = {"batch": "a\0", "problem": "other"}
    answer = county.client.post("/report", data=form, headers=DATA)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_fault_of_ours_is_500_in_both_languages_and_the_log_has_its_trace(
    county: County, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(county.client.app, raise_server_exceptions=False)
    gone = (
        "ALTER VIEW market.offers_now RENAME TO gone",
        "ALTER VIEW market.gone RENAME TO offers_now",
    )
    with harmed(county, *gone):
        told = client.get("/market/offers/x", headers=DATA)
        page = client.get("/market/offers/x", headers={**PAGE, "Accept-Language": "zh"})
        english = client.get("/market/offers/x", headers={**PAGE, "Accept-Language": "en"})
        with on_a_port(county) as base:
            # Uvicorn's loggers pass nothing on to the root's.
            logging.getLogger("uvicorn").addHandler(caplog.handler)
            with pytest.raises(HTTPError) as refused:
                urlopen(Request(f"{base}/market/offers/x", headers=DATA))  # noqa: S310  our own
        logging.getLogger("uvicorn").removeHandler(caplog.handler)
        refused.value.close()
    assert (told.status_code, told.headers["content-type"]) == (500, "application/problem+json")
    assert told.json()["code"] == "fault"
    assert {"zh", "en"} == told.json()["message"].keys()
    assert (page.status_code, english.status_code, refused.value.code) == (500, 500, 500)
    assert "这里出了故障" in page.text
    assert "Something failed here" in english.text
    assert not [
        one for one in (told, page, english) if "Traceback" in one.text or "psycopg" in one.text
    ]
    traces = [one.exc_text or "" for one in caplog.records if one.levelno >= logging.ERROR]
    assert any("UndefinedTable" in trace for trace in traces)


def test_a_database_that_does_not_answer_is_503_and_logged(
    county: County, caplog: pytest.LogCaptureFixture
) -> None:
    usual = county.services.pool
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with ConnectionPool[psycopg.Connection](
        nowhere, min_size=0, max_size=1, timeout=0.2, open=True
    ) as pool:
        county.services.pool = pool
        told = county.client.get("/api/batches/01234567890128/x", headers=DATA)
        page = county.client.get("/market", headers=PAGE)
        county.services.pool = usual
    assert (told.status_code, told.json()["code"]) == (503, "unavailable")
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "/market" in caplog.text


def test_an_office_is_told_when_the_ledger_is_busy_or_can_not_write_and_the_operator_why(
    county: County, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with county.services.connection() as conn:
        made = county.services.custody.make(conn, AUTHORITY)
    county.record(KeyBound(**common(AUTHORITY), party=AUTHORITY, key=made, custody=Custody.SERVER))
    sign_in(county.client, AUTHORITY, county.keyring.party_key(AUTHORITY))
    full = (
        "ALTER TABLE ledger.event ADD CONSTRAINT is_full CHECK (false) NOT VALID",
        "ALTER TABLE ledger.event DROP CONSTRAINT is_full",
    )
    with harmed(county, *full):
        failed = county.client.post("/marks", data=GRANT)
    monkeypatch.setattr(waiting, "MAX_EVENTS", 0)
    another = KeyBound(**common(AUTHORITY), party=CHENWU, key=made, custody=Custody.SERVER)
    with psycopg.connect(county.services.database_url) as conn:
        conn.execute("SELECT FROM ledger.head FOR UPDATE")
        raw = envelope.sign(encode(another), county.keyring.party_key(AUTHORITY))
        handed_in = county.services.sequencer.submit([envelope.to_bytes(raw)])
        busy = county.client.post("/marks", data=GRANT)
        conn.rollback()
    handed_in.result()
    assert "could not be written" in caplog.text
    assert "is_full" in caplog.text
    assert (failed.status_code, busy.status_code) == (503, 503)
    assert "没有记下" in failed.text
    assert "台账正忙" in busy.text
    assert 'value="罗定稻米"' in busy.text


@pytest.mark.parametrize(
    "path",
    ["/inbox/report/1", "/market/sharing", "/marks", "/api/demo/enter", "/api/signin", "/nowhere"],
)
def test_no_address_takes_a_body_without_end(county: County, path: str) -> None:
    taken = 0

    def body() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(64):
            taken += 1
            yield bytes(64 * 1024)

    answer = county.client.post(path, content=body())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_without_the_key_of_the_vault_only_names_are_missing(
    county: County, caplog: pytest.LogCaptureFixture
) -> None:
    usual = county.services.vault
    named = county.get(county.showcase)
    county.services.vault = ReadableVault(bytes(32))
    county.services.pages = type(county.services.pages)()
    sign_in(county.client, CHENWU, county.keyring.party_key(CHENWU))
    asked = ("/market", "/market/orders", county.showcase, "/api/coop/members", "/marks")
    answers = {path: county.client.get(path, headers=PAGE) for path in asked}
    county.services.vault = usual
    county.services.pages = type(county.services.pages)()
    assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(asked, 200)
    assert "陈秀兰" in named
    assert "陈秀兰" not in answers[county.showcase].text
    assert len([one for one in caplog.records if "vault.key" in one.getMessage()]) == 1
