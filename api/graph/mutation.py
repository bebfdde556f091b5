"""Mutations: each takes one event of the market, signed by its actor's key."""

from typing import Annotated

import strawberry
from strawberry.utils.await_maybe import await_maybe

from api.graph import payloads as p
from api.graph.context import Info
from api.graph.demands import demand
from api.graph.fields import mutation
from api.graph.log import Receipt
from api.graph.offers import offer
from api.graph.orders import order
from api.graph.signatories import signatories
from api.graph.writing import submit
from domain.events import market as m
from domain.refusals import Refusal as DomainRefusal

_INPUT = strawberry.argument(description="The event, signed or to be signed.")


async def _offer(
    info: Info, given: p.Signed, wanted: type[m.OfferMade | m.OfferWithdrawn], mutation: str
) -> p.OfferAccepted | p.Refusal:
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    name = done.event.offer if isinstance(done.event, m.OfferWithdrawn) else done.event.id
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


_Answer = m.OrderConfirmed | m.OrderRefused | m.OrderCancelled


async def _order(
    info: Info, given: p.Signed, wanted: type[m.OrderPlaced | _Answer], mutation: str
) -> p.OrderAccepted | p.Refusal:
    done = await submit(info, given, wanted, mutation)
    if isinstance(done, DomainRefusal):
        return p.Refusal.of(done, given.client_mutation_id)
    name = done.event.order if isinstance(done.event, _Answer) else done.event.id
    return p.OrderAccepted(
        receipt=Receipt.of(done.admission), signed_by=await signatories(info, done.keyids),
        client_mutation_id=given.client_mutation_id,
        order=await order(info, name) if done.shown else None,
    )  # fmt: skip


@strawberry.type(description="What may be done on the market; every one takes one event.")
class Mutation:
    """The eight events of the market."""

    @mutation("Offer so much of a batch for sale (its holder).")
    async def make_offer(
        self,
        info: Info,
        input: Annotated[p.MakeOfferInput, _INPUT],  # noqa: A002
    ) -> p.MakeOfferPayload:
        """Submit an offer.made.v1."""
        return await _offer(info, input, m.OfferMade, "makeOffer")

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

    @mutation("Take an order back before it is confirmed (its buyer).")
    async def cancel_order(
        self,
        info: Info,
        input: Annotated[p.CancelOrderInput, _INPUT],  # noqa: A002
    ) -> p.CancelOrderPayload:
        """Submit an order.cancelled.v1."""
        return await _order(info, input, m.OrderCancelled, "cancelOrder")
