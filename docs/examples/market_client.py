"""A small typed client of the market, to be copied: ask, order, and watch one's orders.

It needs `cryptography` (to sign), `websockets` (to watch) and nothing of Suyuan itself:

    market = Market("http://127.0.0.1:8000", token="sy_…")
    for offer in market.offers(text="肉桂"):
        print(offer.event_id, offer.lot, offer.price)
    me = Signer("P445381-000010", open("P445381-000010.pem", "rb").read())
    done = market.submit("placeOrder", me.order(offer, 40_000, deliver_to="L445381-000092"))
    print(done.code if isinstance(done, Refusal) else done.state)
"""

import base64
import json
import os
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.error import HTTPError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

EVENT: Final = "application/vnd.suyuan.event+json"
Json = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """What an order needs to know of an offer; amounts in the product's smallest unit."""

    event_id: str
    seller: str
    gtin: str
    lot: str
    left: int
    unit: str
    price: Json


@dataclass(frozen=True)
class Order:
    """An order, or an offer or a demand, as it stands."""

    event_id: str
    state: str


@dataclass(frozen=True)
class Refusal:
    """The ledger's no: the rule's code, and what to do."""

    code: str
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Match:
    """How well an offer suits a demand, 0 to 1000, and why; the price is that of the quantity."""

    offer: Offer
    score: int
    why: str


@dataclass(frozen=True)
class News:
    """What happened to an order, and the cursor to go on from; RECALLED: leave its goods alone."""

    cursor: str
    order: str
    state: str


class GraphQLError(Exception):
    """The request could not be answered; `code` is stable."""

    def __init__(self, errors: list[Json]) -> None:
        """Take what stands in `errors`."""
        first = errors[0]
        self.code = str(first.get("extensions", {}).get("code", ""))
        super().__init__(first["message"])


class Signer:
    """Signs events of one party with its Ed25519 key."""

    def __init__(self, party: str, pem: bytes) -> None:
        """Take the key as `suyuan key new` keeps it."""
        key = load_pem_private_key(pem, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("an Ed25519 key is wanted")
        self.party = party
        self._key = key
        self.did = f"did:key:z{_base58(bytes([0xED, 0x01]) + key.public_key().public_bytes_raw())}"

    def event(self, kind: str, refs: list[str] | None = None, **fields: object) -> str:
        """Give the signed envelope of an event that happens now."""
        own: Json = {
            "actor": self.party, "id": _uuid7(), "nonce": _base64(os.urandom(16)), "type": kind,
            "occurred_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        if refs:
            own["refs"] = refs
        # Canonical JSON (RFC 8785): names sorted, no white space, integers only.
        text = json.dumps(own | fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return self.seal(text.encode(), EVENT)

    def seal(self, payload: bytes, payload_type: str) -> str:
        """Sign a payload as DSSE does."""
        name = payload_type.encode()
        signed = b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
        signature = {"keyid": self.did, "sig": _base64(self._key.sign(signed))}
        return json.dumps({
            "payload": _base64(payload), "payloadType": payload_type, "signatures": [signature],
        })  # fmt: skip

    def order(self, offer: Offer, quantity: int, deliver_to: str, demand: str | None = None) -> str:
        """Order so much of an offer at the price that was seen, for a demand of one's own."""
        serves = {} if demand is None else {"demand": demand}
        return self.event(
            "order.placed.v1", [offer.event_id], offer=offer.event_id, seller=offer.seller,
            batch=f"{offer.gtin}/{offer.lot}", quantity=quantity, unit=offer.unit,
            price={name: offer.price[name] for name in ("amount", "currency", "per")},
            deliver_to=deliver_to, **serves,
        )  # fmt: skip


class Market:
    """A market's GraphQL, with a token where more than the public's view is wanted."""

    def __init__(self, url: str, token: str | None = None) -> None:
        """Ask at this address."""
        self.url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def ask(self, query: str, **variables: object) -> Json:
        """Ask, and give `data`.

        Raises:
            GraphQLError: where it could not be answered.
        """
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer: Json = json.loads(self._post("/graphql", body))
        if answer.get("errors"):
            raise GraphQLError(answer["errors"])
        data: Json = answer["data"]
        return data

    def offers(self, **wanted: object) -> Iterator[Offer]:
        """Give what is for sale, page by page; `wanted` as in the schema's OfferFilter."""
        after = None
        while True:
            found = self.ask(_OFFERS, filter=wanted, after=after)["offers"]
            for edge in found["edges"]:
                yield _offer(edge["node"])
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def matches(self, demand: str, most: int = 20) -> list[Match]:
        """Give the offers that have all that a demand of one's own asks for, best first."""
        found = self.ask(_MATCHES, demand=demand, first=most)["matches"]
        nodes: list[Json] = [edge["node"] for edge in found["edges"]]
        return [
            Match(_offer(one["offer"] | {"price": one["price"]}), one["score"], one["sentenceZh"])
            for one in nodes
        ]

    def order(self, event_id: str) -> Order | None:
        """Give an order of one's own."""
        found = self.ask("query ($id: ID!) { order(id: $id) { eventId state } }", id=event_id)
        order = found["order"]
        return Order(order["eventId"], order["state"]) if order else None

    def submit(self, mutation: str, envelope: str) -> Order | Refusal:
        """Submit a signed event of an order."""
        return self._submit(mutation, "order", envelope)

    def submit_offer(self, mutation: str, envelope: str) -> Order | Refusal:
        """Submit a signed event of an offer; give its id and state."""
        return self._submit(mutation, "offer", envelope)

    def submit_demand(self, mutation: str, envelope: str) -> Order | Refusal:
        """Submit a signed event of a demand; give its id and state."""
        return self._submit(mutation, "demand", envelope)

    def _submit(self, mutation: str, kind: str, envelope: str) -> Order | Refusal:
        query = _DONE.replace("MUTATION", mutation).replace("KIND", kind.title())
        done = self.ask(query.replace("kind", kind), envelope=envelope)["done"]
        if done["__typename"] == "Refusal":
            return Refusal(done["code"], done["messageZh"], done["messageEn"])
        found = done[kind] or {"eventId": "", "state": ""}
        return Order(found["eventId"], found["state"])

    def record(self, envelope: str) -> int | Refusal:
        """Record an event that is no mutation's, such as a shipment; give its position."""
        try:
            answer: Json = json.loads(self._post("/api/events", envelope.encode()))
        except HTTPError as error:
            problem = json.loads(error.read())
            if "message" not in problem:
                raise
            return Refusal(problem["code"], problem["message"]["zh"], problem["message"]["en"])
        return int(answer["position"])

    def watch_orders(self, after: str | None = None) -> Iterator[News]:
        """Give what happens to one's orders, for ever: after a cut it goes on, nothing twice.

        Raises:
            GraphQLError: where one may not watch.
        """
        while True:
            try:
                for news in self._watch(after):
                    after = news.cursor
                    yield news
            except (ConnectionClosed, OSError):
                time.sleep(1)

    def _watch(self, after: str | None) -> Iterator[News]:
        address = self.url.replace("http", "ws", 1) + "/graphql"
        protocol = [Subprotocol("graphql-transport-ws")]
        with connect(address, subprotocols=protocol, additional_headers=self._headers) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": {}}))
            variables = {"after": after}
            begin = {"id": "1", "type": "subscribe", "payload": {
                "query": _WATCH, "variables": variables,
            }}  # fmt: skip
            for text in socket:
                message = json.loads(text)
                if message["type"] == "connection_ack":
                    socket.send(json.dumps(begin))
                elif message["type"] == "ping":
                    socket.send(json.dumps({"type": "pong"}))
                elif message["type"] == "next":
                    yield _news(message["payload"])
                elif message["type"] in {"error", "complete"}:
                    raise GraphQLError(message.get("payload") or [{"message": "it ended"}])

    def _post(self, path: str, body: bytes) -> bytes:
        request = urllib.request.Request(self.url + path, body, self._headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: bytes = answer.read()
            return found


_OFFERS: Final = """query ($filter: OfferFilter, $after: String) {
  offers(filter: $filter, first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      eventId lot seller { partyId } product { gtin } left { amount unit }
      price { amount per currency }
    } }
  }
}"""
_MATCHES: Final = """query ($demand: ID!, $first: Int!) {
  matches(demand: $demand, first: $first) {
    edges { node {
      score sentenceZh price { amount per currency }
      offer { eventId lot seller { partyId } product { gtin } left { amount unit } }
    } }
  }
}"""
_DONE: Final = """mutation ($envelope: String!) {
  done: MUTATION(input: {envelope: $envelope}) {
    __typename
    ... on KINDAccepted { kind { eventId state } }
    ... on Refusal { code messageZh messageEn }
  }
}"""
_WATCH: Final = """subscription ($after: String) {
  orders(after: $after) { cursor recall order { eventId } step { state } }
}"""


def _offer(node: Mapping[str, Any]) -> Offer:
    return Offer(
        node["eventId"], node["seller"]["partyId"], node["product"]["gtin"], node["lot"],
        node["left"]["amount"], node["left"]["unit"], node["price"],
    )  # fmt: skip


def _news(payload: Mapping[str, Any]) -> News:
    if payload.get("errors"):
        raise GraphQLError(payload["errors"])
    said = payload["data"]["orders"]
    state = "RECALLED" if said["recall"] else said["step"]["state"]
    return News(said["cursor"], said["order"]["eventId"], state)


def _uuid7() -> str:
    """Make an id whose order is the order of time (RFC 9562 §5.7)."""
    number = int.from_bytes(int(time.time() * 1000).to_bytes(6) + os.urandom(10))
    number = number & ~(0xF << 76) | 0x7 << 76
    text = f"{number & ~(0x3 << 62) | 0x2 << 62:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _base58(data: bytes) -> str:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return text
