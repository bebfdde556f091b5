"""Watching over a socket: what happens comes once and in order, after a cut too."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from starlette.websockets import WebSocketDisconnect

from api.graph.context import Rows
from api.graph.router import MAX_SUBSCRIPTIONS
from api.live import feed as feeding
from api.live import watching
from domain.events import market as m
from domain.events.governance import KeyRevoked
from domain.events.holds import BatchRecalled, RecallClosed
from tests import county as c
from tests.api.graph_parts import Graph, served
from tests.api.sockets import PROTOCOL, Socket, opened
from tests.county import kg, of

ORDERS = """subscription ($after: String) { orders(after: $after) {
    cursor position step { state position } order { eventId state buyer { partyId } } } }"""


@pytest.fixture
def graph(database_url: str) -> Iterator[Graph]:
    with served(database_url) as it:
        it.parts.runner.catch_up()
        until(lambda: it.parts.feed.window is not None)
        yield it


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def watch(graph: Graph, socket: Socket, query: str, **variables: Any) -> None:  # noqa: ANN401
    """Subscribe, and wait until it is watching."""
    feed = graph.parts.feed
    until(lambda: feed.window is not None and feed.window.high >= graph.world.position)
    before = feed.watchers()
    socket.subscribe(query, **variables)
    until(lambda: feed.watchers() > before)
    time.sleep(0.05)


def placed(graph: Graph, offer: m.OfferMade, kilograms: int = 1) -> m.OrderPlaced:
    """Place an order, past GraphQL."""
    return graph.world.admit(graph.world.order(offer, kg(kilograms)))


def test_both_sides_see_an_order_live_and_nobody_else_does(graph: Graph) -> None:
    offer = graph.offer(100)
    graph.sign_in(c.BUYER)
    with opened(graph.client) as buyer:
        graph.sign_in(c.SHOP)
        with opened(graph.client) as other:
            graph.sign_in(c.FARMER)
            with opened(graph.client) as seller:
                for socket in (buyer, other, seller):
                    watch(graph, socket, ORDERS)
                order = placed(graph, offer)
                for socket in (buyer, seller):
                    news = socket.data()["orders"]
                    assert news["order"] == {
                        "eventId": order.id, "state": "PLACED", "buyer": {"partyId": c.BUYER},
                    }  # fmt: skip
                    assert news["step"]["state"] == "PLACED"
                    assert news["position"] == graph.world.position
                graph.world.admit(graph.world.confirm(order))
                assert buyer.data()["orders"]["step"]["state"] == "CONFIRMED"
                assert seller.data()["orders"]["order"]["state"] == "CONFIRMED"
                own = graph.world.admit(graph.world.order(offer, kg(1), buyer=c.SHOP))
                assert other.data()["orders"]["order"]["eventId"] == own.id


def test_the_public_watches_no_orders(graph: Graph) -> None:
    with opened(graph.client) as socket:
        socket.subscribe(ORDERS)
        message = socket.next()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "not-signed-in"


def _collect(socket: Socket, count: int) -> list[str]:
    return [socket.data()["orders"]["cursor"] for _ in range(count)]


@pytest.mark.parametrize("window", [2, 4, feeding.WINDOW])
def test_after_a_cut_nothing_is_missed_and_nothing_doubled(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(feeding, "WINDOW", window)
    offer = graph.offer(100)
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        watch(graph, socket, ORDERS)
        orders = [placed(graph, offer) for _ in range(3)]
        seen = _collect(socket, 2)
    orders += [placed(graph, offer) for _ in range(5)]
    with opened(graph.client) as socket:
        watch(graph, socket, ORDERS, after=seen[-1])
        orders += [placed(graph, offer) for _ in range(3)]
        seen += _collect(socket, 9)
        graph.world.admit(graph.world.cancel(orders[0]))
        assert socket.data()["orders"]["step"]["state"] == "CANCELLED"
    assert [cursor.partition(".")[2] for cursor in seen] == [order.id for order in orders]


def test_one_may_go_on_from_a_receipts_position(graph: Graph) -> None:
    offer = graph.offer(100)
    order = placed(graph, offer)
    at = graph.world.position
    later = placed(graph, offer)
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        socket.subscribe(ORDERS, after=str(at - 1))
        assert socket.data()["orders"]["order"]["eventId"] == order.id
        assert socket.data()["orders"]["order"]["eventId"] == later.id
    with opened(graph.client) as socket:
        socket.subscribe(ORDERS, after=str(at))
        assert socket.data()["orders"]["order"]["eventId"] == later.id


def test_when_the_database_cuts_the_listener_off_nothing_is_missed(graph: Graph) -> None:
    offer = graph.offer(100)
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        watch(graph, socket, ORDERS)
        first = placed(graph, offer)
        assert socket.data()["orders"]["order"]["eventId"] == first.id
        with psycopg.connect(graph.parts.ledger.url, autocommit=True) as conn:
            cut = conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'suyuan feed'"
            ).rowcount  # fmt: skip
        assert cut > 0
        orders = [placed(graph, offer) for _ in range(3)]
        found = [socket.data()["orders"]["order"]["eventId"] for _ in orders]
        assert found == [order.id for order in orders]


def test_a_corrected_step_is_told(graph: Graph) -> None:
    offer = graph.offer(100)
    order = placed(graph, offer, 10)
    graph.world.admit(graph.world.confirm(order))
    goods = [of(order.batch, kg(10))]
    sent = graph.world.admit(
        graph.world.ship(c.FARMER, c.YARD, goods, to=c.BUYER, to_place=c.STORE, order=order.id)
    )
    graph.parts.runner.catch_up()
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        watch(graph, socket, ORDERS)
        graph.world.admit(graph.world.correct(sent))
        news = socket.data()["orders"]
        assert news["order"]["state"] == "CONFIRMED"
        assert news["step"]["state"] == "SHIPPED"


def test_offers_and_recalls_are_for_everybody(graph: Graph) -> None:
    with opened(graph.client) as socket:
        watch(graph, socket, "subscription { offers { offer { eventId } } }", name="offers")
        recalls = """subscription { recalls {
            cursor recall closed level hazard outcome batch { lot } } }"""
        watch(graph, socket, recalls, name="recalls")
        offer = graph.offer(100)
        message = socket.next()
        assert message["id"] == "offers"
        assert message["payload"]["data"]["offers"]["offer"]["eventId"] == offer.id
        common = graph.world.common(c.AUTHORITY)
        recall = graph.world.admit(
            BatchRecalled(
                **common, batch=offer.batch, hazard="农药残留超标", instruction="退回", level=2
            )
        )
        told = {message["id"]: message["payload"]["data"] for message in [socket.next()]}
        news = told["recalls"]["recalls"]
        cursor = news.pop("cursor")
        assert news == {
            "recall": recall.id, "closed": False, "level": 2, "hazard": "农药残留超标",
            "outcome": None, "batch": {"lot": offer.batch[15:]},
        }  # fmt: skip
        common = graph.world.common(c.AUTHORITY)
        graph.world.admit(
            RecallClosed(**common, recall=recall.id, batch=offer.batch, outcome="已退回")
        )
        closed = socket.data()["recalls"]
        assert (closed["closed"], closed["outcome"], closed["recall"]) == (
            True, "已退回", recall.id,
        )  # fmt: skip
    with opened(graph.client) as socket:
        socket.subscribe(recalls.replace("recalls {", f'recalls(after: "{cursor}") {{', 1))
        assert socket.data()["recalls"]["closed"]


_END = {
    "session": b"UPDATE signin.session SET expires = now()",
    "token": b"UPDATE signin.token SET expires = now()",
}


def _ended(socket: Socket) -> str:
    message = socket.next()
    assert message["type"] == "next", message
    code = str(message["payload"]["errors"][0]["extensions"]["code"])
    assert socket.next()["type"] == "complete"
    return code


def test_a_subscription_of_a_revoked_key_ends_at_once(graph: Graph) -> None:
    offer = graph.offer(100)
    graph.sign_in(c.BUYER)
    with opened(graph.client) as socket:
        watch(graph, socket, ORDERS)
        key = c.key_of(c.BUYER).did
        common = graph.world.common(c.AUTHORITY)
        graph.world.admit(KeyRevoked(**common, party=c.BUYER, key=key, reason="手机丢了"))
        order = graph.world.order(offer, kg(1))
        assert graph.world.refuse(order).code.value == "key-revoked"
        assert _ended(socket) == "signed-out"
    with opened(graph.client) as socket:
        socket.subscribe(ORDERS)
        assert socket.next()["type"] in {"error", "next"}


@pytest.mark.parametrize("table", ["session", "token"])
def test_a_subscription_ends_soon_after_its_session_or_token(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(watching, "RECHECK_S", 0.2)
    given = {}
    if table == "session":
        graph.sign_in(c.BUYER)
    else:
        given = {"Authorization": graph.token(c.BUYER, "read")["authorization"]}
    with opened(graph.client, **given) as socket:
        watch(graph, socket, ORDERS)
        with graph.parts.pool.connection() as conn:
            conn.execute(_END[table])
        assert _ended(socket) == "signed-out"


def test_a_socket_with_a_bad_token_is_closed(graph: Graph) -> None:
    with graph.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
        socket = Socket(session)
        socket.send(type="connection_init", payload={"Authorization": "Bearer sy_stolen"})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.next()
        assert closed.value.code == 4403


def test_a_page_of_another_site_opens_no_socket(graph: Graph) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        graph.client.websocket_connect(
            "/graphql", subprotocols=[PROTOCOL], headers={"origin": "https://elsewhere.example"}
        ),
    ):
        pass


def test_a_socket_holds_only_so_many_subscriptions(graph: Graph) -> None:
    with opened(graph.client) as socket:
        for number in range(MAX_SUBSCRIPTIONS):
            socket.subscribe("subscription { offers { cursor } }", name=f"s{number}")
        socket.subscribe("subscription { offers { cursor } }", name="one more")
        message = socket.next()
        assert (message["id"], message["type"]) == ("one more", "error")


@pytest.mark.parametrize("after", ["nonsense", "-1", "", "9" * 30, "१", "."])
def test_a_cursor_that_is_none_is_said(graph: Graph, after: str) -> None:
    with opened(graph.client) as socket:
        socket.subscribe(
            "subscription ($after: String) { offers(after: $after) { cursor } }", after=after
        )
        message = socket.next()
        assert message["payload"]["errors"][0]["extensions"]["code"] == "bad-cursor"


def test_limits_hold_on_a_socket_too(graph: Graph) -> None:
    many = " ".join(f"a{number}: cursor" for number in range(100))
    with opened(graph.client) as socket:
        socket.subscribe(f"subscription {{ offers {{ {many} }} }}")
        message = socket.next()
        assert message["type"] == "error"
        assert "100 aliases" in message["payload"][0]["message"]


def test_who_leaves_is_forgotten(graph: Graph) -> None:
    with opened(graph.client) as socket:
        watch(graph, socket, "subscription { offers { cursor } }")
        socket.send(id="1", type="complete")
        until(lambda: graph.parts.feed.watchers() == 0)
        watch(graph, socket, "subscription { offers { cursor } }")
    until(lambda: graph.parts.feed.watchers() == 0)


def test_who_leaves_while_a_row_is_loaded_takes_it_from_nobody_else() -> None:
    async def both() -> str | None:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def read_all(find: Any) -> dict[str, str]:  # noqa: ANN401
            asked.set()
            await answer.wait()
            return dict(find(None))

        rows: Rows[str] = Rows(read_all, lambda _, keys: {key: key.upper() for key in keys})

        async def wait() -> str | None:
            return await rows.load("order")

        leaves, stays = (asyncio.create_task(wait()) for _ in range(2))
        await asked.wait()
        leaves.cancel()
        await asyncio.sleep(0)
        answer.set()
        return await stays

    assert asyncio.run(both()) == "ORDER"
