"""What people of the county do with goods: each deed is one event, with who signs it."""

from collections.abc import Sequence

from api.bench.county.people import Person
from api.bench.county.scribe import Draft, Goods, Product, Scribe, goods
from domain.events import market as m
from domain.events import movements as v
from domain.events.correction import EventCorrected
from domain.measures import BatchQuantity, Price, Unit


class Deeds:
    """Builds events; what a deed brings about comes back beside its draft."""

    def __init__(self, scribe: Scribe) -> None:
        """Write with a scribe."""
        self._scribe = scribe

    def treat(self, farmer: Person, days: int) -> Draft:
        """Treat the farmer's plot."""
        event = v.PlotTreated(
            **self._scribe.common(farmer.party), place=farmer.plot, substance="吡虫啉",
            registration="PD20101234", dose="20 克/亩", interval_days=days,
        )  # fmt: skip
        return Draft(event, (farmer.key,))

    def harvest(self, farmer: Person, product: Product, quantity: int) -> tuple[Draft, Goods]:
        """Harvest a new batch."""
        item = self._scribe.made(product, quantity)
        event = v.BatchHarvested(
            **self._scribe.common(farmer.party), place=farmer.place, batch=item.batch,
            plot=farmer.plot, quantity=quantity, unit=item.unit,
        )  # fmt: skip
        return Draft(event, (farmer.key,)), goods(event, (item,))[0]

    def transform(
        self, who: Person, process: v.Process, inputs: Sequence[Goods],
        outputs: Sequence[BatchQuantity],
    ) -> tuple[Draft, list[Goods]]:  # fmt: skip
        """Make outputs of all that is given."""
        causes = [item.cause for item in inputs[:8]]
        event = v.BatchTransformed(
            **self._scribe.common(who.party, *causes), place=who.place, process=process,
            inputs=tuple(item.of() for item in inputs), outputs=tuple(outputs),
        )  # fmt: skip
        return Draft(event, (who.key,)), goods(event, outputs)

    def ship(
        self, who: Person, to: Person, items: Sequence[Goods], *, carrier: Person | None = None,
        order: str | None = None,
    ) -> tuple[Draft, str]:  # fmt: skip
        """Send goods; gives the shipment's name."""
        causes = [item.cause for item in items[:4]]
        event = v.ShipmentSent(
            **self._scribe.common(who.party, *causes), place=who.place,
            items=tuple(item.of() for item in items), to=to.party, to_place=to.place,
            carrier=carrier.party if carrier else None, order=order,
        )  # fmt: skip
        return Draft(event, (who.key,)), event.id

    def receive(
        self, who: Person, shipment: str, items: Sequence[Goods], lost: int = 0
    ) -> tuple[Draft, list[Goods]]:
        """Receive what was sent, so much of the first item less."""
        came = [item.of() for item in items]
        differences: tuple[v.Difference, ...] = ()
        if lost:
            first = items[0]
            came[0] = first.of(first.quantity - lost)
            differences = (v.Difference(first.batch, lost, first.unit, "路上撒了"),)
        event = v.ShipmentReceived(
            **self._scribe.common(who.party, shipment), place=who.place, shipment=shipment,
            items=tuple(came), differences=differences,
        )  # fmt: skip
        return Draft(event, (who.key,)), goods(event, came)

    def inspect(self, who: Person, item: Goods) -> Draft:
        """Inspect a batch."""
        event = v.BatchInspected(
            **self._scribe.common(who.party, item.cause), place=who.place, batch=item.batch,
            standard="GB 2763", result=v.Result.CONFORMANT,
        )  # fmt: skip
        return Draft(event, (who.key,))

    def sell(self, who: Person, item: Goods, quantity: int) -> tuple[Draft, v.BatchSold]:
        """Sell some of it to consumers."""
        event = v.BatchSold(
            **self._scribe.common(who.party, item.cause), place=who.place, batch=item.batch,
            quantity=quantity, unit=item.unit, channel="门店零售",
        )  # fmt: skip
        return Draft(event, (who.key,)), event

    def dispose(self, who: Person, item: Goods, quantity: int) -> Draft:
        """Throw some of it away."""
        event = v.BatchDisposed(
            **self._scribe.common(who.party, item.cause), place=who.place, batch=item.batch,
            quantity=quantity, unit=item.unit, reason="受潮发霉",
        )  # fmt: skip
        return Draft(event, (who.key,))

    def correct(self, who: Person, event: v.BatchSold, quantity: int | None) -> Draft:
        """Declare a sale in error: so much was sold, or nothing."""
        common = self._scribe.common(who.party)
        new = None
        if quantity is not None:
            new = v.BatchSold(
                id=event.id, occurred_at=event.occurred_at, actor=event.actor,
                nonce=common["nonce"][::-1], refs=event.refs, place=event.place,
                batch=event.batch, quantity=quantity, unit=event.unit, channel=event.channel,
            )  # fmt: skip
        correction = EventCorrected(**common, event=event.id, reason="记错了数", replacement=new)
        return Draft(correction, (who.key,))

    def offer(self, who: Person, item: Goods) -> tuple[Draft, m.OfferMade]:
        """Offer all of it."""
        price = Price(self._scribe.random.randrange(200, 6000), _per(item.unit))
        event = m.OfferMade(
            **self._scribe.common(who.party, item.cause), place=who.place, batch=item.batch,
            quantity=item.quantity, unit=item.unit, price=price,
        )  # fmt: skip
        return Draft(event, (who.key,)), event

    def order(
        self, buyer: Person, offer: m.OfferMade, quantity: int
    ) -> tuple[Draft, m.OrderPlaced]:
        """Order some of what is offered."""
        event = m.OrderPlaced(
            **self._scribe.common(buyer.party, offer.id), offer=offer.id, seller=offer.actor,
            batch=offer.batch, quantity=quantity, unit=offer.unit, price=offer.price,
            deliver_to=buyer.place,
        )  # fmt: skip
        return Draft(event, (buyer.key,)), event

    def confirm(self, who: Person, order: m.OrderPlaced) -> Draft:
        """Confirm an order."""
        event = m.OrderConfirmed(
            **self._scribe.common(who.party, order.id), place=who.place, order=order.id,
            offer=order.offer, batch=order.batch, quantity=order.quantity, unit=order.unit,
        )  # fmt: skip
        return Draft(event, (who.key,))

    def decline(self, who: Person, order: m.OrderPlaced) -> Draft:
        """Refuse an order."""
        event = m.OrderRefused(
            **self._scribe.common(who.party, order.id), order=order.id, reason="留给老客户了"
        )
        return Draft(event, (who.key,))

    def withdraw(self, who: Person, offer: m.OfferMade) -> Draft:
        """Withdraw an offer."""
        event = m.OfferWithdrawn(
            **self._scribe.common(who.party, offer.id), offer=offer.id, reason="卖完了"
        )
        return Draft(event, (who.key,))

    def demand(self, buyer: Person, quantity: int) -> Draft:
        """Ask for rice."""
        event = m.DemandPosted(
            **self._scribe.common(buyer.party), category="rice", quantity=quantity,
            unit=Unit.GRAM, deliver_to=buyer.place,
        )  # fmt: skip
        return Draft(event, (buyer.key,))


def _per(unit: Unit) -> int:
    return 1 if unit is Unit.PIECE else 1000
