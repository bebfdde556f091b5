"""A weighing list handed in over HTTP: read for the cooperative's own members, nothing recorded."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from api.demo.parties import AUTHORITY, CHENWU
from ledger import log
from projections import directory
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("weighing"), "weighing") as county:
        yield county


@pytest.fixture
def county(served: County) -> County:
    """The county, with the cooperative's clerk signed in."""
    served.client.cookies.clear()
    assert sign_in(served.client, CHENWU, served.keyring.party_key(CHENWU)).status_code == 201
    return served


def member_of(county: County) -> tuple[str, str, str]:
    """A member for whom the cooperative may sign: number, name and a plot's name."""
    with county.services.connection() as conn:
        for one in directory.members_of(conn, CHENWU):
            if one.may_sign and (plots := directory.places_of(conn, one.member)):
                card = county.services.vault.names(conn, [one.member])[one.member]
                return one.member, card.name, plots[0].name
    raise AssertionError("the demonstration has such a member")


def send(county: County, raw: bytes, **fields: str) -> Response:
    answer: Response = county.client.post(
        "/api/weighing", files={"file": ("list.csv", raw, "text/csv")}, data=fields
    )
    return answer


def product_of(county: County) -> tuple[str, str]:
    with county.services.connection() as conn:
        for gtin, product in directory.products(conn).items():
            if product.unit == "GRM":
                return gtin, product.name_zh
    raise AssertionError("the demonstration has a product by weight")


def test_a_list_in_gbk_comes_back_as_deliveries_and_nothing_is_recorded(county: County) -> None:
    member, name, plot = member_of(county)
    gtin, product = product_of(county)
    with county.services.connection() as conn:
        head = log.head(conn)
    written = f'姓名,品名,斤数,地块\n{name},{product},"1,250",{plot}\n没这个人,{product},3,\n'
    said: Any = send(county, written.encode("gb18030")).json()
    assert [(one["member"], one["gtin"], one["quantity"]) for one in said["deliveries"]] == [
        (member, gtin, 625_000)
    ]
    assert [(one["row"], one["column"]) for one in said["errors"]] == [(3, "A")]
    assert said["missing"] == []
    with county.services.connection() as conn:
        assert log.head(conn) == head


def test_the_clerk_may_say_which_column_is_which(county: County) -> None:
    member, name, plot = member_of(county)
    _, product = product_of(county)
    written = f"甲,乙,丙,丁\n{name},{product},2.5,{plot}\n"
    guessed: Any = send(county, written.encode()).json()
    assert guessed["missing"] == ["member", "product", "weight"]
    chosen = json.dumps({"member": 0, "product": 1, "weight": 2, "plot": 3})
    said: Any = send(county, written.encode(), columns=chosen, heading="1", unit="公斤").json()
    assert [(one["member"], one["quantity"]) for one in said["deliveries"]] == [(member, 2_500)]


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"", {}),
        (b"PK\x03\x04", {}),
        (b"a,b\n1,2\n", {"columns": "[1]"}),
        (b"a,b\n1,2\n", {"columns": '{"colour": 1}'}),
        (b"a,b\n1,2\n", {"columns": '{"member": 40}'}),
        (b"a,b\n1,2\n", {"columns": '{"member": -1}'}),
        (b"a,b\n1,2\n", {"unit": "筐"}),
    ],
)
def test_what_can_not_be_read_is_said(county: County, raw: bytes, fields: dict[str, str]) -> None:
    answer = send(county, raw or b"\n", **fields)
    assert answer.status_code == 422
    assert answer.json()["message"]["zh"]


def test_only_a_cooperative_hands_in_weighing_lists(county: County) -> None:
    county.client.cookies.clear()
    assert send(county, b"a\n").status_code == 401
    sign_in(county.client, AUTHORITY, county.keyring.party_key(AUTHORITY))
    assert send(county, b"a\n").status_code == 403


def test_a_rehearsal_over_http_answers_line_by_line(county: County) -> None:
    answer = county.client.post("/api/events/rehearsal", content=b"{}\nnot json\n")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["line"] for line in lines] == [1, 2]
    assert {line["code"] for line in lines} == {"malformed"}
