"""Someone else's order, and prices that are for buyers: held back at every door."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.demo.parties import AUTHORITY, BUYER, CHEN_XIULAN, CHENWU, INSPECTOR
from domain.events import market as m
from domain.events.catalogue import decode, encode
from domain.measures import Unit
from ledger import envelope, export, log
from projections.market_queries import OfferFilter, OrderFilter, Page, offers, orders, steps_of
from tests.api.pages_parts import County, common, demo_county
from tests.api.signing_in import sign_in

_TRADE = (m.OrderPlaced, m.OrderConfirmed, m.OrderRefused, m.OrderCancelled, m.OrderDisputed,
          m.OrderSettled, m.OfferMade, m.OfferChanged)  # fmt: skip


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("discretion")
    with demo_county(database_server, folder, "discretion", SUYUAN_PRIVATE_EXPORT="1") as served:
        yield served


@pytest.fixture(autouse=True)
def signed_out(county: County) -> None:
    county.client.cookies.clear()


def become(county: County, party: str | None) -> None:
    county.client.cookies.clear()
    if party:
        assert sign_in(county.client, party, county.keyring.party_key(party)).status_code == 201


def an_order(county: County) -> tuple[str, str, list[str]]:
    """A confirmed order of the buyer's: its id, its seller, the events of its life."""
    with county.services.connection() as conn:
        rows = orders(conn, OrderFilter(party=BUYER, states=["settled", "received"]), Page(1))
        steps = steps_of(conn, [rows[0].id])[rows[0].id]
    return (
        rows[0].id,
        rows[0].seller,
        [one.event for one in steps if one.state not in {"shipped", "received"}],
    )


def doors(county: County, order: str, events: list[str]) -> dict[str, Any]:
    """Knock at every door with an order's id; give what shows of it, by door."""
    node = base64.b64encode(f"Order:{order}".encode()).decode()
    get = county.client.get
    found: dict[str, Any] = {
        f"event {one}": get(f"/api/events/{one}").status_code for one in events
    }
    found |= {path: get(f"/market/orders/{order}{path}").status_code for path in ("", "/note.pdf")}
    asked = {
        "order": f'{{ order(id: "{order}") {{ quantity {{ amount }} }} }}',
        "node": f'{{ node(id: "{node}") {{ id }} }}',
    }
    for name, query in asked.items():
        answer = county.client.post("/graphql", json={"query": query}).json()
        found[name] = 200 if answer["data"][name] else 404
    return found


@pytest.mark.parametrize("who", [None, CHEN_XIULAN.party, INSPECTOR])
def test_someone_elses_order_is_behind_no_door(county: County, who: str | None) -> None:
    order, seller, events = an_order(county)
    assert who != seller
    become(county, who)
    found = doors(county, order, events)
    assert len(found) >= 6
    assert {status for status in found.values() if status not in {401, 404}} == set(), found
    for one in events:
        unknown = county.client.get("/api/events/01a1f160-2b30-7c13-9a89-5d4f355dc86e")
        hidden = county.client.get(f"/api/events/{one}")
        assert hidden.text.replace(one, "") == unknown.text.replace(
            "01a1f160-2b30-7c13-9a89-5d4f355dc86e", ""
        )


def test_an_order_is_behind_every_door_for_its_sides_and_the_county(county: County) -> None:
    order, seller, events = an_order(county)
    for party in (BUYER, seller, AUTHORITY):
        become(county, party)
        found = doors(county, order, events)
        assert set(found.values()) == {200}, (party, found)
        answer = county.client.get(f"/api/events/{order}")
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_copied_envelope_gives_a_receipt_and_no_payload(county: County) -> None:
    order, _, _ = an_order(county)
    with county.services.connection() as conn:
        stored = log.find_stored(conn, order)
    assert stored is not None
    answer = county.client.post("/api/events", content=stored.data)
    assert answer.status_code == 200
    assert set(answer.json()) == {
        "position", "leaf_hash", "tree_size", "proof", "checkpoint", "admitted_at"
    }  # fmt: skip


def _told(raw: bytes) -> list[Any]:
    lines = raw.splitlines()[1:-1]
    found = [export.read_line(line, 1) for line in lines]
    return [
        decode(envelope.parse(one.envelope).payload) for one in found
        if isinstance(one, export.Line)
    ]  # fmt: skip


def test_a_batchs_bundle_holds_nothing_of_what_was_offered_and_ordered(county: County) -> None:
    with county.services.connection() as conn:
        batch = orders(conn, OrderFilter(party=BUYER, states=["settled"]), Page(1))[0].batch
    gtin, _, lot = batch.partition("/")
    answer = county.client.get(f"/api/batches/{gtin}/{lot}/bundle")
    told = _told(answer.content)
    assert len(told) > 5
    assert [one for one in told if isinstance(one, _TRADE)] == []


def test_a_closed_export_is_for_the_county_alone(county: County) -> None:
    for party, status in ((None, 401), (BUYER, 403), (INSPECTOR, 403)):
        become(county, party)
        assert county.client.get("/api/export").status_code == status, party
    become(county, AUTHORITY)
    told = _told(county.client.get("/api/export").content)
    assert any(isinstance(one, m.OrderPlaced) for one in told), "the county's is whole"


def tiered(county: County) -> str:
    """An offer with prices by quantity."""
    with county.services.connection() as conn:
        rows = [row for row in offers(conn, OfferFilter(), Page(100)) if row.tiers]
    assert rows, "the demonstration has one"
    return rows[0].id


def test_prices_by_quantity_and_contacts_are_for_buyers_everywhere(county: County) -> None:
    offer = tiered(county)
    with county.services.connection() as conn:
        row = next(one for one in offers(conn, OfferFilter(), Page(100)) if one.id == offer)
    query = json.dumps(
        {"query": f'{{ offer(id: "{offer}") {{ tiers {{ price {{ amount }} }} }} }}'}
    )
    for party, sees in (
        (None, False), (CHEN_XIULAN.party, False), (INSPECTOR, False),
        (BUYER, True), (CHENWU, True), (row.seller, True), (AUTHORITY, True),
    ):  # fmt: skip
        become(county, party)
        page = county.client.get(f"/market/offers/{offer}", headers={"Accept": "text/html"}).text
        assert (
            'class="tiers"' in page,
            '"tiers":[]' in page.replace(" ", "").replace("&#34;", '"'),
        ) == (sees, not sees), party
        event = county.client.get(f"/api/events/{offer}").json()
        assert ("event" in event, "envelope" in event, "withheld" in event) == (
            sees, sees, not sees,
        )  # fmt: skip
        assert "receipt" in event
        headers = {"content-type": "application/json"}
        answer = county.client.post("/graphql", content=query, headers=headers).json()
        assert bool(answer["data"] and answer["data"]["offer"]) is sees, party


def test_a_buyer_sees_how_well_an_offer_suits_its_demand(county: County) -> None:
    offer = tiered(county)
    with county.services.connection() as conn:
        row = next(one for one in offers(conn, OfferFilter(), Page(100)) if one.id == offer)
        category = conn.execute(
            "SELECT category FROM market.products WHERE gtin = %s", [row.gtin]
        ).fetchone()
        place = conn.execute(
            "SELECT deliver_to FROM market.orders WHERE buyer = %s LIMIT 1", [BUYER]
        ).fetchone()
    assert category
    assert place
    demand = m.DemandPosted(
        **common(BUYER), category=category[0], quantity=max(row.least, 1000),
        unit=Unit(row.unit), deliver_to=place[0], fetches=True,
    )  # fmt: skip
    county.record(demand)
    path = f"/market/offers/{offer}"
    for party, shown in ((BUYER, True), (CHENWU, False), (None, False)):
        become(county, party)
        page = county.client.get(path, headers={"Accept": "text/html"}).text
        assert ("合您的求购" in page) is shown, party
    become(county, BUYER)
    page = county.client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"}).text
    assert "Suits your demand" in page
    assert "Score " in page
    assert f'data-demand="{demand.id}"' in page


def test_an_offer_without_steps_is_public_as_it_stands(county: County) -> None:
    with county.services.connection() as conn:
        row = next(one for one in offers(conn, OfferFilter(), Page(100)) if not one.tiers)
    assert "event" in county.client.get(f"/api/events/{row.id}").json()


def test_who_is_neither_side_is_refused_the_same_whatever_became_of_the_order(
    county: County,
) -> None:
    with county.services.connection() as conn:
        rows = orders(conn, OrderFilter(party=BUYER), Page(100))
    told: dict[str, Any] = {}
    for row in rows:
        event = m.OrderCancelled(**common(INSPECTOR), order=row.id, reason="不要了")
        raw = envelope.to_bytes(envelope.sign(encode(event), county.keyring.party_key(INSPECTOR)))
        told[row.state] = county.client.post("/api/events", content=raw).json()
    assert len(told) > 2, "the demonstration has orders in several states"
    assert all(said == next(iter(told.values())) for said in told.values()), told
    assert {said["code"] for said in told.values()} == {"not-authorised"}
