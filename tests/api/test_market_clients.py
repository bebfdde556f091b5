"""The examples against a real server: a Node buyer and a Python seller trade to the end."""

import base64
import importlib.util
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from api.demo.parties import AUTHORITY, BUYER, CHEN_XIULAN, RETAILER
from api.demo.places import AT_BUYER, AT_SHOP
from api.signin import tokens
from domain.events.holds import BatchRecalled
from domain.events.market import DemandPosted, OfferMade
from domain.events.movements import BatchHarvested
from domain.events.registry import Names, PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import gtin_check_digit
from domain.measures import Price, Unit
from tests.api.browsing import on_a_port
from tests.api.pages_parts import PLOT, County, common, demo_county

EXAMPLES: Final = Path(__file__).parents[2] / "docs" / "examples"
NODE: Final = EXAMPLES / "market-node"
QUANTITY: Final = 7_000
SELLER: Final = CHEN_XIULAN.party


def _client() -> ModuleType:
    """Load the Python example, as a program that copied it would import it."""
    spec = importlib.util.spec_from_file_location("market_client", EXAMPLES / "market_client.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["market_client"] = module
    spec.loader.exec_module(module)
    return module


client = _client()


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("clients"), "clients") as served:
        yield served


@pytest.fixture(scope="module")
def address(county: County) -> Iterator[str]:
    with on_a_port(county) as base:
        yield base


def token(county: County, party: str) -> str:
    with county.services.connection() as conn:
        secret, _ = tokens.make(conn, party, tokens.Wanted("例子", ["read"]), None)
    return secret


def signer(county: County, party: str) -> Any:  # noqa: ANN401  of the example
    return client.Signer(party, county.keyring.party_path(party).read_bytes())


def offered(county: County, category: str, number: int) -> OfferMade:
    """Have a product of its own, of which two orders of the example's size can be met, no third."""
    digits = f"020445381888{number}"
    gtin, yard = digits + gtin_check_digit(digits), f"L445381-00910{number}"
    batch, grams = f"{gtin}/TEA-1", 2 * QUANTITY + QUANTITY // 2
    county.record(
        ProductRegistered(
            **common(AUTHORITY), gtin=gtin, names=Names("山茶", "hill tea"), category=category,
            unit=Unit.GRAM,
        ),
        PlaceRegistered(
            **common(AUTHORITY), place=yard, holder=SELLER, kind=PlaceKind.YARD,
            township="445381111", name="茶坪",
        ),
        BatchHarvested(
            **common(SELLER), place=yard, batch=batch, plot=PLOT, quantity=grams, unit=Unit.GRAM
        ),
    )  # fmt: skip
    made = OfferMade(
        **common(SELLER), place=yard, batch=batch, quantity=grams, unit=Unit.GRAM,
        price=Price(9_800, 1000),
    )  # fmt: skip
    county.record(made)
    return made


def _confirm(me: Any, order: str, offer: OfferMade, quantity: int = QUANTITY) -> str:  # noqa: ANN401
    return str(me.event(
        "order.confirmed.v1", [order], order=order, offer=offer.id, batch=offer.batch,
        quantity=quantity, unit="GRM", place=offer.place,
    ))  # fmt: skip


def id_of(raw: str) -> str:
    """Give the id of a signed event: a shipment's name."""
    return str(json.loads(base64.b64decode(json.loads(raw)["payload"]))["id"])


def _settle(me: Any, order: str, shipment: str) -> str:  # noqa: ANN401
    paid = {"amount": QUANTITY * 9_800 // 1000, "currency": "CNY"}
    return str(me.event(
        "order.settled.v1", [order], order=order, shipment=shipment, paid=paid
    ))  # fmt: skip


def _sell(county: County, address: str, offer: OfferMade, after: int, seen: list[str]) -> None:
    """Confirm and ship whatever is ordered, and settle it once the buyer has it."""
    market, me = client.Market(address, token(county, SELLER)), signer(county, SELLER)
    shipments: dict[str, str] = {}
    for news in market.watch_orders(after=str(after)):
        seen.append(news.state)
        if news.state == "PLACED":
            assert market.submit("confirmOrder", _confirm(me, news.order, offer)).state
        elif news.state == "CONFIRMED":
            sent = me.event(
                "shipment.sent.v1", [news.order], items=[
                    {"batch": offer.batch, "quantity": QUANTITY, "unit": "GRM"},
                ], to=BUYER, to_place=AT_BUYER.place, order=news.order, place=offer.place,
            )  # fmt: skip
            shipments[news.order] = id_of(sent)
            assert market.submit("shipOrder", sent).state == "SHIPPED"
        elif news.state == "RECEIVED":
            paid = _settle(me, news.order, shipments[news.order])
            assert market.submit("settleOrder", paid).state == "SETTLED"
        elif news.state == "SETTLED":
            return


def _buy(county: County, address: str) -> list[Any]:
    settings = {
        "url": address, "party": BUYER, "key": county.keyring.party_path(BUYER).read_text(),
        "place": AT_BUYER.place, "category": "hill-tea", "quantity": QUANTITY, "unit": "GRM",
    }  # fmt: skip
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    ended = subprocess.run(  # noqa: S603  our own example
        [node, "market.mjs"], input=json.dumps(settings).encode(), cwd=NODE, capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode()
    return [json.loads(line) for line in ended.stdout.decode().splitlines()]


def test_a_node_buyer_and_a_python_seller_trade_to_the_end(county: County, address: str) -> None:
    offer = offered(county, "hill-tea", 1)
    at, seen = county.services.head(), list[str]()
    selling = threading.Thread(target=_sell, args=(county, address, offer, at, seen), daemon=True)
    selling.start()
    told = _buy(county, address)
    selling.join(30)
    assert not selling.is_alive()
    assert [one["state"] for one in told if "state" in one] == seen[1:]
    assert seen == ["PLACED", "CONFIRMED", "SHIPPED", "RECEIVED", "SETTLED"]
    assert told[0]["wanted"]
    assert told[1]["from"] == SELLER


def test_the_python_client_pages_orders_and_hears_each_refusal(
    county: County, address: str
) -> None:
    offer = offered(county, "spring-tea", 2)
    public = client.Market(address)
    assert len({one.event_id for one in public.offers()}) > 1
    [found] = public.offers(gtin=offer.batch[:14])
    assert found.event_id == offer.id
    shop, seller = signer(county, RETAILER), signer(county, SELLER)
    market = client.Market(address, token(county, RETAILER))
    selling = client.Market(address, token(county, SELLER))

    def order(quantity: int, **otherwise: Any) -> Any:  # noqa: ANN401
        asked = client.Offer(**{**vars(found), **otherwise})
        return market.submit("placeOrder", shop.order(asked, quantity, AT_SHOP.place))

    dearer = order(1000, price={**found.price, "amount": found.price["amount"] + 1})
    assert (dearer.code, bool(dearer.message_zh)) == ("price-mismatch", True)
    assert order(10**9).code == "offer-exceeds-holding"
    first, last = (order(found.left) for _ in range(2))
    assert (first.state, last.state) == ("PLACED", "PLACED")
    won = selling.submit("confirmOrder", _confirm(seller, first.event_id, offer, found.left))
    assert won.state == "CONFIRMED"
    lost = selling.submit("confirmOrder", _confirm(seller, last.event_id, offer, found.left))
    assert lost.code == "offer-exceeds-holding"
    cancel = {"order": last.event_id, "reason": "不要了"}
    gone = market.submit("cancelOrder", shop.event("order.cancelled.v1", **cancel))
    assert gone.state == "CANCELLED"
    twice = market.submit("cancelOrder", shop.event("order.cancelled.v1", **cancel))
    assert twice.code == "order-not-open"
    assert market.order(first.event_id).state == "CONFIRMED"
    assert public.order(first.event_id) is None
    assert client.Market(address, token(county, BUYER)).order(first.event_id) is None
    assert isinstance(market.record(shop.event("plot.eaten.v1")), client.Refusal)


def test_the_python_client_finds_what_suits_its_demand_and_hears_of_a_recall(
    county: County, address: str
) -> None:
    offer = offered(county, "autumn-tea", 3)
    demand = DemandPosted(
        **common(RETAILER), category="autumn-tea", quantity=QUANTITY, unit=Unit.GRAM,
        deliver_to=AT_SHOP.place, ceiling=Price(10_000, 1000),
    )  # fmt: skip
    county.record(demand)
    shop, market = signer(county, RETAILER), client.Market(address, token(county, RETAILER))
    [match] = market.matches(demand.id)
    assert (match.offer.event_id, match.why.startswith(f"{match.score} 分：")) == (offer.id, True)
    with pytest.raises(client.GraphQLError) as others:
        client.Market(address, token(county, BUYER)).matches(demand.id)
    assert others.value.code == "not-yours"
    placed = market.submit("placeOrder", shop.order(match.offer, QUANTITY, AT_SHOP.place))
    assert placed.state == "PLACED"
    at = county.services.head()
    recalled = BatchRecalled(
        **common(AUTHORITY), batch=offer.batch, hazard="农药残留", instruction="先别动", level=2
    )
    county.record(recalled)
    news = next(market.watch_orders(after=str(at)))
    assert (news.order, news.state) == (placed.event_id, "RECALLED")
    assert market.matches(demand.id) == []


class Trader:
    """A party with its client, its key and its place."""

    def __init__(self, county: County, address: str, party: str, place: str) -> None:
        self.market = client.Market(address, token(county, party))
        self.me = signer(county, party)
        self.place = place

    def do(self, mutation: str, kind: str, *refs: str, **fields: Any) -> Any:  # noqa: ANN401
        """Sign an event and submit it; give the order's state, or the refusal's code."""
        done = self.market.submit(mutation, self.me.event(kind, list(refs), **fields))
        return done.code if isinstance(done, client.Refusal) else done.state

    def order(self, offer: Any, quantity: int, demand: str | None = None) -> Any:  # noqa: ANN401
        """Order from an offer as it was seen."""
        raw = self.me.order(offer, quantity, self.place, demand)
        return self.market.submit("placeOrder", raw)


class Deal:
    """One order, and what each side may try to do with it."""

    def __init__(self, made: OfferMade) -> None:
        self.made = made
        self.goods = {"batch": made.batch, "unit": "GRM", "place": made.place}
        self.items = [{"batch": made.batch, "quantity": QUANTITY, "unit": "GRM"}]
        self.order = self.shipment = ""

    def confirm(self, by: Trader, quantity: int = QUANTITY, order: str | None = None) -> Any:  # noqa: ANN401
        name = order or self.order
        fields = self.goods | {"offer": self.made.id, "order": name, "quantity": quantity}
        return by.do("confirmOrder", "order.confirmed.v1", name, **fields)

    def ship(self, by: Trader, to: Trader) -> Any:  # noqa: ANN401
        raw = by.me.event(
            "shipment.sent.v1", [self.order], order=self.order, place=self.made.place,
            to=to.me.party, to_place=to.place, items=self.items,
        )  # fmt: skip
        done = by.market.submit("shipOrder", raw)
        if isinstance(done, client.Refusal):
            return done.code
        self.shipment = id_of(raw)
        return done.state

    def receive(self, by: Trader) -> Any:  # noqa: ANN401
        return by.do(
            "receiveOrder", "shipment.received.v1", self.shipment, items=self.items,
            place=by.place, shipment=self.shipment,
        )  # fmt: skip

    def settle(self, by: Trader) -> Any:  # noqa: ANN401
        done = by.market.submit("settleOrder", _settle(by.me, self.order, self.shipment))
        return done.code if isinstance(done, client.Refusal) else done.state

    def cancel(self, by: Trader, order: str | None = None) -> Any:  # noqa: ANN401
        name = order or self.order
        return by.do("cancelOrder", "order.cancelled.v1", order=name, reason="不要了")

    def offer(self, by: Trader, mutation: str, kind: str, **fields: Any) -> Any:  # noqa: ANN401
        price = {"amount": 9_800, "currency": "CNY", "per": 1000}
        raw = by.me.event(kind, **{"price": price, **self.goods, **fields})
        return by.market.submit_offer(mutation, raw)


def test_from_demand_to_settled_and_every_refusal_on_the_way(county: County, address: str) -> None:
    made, began = offered(county, "black-tea", 4), county.services.head()
    deal = Deal(made)
    seller = Trader(county, address, SELLER, made.place)
    buyer = Trader(county, address, BUYER, AT_BUYER.place)
    rival = Trader(county, address, RETAILER, AT_SHOP.place)

    # What is not there is not offered, and what is over is not ordered.
    above = deal.offer(seller, "makeOffer", "offer.made.v1", quantity=made.quantity + 1)
    assert above.code == "offer-exceeds-holding"
    until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    brief = deal.offer(seller, "makeOffer", "offer.made.v1", quantity=1000, until=until)
    seen = {one.event_id: one for one in buyer.market.offers(gtin=made.batch[:14])}
    time.sleep(1.1)
    assert buyer.order(seen[brief.event_id], 1000).code == "offer-not-open"

    # The buyer says what it wants, and sees what suits. The price changes between look and order.
    wanted = buyer.me.event(
        "demand.posted.v1", category="black-tea", quantity=QUANTITY, unit="GRM",
        deliver_to=buyer.place,
    )  # fmt: skip
    demand = buyer.market.submit_demand("postDemand", wanted).event_id
    [match] = buyer.market.matches(demand)
    assert match.offer.event_id == made.id
    deal.offer(
        seller, "changeOffer", "offer.changed.v1", offer=made.id, quantity=made.quantity,
        price={"amount": 9_900, "currency": "CNY", "per": 1000},
    )  # fmt: skip
    assert buyer.order(match.offer, QUANTITY, demand).code == "price-mismatch"
    [match] = buyer.market.matches(demand)
    assert buyer.order(match.offer, made.quantity + 1, demand).code == "offer-exceeds-holding"
    assert rival.order(match.offer, QUANTITY, demand).code == "not-authorised"

    # Two buyers order what is there once; one changes its mind about more, and can do so once.
    deal.order = buyer.order(match.offer, QUANTITY, demand).event_id
    other = rival.order(match.offer, made.quantity).event_id
    third = rival.order(match.offer, 1000).event_id
    assert [deal.cancel(rival, third) for _ in range(2)] == ["CANCELLED", "order-not-open"]

    # The seller confirms, once, and not the same goods to both.
    assert deal.ship(seller, buyer) == "order-not-open"
    assert deal.confirm(buyer) == deal.confirm(rival) == "not-authorised"
    assert deal.confirm(seller, QUANTITY + 1) == "order-mismatch"
    assert [deal.confirm(seller) for _ in range(2)] == ["CONFIRMED", "order-not-open"]
    assert deal.confirm(seller, made.quantity, other) == "offer-exceeds-holding"

    # Somebody else's order can't be seen, and nothing is told of it.
    assert rival.market.order(deal.order) is None
    assert deal.cancel(rival) == deal.ship(rival, buyer) == "not-authorised"

    # Sent once, received once, by whom it is for; paid for, as the seller says, and over.
    assert [deal.ship(seller, buyer) for _ in range(2)] == ["SHIPPED", "order-not-open"]
    assert deal.receive(rival) == "not-addressee"
    assert deal.settle(seller) == "order-not-open"
    assert [deal.receive(buyer) for _ in range(2)] == ["RECEIVED", "shipment-not-open"]
    assert deal.settle(rival) == deal.settle(buyer) == "not-authorised"
    assert [deal.settle(seller) for _ in range(2)] == ["SETTLED", "order-not-open"]
    assert deal.cancel(buyer) == "order-not-open"
    assert buyer.market.matches(demand) == [], "it is met"
    for side in (buyer, seller):
        heard = side.market.watch_orders(after=str(began))
        mine = (one.state for one in heard if one.order == deal.order)
        assert list(islice(mine, 5)) == ["PLACED", "CONFIRMED", "SHIPPED", "RECEIVED", "SETTLED"]


def test_a_stolen_token_that_was_revoked_opens_nothing(county: County, address: str) -> None:
    stolen = client.Market(address, "sy_stolen")
    with pytest.raises(client.GraphQLError) as refused:
        stolen.ask("{ me { means } }")
    assert refused.value.code == "bad-token"
    with pytest.raises(client.GraphQLError) as unsigned:
        next(client.Market(address).watch_orders())
    assert unsigned.value.code == "not-signed-in"
