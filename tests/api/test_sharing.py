"""The county's desk: what it sees, what it proposes, and who sees that."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import psycopg
import pytest

from api.demo.parties import AUTHORITY, BUYER, CHEN_XIULAN, CHENWU, INSPECTOR
from api.demo.places import AT_BUYER
from api.demo.produce import PRODUCTS
from domain.events import market as m
from domain.events.movements import BatchHarvested
from domain.measures import Price, Unit
from tests.api.pages_parts import PLOT, County, common, demo_county
from tests.api.signing_in import sign_in

GTIN = PRODUCTS[0].gtin
PRICE = Price(900, 1000)
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("sharing"), "sharing") as served:
        yield served


@pytest.fixture(autouse=True)
def pair(county: County) -> Iterator[tuple[m.OfferMade, m.DemandPosted]]:
    """An offer and a demand that suit each other, and nobody signed in."""
    county.client.cookies.clear()
    with psycopg.connect(county.services.database_url, autocommit=True) as conn:
        conn.execute("TRUNCATE proposals.proposal")
    lot = common(BUYER)["id"][-12:]
    goods: dict[str, Any] = {
        "batch": f"{GTIN}/S{lot}", "quantity": 40_000, "unit": Unit.GRAM, "place": PLOT,
    }  # fmt: skip
    grower = CHEN_XIULAN.party
    harvested = BatchHarvested(**common(grower), plot=PLOT, **goods)
    offer = m.OfferMade(**common(grower), price=PRICE, ways=(m.Way.PICK_UP,), **goods)
    demand = m.DemandPosted(
        **common(BUYER), category=PRODUCTS[0].category, quantity=30_000, unit=Unit.GRAM,
        deliver_to=AT_BUYER.place, fetches=True, product=GTIN,
    )  # fmt: skip
    county.record(harvested, offer, demand)
    yield offer, demand
    county.record(m.DemandWithdrawn(**common(BUYER), demand=demand.id, reason="试完了"))
    county.record(m.OfferWithdrawn(**common(grower), offer=offer.id, reason="试完了"))


def become(county: County, party: str) -> None:
    county.client.cookies.clear()
    assert sign_in(county.client, party, county.keyring.party_key(party)).status_code == 201


def looked_at(county: County, **asked: str) -> dict[str, str]:
    """Look at a sharing as the county; give the form that would propose it."""
    become(county, AUTHORITY)
    page = county.client.get("/market/sharing", params=asked, headers=HTML).text
    form = page.partition('method="post"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def proposed_to(county: County, party: str, offer: str) -> list[dict[str, Any] | None]:
    """What the party's page shows of proposals of an offer: what a tap signs, or None."""
    become(county, party)
    page = county.client.get("/market/orders", headers=HTML).text
    section = page.partition('id="proposed"')[2].partition("</section>")[0]
    cards = section.split('<li class="card deal">')[1:]
    found: list[dict[str, Any] | None] = []
    for card in cards:
        if f"/market/offers/{offer}" in card:
            data = re.search(r'data-order="([^"]+)"', card)
            found.append(json.loads(unescape(data[1])) if data else None)
    return found


@pytest.mark.parametrize(("party", "status"), [(None, 401), (BUYER, 403), (INSPECTOR, 403)])
def test_the_desk_is_the_countys(county: County, party: str | None, status: int) -> None:
    if party:
        become(county, party)
    assert county.client.get("/market/sharing", headers=HTML).status_code == status
    answer = county.client.post("/market/sharing", data={"digest": "x"}, headers=HTML)
    assert answer.status_code == status


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_shows_who_gets_what_and_how_fair_that_is(
    county: County, language: str, pair: tuple[m.OfferMade, m.DemandPosted]
) -> None:
    become(county, AUTHORITY)
    page = county.client.get("/market/sharing", headers={**HTML, "Accept-Language": language}).text
    assert ("Each seller at least" if language == "en" else "每户至少") in page
    assert f"/market/offers/{pair[0].id}" in page
    empty = county.client.get("/market/sharing?category=tea&since=x&until=2026-13-01", headers=HTML)
    assert "这个时段没有求购" in empty.text
    assert 'method="post"' not in empty.text


def test_what_is_proposed_shows_to_both_sides_and_is_ordered_as_it_stands(
    county: County, pair: tuple[m.OfferMade, m.DemandPosted]
) -> None:
    offer, demand = pair
    form = looked_at(county)
    assert proposed_to(county, BUYER, offer.id) == []
    become(county, AUTHORITY)
    answer = county.client.post("/market/sharing", data=form)
    assert answer.status_code == 303
    assert "已向双方提出" in county.client.get(answer.headers["location"], headers=HTML).text
    [fields] = proposed_to(county, BUYER, offer.id)
    assert fields
    assert proposed_to(county, offer.actor, offer.id) == [None]
    assert proposed_to(county, CHENWU, offer.id) == []
    assert (fields["demand"], fields["way"], fields["quantity"]) == (demand.id, "pick_up", 30_000)
    price, way = Price(**fields.pop("price")), m.Way(fields.pop("way"))
    unit = Unit(fields.pop("unit"))
    county.record(m.OrderPlaced(**common(BUYER), **fields, price=price, way=way, unit=unit))
    assert proposed_to(county, BUYER, offer.id) == proposed_to(county, offer.actor, offer.id) == []


def test_what_has_changed_since_it_was_looked_at_is_not_proposed(
    county: County, pair: tuple[m.OfferMade, m.DemandPosted]
) -> None:
    offer, _ = pair
    form = looked_at(county)
    terms = {
        name: getattr(offer, name) for name in ("place", "batch", "quantity", "unit", "ways")
    }  # fmt: skip
    county.record(
        m.OfferChanged(**common(offer.actor), offer=offer.id, price=Price(800, 1000), **terms)
    )
    answer = county.client.post("/market/sharing", data=form, headers=HTML)
    assert answer.status_code == 409
    assert "供求刚刚变了" in answer.text
    assert proposed_to(county, BUYER, offer.id) == []


def test_a_later_round_takes_back_what_an_earlier_one_proposed(
    county: County, pair: tuple[m.OfferMade, m.DemandPosted]
) -> None:
    offer, _ = pair
    for _ in range(2):
        form = looked_at(county)
        assert county.client.post("/market/sharing", data=form).status_code == 303
    assert len(proposed_to(county, BUYER, offer.id)) == 1
