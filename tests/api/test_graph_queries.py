"""Asking GraphQL: filters, stable cursors, nodes, batches, and how many queries that takes."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.events import movements as v
from domain.measures import Price
from tests import county as c
from tests.api.graph_parts import Graph, nodes, served, served_to_a_module
from tests.author import Author
from tests.county import kg, of

CATEGORY = Author().register_product(c.PADDY).category
LIST = """query ($filter: OfferFilter, $by: OfferOrder! = NEWEST, $first: Int! = 20, $after: String) {
    offers(filter: $filter, orderBy: $by, first: $first, after: $after) {
        edges { cursor node { id eventId } } pageInfo {
            hasNextPage hasPreviousPage startCursor endCursor } } }"""  # noqa: E501


@pytest.fixture
def graph(database_url: str) -> Iterator[Graph]:
    with served(database_url) as it:
        yield it


@pytest.fixture(scope="module")
def asked(database_server: str) -> Iterator[Graph]:
    with served_to_a_module(database_server, "graph_queries") as it:
        it.offer()
        it.offer()
        it.parts.runner.catch_up()
        yield it


def _pages(graph: Graph, size: int, **variables: Any) -> Iterator[list[str]]:  # noqa: ANN401
    after = None
    while True:
        found = graph.ask(LIST, first=size, after=after, **variables)["offers"]
        yield [node["eventId"] for node in nodes(found)]
        if not found["pageInfo"]["hasNextPage"]:
            return
        assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]
        after = found["pageInfo"]["endCursor"]


def test_a_page_goes_on_where_the_last_one_ended_whatever_comes_in_between(graph: Graph) -> None:
    made = [graph.offer(price=Price(1000 + number, 1000)).id for number in (3, 1, 2, 5, 4)]
    graph.parts.runner.catch_up()
    by_price = [made[1], made[2], made[0], made[4], made[3]]
    pages = _pages(graph, 2, by="CHEAPEST")
    assert next(pages) == by_price[:2]
    graph.offer(price=Price(900, 1000))
    graph.offer(price=Price(1001, 1000))
    graph.parts.runner.catch_up()
    assert next(pages) == by_price[2:4]
    assert next(pages) == by_price[4:]
    assert next(pages, None) is None


@pytest.mark.parametrize("by", ["NEWEST", "CHEAPEST", "LARGEST", "ENDING_SOON"])
def test_pages_of_every_order_add_up_to_the_list(graph: Graph, by: str) -> None:
    until = graph.world.now + timedelta(days=40_000)
    for number in range(5):
        graph.offer(50 + number % 3, until=until if number % 2 else None)
    graph.parts.runner.catch_up()
    whole = [one for page in _pages(graph, 100, by=by) for one in page]
    assert len(set(whole)) == 5
    assert [one for page in _pages(graph, 2, by=by) for one in page] == whole


def test_offers_are_narrowed_by_what_the_filter_says(graph: Graph) -> None:
    cheap, dear = graph.offer(price=Price(500, 1000)), graph.offer(price=Price(1500, 1000))
    graph.parts.runner.catch_up()

    def found(**wanted: Any) -> set[str]:  # noqa: ANN401
        listed = graph.ask(LIST, filter=wanted)["offers"]
        return {node["eventId"] for node in nodes(listed)}

    both = {cheap.id, dear.id}
    assert found(category=CATEGORY, township="445381111", gtin=c.PADDY, text="产品 晒谷") == both
    assert found(maxPrice={"amount": 1000, "per": 1000, "unit": "GRM"}) == {cheap.id}
    seller = base64.b64encode(f"Party:{c.FARMER}".encode()).decode()
    assert found(seller=seller) == found(seller=c.FARMER) == both
    assert found(text="没有这种东西") == found(states=["SOLD_OUT", "WITHDRAWN"]) == set()
    assert found(states=[]) == set()


def test_every_node_is_found_again_by_its_id(graph: Graph) -> None:
    graph.sign_in(c.BUYER)
    offer = graph.offer(100)
    order = graph.world.admit(graph.world.order(offer, kg(10)))
    graph.world.admit(graph.world.demand())
    graph.parts.runner.catch_up()
    found = graph.ask(
        """query ($order: ID!) { demands { edges { node { id __typename } } }
        order(id: $order) { id __typename
            buyer { id __typename } deliverTo { id __typename } product { id __typename }
            batch { id __typename } offer { id __typename } } }""",
        order=order.id,
    )
    things = [found["order"], *(v for v in found["order"].values() if isinstance(v, dict))]
    things += nodes(found["demands"])
    assert len({thing["__typename"] for thing in things}) == 7
    for thing in things:
        again = graph.ask("query ($id: ID!) { node(id: $id) { id __typename } }", id=thing["id"])
        assert again["node"] == {"id": thing["id"], "__typename": thing["__typename"]}


@pytest.mark.parametrize(
    "node", ["Offer:nothing", "Query:1", "Quantity:1", "Batch:x", "Batch:02000000000015/none"]
)
def test_an_id_of_nothing_gives_null(asked: Graph, node: str) -> None:
    wanted = base64.b64encode(node.encode()).decode()
    assert asked.ask("query ($id: ID!) { node(id: $id) { id } }", id=wanted) == {"node": None}


def _rice(asked: Graph) -> v.BatchTransformed:
    world = asked.world
    paddy = world.admit(world.harvest(quantity=kg(100)))
    sent = world.admit(world.ship(c.FARMER, c.YARD, [of(paddy.batch, kg(100))]))
    world.admit(world.receive(c.MILL, c.WORKSHOP, sent.id, [of(paddy.batch, kg(100))]))
    milled = world.transform(
        c.MILL, c.WORKSHOP, v.Process.MILLED, [of(paddy.batch, kg(100))],
        [of(world.new_lot(c.RICE), kg(70))],
    )  # fmt: skip
    return world.admit(milled)


BATCH = """query ($gtin: String!, $lot: String!) { batch(gtin: $gtin, lot: $lot) {
    gtin lot product { name(language: EN) category } quantity { decimal unit display }
    origin { batch plot { name } township { name } quantity { display } }
    passport { path stock { made held } timeline { kind late actor { identifier } } }
    back: trace(direction: BACK) { root nodes { identifier } edges { from to kind
        quantity { display(language: EN) } } }
    forward: trace(direction: FORWARD) { nodes { identifier quantity { decimal } } } } }"""


def test_a_batch_shows_where_it_comes_from(graph: Graph) -> None:
    milled = _rice(graph)
    graph.parts.runner.catch_up()
    rice, paddy = milled.outputs[0].batch, milled.inputs[0].batch
    found = graph.ask(BATCH, gtin=rice[:14], lot=rice[15:])["batch"]
    assert found["quantity"] == {"decimal": str(kg(70)), "unit": "GRM", "display": "70 公斤"}
    assert found["product"] == {"name": "Some product", "category": CATEGORY}
    assert found["origin"] == [
        {
            "batch": paddy, "plot": {"name": "塘边田"}, "township": {"name": "榃滨镇"},
            "quantity": {"display": "100 公斤"},
        }
    ]  # fmt: skip
    assert found["passport"]["stock"] == {"made": kg(70), "held": kg(70)}
    assert found["passport"]["path"] == f"/01/{rice[:14]}/10/{rice[15:]}"
    assert {step["kind"] for step in found["passport"]["timeline"]} >= {"harvested", "transformed"}
    assert {node["identifier"] for node in found["back"]["nodes"]} == {rice, paddy}
    assert found["back"]["edges"] == [
        {"from": paddy, "to": rice, "kind": "milled", "quantity": {"display": "100 kg"}}
    ]
    assert found["forward"]["nodes"] == [{"identifier": rice, "quantity": {"decimal": "70000"}}]
    assert graph.ask(BATCH, gtin=rice[:14], lot="none") == {"batch": None}


def test_the_checkpoint_is_the_logs_newest(graph: Graph) -> None:
    graph.offer(100)
    found = graph.ask("{ checkpoint { origin size rootHash note } }")["checkpoint"]
    assert found["size"] == graph.world.position
    assert found["note"].startswith(f"suyuan.example/luoding\n{found['size']}\n{found['rootHash']}")


RICH = """{ offers(first: 50) { edges { node {
    seller { name township { name } } place { name } product { name }
    left { display } price { display }
    batch { origin { plot { name } } passport { stock { held } } product { name } }
} } } }"""


def test_a_long_list_takes_as_many_queries_as_a_short_one(graph: Graph) -> None:
    graph.offer()
    graph.parts.runner.catch_up()
    with graph.counted() as few:
        graph.ask(RICH)
        needed = len(few)
    for _ in range(7):
        graph.offer()
    graph.parts.runner.catch_up()
    with graph.counted() as many:
        found = graph.ask(RICH)
        assert len(many) == needed, many
    assert len(found["offers"]["edges"]) == 8
    # the list, parties and their names, places, products, passports
    assert needed == 6


def test_orders_with_their_lives_take_a_fixed_number_of_queries(graph: Graph) -> None:
    graph.sign_in(c.BUYER)
    offer = graph.offer(100)
    for kilograms in (1, 2, 3):
        order = graph.world.admit(graph.world.order(offer, kg(kilograms)))
        graph.world.admit(graph.world.confirm(order))
    graph.parts.runner.catch_up()
    with graph.counted() as statements:
        found = graph.ask(
            """query ($party: ID!) { orders(party: $party, states: [CONFIRMED]) { edges { node {
            state offer { price { display } } buyer { name }
            timeline { state actor { name } } } } } }""",
            party=c.BUYER,
        )
        assert len(nodes(found["orders"])) == 3  # type: ignore[arg-type]
        # who looks (session, key, party), the list, offers, lives, parties; and the actors of the
        # lives, with names of persons
        assert len(statements) <= 9, statements


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ offers(first: 101) { edges { cursor } } }", "page-too-large"),
        ("{ offers(first: -1) { edges { cursor } } }", "page-too-large"),
        ('{ offers(after: "nonsense") { edges { cursor } } }', "bad-cursor"),
        ('{ offers(after: "é") { edges { cursor } } }', "bad-cursor"),
        ('{ offers(filter: {text: "\\u0000"}) { edges { cursor } } }', "bad-argument"),
        (
            "{ offers(filter: {maxPrice: {amount: 1, per: 0, unit: GRM}}) { edges { cursor } } }",
            "bad-argument",
        ),
        ('{ batch(gtin: "123", lot: "L7") { lot } }', "bad-argument"),
        ('{ batch(gtin: "02000000000015", lot: "批") { lot } }', "bad-argument"),
        ('{ node(id: "nonsense") { id } }', "bad-id"),
        ('{ order(id: "T2ZmZXI6MQ==") { state } }', "bad-id"),
    ],
)
def test_an_argument_that_can_not_be_used_is_said_in_both_languages(
    asked: Graph, query: str, code: str
) -> None:
    [error] = asked.errors(query)
    assert error["extensions"]["code"] == code
    assert error["extensions"]["messageZh"].endswith("。")
    assert error["extensions"]["messageEn"].endswith(".")


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "字" * 201, "\n"])
def test_text_that_no_record_can_hold_is_not_looked_for(asked: Graph, text: str) -> None:
    for field in ("text", "gtin", "category", "township", "seller"):
        [error] = asked.errors(LIST, filter={field: text})
        assert error["extensions"]["code"] == "bad-argument"


def test_a_cursor_holds_only_for_the_list_and_order_it_came_from(asked: Graph) -> None:
    cursor = asked.ask(LIST, first=1)["offers"]["pageInfo"]["endCursor"]
    assert asked.ask(LIST, first=1, after=cursor)["offers"]["pageInfo"]["hasPreviousPage"]
    [error] = asked.errors(LIST, by="CHEAPEST", after=cursor)
    assert error["extensions"]["code"] == "bad-cursor"
    forged = base64.urlsafe_b64encode(b'["offers","cheapest","many",3]').decode()
    [error] = asked.errors(LIST, by="CHEAPEST", after=forged)
    assert error["extensions"]["code"] == "bad-cursor"


@pytest.mark.parametrize("amount", ["-1", "1.5", "true", '"7"', "9007199254740992"])
def test_an_amount_is_a_whole_number_in_range(asked: Graph, amount: str) -> None:
    query = (
        f"{{ offers(filter: {{maxPrice: {{amount: {amount}, per: 1, unit: GRM}}}})"
        " { edges { cursor } } }"
    )
    [error] = asked.errors(query)
    assert "a whole number from 0 to 9007199254740991" in error["message"]
