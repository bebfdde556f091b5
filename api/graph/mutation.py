"""Mutations: each takes one event of the market, signed by its actor's key."""

from typing import Annotated

import strawberry
from strawberry.utils.await_maybe import await_maybe

from api.graph import payloads as p
from api.graph.batches import batch
from api.graph.context import Info
from api.graph.demands import demand
from api.graph.fields import mutation
from api.graph.log import Receipt
from api.graph.offers import offer
from api.graph.orders import order
from api.graph.signatories import signatories
from api.graph.writing import submit
from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as d
from domain.events.catalogue import AnyEvent
from domain.refusals import Refusal as DomainRefusal
from projections import market_queries

_INPUT = strawberry.argument(description="The event, signed or to be signed.")


_ToOffer = m.OfferChanged | m.OfferWithdrawn


async def _offer(
    info: Info, given: p.Signed, wanted: type[m.OfferMade | _ToOffer], mutation: str
) -> p.OfferAccepted | p.Refusal:
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    name = done.event.offer if isinstance(done.event, _ToOffer) else done.event.id
    return p.OfferAccepted(
        receipt=Receipt.of(done.admission), signed_by=await signatories(info, done.keyids),
        client_mutation_id=given.client_mutation_id,
        offer=await await_maybe(offer(info, name)) if done.shown else None,
    )  # fmt: skip


async def _demand(
    info: Info, given: p.Signed, wanted: type[m.DemandPosted | m.DemandWithdrawn], mutation: str
) -> p.DemandAccepted | p.Refusal:
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    name = done.event.demand if isinstance(done.event, m.DemandWithdrawn) else done.event.id
    return p.DemandAccepted(
        receipt=Receipt.of(done.admission), signed_by=await signatories(info, done.keyids),
        client_mutation_id=given.client_mutation_id,
        demand=await await_maybe(demand(info, name)) if done.shown else None,
    )  # fmt: skip


_Answer = (
    m.OrderConfirmed | m.OrderRefused | m.OrderCancelled | m.OrderDisputed | m.OrderSettled
    | v.ShipmentSent
)  # fmt: skip
_Step = m.OrderPlaced | _Answer | v.ShipmentReceived


async def _order(
    info: Info, given: p.Signed, wanted: type[_Step], mutation: str
) -> p.OrderAccepted | p.Refusal:
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    name = await _order_of(info, done.event)
    return p.OrderAccepted(
        receipt=Receipt.of(done.admission), signed_by=await signatories(info, done.keyids),
        client_mutation_id=given.client_mutation_id,
        order=await order(info, name) if done.shown and name else None,
    )  # fmt: skip


async def _order_of(info: Info, event: AnyEvent) -> str | None:
    """Give the order that an event is a step of; a shipment may be for none."""
    if isinstance(event, _Answer):
        return event.order
    if isinstance(event, v.ShipmentReceived):
        shipment = event.shipment
        return await info.context.read(
            lambda conn: market_queries.order_of_shipment(conn, shipment)
        )
    return event.id


_Papers = d.CommitmentIssued | d.CommitmentWithdrawn


async def _papers(
    info: Info, given: p.Signed, wanted: type[_Papers],
    mutation: str,
) -> p.BatchAccepted | p.Refusal:  # fmt: skip
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    of = done.event.batch if isinstance(done.event, _Papers) and done.shown else None
    return p.BatchAccepted(
        receipt=Receipt.of(done.admission), signed_by=await signatories(info, done.keyids),
        client_mutation_id=given.client_mutation_id,
        batch=await await_maybe(batch(info, of)) if of else None,
    )  # fmt: skip


@strawberry.type(description="What may be done on the market; every one takes one event.")
class Mutation:
    """The events of the market, and the certificates that go with its goods."""

    @mutation("Offer so much of a batch for sale (its holder).")
    async def make_offer(
        self,
        info: Info,
        input: Annotated[p.MakeOfferInput, _INPUT],  # noqa: A002
    ) -> p.MakeOfferPayload:
        """Submit an offer.made.v1."""
        return await _offer(info, input, m.OfferMade, "makeOffer")

    @mutation("State an offer's terms anew, all of them (its seller).")
    async def change_offer(
        self,
        info: Info,
        input: Annotated[p.ChangeOfferInput, _INPUT],  # noqa: A002
    ) -> p.ChangeOfferPayload:
        """Submit an offer.changed.v1."""
        return await _offer(info, input, m.OfferChanged, "changeOffer")

    @mutation("Take an offer back (its seller).")
    async def withdraw_offer(
        self,
        info: Info,
        input: Annotated[p.WithdrawOfferInput, _INPUT],  # noqa: A002
    ) -> p.WithdrawOfferPayload:
        """Submit an offer.withdrawn.v1."""
        return await _offer(info, input, m.OfferWithdrawn, "withdrawOffer")

    @mutation("Say what is wanted (a buyer).")
    async def post_demand(
        self,
        info: Info,
        input: Annotated[p.PostDemandInput, _INPUT],  # noqa: A002
    ) -> p.PostDemandPayload:
        """Submit a demand.posted.v1."""
        return await _demand(info, input, m.DemandPosted, "postDemand")

    @mutation("Take a demand back (its buyer).")
    async def withdraw_demand(
        self,
        info: Info,
        input: Annotated[p.WithdrawDemandInput, _INPUT],  # noqa: A002
    ) -> p.WithdrawDemandPayload:
        """Submit a demand.withdrawn.v1."""
        return await _demand(info, input, m.DemandWithdrawn, "withdrawDemand")

    @mutation("Order from an offer at the price seen (a buyer).")
    async def place_order(
        self,
        info: Info,
        input: Annotated[p.PlaceOrderInput, _INPUT],  # noqa: A002
    ) -> p.PlaceOrderPayload:
        """Submit an order.placed.v1."""
        return await _order(info, input, m.OrderPlaced, "placeOrder")

    @mutation("Agree to an order, which reserves the goods (its seller).")
    async def confirm_order(
        self,
        info: Info,
        input: Annotated[p.ConfirmOrderInput, _INPUT],  # noqa: A002
    ) -> p.ConfirmOrderPayload:
        """Submit an order.confirmed.v1."""
        return await _order(info, input, m.OrderConfirmed, "confirmOrder")

    @mutation("Decline an order (its seller).")
    async def refuse_order(
        self,
        info: Info,
        input: Annotated[p.RefuseOrderInput, _INPUT],  # noqa: A002
    ) -> p.RefuseOrderPayload:
        """Submit an order.refused.v1."""
        return await _order(info, input, m.OrderRefused, "refuseOrder")

    @mutation("Take an order back: its buyer; once it is confirmed its seller or the county too.")
    async def cancel_order(
        self,
        info: Info,
        input: Annotated[p.CancelOrderInput, _INPUT],  # noqa: A002
    ) -> p.CancelOrderPayload:
        """Submit an order.cancelled.v1."""
        return await _order(info, input, m.OrderCancelled, "cancelOrder")

    @mutation("Send what was confirmed (its seller).")
    async def ship_order(
        self,
        info: Info,
        input: Annotated[p.ShipOrderInput, _INPUT],  # noqa: A002
    ) -> p.ShipOrderPayload:
        """Submit a shipment.sent.v1."""
        return await _order(info, input, v.ShipmentSent, "shipOrder")

    @mutation("Count what has arrived (its buyer).")
    async def receive_order(
        self,
        info: Info,
        input: Annotated[p.ReceiveOrderInput, _INPUT],  # noqa: A002
    ) -> p.ReceiveOrderPayload:
        """Submit a shipment.received.v1."""
        return await _order(info, input, v.ShipmentReceived, "receiveOrder")

    @mutation("Say that one does not accept what was sent or paid (either side).")
    async def dispute_order(
        self,
        info: Info,
        input: Annotated[p.DisputeOrderInput, _INPUT],  # noqa: A002
    ) -> p.DisputeOrderPayload:
        """Submit an order.disputed.v1."""
        return await _order(info, input, m.OrderDisputed, "disputeOrder")

    @mutation("Say that what was received is paid for (its seller), or end a dispute.")
    async def settle_order(
        self,
        info: Info,
        input: Annotated[p.SettleOrderInput, _INPUT],  # noqa: A002
    ) -> p.SettleOrderPayload:
        """Submit an order.settled.v1."""
        return await _order(info, input, m.OrderSettled, "settleOrder")

    @mutation("Issue a certificate of commitment 承诺达标合格证 for a batch (its holder).")
    async def issue_commitment(
        self,
        info: Info,
        input: Annotated[p.IssueCommitmentInput, _INPUT],  # noqa: A002
    ) -> p.IssueCommitmentPayload:
        """Submit a commitment.issued.v1."""
        return await _papers(info, input, d.CommitmentIssued, "issueCommitment")

    @mutation("Take a certificate of commitment back (who issued it).")
    async def withdraw_commitment(
        self,
        info: Info,
        input: Annotated[p.WithdrawCommitmentInput, _INPUT],  # noqa: A002
    ) -> p.WithdrawCommitmentPayload:
        """Submit a commitment.withdrawn.v1."""
        return await _papers(info, input, d.CommitmentWithdrawn, "withdrawCommitment")
