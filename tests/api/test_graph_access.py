"""Who sees what: every field for every role, and what a stranger, a thief or a program learns."""

import base64
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_required_argument,
)

from api.audience import Audience
from api.graph import access
from api.graph.access import TABLE, audiences
from api.graph.schema import schema_text
from domain.events.governance import KeyRevoked
from domain.events.market import Tier, Window
from domain.measures import Price
from ledger.vault import PersonCard
from tests import county as c
from tests.api.graph_parts import Graph, nodes, served, served_to_a_module
from tests.county import kg

SCHEMA = build_schema(schema_text())
FIELDS = [
    (kind, name, audience) for kind, name, audience in audiences()
    if kind not in {"Query", "Mutation", "Subscription"}
]  # fmt: skip

PUBLIC, BUYER, SELLER, COUNTY = "the public", c.BUYER, c.FARMER, c.AUTHORITY
OTHER_BUYER, OTHER_FARMER, CARRIER = c.SHOP, c.ELDER, c.CARRIER
ROLES = (PUBLIC, BUYER, SELLER, OTHER_BUYER, OTHER_FARMER, CARRIER, COUNTY)
SEES = {
    Audience.PUBLIC: set(ROLES),
    Audience.SIGNED_IN: set(ROLES) - {PUBLIC},
    # the contact asked for is the seller's
    Audience.BUYERS: {BUYER, OTHER_BUYER, SELLER, COUNTY},
    Audience.SIDES: {BUYER, SELLER, COUNTY},
    # the matches asked for are of the buyer's demand
    Audience.OWNER: {BUYER, COUNTY},
    Audience.COUNTY: {COUNTY},
}
"""Who of the roles is of an audience, of the one order that there is: said again, by hand."""

_DAYS = Window(datetime(2026, 3, 2, 8, tzinfo=c.CST), datetime(2126, 4, 1, 8, tzinfo=c.CST))


@pytest.fixture(scope="module")
def graph(database_server: str) -> Iterator[Graph]:
    with served_to_a_module(database_server, "graph_access") as it:
        world = it.world
        offer = it.offer(100, tiers=(Tier(kg(50), Price(900, 1000)),), window=_DAYS)
        order = world.admit(world.order(offer, kg(10)))
        world.admit(world.confirm(order))
        category = world.register_product(c.PADDY).category
        demand = world.admit(world.demand(window=_DAYS, category=category))
        it.name(c.FARMER, PersonCard("陈秀兰", "13800000000", consent=True))
        it.parts.runner.catch_up()
        assert it.propose() == 1
        it.ids = {"order": order.id, "offer": offer.id, "demand": demand.id}
        yield it


@pytest.fixture(autouse=True)
def signed_out(graph: Graph) -> None:
    graph.sign_out()


def _become(graph: Graph, role: str) -> None:
    if role != PUBLIC:
        graph.sign_in(role, "passkey" if role == c.ELDER else "signature")


_MATCHES = '{ matches(demand: "DEMAND") { edges { node { % } } } }'
_GROUPS = "{ allocation { groups { % } } }"
_WAYS = {
    "Tier": "{ offers { edges { node { tiers { % } } } } }",
    "Window": "{ offers { edges { node { window { % } } } } }",
    "Match": _MATCHES, "MatchPart": _MATCHES.replace("%", "parts { % }"),
    "Allocation": "{ allocation { % } }", "SharedOut": _GROUPS,
    "SellerShare": _GROUPS.replace("%", "sellers { % }"),
    "Proposal": "{ proposals { % } }",
    "Viewer": "{ me { % } }", "Offer": "{ offers { edges { node { % } } } }",
    "Demand": "{ demands { edges { node { % } } } }", "Order": '{ order(id: "ORDER") { % } }',
    "OrderStep": '{ order(id: "ORDER") { timeline { % } } }',
    "Party": "{ offers { edges { node { seller { % } } } } }",
    "Contact": "{ offers { edges { node { seller { contact { % } } } } } }",
    "Place": "{ offers { edges { node { place { % } } } } }",
    "Product": "{ offers { edges { node { product { % } } } } }",
    "Township": "{ offers { edges { node { place { township { % } } } } } }",
    "Batch": "{ offers { edges { node { batch { % } } } } }",
    "Passport": "{ offers { edges { node { batch { passport { % } } } } } }",
    "PassportStep": "{ offers { edges { node { batch { passport { timeline { % } } } } } } }",
    "Stock": "{ offers { edges { node { batch { passport { stock { % } } } } } } }",
    "Origin": "{ offers { edges { node { batch { origin { % } } } } } }",
    "Named": "{ offers { edges { node { batch { origin { holder { % } } } } } } }",
    "Trace": "{ offers { edges { node { batch { trace { % } } } } } }",
    "TraceNode": "{ offers { edges { node { batch { trace { nodes { % } } } } } } }",
    "TracedQuantity": "{ offers { edges { node { batch { quantity { % } } } } } }",
    "Quantity": "{ offers { edges { node { quantity { % } } } } }",
    "Price": "{ offers { edges { node { price { % } } } } }",
    "Checkpoint": "{ checkpoint { % } }",
}  # fmt: skip
_NO_WAY = {
    "Receipt", "Signatory", "Refusal", "OfferAccepted", "DemandAccepted", "OrderAccepted",
    "BatchAccepted", "OrderNews", "OfferNews", "MatchNews", "RecallNews", "TraceEdge",
}  # fmt: skip
"""Answers to writing and watching, which tests of their own ask for."""


def _selection(kind: GraphQLNamedType, depth: int = 0) -> str:
    """Select something of a type, as little as can be."""
    if not isinstance(kind, GraphQLObjectType) or depth > 3:
        return ""
    for name, field in kind.fields.items():
        if not isinstance(get_named_type(field.type), GraphQLObjectType):
            return f"{{ {name} }}"
    return "{ __typename }"


def _question(graph: Graph, kind: str, field: str) -> str:
    asked = SCHEMA.type_map[kind]
    assert isinstance(asked, GraphQLObjectType)
    of = asked.fields[field]
    assert not any(is_required_argument(argument) for argument in of.args.values())
    selected = f"it: {field} {_selection(get_named_type(of.type))}"
    way = _WAYS[kind].replace("%", selected)
    return way.replace("ORDER", graph.ids["order"]).replace("DEMAND", graph.ids["demand"])


def _answers(graph: Graph, question: str) -> list[Any]:
    """Give all that was answered under `it`; an empty list where nothing was."""
    found: list[Any] = []

    def walk(value: Any) -> None:  # noqa: ANN401
        if isinstance(value, dict):
            found.extend(one for name, one in value.items() if name == "it")
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(graph.post(question).get("data"))
    return found


def _denied(graph: Graph, question: str) -> bool:
    answer = graph.post(question)
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert codes <= {"not-signed-in", "not-yours"}, answer
    return bool(codes) or answer["data"] in ({"order": None}, {"proposals": []}, None)


def test_the_table_names_every_type_that_can_be_asked_for() -> None:
    assert set(TABLE) == set(_WAYS) | _NO_WAY | {"Query", "Mutation", "Subscription"}


@pytest.mark.parametrize("role", ROLES)
def test_every_field_is_for_whom_the_table_says(graph: Graph, role: str) -> None:
    _become(graph, role)
    wrong = []
    for kind, field, audience in FIELDS:
        if kind in _NO_WAY:
            continue
        question = _question(graph, kind, field)
        expected = role in SEES[_narrowest(kind, audience)]
        if _denied(graph, question) == expected:
            wrong.append((kind, field, audience, "denied" if expected else "shown"))
        if not expected:
            shown = [one for one in _answers(graph, question) if one is not None]
            assert shown == [], (kind, field)
    assert wrong == []


def _narrowest(kind: str, audience: Audience) -> Audience:
    """A contact is reached through a party's field, which has an audience of its own."""
    return Audience.BUYERS if kind == "Contact" else audience


def test_a_field_that_nobody_decided_on_can_not_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {**TABLE["Offer"], Audience.PUBLIC: TABLE["Offer"][Audience.PUBLIC].replace(" lot", "")}
    monkeypatch.setitem(access.TABLE, "Offer", rows)
    with pytest.raises(LookupError, match=r"Offer\.lot"):
        schema_text()
    monkeypatch.setitem(rows, Audience.COUNTY, "lot gone")
    with pytest.raises(LookupError, match="gone"):
        schema_text()


def test_someone_elses_order_is_as_if_it_were_not_there(graph: Graph) -> None:
    order = graph.ids["order"]
    node = base64.b64encode(f"Order:{order}".encode()).decode()
    ask = f'{{ order(id: "{order}") {{ state }} node(id: "{node}") {{ id }} }}'
    for role in (PUBLIC, OTHER_BUYER, OTHER_FARMER):
        _become(graph, role)
        assert graph.post(ask) == {"data": {"order": None, "node": None}}
        graph.sign_out()
    graph.sign_in(BUYER)
    assert graph.ask(ask) == {"order": {"state": "CONFIRMED"}, "node": {"id": node}}


def test_orders_are_ones_own_and_only_the_county_names_another(graph: Graph) -> None:
    ask = "query ($of: ID) { orders(party: $of) { edges { node { eventId } } } }"
    [error] = graph.errors(ask)
    assert error["extensions"]["code"] == "not-signed-in"
    for role, seen in ((BUYER, 1), (SELLER, 1), (OTHER_BUYER, 0)):
        graph.sign_in(role)
        assert len(list(nodes(graph.ask(ask)["orders"]))) == seen
        if role != BUYER:
            [error] = graph.errors(ask, of=BUYER)
            assert error["extensions"]["code"] == "not-yours"
    graph.sign_in(COUNTY)
    assert len(list(nodes(graph.ask(ask, of=BUYER)["orders"]))) == 1


def test_a_contact_needs_consent_whoever_asks(graph: Graph) -> None:
    ask = "{ offers { edges { node { seller { contact { name phone } } } } } }"
    graph.sign_in(BUYER)
    [offer] = nodes(graph.ask(ask)["offers"])
    assert offer["seller"]["contact"] == {"name": "陈秀兰", "phone": "13800000000"}
    graph.name(c.FARMER, PersonCard("陈秀兰", "13800000000", consent=False))
    [offer] = nodes(graph.ask(ask)["offers"])
    assert offer["seller"]["contact"] is None
    graph.name(c.FARMER, PersonCard("陈秀兰", "13800000000", consent=True))


def test_a_token_sees_what_its_party_may_within_its_scopes(graph: Graph) -> None:
    ask = "{ me { party { partyId } means scopes } orders { edges { node { state } } } }"
    reading = graph.post(ask, None, **graph.token(BUYER, "read"))
    assert reading["data"]["me"] == {
        "party": {"partyId": BUYER}, "means": "token", "scopes": ["read"],
    }  # fmt: skip
    assert len(reading["data"]["orders"]["edges"]) == 1
    writing = graph.post(ask, None, **graph.token(BUYER, "write"))
    assert {error["extensions"]["code"] for error in writing["errors"]} == {"scope-missing"}


@pytest.mark.parametrize("header", ["Bearer ", "Bearer sy_nonsense", "Bearer x y"])
def test_a_token_that_is_none_is_told_so(graph: Graph, header: str) -> None:
    answer = graph.post("{ me { means } }", authorization=header)
    assert answer["errors"][0]["extensions"]["code"] == "bad-token"


def test_a_stolen_token_ends_with_its_revocation_and_with_the_key_that_made_it(
    database_url: str,
) -> None:
    with served(database_url) as graph:
        graph.parts.runner.catch_up()
        key = c.key_of(BUYER).did
        tokens = [graph.token(BUYER, "read", did=key) for _ in range(2)]
        assert all(graph.post("{ me { means } }", None, **one)["data"] for one in tokens)
        with graph.parts.pool.connection() as conn:
            conn.execute("UPDATE signin.token SET revoked = now() WHERE id IN"
                         " (SELECT id FROM signin.token ORDER BY made LIMIT 1)")  # fmt: skip
        codes = [_code(graph.post("{ me { means } }", None, **one)) for one in tokens]
        assert codes == ["bad-token", None]
        common = graph.world.common(c.AUTHORITY)
        graph.world.admit(KeyRevoked(**common, party=BUYER, key=key, reason="手机丢了"))
        graph.parts.runner.catch_up()
        assert [_code(graph.post("{ me { means } }", None, **one)) for one in tokens] == [
            "bad-token"
        ] * 2


def _code(answer: Any) -> str | None:  # noqa: ANN401
    errors = answer.get("errors")
    return str(errors[0]["extensions"]["code"]) if errors else None


def test_the_schema_never_says_who_may_see_in_two_ways() -> None:
    rows = [f"{kind}.{name}" for kind, name, _ in audiences()]
    assert len(rows) == len(set(rows))
    assert all(re.fullmatch(r"[A-Z]\w*\.[a-z]\w*", row) for row in rows)
