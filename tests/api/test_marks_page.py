"""The page of the county's marks: everybody sees the grants, the office grants and takes back."""

from collections.abc import Iterator

import pytest

from api.demo.parties import AUTHORITY, CHENWU, MILL
from domain.events.governance import Custody, KeyBound
from projections import marks
from projections.marks import Granted
from tests.api.pages_parts import SCRIPT, County, common, demo_county
from tests.api.signing_in import sign_in

FORM = {
    "mark": "luoding-rice", "zh": "罗定稻米", "en": "Luoding rice", "party": CHENWU,
    "category": ["paddy", "rice"], "township": ["445381001"], "quota": "12 吨",
    "until": "2030-01-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("marks"), "marks_page") as county:
        yield county


@pytest.fixture
def county(served: County) -> County:
    served.client.cookies.clear()
    return served


@pytest.fixture
def office(county: County) -> County:
    """The county, with its office signed in."""
    key = county.keyring.party_key(AUTHORITY)
    assert sign_in(county.client, AUTHORITY, key).status_code == 201
    return county


def keep_a_key(county: County) -> None:
    """Have the server keep a key of the office's, where it keeps none yet."""
    with county.services.connection() as conn:
        made = county.services.custody.make(conn, AUTHORITY)
    county.record(KeyBound(**common(AUTHORITY), party=AUTHORITY, key=made, custody=Custody.SERVER))


def granted(county: County) -> list[Granted]:
    with county.services.connection() as conn:
        return marks.grants(conn)


def test_everybody_sees_the_grants_and_nobody_else_the_form(county: County) -> None:
    page = county.get("/marks")
    assert "罗定肉桂（演示）" in page
    assert "采收" in page
    assert "<form" not in page.partition("<main")[2]
    assert county.client.post("/marks", data=FORM).status_code == 401
    sign_in(county.client, MILL, county.keyring.party_key(MILL))
    assert county.client.post("/marks", data=FORM).status_code == 403
    assert county.client.post(f"/marks/{granted(county)[0].id}/revoked").status_code == 403


def test_an_office_whose_key_the_server_does_not_keep_is_told_what_to_do(
    database_server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with demo_county(database_server, tmp_path_factory.mktemp("keyless"), "keyless") as county:
        sign_in(county.client, AUTHORITY, county.keyring.party_key(AUTHORITY))
        answer = county.client.post("/marks", data=FORM)
        assert answer.status_code == 409
        assert "suyuan mark" in answer.text
        assert 'value="罗定稻米"' in answer.text


def test_the_office_grants_and_takes_back(office: County) -> None:
    keep_a_key(office)
    answer = office.client.post("/marks", data=FORM)
    assert answer.status_code == 303, answer.text
    assert "罗定稻米" in office.get_signed(answer.headers["location"].partition("#")[0])
    (new,) = (one for one in granted(office) if one.mark == "luoding-rice")
    assert (new.party, new.quota, new.townships) == (CHENWU, 12_000_000, ["445381001"])
    back = f"/marks/{new.id}/revoked"
    assert office.client.post(back, data={"reason": " "}).status_code == 422
    done = office.client.post(back, data={"reason": SCRIPT})
    assert done.status_code == 303, done.text
    page = office.get_signed(done.headers["location"].partition("#")[0])
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    again = office.client.post(back, data={"reason": "再来"})
    assert again.status_code == 422
    assert "收回" in again.text
    assert office.client.post("/marks/none/revoked", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("party", "P445381-999999", "P445381-999999"), ("party", "谁", "party"),
        ("mark", "Luoding!", "mark"), ("category", [], "categories"),
        ("township", ["999"], "townships"), ("quota", "很多", "不是重量"),
        ("until", "明年", "不是日期"), ("zh", SCRIPT + "\n!", "names"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_filled_in_stays(
    office: County, field: str, value: str | list[str], said: str
) -> None:
    keep_a_key(office)
    before = granted(office)
    answer = office.client.post("/marks", data={**FORM, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert SCRIPT not in answer.text
    assert 'value="Luoding rice"' in answer.text
    assert granted(office) == before
