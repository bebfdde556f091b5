"""Buying over GraphQL: the order is placed by the buyer and confirmed by the seller."""

import base64
from datetime import datetime
from typing import Any, Final

import msgspec

from api.authoring.new_event import common
from api.cli.failures import Refused
from api.cli.story import http
from api.cli.story.cinnamon import ORDERED, PRICE, Cinnamon
from api.cli.story.stage import Stage, Step, Told
from api.demo.parties import CHENWU
from api.demo.places import AT_SHOP, CHENWU_YARD
from domain.events.catalogue import AnyEvent
from domain.events.market import OrderConfirmed, OrderPlaced
from domain.measures import Unit, total_price
from ledger.positions import Position
from ledger.receipt import Receipt

_OK: Final = 200
_MUTATION: Final = """
mutation ($envelope: String!) {{
  {name}(input: {{envelope: $envelope}}) {{
    __typename
    ... on OrderAccepted {{
      receipt {{ position leafHash treeSize proof checkpoint admittedAt }}
      order {{ eventId state total }}
    }}
    ... on Refusal {{ code messageZh messageEn }}
  }}
}}
"""


def place_order(stage: Stage, story: Cinnamon, offer: Step) -> Step:
    """Have the shop in Guangzhou order from the offer.

    Raises:
        Refused: where the order is not accepted.
    """
    event = OrderPlaced(
        **common(AT_SHOP.party, story.at(2), offer.event.id), offer=offer.event.id, seller=CHENWU,
        batch=story.bags.batch, quantity=ORDERED, unit=Unit.PIECE, price=PRICE,
        deliver_to=AT_SHOP.place,
    )  # fmt: skip
    yuan = total_price(PRICE, ORDERED) // 100
    told = Told(
        f"广州东山口鲜选超市下单 {ORDERED} 袋，合 {yuan:,} 元（GraphQL placeOrder）",
        f"A shop in Guangzhou orders {ORDERED} bags for ¥{yuan:,} (placeOrder)",
    )
    return _mutate(stage, "placeOrder", "PLACED", event, told)


def confirm_order(stage: Stage, story: Cinnamon, order: Step, offer: Step) -> Step:
    """Have the cooperative confirm the order.

    Raises:
        Refused: where the confirmation is not accepted.
    """
    event = OrderConfirmed(
        **common(CHENWU, story.at(1), order.event.id), place=CHENWU_YARD.place,
        order=order.event.id, offer=offer.event.id, batch=story.bags.batch, quantity=ORDERED,
        unit=Unit.PIECE,
    )  # fmt: skip
    told = Told(
        f"合作社确认订单，{ORDERED} 袋从此留给买家（GraphQL confirmOrder）",
        f"The cooperative confirms: {ORDERED} bags are reserved (confirmOrder)",
    )
    return _mutate(stage, "confirmOrder", "CONFIRMED", event, told)


def _mutate(stage: Stage, name: str, state: str, event: AnyEvent, told: Told) -> Step:
    raw = stage.envelope(event)
    given = _accepted(stage, name, raw)
    order = given["order"]
    stage.check(
        order is not None and (order["eventId"], order["state"]) == (_order_of(event), state),
        Told(f"订单没有到 {state} 这一步：{order}", f"the order is not {state}: {order}"),
    )
    return stage.admitted(event, raw, _receipt(given["receipt"]), told)


def _order_of(event: AnyEvent) -> str:
    return event.order if isinstance(event, OrderConfirmed) else event.id


def _accepted(stage: Stage, name: str, raw: bytes) -> dict[str, Any]:
    body = {"query": _MUTATION.format(name=name), "variables": {"envelope": raw.decode()}}
    answer = http.post(f"{stage.base}/graphql", msgspec.json.encode(body))
    said = answer.json()
    stage.check(
        answer.status == _OK and not said.get("errors"),
        Told(f"GraphQL 没有办成：{said}", f"GraphQL failed: {said}"),
    )
    given: dict[str, Any] = said["data"][name]
    if given["__typename"] != "OrderAccepted":
        raise Refused(given["code"], given["messageZh"], given["messageEn"])
    return given


def _receipt(given: dict[str, Any]) -> Receipt:
    return Receipt(
        position=Position(int(given["position"])),
        leaf_hash=base64.b64decode(given["leafHash"]),
        tree_size=int(given["treeSize"]),
        proof=tuple(base64.b64decode(part) for part in given["proof"]),
        checkpoint=given["checkpoint"],
        admitted_at=datetime.fromisoformat(given["admittedAt"]),
    )
