"""What mutations take and give: an event, and its admission or the refusal."""

from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from api.graph.batches import Batch
from api.graph.demands import Demand
from api.graph.log import Receipt
from api.graph.offers import Offer
from api.graph.orders import Order
from api.graph.scalars import Position
from api.graph.signatories import Signatory
from domain import refusals

_MUTATION_ID = "Comes back in the answer, as it was given."


@strawberry.interface(description="What every answer to a mutation has.")
class Payload:
    """Relay's echo."""

    client_mutation_id: str | None = strawberry.field(
        default=None, description="What the request gave, e.g. tap-17."
    )


@strawberry.type(description="The event is in the ledger; of an offer.")
class OfferAccepted(Payload):
    """Admitted."""

    receipt: Receipt = strawberry.field(description="The proof of it.")
    signed_by: list[Signatory] = strawberry.field(
        description="Whose keys signed it, and who keeps them: SERVER where the server signed."
    )
    offer: Offer | None = strawberry.field(
        description="As it stands now; null where the lists have not caught up yet."
    )


@strawberry.type(description="The event is in the ledger; of a demand.")
class DemandAccepted(Payload):
    """Admitted."""

    receipt: Receipt = strawberry.field(description="The proof of it.")
    signed_by: list[Signatory] = strawberry.field(
        description="Whose keys signed it, and who keeps them: SERVER where the server signed."
    )
    demand: Demand | None = strawberry.field(
        description="As it stands now; null where the lists have not caught up yet."
    )


@strawberry.type(description="The event is in the ledger; of an order.")
class OrderAccepted(Payload):
    """Admitted."""

    receipt: Receipt = strawberry.field(description="The proof of it.")
    signed_by: list[Signatory] = strawberry.field(
        description="Whose keys signed it, and who keeps them: SERVER where the server signed."
    )
    order: Order | None = strawberry.field(
        description="As it stands now; null where the lists have not caught up yet."
    )


@strawberry.type(description="The event is in the ledger; of a batch's papers.")
class BatchAccepted(Payload):
    """Admitted."""

    receipt: Receipt = strawberry.field(description="The proof of it.")
    signed_by: list[Signatory] = strawberry.field(
        description="Whose keys signed it, and who keeps them: SERVER where the server signed."
    )
    batch: Batch | None = strawberry.field(
        description="As it stands now; null where the lists have not caught up yet."
    )


@strawberry.type(description="The ledger refused the event 谢绝: nothing was recorded.")
class Refusal(Payload):
    """A refusal of the rules, as a value."""

    code: str = strawberry.field(
        description="The rule, e.g. offer-exceeds-holding; docs/event-format.md lists them."
    )
    message_zh: str = strawberry.field(description="What is wrong and what to do, in Chinese.")
    message_en: str = strawberry.field(description="The same in English.")
    cause: str | None = strawberry.field(
        description="The admitted event that it collides with, a UUIDv7."
    )
    position: Position | None = strawberry.field(description="Where that stands in the ledger.")
    path: str | None = strawberry.field(
        description="The field that can't be read, a JSON path, e.g. $.quantity."
    )

    @classmethod
    def of(cls, refusal: refusals.Refusal, client_mutation_id: str | None) -> Self:
        """Make it of the domain's."""
        return cls(
            code=refusal.code.value, message_zh=refusal.zh, message_en=refusal.en,
            cause=refusal.cause, path=refusal.path, client_mutation_id=client_mutation_id,
            position=None if refusal.position is None else Position(refusal.position),
        )  # fmt: skip


@strawberry.input
class Signed:
    """What every input of a mutation has."""

    envelope: str | None = strawberry.field(
        default=None,
        description="The DSSE envelope of the event, signed on the actor's device, as JSON text,"
        ' e.g. {"payload": "…", "payloadType": "…", "signatures": […]}.',
    )
    unsigned: JSON | None = strawberry.field(
        default=None,
        description="In the envelope's place, for who is signed in and has the server keep its"
        " key: the event's own fields, which the server completes and signs, saying so, e.g."
        ' {"order": "01994e2e-…", "reason": "没货了"}.',
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=_MUTATION_ID)


@strawberry.input(description="Holds a signed offer.made.v1.")
class MakeOfferInput(Signed):
    """Of `makeOffer`."""


@strawberry.input(description="Holds a signed offer.changed.v1.")
class ChangeOfferInput(Signed):
    """Of `changeOffer`."""


@strawberry.input(description="Holds a signed offer.withdrawn.v1.")
class WithdrawOfferInput(Signed):
    """Of `withdrawOffer`."""


@strawberry.input(description="Holds a signed demand.posted.v1.")
class PostDemandInput(Signed):
    """Of `postDemand`."""


@strawberry.input(description="Holds a signed demand.withdrawn.v1.")
class WithdrawDemandInput(Signed):
    """Of `withdrawDemand`."""


@strawberry.input(description="Holds a signed order.placed.v1.")
class PlaceOrderInput(Signed):
    """Of `placeOrder`."""


@strawberry.input(description="Holds a signed order.confirmed.v1.")
class ConfirmOrderInput(Signed):
    """Of `confirmOrder`."""


@strawberry.input(description="Holds a signed order.refused.v1.")
class RefuseOrderInput(Signed):
    """Of `refuseOrder`."""


@strawberry.input(description="Holds a signed order.cancelled.v1.")
class CancelOrderInput(Signed):
    """Of `cancelOrder`."""


@strawberry.input(description="Holds a signed shipment.sent.v1 that names its order.")
class ShipOrderInput(Signed):
    """Of `shipOrder`."""


@strawberry.input(description="Holds a signed shipment.received.v1.")
class ReceiveOrderInput(Signed):
    """Of `receiveOrder`."""


@strawberry.input(description="Holds a signed order.disputed.v1.")
class DisputeOrderInput(Signed):
    """Of `disputeOrder`."""


@strawberry.input(description="Holds a signed order.settled.v1.")
class SettleOrderInput(Signed):
    """Of `settleOrder`."""


@strawberry.input(description="Holds a signed commitment.issued.v1.")
class IssueCommitmentInput(Signed):
    """Of `issueCommitment`."""


@strawberry.input(description="Holds a signed commitment.withdrawn.v1.")
class WithdrawCommitmentInput(Signed):
    """Of `withdrawCommitment`."""


def _union(name: str) -> object:
    return strawberry.union(name, description="Admitted, or refused with the rule's code.")


MakeOfferPayload = Annotated[OfferAccepted | Refusal, _union("MakeOfferPayload")]
ChangeOfferPayload = Annotated[OfferAccepted | Refusal, _union("ChangeOfferPayload")]
WithdrawOfferPayload = Annotated[OfferAccepted | Refusal, _union("WithdrawOfferPayload")]
PostDemandPayload = Annotated[DemandAccepted | Refusal, _union("PostDemandPayload")]
WithdrawDemandPayload = Annotated[DemandAccepted | Refusal, _union("WithdrawDemandPayload")]
PlaceOrderPayload = Annotated[OrderAccepted | Refusal, _union("PlaceOrderPayload")]
ConfirmOrderPayload = Annotated[OrderAccepted | Refusal, _union("ConfirmOrderPayload")]
RefuseOrderPayload = Annotated[OrderAccepted | Refusal, _union("RefuseOrderPayload")]
CancelOrderPayload = Annotated[OrderAccepted | Refusal, _union("CancelOrderPayload")]
ShipOrderPayload = Annotated[OrderAccepted | Refusal, _union("ShipOrderPayload")]
ReceiveOrderPayload = Annotated[OrderAccepted | Refusal, _union("ReceiveOrderPayload")]
DisputeOrderPayload = Annotated[OrderAccepted | Refusal, _union("DisputeOrderPayload")]
SettleOrderPayload = Annotated[OrderAccepted | Refusal, _union("SettleOrderPayload")]
IssueCommitmentPayload = Annotated[BatchAccepted | Refusal, _union("IssueCommitmentPayload")]
WithdrawCommitmentPayload = Annotated[BatchAccepted | Refusal, _union("WithdrawCommitmentPayload")]
