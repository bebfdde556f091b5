"""Buying through GraphQL: offers found, orders placed and answered, refusals as typed results."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from domain.events import market as m
from domain.events.catalogue import encode
from domain.events.governance import Custody, KeyBound
from domain.measures import Price
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.receipt import Receipt, verify_receipt
from ledger.vault import PersonCard
from tests import county as c
from tests.api.graph_parts import Graph, nodes, served
from tests.county import kg, of
from tests.recorded_world import LOG_KEY, ORIGIN
from tests.worlds import sealed

LIFE = """query ($id: ID!) { order(id: $id) {
    state total quantity { amount unit display(language: EN) }
    price { display } buyer { name } seller { partyId } deliverTo { name }
    offer { state left { amount } }
    timeline { state position amount reason counts actor { partyId } }
} }"""


@pytest.fixture
def graph(database_url: str) -> Iterator[Graph]:
    with served(database_url) as it:
        yield it


def test_an_order_lives_from_placed_to_received(graph: Graph) -> None:
    graph.sign_in(c.BUYER)
    world = graph.world
    harvested = world.admit(world.harvest(quantity=kg(100)))
    offer = world.offer(c.FARMER, c.YARD, of(harvested.batch, kg(100)))
    made = graph.do("makeOffer", offer, kind="offer")
    assert (made["__typename"], made["offer"]["state"]) == ("OfferAccepted", "OPEN")
    assert (made["clientMutationId"], made["offer"]["eventId"]) == ("tap-1", offer.id)
    order = world.order(offer, kg(40))
    placed = graph.do("placeOrder", order)
    assert placed["order"]["state"] == "PLACED"
    confirmed = graph.do("confirmOrder", world.confirm(order))
    assert confirmed["order"] == placed["order"] | {"state": "CONFIRMED"}
    sent = world.admit(
        world.ship(
            c.FARMER, c.YARD, [of(order.batch, kg(40))], to=c.BUYER, to_place=c.STORE,
            order=order.id,
        )
    )  # fmt: skip
    counted, short = of(order.batch, kg(39)), of(order.batch, kg(1))
    world.admit(world.receive(c.BUYER, c.STORE, sent.id, [counted], [short]))
    graph.parts.runner.catch_up()
    found = graph.ask(LIFE, id=placed["order"]["id"])["order"]
    assert found == graph.ask(LIFE, id=order.id)["order"]
    assert found["state"] == "RECEIVED"
    assert found["total"] == 40_000
    assert found["quantity"] == {"amount": kg(40), "unit": "GRM", "display": "40 kg"}
    assert found["price"]["display"] == "¥10.00/公斤"
    assert (found["buyer"]["name"], found["deliverTo"]["name"]) == ("穗禾食材公司", "穗禾仓库")
    assert found["offer"] == {"state": "OPEN", "left": {"amount": kg(60)}}
    assert [(step["state"], step["actor"]["partyId"]) for step in found["timeline"]] == [
        ("PLACED", c.BUYER), ("CONFIRMED", c.FARMER), ("SHIPPED", c.FARMER),
        ("RECEIVED", c.BUYER),
    ]  # fmt: skip
    assert found["timeline"][-1]["amount"] == kg(39)


def test_a_receipt_proves_the_event(graph: Graph) -> None:
    demand = graph.world.demand()
    raw = sealed(demand, graph.world.keys(demand))
    given = graph.submit("postDemand", raw.decode(), "demand")["receipt"]
    assert not given["already"]
    receipt = Receipt(
        given["position"], base64.b64decode(given["leafHash"]), given["treeSize"],
        tuple(map(base64.b64decode, given["proof"])), given["checkpoint"], graph.world.now,
    )  # fmt: skip
    verify_receipt(receipt, raw, encode_vkey(NoteSigner(ORIGIN, LOG_KEY).verifier))
    again = graph.submit("postDemand", raw.decode(), "demand")["receipt"]
    assert again == given | {"already": True}


def test_of_two_orders_for_the_last_sack_the_second_is_refused_with_the_reason(
    graph: Graph,
) -> None:
    graph.sign_in(c.FARMER)
    offer = graph.offer(100)
    first, second = (graph.world.order(offer, kg(100)) for _ in range(2))
    for order in (first, second):
        assert graph.do("placeOrder", order)["order"]["state"] == "PLACED"
    won = graph.world.confirm(first)
    assert graph.do("confirmOrder", won)["order"]["state"] == "CONFIRMED"
    refusal = graph.do("confirmOrder", graph.world.confirm(second))
    assert (refusal["__typename"], refusal["code"]) == ("Refusal", "offer-exceeds-holding")
    assert refusal["clientMutationId"] == "tap-1"
    assert "不够 100 公斤" in refusal["messageZh"]
    assert "not 100 kg" in refusal["messageEn"]
    assert refusal["cause"] == won.id
    assert refusal["position"] == graph.ask(LIFE, id=first.id)["order"]["timeline"][1]["position"]
    assert graph.ask(LIFE, id=second.id)["order"]["state"] == "PLACED"
    refused = graph.do("refuseOrder", graph.world.decline(second))
    assert refused["order"]["state"] == "REFUSED"


@pytest.mark.parametrize(
    ("mutation", "kind", "typename"),
    [
        ("makeOffer", "offer", "offer.made.v1"), ("withdrawOffer", "offer", "offer.withdrawn.v1"),
        ("postDemand", "demand", "demand.posted.v1"),
        ("withdrawDemand", "demand", "demand.withdrawn.v1"),
        ("placeOrder", "order", "order.placed.v1"),
        ("confirmOrder", "order", "order.confirmed.v1"),
        ("refuseOrder", "order", "order.refused.v1"),
        ("cancelOrder", "order", "order.cancelled.v1"),
        ("changeOffer", "offer", "offer.changed.v1"), ("shipOrder", "order", "shipment.sent.v1"),
        ("receiveOrder", "order", "shipment.received.v1"),
        ("disputeOrder", "order", "order.disputed.v1"),
        ("settleOrder", "order", "order.settled.v1"),
        ("issueCommitment", "batch", "commitment.issued.v1"),
        ("withdrawCommitment", "batch", "commitment.withdrawn.v1"),
    ],
)  # fmt: skip
def test_a_mutation_takes_only_its_own_event(
    graph: Graph, mutation: str, kind: str, typename: str
) -> None:
    other = graph.world.harvest()
    refusal = graph.do(mutation, other, kind=kind)
    assert (refusal["code"], refusal["path"]) == ("malformed", "$.type")
    assert f"{mutation} takes {typename}, and this is batch.harvested.v1" in refusal["messageEn"]


STANDING = """query ($id: ID!) { order(id: $id) {
    state way confirmed { amount } window { since until } demand { eventId left { amount } } } }"""


def test_an_order_goes_all_the_way_by_mutations(graph: Graph) -> None:
    world = graph.world
    demand, offer = world.admit(world.demand(quantity=kg(40))), graph.offer(100)
    graph.sign_in(c.BUYER)
    window = m.Window(world.now, world.now + timedelta(days=3))
    order = world.order(offer, kg(40), demand=demand.id, way=m.Way.PICK_UP, window=window)
    graph.do("placeOrder", order)
    graph.do("confirmOrder", world.confirm(order, quantity=kg(30)))
    found = graph.ask(STANDING, id=order.id)["order"]
    assert found["window"]["since"] == window.since.astimezone(UTC).isoformat()
    assert found | {"window": None} == {
        "state": "CONFIRMED", "way": "PICK_UP", "confirmed": {"amount": kg(30)}, "window": None,
        "demand": {"eventId": demand.id, "left": {"amount": kg(10)}},
    }  # fmt: skip
    sent = world.ship(
        c.FARMER, c.YARD, [of(order.batch, kg(30))], to=c.BUYER, to_place=c.STORE, order=order.id
    )
    assert graph.do("shipOrder", sent)["order"]["state"] == "SHIPPED"
    early = graph.do("settleOrder", world.settle(order, sent.id))
    assert (early["__typename"], early["code"]) == ("Refusal", "order-not-open")
    received = world.receive(c.BUYER, c.STORE, sent.id, [of(order.batch, kg(30))])
    assert graph.do("receiveOrder", received)["order"]["state"] == "RECEIVED"
    disputed = graph.do("disputeOrder", world.dispute(order, sent.id))
    assert disputed["order"]["state"] == "DISPUTED"
    wrong = graph.do("settleOrder", world.settle(order, sent.id))
    assert wrong["code"] == "not-authorised"
    settled = graph.do("settleOrder", world.settle(order, sent.id, by=c.BUYER))
    assert settled["order"]["state"] == "SETTLED"


def test_an_offer_says_its_terms_and_what_is_left_of_it(graph: Graph) -> None:
    offer = graph.offer(100)
    order = graph.world.admit(graph.world.order(offer, kg(10)))
    graph.world.admit(graph.world.confirm(order))
    tiers = (m.Tier(kg(20), Price(900, 1000)), m.Tier(kg(50), Price(800, 1000)))
    terms = graph.world.change(offer, quantity=kg(60), tiers=tiers, ways=(m.Way.PICK_UP,))
    changed = graph.do("changeOffer", terms, kind="offer")
    assert changed["offer"]["eventId"] == offer.id
    ask = """query ($id: ID!) { offer(id: $id) { ways left { amount } available { amount }
        confirmed { amount } price { amount } priceFrom { amount }
        tiers { quantity { amount } price { amount } } plot { name } } }"""
    graph.sign_in(c.BUYER)
    assert graph.ask(ask, id=offer.id)["offer"] == {
        "ways": ["PICK_UP"], "left": {"amount": kg(60)}, "available": {"amount": kg(60)},
        "confirmed": {"amount": kg(10)}, "price": {"amount": 1000}, "priceFrom": {"amount": 800},
        "tiers": [
            {"quantity": {"amount": kg(20)}, "price": {"amount": 900}},
            {"quantity": {"amount": kg(50)}, "price": {"amount": 800}},
        ],
        "plot": None,
    }  # fmt: skip


def test_a_certificate_is_issued_and_taken_back(graph: Graph) -> None:
    harvested = graph.world.admit(graph.world.harvest(quantity=kg(100)))
    world, goods = graph.world, of(harvested.batch, kg(100))
    issued = world.certify(c.FARMER, c.YARD, goods)
    given = graph.do("issueCommitment", issued, kind="batch")
    assert given["__typename"] == "BatchAccepted"
    gone, again = (
        graph.do(
            "withdrawCommitment",
            world.withdraw_certificate(c.FARMER, c.YARD, harvested.batch, issued.id),
            kind="batch",
        )
        for _ in range(2)
    )
    assert gone["receipt"]["position"] == given["receipt"]["position"] + 1
    assert again["__typename"] == "Refusal"


def test_withdrawing_and_cancelling(graph: Graph) -> None:
    world, offer = graph.world, graph.offer(100)
    order, demand = world.order(offer, kg(10)), world.demand()
    graph.do("placeOrder", order)
    assert graph.do("cancelOrder", world.cancel(order))["order"]["state"] == "CANCELLED"
    twice = graph.do("cancelOrder", world.cancel(order))
    assert (twice["code"], "已取消" in twice["messageZh"]) == ("order-not-open", True)
    withdrawn = graph.do("withdrawOffer", world.withdraw(offer), kind="offer")
    assert withdrawn["offer"]["state"] == "WITHDRAWN"
    graph.do("postDemand", demand, kind="demand")
    gone = graph.do("withdrawDemand", world.withdraw_demand(demand), kind="demand")
    assert gone["demand"]["state"] == "WITHDRAWN"
    assert graph.ask("{ offers { edges { node { id } } } demands { edges { node { id } } } }") == {
        "offers": {"edges": []}, "demands": {"edges": []},
    }  # fmt: skip


def _tampered(raw: bytes) -> str:
    envelope = json.loads(raw)
    payload = json.loads(base64.b64decode(envelope["payload"]))
    payload["quantity"] = 1
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(envelope | {"payload": base64.b64encode(text.encode()).decode()})


def test_what_is_no_good_envelope_is_refused_and_never_an_error(graph: Graph) -> None:
    offer = graph.offer(100)
    order = graph.world.order(offer, kg(10))
    good = sealed(order, graph.world.keys(order))
    bad: dict[str, str] = {
        "": "malformed", "{": "malformed", "[[]]": "malformed", "null": "malformed",
        "\ud800": "malformed", "\0": "malformed", "[" * 100_000: "malformed",
        good.decode()[:-20]: "malformed", "x" * 200_000: "too-large",
        _tampered(good): "bad-signature",
        good.decode().replace("event+json", "event+jsonx"): "malformed",
    }  # fmt: skip
    before = graph.parts.runner.catch_up()
    for raw, code in bad.items():
        refusal = graph.submit("placeOrder", raw)
        assert (refusal["__typename"], refusal["code"]) == ("Refusal", code), raw[:50]
    stranger = graph.do("placeOrder", graph.world.order(offer, kg(10)), "somebody")
    assert stranger["code"] == "unknown-key"
    assert graph.parts.runner.catch_up() == before


def test_a_price_that_changed_between_look_and_order_is_refused(graph: Graph) -> None:
    offer = graph.offer(100)
    graph.world.admit(graph.world.correct(offer, replace(offer, price=Price(1200, 1000))))
    refusal = graph.do("placeOrder", graph.world.order(offer, kg(10)))
    assert refusal["code"] == "price-mismatch"
    assert "¥12.00/公斤" in refusal["messageZh"]


def test_several_mutations_in_one_request_each_see_what_went_before(graph: Graph) -> None:
    offer = graph.offer(100)
    order = graph.world.order(offer, kg(10))
    raws = [
        sealed(event, graph.world.keys(event)).decode()
        for event in (order, graph.world.confirm(order))
    ]
    graph.parts.ledger.now = graph.world.now
    fields = "__typename ... on OrderAccepted { order { state timeline { state } } }"
    found = graph.ask(
        f"""mutation ($a: String!, $b: String!) {{
            placeOrder(input: {{envelope: $a}}) {{ {fields} }}
            confirmOrder(input: {{envelope: $b}}) {{ {fields} }} }}""",
        a=raws[0], b=raws[1],
    )  # fmt: skip
    assert found["placeOrder"]["order"]["state"] == "PLACED"
    assert found["confirmOrder"]["order"] == {
        "state": "CONFIRMED", "timeline": [{"state": "PLACED"}, {"state": "CONFIRMED"}],
    }  # fmt: skip


def test_a_persons_name_shows_only_with_consent(graph: Graph) -> None:
    graph.offer(100)
    graph.parts.runner.catch_up()
    ask = "{ offers { edges { node { seller { name kind township { name(language: EN) } } } } } }"

    def seller() -> Any:  # noqa: ANN401
        graph_found = graph.ask(ask)["offers"]
        return next(iter(nodes(graph_found)))["seller"]

    assert seller() == {"name": None, "kind": "PERSON", "township": {"name": "Tanbin"}}
    graph.name(c.FARMER, PersonCard("陈秀兰", consent=False))
    assert seller()["name"] is None
    graph.name(c.FARMER, PersonCard("陈秀兰", consent=True))
    assert seller()["name"] == "陈秀兰"


def _keep_a_key(graph: Graph, party: str) -> str:
    """Have the server keep a key of a party's, and bind it."""
    with graph.parts.pool.connection() as conn:
        did = graph.parts.custody.make(conn, party)
    graph.world.admit(
        KeyBound(**graph.world.common(c.AUTHORITY), party=party, key=did, custody=Custody.SERVER)
    )
    graph.parts.runner.catch_up()
    return did


UNSIGNED = """mutation ($fields: JSON!) { placeOrder(input: {unsigned: $fields}) {
    __typename
    ... on OrderAccepted { signedBy { key custody } order { state buyer { partyId } } }
    ... on Refusal { code path messageEn } } }"""


def _fields(graph: Graph, offer: m.OfferMade) -> dict[str, Any]:
    order = json.loads(encode(graph.world.order(offer, kg(10))))
    return {name: v for name, v in order.items() if name not in {
        "id", "type", "occurred_at", "actor", "nonce",
    }}  # fmt: skip


def test_the_server_signs_for_who_has_it_keep_the_key_and_says_so(graph: Graph) -> None:
    offer = graph.offer(100, until=None)
    graph.parts.ledger.now = datetime.now(UTC)
    did = _keep_a_key(graph, c.BUYER)
    graph.parts.ledger.now = datetime.now(UTC)
    graph.sign_in(c.BUYER, "passkey")
    done = graph.ask(UNSIGNED, fields=_fields(graph, offer))["placeOrder"]
    assert done == {
        "__typename": "OrderAccepted", "signedBy": [{"key": did, "custody": "SERVER"}],
        "order": {"state": "PLACED", "buyer": {"partyId": c.BUYER}},
    }  # fmt: skip


def test_the_server_signs_for_nobody_else(graph: Graph) -> None:
    offer = graph.offer(100)
    fields = _fields(graph, offer)

    def code(**headers: str) -> str:
        answer = graph.post(UNSIGNED, {"fields": fields}, **headers)
        return str(answer["errors"][0]["extensions"]["code"])

    _keep_a_key(graph, c.BUYER)
    assert code() == "not-signed-in"
    assert code(**graph.token(c.BUYER, "read")) == "scope-missing"
    assert code(**graph.token(c.SHOP, "write")) == "no-server-key"
    graph.sign_in(c.BUYER)
    for name, given in (("actor", c.SHOP), ("type", "order.confirmed.v1")):
        refusal = graph.ask(UNSIGNED, fields=fields | {name: given})["placeOrder"]
        assert (refusal["code"], refusal["path"]) == ("malformed", f"$.{name}")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, "$"), ({"quantity": -1}, "$.quantity"), ({"quantity": 1.5}, "$.quantity"),
        ({"quantity": 10**30}, "$.quantity"), ({"offer": "\ud800"}, "$"), ({"more": 1}, "$"),
    ],
)  # fmt: skip
def test_fields_that_make_no_event_are_refused_with_their_path(
    graph: Graph, fields: dict[str, Any], path: str
) -> None:
    offer = graph.offer(100)
    _keep_a_key(graph, c.BUYER)
    graph.sign_in(c.BUYER)
    whole = _fields(graph, offer) | fields if fields else {}
    refusal = graph.ask(UNSIGNED, fields=whole)["placeOrder"]
    assert (refusal["__typename"], refusal["code"]) == ("Refusal", "malformed")
    assert refusal["path"] == path


@pytest.mark.parametrize("given", ["", 'envelope: "{}", unsigned: {}', "unsigned: [1]"])
def test_a_mutation_takes_either_an_envelope_or_fields(graph: Graph, given: str) -> None:
    [error] = graph.errors(f"mutation {{ placeOrder(input: {{{given}}}) {{ __typename }} }}")
    assert error["extensions"]["code"] == "bad-argument"


def test_an_order_shows_to_who_signed_it_once_and_not_to_who_copies_it(graph: Graph) -> None:
    offer = graph.offer(100)
    order = graph.world.order(offer, kg(10))
    raw = sealed(order, graph.world.keys(order)).decode()
    graph.parts.ledger.now = graph.world.now
    first = graph.submit("placeOrder", raw)
    assert first["order"]["state"] == "PLACED"
    again = graph.submit("placeOrder", raw)
    assert (again["receipt"]["already"], again["order"]) == (True, None)
    graph.sign_in(c.BUYER)
    assert graph.submit("placeOrder", raw)["order"]["state"] == "PLACED"
