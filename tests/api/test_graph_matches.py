"""What suits a demand, and the county's sharing: ranked, explained, and for whom it is."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.events import market as m
from domain.measures import Price
from tests import county as c
from tests.api.graph_parts import Graph, nodes, served
from tests.api.sockets import opened
from tests.api.test_graph_subscriptions import until, watch
from tests.county import kg

MATCHES = """query ($demand: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    matches(demand: $demand, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node {
            id score sentenceZh sentenceEn total price { amount }
            parts { part value weight }
            offer { eventId seller { name } product { name } batch { lot } } demand { eventId } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@pytest.fixture
def graph(database_url: str) -> Iterator[Graph]:
    with served(database_url) as it:
        it.parts.runner.catch_up()
        until(lambda: it.parts.feed.window is not None)
        yield it


def wanted(graph: Graph, **terms: Any) -> m.DemandPosted:  # noqa: ANN401
    """Post the buyer's demand for paddy."""
    category = graph.world.register_product(c.PADDY).category
    return graph.world.admit(graph.world.demand(category=category, **terms))


def _asked(graph: Graph, demand: str, **page: Any) -> Any:  # noqa: ANN401
    return graph.ask(MATCHES, demand=demand, **page)["matches"]


def test_matches_are_ranked_and_say_why(graph: Graph) -> None:
    dear, cheap = graph.offer(100, price=Price(1200, 1000)), graph.offer(100)
    graph.offer(100, price=Price(9000, 1000))
    demand = wanted(graph, quantity=kg(50), ceiling=Price(2000, 1000))
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    first, second = nodes(_asked(graph, demand.id))
    assert [first["offer"]["eventId"], second["offer"]["eventId"]] == [cheap.id, dear.id]
    assert first["score"] > second["score"]
    assert first["score"] == sum(p["value"] * p["weight"] for p in first["parts"]) // 100
    assert sum(part["weight"] for part in first["parts"]) == 100
    assert first["sentenceZh"].startswith(f"{first['score']} 分：")
    assert first["sentenceEn"].startswith(f"Score {first['score']}: ")
    assert first["price"] == {"amount": 1000}
    assert first["total"] == 50 * 1000
    again = graph.ask(
        "query ($id: ID!) { node(id: $id) { id ... on Match { score } } }", id=first["id"]
    )
    assert again["node"] == {"id": first["id"], "score": first["score"]}


def test_pages_of_matches_add_up_both_ways(graph: Graph) -> None:
    for fen in (1000, 1300, 1100, 1000, 1200):
        graph.offer(100, price=Price(fen, 1000))
    demand = wanted(graph, quantity=kg(50)).id
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    whole = [node["id"] for node in nodes(_asked(graph, demand))]
    assert len(set(whole)) == 5
    page = _asked(graph, demand, first=2)
    found = [node["id"] for node in nodes(page)]
    while page["pageInfo"]["hasNextPage"]:
        page = _asked(graph, demand, first=2, after=page["pageInfo"]["endCursor"])
        found += [node["id"] for node in nodes(page)]
    assert found == whole
    back = _asked(graph, demand, last=2, before=page["pageInfo"]["startCursor"])
    assert [node["id"] for node in nodes(back)] == whole[2:4]
    assert back["pageInfo"]["hasPreviousPage"]


def test_a_cursor_of_another_list_is_none_of_a_ranking(graph: Graph) -> None:
    graph.offer(100)
    demand = wanted(graph).id
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    for key in ("nonsense", "1.", ".1", "-1.1", "1." + "9" * 40):
        mark = f'["matches","newest","{key}",3]'
        cursor = base64.urlsafe_b64encode(mark.encode()).decode()
        [error] = graph.errors(MATCHES, demand=demand, after=cursor)
        assert error["extensions"]["code"] == "bad-cursor"


def test_many_matches_take_as_many_queries_as_one(graph: Graph) -> None:
    graph.offer(100)
    demand = wanted(graph).id
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    with graph.counted() as one:
        _asked(graph, demand)
        needed = len(one)
    for _ in range(6):
        graph.offer(100)
    graph.parts.runner.catch_up()
    with graph.counted() as many:
        assert len(nodes(_asked(graph, demand))) == 7  # type: ignore[arg-type]
        assert len(many) == needed, many


def test_what_suits_a_demand_is_its_buyers_and_the_countys(graph: Graph) -> None:
    graph.offer(100)
    demand = wanted(graph)
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    [found] = nodes(_asked(graph, demand.id))
    for party, code in ((c.SHOP, "not-yours"), (c.FARMER, "not-yours"), (None, "not-signed-in")):
        graph.sign_out()
        if party:
            graph.sign_in(party)
        [error] = graph.errors(MATCHES, demand=demand.id)
        assert error["extensions"]["code"] == code
        assert graph.ask("query ($id: ID!) { node(id: $id) { id } }", id=found["id"]) == {
            "node": None
        }
    graph.sign_in(c.AUTHORITY)
    assert nodes(_asked(graph, demand.id))
    [error] = graph.errors(MATCHES, demand="nothing")
    assert error["extensions"]["code"] == "bad-id"


ALLOCATION = """query ($window: WithinWindow, $category: String) {
    allocation(window: $window, category: $category) {
        groups { category currency offers demands floor wanted { amount } moved { amount }
            sellers { seller { partyId } sold { amount } entitled { amount } } }
        proposals { quantity { amount } price { amount } score seller { partyId }
            buyer { partyId } offer { eventId } demand { eventId } } } }"""


def test_the_county_sees_a_sharing_of_a_window(graph: Graph) -> None:
    offer = graph.offer(100)
    day = datetime(2126, 3, 1, tzinfo=c.CST)
    window = m.Window(day, day + timedelta(days=5))
    demand = wanted(graph, quantity=kg(60), window=window)
    graph.parts.runner.catch_up()
    graph.sign_in(c.AUTHORITY)
    found = graph.ask(ALLOCATION)["allocation"]
    [group], [proposal] = found["groups"], found["proposals"]
    assert (group["wanted"], group["moved"], group["floor"]) == (
        {"amount": kg(60)}, {"amount": kg(60)}, 1000,
    )  # fmt: skip
    assert group["sellers"] == [
        {
            "seller": {"partyId": c.FARMER}, "sold": {"amount": kg(60)},
            "entitled": {"amount": kg(60)},
        }
    ]  # fmt: skip
    assert proposal["offer"] == {"eventId": offer.id}
    assert proposal["demand"] == {"eventId": demand.id}
    later = {"since": "2126-04-01T00:00:00+08:00", "until": "2126-04-02T00:00:00+08:00"}
    assert graph.ask(ALLOCATION, window=later)["allocation"]["groups"] == []
    assert graph.ask(ALLOCATION, category="tea")["allocation"]["groups"] == []
    for bad in (later | {"until": later["since"]}, later | {"since": "2126-03-01T00:00:00"}):
        [error] = graph.errors(ALLOCATION, window=bad)
        assert error["extensions"]["code"] == "bad-argument"


def test_a_sharing_takes_a_fixed_number_of_queries(graph: Graph) -> None:
    graph.offer(100)
    wanted(graph, quantity=kg(10))
    graph.parts.runner.catch_up()
    graph.sign_in(c.AUTHORITY)
    with graph.counted() as few:
        graph.ask(ALLOCATION)
        needed = len(few)
    for _ in range(4):
        graph.offer(100)
        wanted(graph, quantity=kg(30))
    graph.parts.runner.catch_up()
    with graph.counted() as many:
        assert len(graph.ask(ALLOCATION)["allocation"]["proposals"]) >= 5
        assert len(many) == needed, many


PROPOSALS = """query ($party: ID) { proposals(party: $party) {
    quantity { amount } price { amount } total score seller { partyId } buyer { partyId }
    offer { eventId seller { name } product { name } place { name } batch { lot } }
    demand { eventId deliverTo { name } buyer { name } } } }"""


def test_what_was_proposed_is_for_both_sides_and_the_county_while_it_stands(graph: Graph) -> None:
    offer = graph.offer(100)
    demand = wanted(graph, quantity=kg(60))
    graph.parts.runner.catch_up()
    assert graph.propose() == 1
    for party in (c.BUYER, c.FARMER, c.AUTHORITY):
        graph.sign_in(party)
        [found] = graph.ask(PROPOSALS)["proposals"]
        assert (found["offer"]["eventId"], found["demand"]["eventId"]) == (offer.id, demand.id)
        assert (found["quantity"], found["price"]) == ({"amount": kg(60)}, {"amount": 1000})
        assert (found["total"], found["buyer"]) == (60_000, {"partyId": c.BUYER})
    graph.sign_in(c.SHOP)
    assert graph.ask(PROPOSALS)["proposals"] == []
    [error] = graph.errors(PROPOSALS, party=c.BUYER)
    assert error["extensions"]["code"] == "not-yours"
    graph.sign_out()
    [error] = graph.errors(PROPOSALS)
    assert error["extensions"]["code"] == "not-signed-in"
    graph.sign_in(c.AUTHORITY)
    assert len(graph.ask(PROPOSALS, party=c.FARMER)["proposals"]) == 1
    assert graph.ask(PROPOSALS, party=c.SHOP)["proposals"] == []
    graph.world.admit(graph.world.order(offer, kg(60), demand=demand.id))
    graph.parts.runner.catch_up()
    assert graph.ask(PROPOSALS)["proposals"] == [], "it was ordered"


def test_many_proposals_take_as_many_queries_as_one(graph: Graph) -> None:
    graph.offer(100)
    wanted(graph, quantity=kg(10))
    graph.parts.runner.catch_up()
    assert graph.propose() == 1
    graph.sign_in(c.BUYER)
    with graph.counted() as few:
        graph.ask(PROPOSALS)
        needed = len(few)
    for _ in range(4):
        graph.offer(100)
        wanted(graph, quantity=kg(30))
    graph.parts.runner.catch_up()
    assert graph.propose() >= 5
    with graph.counted() as many:
        assert len(graph.ask(PROPOSALS)["proposals"]) >= 5
        assert len(many) == needed, many


WATCHED = """subscription ($demand: ID!, $after: String) { matches(demand: $demand, after: $after) {
    cursor match { score sentenceEn offer { eventId price { amount } } } } }"""


def test_who_wants_hears_of_what_suits_new_and_at_new_terms(graph: Graph) -> None:
    demand = wanted(graph, quantity=kg(50), ceiling=Price(2000, 1000))
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        watch(graph, socket, WATCHED, demand=demand.id)
        dear = graph.offer(100, price=Price(2500, 1000))
        good = graph.offer(100)
        news = socket.data()["matches"]
        assert news["match"]["offer"] == {"eventId": good.id, "price": {"amount": 1000}}
        graph.world.admit(graph.world.change(dear, price=Price(1500, 1000)))
        changed = socket.data()["matches"]
        assert changed["match"]["offer"] == {"eventId": dear.id, "price": {"amount": 1500}}
        assert changed["match"]["score"] < news["match"]["score"]
    with opened(graph.client) as socket:
        socket.subscribe(WATCHED, demand=demand.id, after=news["cursor"])
        assert socket.data()["matches"]["cursor"] == changed["cursor"]


def test_who_watch_the_same_demand_share_one_ranking(graph: Graph) -> None:
    demand = wanted(graph, quantity=kg(50))
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    with opened(graph.client) as buyer, opened(graph.client) as other:
        graph.sign_in(c.AUTHORITY)
        with opened(graph.client) as county:
            sockets = (buyer, other, county)
            for socket in sockets:
                watch(graph, socket, WATCHED, demand=demand.id)
            with graph.counted() as asked:
                offer = graph.offer(100)
                for socket in sockets:
                    assert socket.data()["matches"]["match"]["offer"]["eventId"] == offer.id
                assert sum("string_agg(o.ranked" in one for one in asked) == 1


def test_nobody_watches_what_suits_anothers_demand(graph: Graph) -> None:
    demand = wanted(graph)
    graph.parts.runner.catch_up()
    graph.sign_in(c.SHOP)
    with opened(graph.client) as socket:
        socket.subscribe(WATCHED, demand=demand.id)
        message = socket.next()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "not-yours"


RECALLED = """subscription ($after: String) { orders(after: $after) {
    cursor recall step { state } order { eventId halted } } }"""


def test_a_recall_is_told_to_both_sides_of_every_open_order(graph: Graph) -> None:
    offer = graph.offer(100)
    world = graph.world
    order, gone = (world.admit(world.order(offer, kg(10))) for _ in range(2))
    world.admit(world.cancel(gone))
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    with opened(graph.client) as buyer:
        graph.sign_in(c.FARMER)
        with opened(graph.client) as seller:
            for socket in (buyer, seller):
                watch(graph, socket, RECALLED)
            cursor = str(world.position)
            recall = world.admit(world.recall(offer.batch))
            for socket in (buyer, seller):
                news = socket.data()["orders"]
                cursor = news.pop("cursor")
                assert news == {
                    "recall": recall.id, "step": None,
                    "order": {"eventId": order.id, "halted": True},
                }  # fmt: skip
            world.admit(world.cancel(order))
            assert buyer.data()["orders"]["step"] == {"state": "CANCELLED"}
    with opened(graph.client) as socket:
        socket.subscribe(RECALLED, after=cursor)
        assert socket.data()["orders"]["step"] == {"state": "CANCELLED"}
