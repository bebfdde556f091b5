"""How to order from an offer: the event to sign and the GraphQL call, with the offer's values."""

from importlib.resources import files
from typing import Final, NamedTuple

import msgspec

from projections.market_rows import OfferRow

CALL: Final = files("api.graph").joinpath("examples/place_order.graphql").read_text("utf-8")
"""The call as GraphiQL offers it."""


class Example(NamedTuple):
    """The payload that the buyer signs, and the call that takes the signed envelope."""

    payload: str
    call: str
    variables: str


def order_example(offer: OfferRow) -> Example:
    """Fill in what is known; the buyer's own values stand in capitals."""
    payload = {
        "type": "order.placed.v1", "id": "UUIDv7", "actor": "YOUR-PARTY",
        "occurred_at": "YYYY-MM-DDThh:mm:ss+08:00", "nonce": "BASE64-OF-16-BYTES",
        "refs": [offer.id], "offer": offer.id, "seller": offer.seller, "batch": offer.batch,
        "quantity": offer.least, "unit": offer.unit,
        "price": {
            "amount": offer.price_amount, "per": offer.price_per, "currency": offer.currency,
        },
        "deliver_to": "YOUR-PLACE",
    }  # fmt: skip
    envelope = {
        "payloadType": "application/vnd.suyuan.event+json", "payload": "BASE64",
        "signatures": [{"keyid": "did:key:…", "sig": "BASE64"}],
    }  # fmt: skip
    variables = {"envelope": msgspec.json.encode(envelope).decode()}
    return Example(_pretty(payload), CALL, _pretty(variables))


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
