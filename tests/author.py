"""Builds events of the simulated county's people, with ids and a clock of its own."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from domain.events import governance as g
from domain.events import holds as h
from domain.events import links as k
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events import registry as r
from domain.events.base import Event
from domain.events.catalogue import AnyEvent
from domain.events.correction import Correctable, EventCorrected
from domain.events.governance import Custody, PartyKind, Role
from domain.ids import uuid7
from domain.measures import BatchQuantity, Money, Price, Unit
from tests import county as c


class Author:
    """Builds events; what a test wants otherwise, it changes with `msgspec.structs.replace`."""

    def __init__(self, seed: int = 1) -> None:
        """Begin on the county's first morning."""
        self.now: datetime = c.START
        self._random: Final = Random(seed)  # noqa: S311  a seeded simulation
        self._numbers: Final = count(1)

    def later(self, **by: float) -> datetime:
        """Move the clock on, in `timedelta`'s words, and give the time."""
        self.now += timedelta(**by)
        return self.now

    def new_id(self) -> str:
        """Make a UUIDv7 of the clock and the seed (RFC 9562 §5.7)."""
        return uuid7(int(self.now.timestamp() * 1000), self._random.randbytes(10))

    def new_lot(self, gtin: str) -> str:
        """Name a batch that is not taken."""
        return c.lot(gtin, f"T{next(self._numbers)}")

    def common(self, actor: str) -> dict[str, Any]:
        """Give the fields that every event must have."""
        nonce = self._random.randbytes(16)
        return {"id": self.new_id(), "occurred_at": self.now, "actor": actor, "nonce": nonce}

    # Who there is

    def genesis(self) -> g.LedgerOpened:
        """Open the ledger."""
        return g.LedgerOpened(
            **self.common(c.AUTHORITY), county=c.COUNTY, origin="suyuan.example/luoding",
            authority_name="罗定市农业农村局（模拟）", authority_key=c.key_of(c.AUTHORITY).did,
            log_key="suyuan.example/luoding+00000000+AAAA", rules="2026.1",
        )  # fmt: skip

    def founding(self) -> Iterator[tuple[AnyEvent, tuple[str, ...]]]:
        """Give the events by which the county comes to be, in order, with who signs."""
        yield self.genesis(), ()
        for party, kind, role, name in c.PARTIES:
            yield self.admit_party(party, kind, role, name=name), ()
            if party != c.ELDER:
                yield self.bind_key(party), ()
        yield self.take_member(c.COOP, c.FARMER), (c.COOP, c.FARMER)
        yield self.take_member(c.COOP, c.ELDER, may_sign=True), ()
        for place, holder, kind_of_place, name in c.PLACES:
            yield self.register_place(place, holder, kind_of_place, name), ()
        for gtin in c.UNITS:
            yield self.register_product(gtin), ()

    def admit_party(
        self, party: str, kind: PartyKind, *roles: Role, name: str | None = None,
        by: str = c.AUTHORITY,
    ) -> g.PartyAdmitted:  # fmt: skip
        """Admit a party."""
        return g.PartyAdmitted(
            **self.common(by), party=party, kind=kind, roles=roles, township="445381111", name=name
        )

    def bind_key(
        self, party: str, name: str | None = None, by: str = c.AUTHORITY,
        expires: datetime | None = None,
    ) -> g.KeyBound:  # fmt: skip
        """Bind the key of a name, the party's own where none is given."""
        did = c.key_of(name or party).did
        return g.KeyBound(
            **self.common(by), party=party, key=did, custody=Custody.DEVICE, expires=expires
        )

    def revoke_key(
        self, party: str, name: str | None = None, by: str = c.AUTHORITY
    ) -> g.KeyRevoked:
        """Revoke the key of a name."""
        did = c.key_of(name or party).did
        return g.KeyRevoked(**self.common(by), party=party, key=did, reason="手机丢了")

    def take_member(
        self, cooperative: str, member: str, *, may_sign: bool = False
    ) -> g.MembershipBegan:
        """Take a member."""
        return g.MembershipBegan(**self.common(cooperative), member=member, may_sign=may_sign)

    def part(self, cooperative: str, member: str) -> g.MembershipEnded:
        """End a membership."""
        return g.MembershipEnded(**self.common(cooperative), member=member, reason="搬走了")

    def register_place(
        self, place: str, holder: str, kind: r.PlaceKind, name: str = "某处", by: str = c.AUTHORITY
    ) -> r.PlaceRegistered:
        """Register a place."""
        return r.PlaceRegistered(
            **self.common(by), place=place, holder=holder, kind=kind, township="445381111",
            name=name,
        )  # fmt: skip

    def register_product(self, gtin: str, by: str = c.AUTHORITY) -> r.ProductRegistered:
        """Register a product in its unit."""
        return r.ProductRegistered(
            **self.common(by), gtin=gtin, names=r.Names("某产品", "Some product"),
            category="soybean", unit=c.UNITS.get(gtin, Unit.GRAM), content=c.CONTENTS.get(gtin),
        )  # fmt: skip

    # What is done

    def treat(self, actor: str = c.FARMER, plot: str = c.PLOT, days: int = 7) -> v.PlotTreated:
        """Treat a plot."""
        return v.PlotTreated(
            **self.common(actor), place=plot, substance="吡虫啉", registration="PD20101234",
            dose="20 克/亩", interval_days=days,
        )  # fmt: skip

    def harvest(
        self, actor: str = c.FARMER, plot: str = c.PLOT, quantity: int = 100_000,
        batch: str | None = None, place: str = c.YARD,
    ) -> v.BatchHarvested:  # fmt: skip
        """Harvest a new batch, 100 kg of paddy where nothing else is said."""
        item = c.of(batch or self.new_lot(c.PADDY), quantity)
        return v.BatchHarvested(
            **self.common(actor), place=place, batch=item.batch, plot=plot, quantity=quantity,
            unit=item.unit,
        )  # fmt: skip

    def transform(
        self, actor: str, place: str, process: v.Process, inputs: Iterable[BatchQuantity],
        outputs: Iterable[BatchQuantity],
    ) -> v.BatchTransformed:  # fmt: skip
        """Make outputs of inputs."""
        return v.BatchTransformed(
            **self.common(actor), place=place, process=process, inputs=tuple(inputs),
            outputs=tuple(outputs),
        )  # fmt: skip

    def ship(
        self, actor: str, place: str, items: Iterable[BatchQuantity], to: str = c.MILL,
        to_place: str = c.WORKSHOP, order: str | None = None,
    ) -> v.ShipmentSent:  # fmt: skip
        """Send goods."""
        return v.ShipmentSent(
            **self.common(actor), place=place, items=tuple(items), to=to, to_place=to_place,
            order=order,
        )  # fmt: skip

    def receive(
        self, actor: str, place: str, shipment: str, items: Iterable[BatchQuantity],
        short: Iterable[BatchQuantity] = (),
    ) -> v.ShipmentReceived:  # fmt: skip
        """Receive goods, `short` of them missing."""
        lost = tuple(
            v.Difference(item.batch, item.quantity, item.unit, "路上撒了") for item in short
        )
        return v.ShipmentReceived(
            **self.common(actor), place=place, shipment=shipment, items=tuple(items),
            differences=lost,
        )  # fmt: skip

    def inspect(
        self, batch: str, actor: str = c.INSPECTOR, place: str = c.OFFICE
    ) -> v.BatchInspected:
        """Inspect a batch."""
        return v.BatchInspected(
            **self.common(actor), place=place, batch=batch, standard="GB 2763",
            result=v.Result.CONFORMANT,
        )  # fmt: skip

    def sell(self, actor: str, place: str, item: BatchQuantity) -> v.BatchSold:
        """Sell to consumers."""
        return v.BatchSold(
            **self.common(actor), place=place, batch=item.batch, quantity=item.quantity,
            unit=item.unit, channel="门店零售",
        )  # fmt: skip

    def dispose(self, actor: str, place: str, item: BatchQuantity) -> v.BatchDisposed:
        """Throw away."""
        return v.BatchDisposed(
            **self.common(actor), place=place, batch=item.batch, quantity=item.quantity,
            unit=item.unit, reason="受潮发霉",
        )  # fmt: skip

    # What stands still

    def hold(
        self, batch: str, actor: str = c.INSPECTOR, *, descendants: bool = True
    ) -> h.BatchHeld:
        """Put a batch on hold."""
        return h.BatchHeld(
            **self.common(actor), batch=batch, reason="等复检", descendants=descendants
        )

    def release(self, hold: h.BatchHeld, by: str | None = None) -> h.BatchReleased:
        """End a hold."""
        return h.BatchReleased(
            **self.common(by or hold.actor), hold=hold.id, batch=hold.batch, reason="复检合格"
        )

    def recall(self, batch: str, actor: str = c.AUTHORITY, level: int = 2) -> h.BatchRecalled:
        """Recall a batch."""
        return h.BatchRecalled(
            **self.common(actor), batch=batch, hazard="农药残留超标",
            instruction="停售，退回或销毁", level=level,
        )  # fmt: skip

    def close(self, recall: h.BatchRecalled, by: str | None = None) -> h.RecallClosed:
        """End a recall."""
        return h.RecallClosed(
            **self.common(by or recall.actor), recall=recall.id, batch=recall.batch,
            outcome="全部收回销毁",
        )  # fmt: skip

    # What is put on paper

    def certify(
        self, actor: str, place: str, item: BatchQuantity, replaces: str | None = None
    ) -> p.CommitmentIssued:
        """Issue a certificate of commitment."""
        return p.CommitmentIssued(
            **self.common(actor), place=place, batch=item.batch, quantity=item.quantity,
            unit=item.unit, basis=(p.Basis.OWN_TEST,), commitments=tuple(p.Commitment),
            replaces=replaces,
        )  # fmt: skip

    def withdraw_certificate(
        self, actor: str, place: str, batch: str, commitment: str
    ) -> p.CommitmentWithdrawn:
        """Take a certificate back."""
        return p.CommitmentWithdrawn(
            **self.common(actor), place=place, batch=batch, commitment=commitment,
            reason="数量写错",
        )  # fmt: skip

    def print_labels(
        self, actor: str, place: str, batch: str, count: int = 1, first: str | None = None,
        **more: Any,  # noqa: ANN401  fields of the event
    ) -> p.LabelPrinted:  # fmt: skip
        """Print labels: of units from a first serial on, of a certificate, or else of the batch."""
        serials = None
        kind = p.LabelKind.CERTIFICATE if more.get("commitment") else p.LabelKind.BATCH
        if first:
            serials = p.Numbers(first, f"{int(first) + count - 1:0{len(first)}d}")
            kind = p.LabelKind.UNIT
        return p.LabelPrinted(
            **self.common(actor), place=place, batch=batch, template="roll-60x40", kind=kind,
            count=count, serials=serials, **more,
        )  # fmt: skip

    # What is linked

    def link(
        self, actor: str, identifier: str, link_type: str = "gs1:pip", language: str = "zh",
        **more: Any,  # noqa: ANN401  fields of the event
    ) -> k.LinkSet:  # fmt: skip
        """Set a link."""
        target = more.pop("target", "https://shop.example.cn/p?x=1")
        return k.LinkSet(
            **self.common(actor), identifier=identifier, link_type=link_type, target=target,
            title="商品介绍", language=language, **more,
        )  # fmt: skip

    def unlink(self, link: k.LinkSet, by: str | None = None) -> k.LinkWithdrawn:
        """Take a link back."""
        return k.LinkWithdrawn(
            **self.common(by or link.actor), link=link.id, identifier=link.identifier,
            reason="网页没有了",
        )  # fmt: skip

    # What bears a mark

    def grant(
        self, party: str = c.FARMER, quantity: int | None = 500_000,
        townships: tuple[str, ...] = ("445381111",), by: str = c.AUTHORITY,
        **more: Any,  # noqa: ANN401  fields of the event
    ) -> i.MarkGranted:  # fmt: skip
        """Let a party use the county's mark of rice, for so many grams of harvest."""
        quota = i.Quota(quantity, Unit.GRAM) if quantity else None
        mark = more.pop("mark", c.MARK)
        return i.MarkGranted(
            **self.common(by), mark=mark, names=r.Names("罗定稻米", "Luoding rice"),
            party=party, categories=more.pop("categories", ("soybean",)), townships=townships,
            quota=quota, **more,
        )  # fmt: skip

    def revoke(self, grant: i.MarkGranted, by: str = c.AUTHORITY) -> i.MarkRevoked:
        """Take a grant back."""
        return i.MarkRevoked(
            **self.common(by), mark=grant.mark, grant=grant.id, reason="抽检不合格"
        )

    # What is agreed

    def offer(
        self, actor: str, place: str, item: BatchQuantity, *, price: Price = c.TEN_YUAN,
        **terms: Any,  # noqa: ANN401  fields of the event
    ) -> m.OfferMade:  # fmt: skip
        """Offer goods."""
        return m.OfferMade(
            **self.common(actor), place=place, batch=item.batch, quantity=item.quantity,
            unit=item.unit, price=price, **terms,
        )  # fmt: skip

    def change(
        self, offer: m.OfferMade, by: str | None = None, **terms: Any  # noqa: ANN401
    ) -> m.OfferChanged:  # fmt: skip
        """Change some of an offer's terms, as it was made first."""
        first = {
            name: getattr(offer, name)
            for name in (
                "place", "batch", "quantity", "unit", "price", "tiers", "least", "until",
                "window", "ways", "plot",
            )
        }  # fmt: skip
        return m.OfferChanged(**self.common(by or offer.actor), offer=offer.id, **(first | terms))

    def withdraw(self, offer: m.OfferMade, by: str | None = None) -> m.OfferWithdrawn:
        """Withdraw an offer."""
        return m.OfferWithdrawn(**self.common(by or offer.actor), offer=offer.id, reason="卖完了")

    def demand(
        self, actor: str = c.BUYER, to: str = c.STORE, category: str = "rice",
        quantity: int = 500_000, **terms: Any,  # noqa: ANN401  fields of the event
    ) -> m.DemandPosted:  # fmt: skip
        """Ask for goods."""
        return m.DemandPosted(
            **self.common(actor), category=category, quantity=quantity, unit=Unit.GRAM,
            deliver_to=to, **terms,
        )  # fmt: skip

    def withdraw_demand(self, demand: m.DemandPosted, by: str | None = None) -> m.DemandWithdrawn:
        """Withdraw a demand."""
        return m.DemandWithdrawn(
            **self.common(by or demand.actor), demand=demand.id, reason="买到了"
        )

    def order(
        self, offer: m.OfferMade, quantity: int, buyer: str = c.BUYER, *, to: str = c.STORE,
        price: Price | None = None, seller: str | None = None,
        **more: Any,  # noqa: ANN401  fields of the event
    ) -> m.OrderPlaced:  # fmt: skip
        """Order from an offer, at its price where no other is given."""
        return m.OrderPlaced(
            **self.common(buyer), offer=offer.id, seller=seller or offer.actor,
            batch=offer.batch, quantity=quantity, unit=offer.unit, price=price or offer.price,
            deliver_to=to, **more,
        )  # fmt: skip

    def confirm(
        self, order: m.OrderPlaced, place: str = c.YARD, by: str | None = None,
        quantity: int | None = None,
    ) -> m.OrderConfirmed:  # fmt: skip
        """Confirm an order as it was placed, or so much of it."""
        return m.OrderConfirmed(
            **self.common(by or order.seller), place=place, order=order.id, offer=order.offer,
            batch=order.batch, quantity=quantity or order.quantity, unit=order.unit,
        )  # fmt: skip

    def decline(self, order: m.OrderPlaced, by: str | None = None) -> m.OrderRefused:
        """Refuse an order as its seller."""
        return m.OrderRefused(**self.common(by or order.seller), order=order.id, reason="没有了")

    def cancel(
        self, order: m.OrderPlaced, by: str | None = None,
        confirmed: m.OrderConfirmed | None = None,
    ) -> m.OrderCancelled:  # fmt: skip
        """Cancel an order as its buyer; what a confirmation reserved goes back."""
        released = None
        if confirmed:
            released = m.Reservation(
                order.seller, confirmed.place, order.offer, order.batch, confirmed.quantity,
                order.unit,
            )  # fmt: skip
        return m.OrderCancelled(
            **self.common(by or order.actor), order=order.id, reason="不要了", released=released
        )

    def dispute(
        self, order: m.OrderPlaced, shipment: str, by: str | None = None,
        quantity: int | None = None,
    ) -> m.OrderDisputed:  # fmt: skip
        """Dispute what was sent, as the buyer."""
        return m.OrderDisputed(
            **self.common(by or order.actor), order=order.id, shipment=shipment,
            reason="有一袋受潮", quantity=quantity,
        )  # fmt: skip

    def settle(
        self, order: m.OrderPlaced, shipment: str, by: str | None = None, paid: int = 60_000
    ) -> m.OrderSettled:
        """Settle an order, as the seller."""
        return m.OrderSettled(
            **self.common(by or order.seller), order=order.id, shipment=shipment,
            paid=Money(paid),
        )  # fmt: skip

    # What was wrong

    def correct(
        self, event: Event, replacement: Correctable | None = None, by: str | None = None
    ) -> EventCorrected:
        """Declare an event in error, with what takes its place."""
        return EventCorrected(
            **self.common(by or event.actor), event=event.id, reason="记错了",
            replacement=replacement,
        )  # fmt: skip
