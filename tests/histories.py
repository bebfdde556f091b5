"""Random histories, valid and not, told to a ledger and to the reference side by side.

`Histories` runs on the domain alone. A test of another ledger subclasses it and gives its own
`make_ledger` and `check`.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from domain.events import holds as h
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events.movements import Process
from domain.measures import BatchQuantity, Price
from domain.refusals import Refusal
from tests import county as c
from tests.memory_ledger import MemoryLedger
from tests.reference import Reference
from tests.worlds import Ledger, World

ACTORS = (c.FARMER, c.ELDER, c.MILL, c.SHOP, c.BUYER)
HOMES = {
    c.FARMER: c.YARD, c.ELDER: c.ELDERS_YARD, c.MILL: c.WORKSHOP, c.SHOP: c.SHELF,
    c.BUYER: c.STORE, c.INSPECTOR: c.OFFICE, c.AUTHORITY: c.OFFICE, c.CARRIER: c.OFFICE,
}  # fmt: skip
OTHERS = (c.CARRIER, c.INSPECTOR, c.AUTHORITY)
PRODUCTS = (c.PADDY, c.RICE, c.RICE_BAG, c.CHICKEN)
GHOST = c.lot(c.PADDY, "GHOST")
GHOST_EVENT = "019ca6ce-3da0-754c-a664-070175491bc3"

T = TypeVar("T")


class Histories(RuleBasedStateMachine):
    """Whatever is drawn, ledger and reference agree on what is admitted, and where things are."""

    def __init__(self) -> None:
        """Open a county."""
        super().__init__()
        self.world: World = World.open(self.make_ledger())
        self.reference: Reference = Reference()
        self.data: st.DataObject

    def make_ledger(self) -> Ledger:
        """Give the ledger that is tried."""
        return MemoryLedger()

    def check(self) -> None:
        """Compare what the ledger knows with the reference; a subclass says how."""

    @invariant()
    def _agreed(self) -> None:
        self.check()

    # Drawing: mostly what can be, sometimes what can't

    def one(self, options: Sequence[T], data: st.DataObject) -> T:
        """Draw one."""
        return data.draw(st.sampled_from(options))

    def rarely(self, data: st.DataObject) -> bool:
        """Draw whether to do something odd."""
        return data.draw(st.integers(0, 11)) == 5

    def spot(self, data: st.DataObject) -> tuple[str, str, str, int]:
        """Draw a batch, who has it where, and how much of it; now and then a wrong one."""
        have = [(*spot, held) for spot, held in self.reference.story.held.items() if held > 0]
        if not have or self.rarely(data):
            actor = self.one(ACTORS, data)
            return (self.one([*self.batches(), GHOST], data), actor, HOMES[actor], 1000)
        batch, actor, place, held = self.one(have, data)
        if self.rarely(data):
            place = self.one([*HOMES.values(), c.NOWHERE], data)
        if self.rarely(data):
            actor = self.one([*ACTORS, *OTHERS], data)
        return batch, actor, place, held

    def batches(self) -> list[str]:
        """Give all batches that there are."""
        return list(self.reference.story.made)

    def amount(self, held: int, data: st.DataObject) -> int:
        """Draw a part of what is held, all of it, or a little more."""
        return max(1, self.one([held // 2, held // 3, 1, held, held, held + 1], data))

    def tell(self, event: Any, *signers: str) -> bool:  # noqa: ANN401  any event
        """Submit an event; ledger and reference must give the same answer."""
        expected = self.reference.expect(event)
        answer = self.world.submit(event, *signers)
        code = answer.code.value if isinstance(answer, Refusal) else None
        assert code == expected, f"ledger: {answer}, reference: {expected}, event: {event}"
        return code is None

    # What people do

    @initialize(kilograms=st.integers(1, 50))
    def first_harvest(self, kilograms: int) -> None:
        """Bring in something to begin with."""
        self.tell(self.world.harvest(quantity=c.kg(kilograms)))

    @rule(hours=st.integers(1, 72))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.world.later(hours=hours)

    @rule(data=st.data(), quantity=st.integers(1, 50_000))
    def harvest(self, data: st.DataObject, quantity: int) -> None:
        """Harvest, mostly on one's own plot."""
        actor, plot = self.one(((c.FARMER, c.PLOT), (c.ELDER, c.OTHER_PLOT)), data)
        if self.rarely(data):
            plot = self.one((c.PLOT, c.OTHER_PLOT, c.YARD, c.NOWHERE), data)
        if self.rarely(data):
            actor = c.MILL
        batch = self.world.new_lot(self.one(PRODUCTS, data))
        if self.rarely(data) and self.batches():
            batch = self.one(self.batches(), data)
        harvest = self.world.harvest(actor, plot, quantity, batch, HOMES[actor])
        self.tell(replace(harvest, mark=self.claim(actor, data)))

    def claim(self, actor: str, data: st.DataObject) -> i.MarkClaim | None:
        """Draw a claim to a mark, mostly of a grant to the actor or its cooperative."""
        grants = [grant for grant in self.made(i.MarkGranted) if grant.party in {actor, c.COOP}]
        if not grants or self.rarely(data):
            odd = [*self.made(i.MarkGranted)]
            if not odd or not self.rarely(data):
                return None
            grant = self.one(odd, data)
            return i.MarkClaim("another-mark", grant.id, grant.party)
        grant = self.one(grants, data)
        return i.MarkClaim(grant.mark, grant.id, grant.party)

    @rule(data=st.data(), quantity=st.sampled_from([None, 20_000, 60_000, 10**9]))
    def grant(self, data: st.DataObject, quantity: int | None) -> None:
        """Let somebody use the mark, mostly as the authority and for where its plots lie."""
        party = self.one((c.FARMER, c.COOP, c.COOP, c.MILL), data)
        if self.rarely(data):
            party = c.NOBODY
        area = ("445381112",) if self.rarely(data) else ("445381112", "445381111")
        by = self.one((*ACTORS, *OTHERS), data) if self.rarely(data) else c.AUTHORITY
        self.tell(self.world.grant(party, quantity, area, by))

    @precondition(lambda self: self.made(i.MarkGranted))
    @rule(data=st.data(), process=st.sampled_from([Process.SPLIT, Process.DRIED]))
    def bear(self, data: st.DataObject, process: Process) -> None:
        """Harvest under a grant, and make of it what bears the mark too, or might."""
        actor, plot = self.one(((c.FARMER, c.PLOT), (c.ELDER, c.OTHER_PLOT)), data)
        claim = self.claim(actor, data)
        quantity = data.draw(st.integers(2, 30_000))
        harvest = self.world.harvest(actor, plot, quantity, place=HOMES[actor])
        if not self.tell(replace(harvest, mark=claim)):
            return
        again = claim if self.one((True, True, False), data) else self.claim(actor, data)
        goods, new = c.of(harvest.batch, quantity), c.of(self.world.new_lot(c.PADDY), quantity - 1)
        made = self.world.transform(actor, HOMES[actor], process, [goods], [new])
        self.tell(replace(made, mark=again))

    @precondition(lambda self: self.made(i.MarkGranted))
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        """Take a grant back, now and then again or by somebody else."""
        by = self.one((*ACTORS, *OTHERS), data) if self.rarely(data) else c.AUTHORITY
        self.tell(self.world.revoke(self.one(self.made(i.MarkGranted), data), by))

    @rule(data=st.data(), days=st.integers(0, 3))
    def treat(self, data: st.DataObject, days: int) -> None:
        """Treat a plot."""
        actor, plot = self.one(((c.FARMER, c.PLOT), (c.ELDER, c.OTHER_PLOT)), data)
        if self.rarely(data):
            actor = self.one(ACTORS, data)
        self.tell(self.world.treat(actor, plot, days))

    @rule(data=st.data(), process=st.sampled_from(Process), lines=st.integers(1, 2))
    def transform(self, data: st.DataObject, process: Process, lines: int) -> None:
        """Make one or two outputs of one or two inputs of one hand."""
        batch, actor, place, held = self.spot(data)
        inputs = [c.of(batch, self.amount(held, data))]
        more = [
            (name, quantity) for (name, who, where), quantity in self.reference.story.held.items()
            if (who, where) == (actor, place) and quantity > 0
        ]  # fmt: skip
        if more and lines == 2:
            name, quantity = self.one(more, data)
            inputs.append(c.of(name, self.amount(quantity, data)))
        made = self.world.transform(actor, place, process, inputs, self._outputs(inputs, data))
        borne = self.reference.story.marks.get(batch)
        claim = None
        if borne and not self.rarely(data):
            claim = borne if self.one((True, False), data) else self.claim(actor, data)
        self.tell(replace(made, mark=claim))

    def _outputs(self, inputs: list[BatchQuantity], data: st.DataObject) -> list[BatchQuantity]:
        gtin = self.one((inputs[0].batch[:14], inputs[0].batch[:14], *PRODUCTS), data)
        whole = sum(item.quantity for item in inputs)
        permille = self.one((1000, 1001, 820, 500, 200, 2500), data)
        outputs = [c.of(self.world.new_lot(gtin), max(1, whole * permille // 1000))]
        if self.rarely(data):
            outputs.append(c.of(self.one([*self.batches(), outputs[0].batch], data), 1))
        elif whole > 1 and self.rarely(data):
            outputs.append(c.of(self.world.new_lot(gtin), 1))
        return outputs

    @rule(data=st.data(), twice=st.booleans())
    def ship(self, data: st.DataObject, *, twice: bool) -> None:
        """Send goods to somebody."""
        batch, actor, place, held = self.spot(data)
        items = [c.of(batch, self.amount(held, data))]
        if twice:
            items.append(c.of(self.one([batch, *self.batches()], data), 1))
        to = self.one(ACTORS, data)
        where = c.NOWHERE if self.rarely(data) else HOMES[to]
        if self.rarely(data):
            to = c.NOBODY
        self.tell(self.world.ship(actor, place, items, to, where))

    @precondition(lambda self: self.reference.story.shipments)
    @rule(data=st.data(), way=st.sampled_from(["all", "all", "short", "over", "unexplained"]))
    def receive(self, data: st.DataObject, way: str) -> None:
        """Receive a shipment, counted well or badly."""
        shipment_id, shipment = self.one(list(self.reference.story.shipments.items()), data)
        items = dict(shipment["items"])
        actor = self.one(ACTORS, data) if self.rarely(data) else shipment["to"]
        short: list[BatchQuantity] = []
        name = self.one(list(items), data)
        if way == "over":
            items[name] += 1
        elif way != "all":
            lost = self.amount(items[name], data)
            items[name] -= min(lost, items[name])
            short = [c.of(name, lost)] if way == "short" else []
        came = [c.of(batch, quantity) for batch, quantity in items.items() if quantity]
        self.tell(self.world.receive(actor, HOMES[actor], shipment_id, came, short))

    @rule(data=st.data(), sold=st.booleans())
    def sell_or_dispose(self, data: st.DataObject, *, sold: bool) -> None:
        """Take goods out of the chain."""
        batch, actor, place, held = self.spot(data)
        item = c.of(batch, self.amount(held, data))
        if not sold:
            self.tell(self.world.dispose(actor, place, item))
            return
        sale = self.world.sell(actor, place, item)
        self.tell(replace(sale, serials=self.units(batch, item.quantity, data)))

    def units(self, batch: str, quantity: int, data: st.DataObject) -> tuple[p.Numbers, ...]:
        """Draw which units are sold, mostly some that were printed of the batch."""
        runs = [run for run in self.reference.story.runs.values() if run["batch"] == batch]
        printed = [serial for run in runs for serial in run["serials"]]
        if self.rarely(data):
            printed = ["1", "012"]
        if not printed or self.one((True, False), data):
            return ()
        first = self.one(printed, data)
        most = min(quantity, 10 ** len(first) - int(first))
        last = int(first) + self.one((0, 0, min(2, most - 1)), data)
        return (p.Numbers(first, f"{last:0{len(first)}d}"),)

    @precondition(lambda self: self.reference.story.runs)
    @rule(data=st.data())
    def sell_unit(self, data: st.DataObject) -> None:
        """Sell a unit that was printed, now and then one that is sold."""
        runs = [run for run in self.reference.story.runs.values() if run["serials"]]
        have = self.reference.story.held.items()
        able = [
            (run, actor, place) for run in runs for (batch, actor, place), held in have
            if batch == run["batch"] and held > 0
        ]  # fmt: skip
        if not able:
            return
        run, actor, place = self.one(able, data)
        serial = self.one(run["serials"], data)
        sale = self.world.sell(actor, place, c.of(run["batch"], 1))
        self.tell(replace(sale, serials=(p.Numbers(serial, serial),)))

    @rule(data=st.data(), actor=st.sampled_from((*ACTORS, *OTHERS)))
    def inspect(self, data: st.DataObject, actor: str) -> None:
        """Inspect a batch, whoever does."""
        batch = GHOST if self.rarely(data) else self.one([*self.batches(), GHOST], data)
        self.tell(self.world.inspect(batch, actor, HOMES[actor]))

    @rule(data=st.data(), what=st.sampled_from(["hold", "hold", "recall"]))
    def halt(self, data: st.DataObject, what: str) -> None:
        """Hold or recall a batch, mostly by who may."""
        batch = GHOST if self.rarely(data) else self.one([*self.batches(), GHOST], data)
        actor = self.one((c.AUTHORITY, c.INSPECTOR), data)
        if self.one((True, False), data):
            actor = self.one((*ACTORS, *OTHERS), data)
        if what == "recall":
            self.tell(self.world.recall(batch, actor))
        else:
            descendants = not self.rarely(data)
            self.tell(self.world.hold(batch, actor, descendants=descendants))

    @precondition(lambda self: self.made(h.BatchHeld) or self.made(h.BatchRecalled))
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        """Release or close one of them, now and then again."""
        standing = list(self.reference.story.halts.values())
        if not standing or self.rarely(data):
            standing = [*self.made(h.BatchHeld), *self.made(h.BatchRecalled)]
        halt = self.one(standing, data)
        by = self.one((*ACTORS, *OTHERS), data) if self.rarely(data) else None
        if isinstance(halt, h.BatchRecalled):
            self.tell(self.world.close(halt, by))
        else:
            self.tell(self.world.release(halt, by))

    @precondition(lambda self: self.reference.story.halts)
    @rule(data=st.data(), disposed=st.booleans())
    def clear_away(self, data: st.DataObject, *, disposed: bool) -> None:
        """Dispose of what is held or recalled, or send it to whoever it is from."""
        batch, actor, place, held = self.spot(data)
        item = c.of(batch, self.amount(held, data))
        if disposed:
            self.tell(self.world.dispose(actor, place, item))
            return
        before = {sender for sender, to in self.reference.story.sent[batch] if to == actor}
        to = self.one([*before, self.reference.story.maker.get(batch, c.MILL)], data)
        self.tell(self.world.ship(actor, place, [item], to, HOMES[to]))

    # What people put on paper

    @rule(data=st.data(), again=st.booleans())
    def certify(self, data: st.DataObject, *, again: bool) -> None:
        """Issue a certificate, now and then in place of another."""
        batch, actor, place, held = self.spot(data)
        papers = self.reference.story.certificates
        replaces = None
        if again and papers:
            replaces = self.one([*papers, GHOST_EVENT], data)
            if replaces in papers and not self.rarely(data):
                batch, actor = papers[replaces]["batch"], papers[replaces]["issuer"]
        item = c.of(batch, self.amount(held, data))
        self.tell(self.world.certify(actor, place, item, replaces))

    @rule(data=st.data())
    def withdraw_certificate(self, data: st.DataObject) -> None:
        """Take a certificate back, mostly one's own and one that there is."""
        papers = {
            event.id: (event.actor, event.batch) for event in self.made(p.CommitmentIssued)
        } or {GHOST_EVENT: (c.FARMER, GHOST)}  # fmt: skip
        commitment = self.one(list(papers), data)
        actor, batch = papers[commitment]
        if self.rarely(data):
            actor = self.one(ACTORS, data)
        if self.rarely(data) and self.batches():
            batch = self.one(self.batches(), data)
        self.tell(self.world.withdraw_certificate(actor, HOMES[actor], batch, commitment))

    @rule(data=st.data(), count=st.integers(1, 9), first=st.sampled_from([None, "1", "05", "12"]))
    def print_labels(self, data: st.DataObject, count: int, first: str | None) -> None:
        """Print labels of a batch, its units or a certificate, for oneself or a member."""
        batch, actor, place, _ = self.spot(data)
        holder = None
        if self.rarely(data):
            holder, actor = actor, self.one((c.COOP, c.MILL), data)
        commitment = None
        papers = self.reference.story.certificates
        if first is None and papers and count % 2:
            commitment = self.one(list(papers), data)
            batch = batch if self.rarely(data) else papers[commitment]["batch"]
        width = len(first or "")
        count = min(count, 10**width - int(first)) if first else count
        self.tell(self.world.print_labels(
            actor, place, batch, count, first=first, commitment=commitment, holder=holder
        ))  # fmt: skip

    @precondition(lambda self: self.reference.story.runs)
    @rule(data=st.data(), whole=st.booleans())
    def reprint(self, data: st.DataObject, *, whole: bool) -> None:
        """Print again what was printed, or a part of it; or something else."""
        run_id, run = self.one(list(self.reference.story.runs.items()), data)
        actor = self.one(sorted(self.reference.story.hands[run["batch"]]), data)
        serials = run["serials"]
        first = (serials[0] if whole else self.one(serials, data)) if serials else None
        count = len(serials) if whole and serials else 1
        self.tell(self.world.print_labels(
            actor, HOMES[actor], run["batch"], count, first=first, commitment=run["of"],
            reprint_of=GHOST_EVENT if self.rarely(data) else run_id,
        ))  # fmt: skip

    # What people agree

    @rule(data=st.data(), least=st.sampled_from([None, None, 1, 500]), tiered=st.booleans())
    def offer(self, data: st.DataObject, least: int | None, *, tiered: bool) -> None:
        """Offer goods, without end or for a day, now and then cheaper by the thousand."""
        batch, actor, place, held = self.spot(data)
        until = self.world.now.replace(hour=23) if self.rarely(data) else None
        item = c.of(batch, self.amount(held, data))
        tiers = (m.Tier(1000, Price(999, 1000)),) if tiered else ()
        self.tell(self.world.offer(actor, place, item, least=least, until=until, tiers=tiers))

    @rule(data=st.data(), quantity=st.integers(1, 50_000), grown=st.booleans())
    def offer_harvest(self, data: st.DataObject, quantity: int, *, grown: bool) -> None:
        """Offer what is yet to grow, and harvest it, more or less."""
        actor, plot = self.one(((c.FARMER, c.PLOT), (c.ELDER, c.OTHER_PLOT)), data)
        if self.rarely(data):
            plot = self.one((c.PLOT, c.OTHER_PLOT, c.YARD, c.NOWHERE), data)
        batch = self.world.new_lot(self.one(PRODUCTS, data))
        if self.rarely(data) and self.batches():
            batch = self.one(self.batches(), data)
        item = c.of(batch, quantity)
        self.tell(self.world.offer(actor, HOMES[actor], item, plot=plot))
        if grown:
            brought_in = self.amount(quantity, data)
            self.tell(self.world.harvest(actor, plot, brought_in, batch, HOMES[actor]))

    @precondition(lambda self: self.made(m.OfferMade))
    @rule(data=st.data(), least=st.sampled_from([None, 1, 500]))
    def change(self, data: st.DataObject, least: int | None) -> None:
        """Change an offer's price or quantity, mostly one's own."""
        offer = self.one(self.made(m.OfferMade), data)
        by = self.one(ACTORS, data) if self.rarely(data) else offer.actor
        quantity = self.amount(offer.quantity, data)
        price = self.one((c.TEN_YUAN, Price(999, 1000)), data)
        place = c.SHELF if self.rarely(data) else offer.place
        self.tell(self.world.change(
            offer, by, quantity=quantity, price=price, least=least, place=place, tiers=()
        ))  # fmt: skip

    @precondition(lambda self: self.made(m.OfferMade))
    @rule(data=st.data(), price=st.sampled_from([c.TEN_YUAN, c.TEN_YUAN, Price(999, 1000)]))
    def order(self, data: st.DataObject, price: Price) -> None:
        """Order from an offer."""
        offer = self.one(self.made(m.OfferMade), data)
        buyer = self.one(ACTORS, data)
        quantity = self.amount(self.reference.story.offers[offer.id]["left"], data)
        order = self.world.order(offer, quantity, buyer, to=HOMES[buyer], price=price)
        if self.rarely(data):
            order = replace(order, seller=self.one(ACTORS, data))
        self.tell(order)

    @rule(data=st.data(), steps=st.integers(1, 4))
    def deal(self, data: st.DataObject, steps: int) -> None:
        """Offer, order, confirm and ship, so many steps of it."""
        batch, actor, place, held = self.spot(data)
        offer = self.world.offer(actor, place, c.of(batch, held))
        if not self.tell(offer) or steps == 1:
            return
        buyer = self.one(ACTORS, data)
        order = self.world.order(offer, self.amount(held, data), buyer, to=HOMES[buyer])
        if not self.tell(order) or steps == 2:
            return
        if not self.tell(self.world.confirm(order, place)) or steps == 3:
            return
        items = [c.of(batch, order.quantity)]
        self.tell(self.world.ship(actor, place, items, buyer, HOMES[buyer], order.id))

    @precondition(lambda self: self.made(m.OfferMade))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """Withdraw an offer."""
        offer = self.one(self.made(m.OfferMade), data)
        by = self.one(ACTORS, data) if self.rarely(data) else offer.actor
        self.tell(self.world.withdraw(offer, by))

    @precondition(lambda self: self.made(m.OrderPlaced))
    @rule(data=st.data(), answer=st.sampled_from(["confirm"] * 4 + ["decline", "cancel"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        """Confirm an order or a part, decline or cancel it, mostly from the right side."""
        order = self.one(self.made(m.OrderPlaced), data)
        by = self.one(ACTORS, data) if self.rarely(data) else None
        if answer == "confirm":
            place = self.reference.story.offers[order.offer]["place"]
            if self.rarely(data):
                place = c.SHELF
            part = self.amount(order.quantity, data)
            self.tell(self.world.confirm(order, place, by, part))
        elif answer == "decline":
            self.tell(self.world.decline(order, by))
        else:
            self.cancel(order, by, data)

    def cancel(self, order: m.OrderPlaced, by: str | None, data: st.DataObject) -> None:
        """Cancel an order, mostly giving back what was reserved for it."""
        confirmed = [event for event in self.made(m.OrderConfirmed) if event.order == order.id]
        if self.rarely(data):
            confirmed = []
        self.tell(self.world.cancel(order, by, confirmed[0] if confirmed else None))

    @precondition(lambda self: self.made(m.OrderConfirmed))
    @rule(data=st.data())
    def call_off(self, data: st.DataObject) -> None:
        """Cancel what was confirmed, from either side or by the authority."""
        confirmed = self.one(self.made(m.OrderConfirmed), data)
        order = next(o for o in self.made(m.OrderPlaced) if o.id == confirmed.order)
        by = self.one((order.actor, order.seller, c.AUTHORITY), data)
        self.cancel(order, self.one(ACTORS, data) if self.rarely(data) else by, data)

    @precondition(lambda self: self.shipped())
    @rule(data=st.data(), disputed=st.booleans())
    def dispute_or_settle(self, data: st.DataObject, *, disputed: bool) -> None:
        """Dispute or settle what was sent, mostly from the right side."""
        name = self.one(self.shipped(), data)
        state = self.reference.story.orders[name]
        order = next(o for o in self.made(m.OrderPlaced) if o.id == name)
        shipment = GHOST_EVENT if self.rarely(data) else state["shipment"]
        by = self.one((*ACTORS, c.AUTHORITY), data) if self.rarely(data) else None
        if disputed:
            quantity = self.one((None, 1, state["quantity"], state["quantity"] + 1), data)
            self.tell(self.world.dispute(order, shipment, by, quantity))
        else:
            self.tell(self.world.settle(order, shipment, by or state.get("by")))

    def shipped(self) -> list[str]:
        """Give the orders that were sent, settled ones too."""
        orders = self.reference.story.orders.items()
        return [name for name, order in orders if order.get("shipment")]

    @precondition(lambda self: self.reference.story.orders)
    @rule(data=st.data())
    def ship_as_ordered(self, data: st.DataObject) -> None:
        """Ship against an order."""
        order_id, order = self.one(list(self.reference.story.orders.items()), data)
        quantity = order["quantity"] + self.rarely(data)
        to = self.one(ACTORS, data) if self.rarely(data) else order["buyer"]
        place = order["place"] or HOMES[order["seller"]]
        items = [c.of(order["batch"], quantity)]
        self.tell(self.world.ship(order["seller"], place, items, to, HOMES[to], order_id))

    # What goes wrong

    @rule(data=st.data(), void=st.booleans())
    def correct(self, data: st.DataObject, *, void: bool) -> None:
        """Declare any event in error, with or without what was right."""
        told = self.one(self.reference.told(), data)
        by = told.actor
        if self.rarely(data):
            by = self.one((*ACTORS, c.AUTHORITY), data)
        new = None if void else self._changed(told, data)
        self.tell(self.world.correct(told, new, by))

    def _changed(self, event: Any, data: st.DataObject) -> Any:  # noqa: ANN401
        match event:
            case v.BatchHarvested() | v.BatchSold() | v.BatchDisposed() | m.OfferMade():
                return replace(event, quantity=self.amount(event.quantity, data))
            case p.CommitmentIssued():
                return replace(event, quantity=self.amount(event.quantity, data))
            case v.PlotTreated():
                return replace(event, interval_days=data.draw(st.integers(0, 3)))
            case v.BatchTransformed():
                first, *rest = event.inputs
                item = c.of(first.batch, self.amount(first.quantity, data))
                return replace(event, inputs=(item, *rest))
            case v.ShipmentSent():
                first, *rest = event.items
                item = c.of(first.batch, self.amount(first.quantity, data))
                return replace(event, items=(item, *rest))
            case _:
                return None

    @rule(data=st.data(), signer=st.sampled_from((None, None, c.MILL, c.COOP, "stranger")))
    def lie(self, data: st.DataObject, signer: str | None) -> None:
        """Use an id that is taken, or sign a harvest in the farmer's name."""
        if signer is None:
            told = self.one(self.reference.told(), data)
            self.tell(replace(self.world.harvest(), id=told.id))
            return
        answer = self.world.submit(self.world.harvest(), signer)
        assert isinstance(answer, Refusal)
        code = "unknown-key" if signer == "stranger" else "not-authorised"
        assert answer.code.value == code

    def made(self, kind: type[T]) -> list[T]:
        """Give the events of a type that count."""
        return [event for event in self.reference.told() if isinstance(event, kind)]
