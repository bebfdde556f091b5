"""The directory gives master data as it stands now."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from domain.events import governance as g
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.measures import Content, Unit
from projections import directory
from projections.directory_projection import DirectoryProjection
from tests.projections.happenings import (
    AUTHORITY,
    BUYER,
    COOP,
    COOP_KEY,
    FARMER,
    GTIN,
    PLOT,
    STORE,
    YARD,
    common,
    masters,
)
from tests.projections.scribe import KEY, project

MODEL = DirectoryProjection()
BAGS = "02445381000023"


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def tell(conn: psycopg.Connection, events: list[AnyEvent], size: int = 1000) -> None:
    project(conn, events, [MODEL], size)


def test_parties_are_known_with_their_public_names_only(conn: psycopg.Connection) -> None:
    tell(conn, masters(KEY.did))
    found = directory.parties(conn, [AUTHORITY, COOP, FARMER, "P445381-999999"])
    assert {party.id: party.name for party in found.values()} == {
        AUTHORITY: "罗定市农业农村局", COOP: "陈屋合作社", FARMER: None,
    }  # fmt: skip
    farmer = directory.party(conn, FARMER)
    assert farmer is not None
    assert (farmer.kind, farmer.roles, farmer.admitted) == ("person", ["farmer"], 3)
    assert [p.id for p in directory.parties_in_role(conn, "buyer")] == [BUYER]
    assert directory.party(conn, "P445381-999999") is None


def test_the_ledger_says_what_it_is_and_which_rules_and_key_hold(conn: psycopg.Connection) -> None:
    tell(conn, [])
    assert directory.ledger(conn) is None
    rules = g.RulesAdopted(**common(AUTHORITY), rules="2027.1", tables="0" * 64)
    key = g.LogRotated(**common(AUTHORITY), log_key="suyuan.example+1+next", reason="定期换钥")
    tell(conn, [*masters(KEY.did), rules, key])
    found = directory.ledger(conn)
    assert found is not None
    assert (found.authority, found.rules) == (AUTHORITY, "2027.1")
    assert found.log_key == "suyuan.example+1+next"


def test_keys_are_kept_with_custody_expiry_and_revocation(conn: psycopg.Connection) -> None:
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    new = COOP_KEY[:-1] + "z"
    tell(conn, [
        *masters(KEY.did),
        g.KeyBound(**common(COOP), party=COOP, key=new, custody=g.Custody.HSM, expires=expires),
        g.KeyRevoked(**common(COOP), party=COOP, key=KEY.did, reason="手机丢了"),
    ])  # fmt: skip
    revoked, bound = directory.keys_of(conn, COOP)
    assert (revoked.did, revoked.revoked, revoked.revoked_reason) == (KEY.did, 13, "手机丢了")
    assert (bound.did, bound.custody, bound.expires, bound.revoked) == (new, "hsm", expires, None)
    first = directory.key(conn, COOP_KEY)
    assert first is not None
    assert (first.party, first.custody, first.bound) == (AUTHORITY, "device", 1)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_member_who_left_and_came_back_is_one(conn: psycopg.Connection, size: int) -> None:
    tell(conn, [
        *masters(KEY.did),
        g.MembershipEnded(**common(COOP), member=FARMER, reason="转社"),
        g.MembershipBegan(**common(COOP), member=FARMER),
    ], size)  # fmt: skip
    (membership,) = directory.members_of(conn, COOP)
    assert (membership.member, membership.may_sign, membership.began) == (FARMER, False, 13)
    assert directory.cooperatives_of(conn, FARMER) == [membership]


def test_places_and_products_are_found(conn: psycopg.Connection) -> None:
    bags = r.ProductRegistered(
        **common(COOP), gtin=BAGS, names=r.Names("桂皮 500 克", "Cinnamon 500 g"),
        category="cinnamon", unit=Unit.PIECE, content=Content(500, Unit.GRAM), shelf_life_days=540,
    )  # fmt: skip
    tell(conn, [*masters(KEY.did), bags])
    plot = directory.place(conn, PLOT)
    assert plot is not None
    assert (plot.name, plot.kind, plot.area_m2, plot.township) == (
        "七号山地", "plot", 8000, "445381105",
    )  # fmt: skip
    assert directory.places(conn, [PLOT, STORE, "x"]).keys() == {PLOT, STORE}
    assert [place.id for place in directory.places_of(conn, FARMER)] == [PLOT, YARD]
    assert list(directory.products(conn)) == [GTIN, BAGS]
    assert list(directory.products(conn, [BAGS])) == [BAGS]
    product = directory.product(conn, BAGS)
    assert product is not None
    assert (product.content_quantity, product.content_unit, product.shelf_life_days) == (
        500, "GRM", 540,
    )  # fmt: skip
