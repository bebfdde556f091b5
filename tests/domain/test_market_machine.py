"""Whatever buyers and sellers do, no more is promised and sold than was held."""

from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.events import market as m
from domain.events.base import Event
from domain.models.batch import Batch
from domain.refusals import Refusal
from tests import county as c
from tests.worlds import World

BUYERS = ((c.BUYER, c.STORE), (c.SHOP, c.SHELF), (c.MILL, c.WORKSHOP))
HARVEST = c.kg(100)

T = TypeVar("T")


class Bazaar(RuleBasedStateMachine):
    """One batch, several offers of it at once, and buyers who all want the last sack."""

    def __init__(self) -> None:
        """Begin with nothing sold."""
        super().__init__()
        self.world: World = World.open()
        self.batch = ""
        self.offers: list[m.OfferMade] = []
        self.orders: list[m.OrderPlaced] = []
        self.confirmed: dict[str, m.OrderConfirmed] = {}
        """Promised and not taken back, by order."""
        self.shipped: set[str] = set()
        self.gone = 0
        """Sold past the market, or thrown away."""

    @initialize()
    def harvest(self) -> None:
        """Bring the batch in."""
        self.batch = self.world.admit(self.world.harvest(quantity=HARVEST)).batch

    def done(self, event: Event) -> bool:
        """Submit whatever it is, and tell whether it was admitted."""
        return not isinstance(self.world.submit(event), Refusal)  # type: ignore[arg-type]

    @rule(kilograms=st.integers(1, 130))
    def offer(self, kilograms: int) -> None:
        """Offer some of it, whether or not the same goods are on offer already."""
        offer = self.world.offer(c.FARMER, c.YARD, c.of(self.batch, c.kg(kilograms)))
        if self.done(offer):
            self.offers.append(offer)

    @precondition(lambda self: self.offers)
    @rule(data=st.data(), kilograms=st.integers(1, 130))
    def change(self, data: st.DataObject, kilograms: int) -> None:
        """Put more or less on sale."""
        offer = data.draw(st.sampled_from(self.offers))
        self.done(self.world.change(offer, quantity=c.kg(kilograms)))

    @precondition(lambda self: self.offers)
    @rule(data=st.data(), kilograms=st.integers(1, 110), buyer=st.sampled_from(BUYERS))
    def order(self, data: st.DataObject, kilograms: int, buyer: tuple[str, str]) -> None:
        """Order some."""
        offer = data.draw(st.sampled_from(self.offers))
        order = self.world.order(offer, c.kg(kilograms), buyer[0], to=buyer[1])
        if self.done(order):
            self.orders.append(order)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), part=st.integers(1, 100))
    def confirm(self, data: st.DataObject, part: int) -> None:
        """Promise it, or a part."""
        order = data.draw(st.sampled_from(self.orders))
        quantity = max(order.quantity * part // 100, 1)
        confirmed = self.world.confirm(order, quantity=quantity)
        if self.done(confirmed):
            self.confirmed[order.id] = confirmed

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Take it back, as the seller where it is promised."""
        order = data.draw(st.sampled_from(self.orders))
        confirmed = self.confirmed.get(order.id)
        by = order.seller if confirmed else None
        if self.done(self.world.cancel(order, by, confirmed)):
            self.confirmed.pop(order.id, None)

    @precondition(lambda self: self.confirmed)
    @rule(data=st.data())
    def ship(self, data: st.DataObject) -> None:
        """Send what was promised."""
        name = data.draw(st.sampled_from(sorted(self.confirmed)))
        order = next(order for order in self.orders if order.id == name)
        goods = [c.of(self.batch, self.confirmed[name].quantity)]
        sending = self.world.ship(c.FARMER, c.YARD, goods, order.actor, order.deliver_to, name)
        if self.done(sending):
            self.shipped.add(name)

    @rule(kilograms=st.integers(1, 60), sold=st.booleans())
    def lose(self, kilograms: int, *, sold: bool) -> None:
        """Sell some at the gate, or throw away what has spoilt."""
        act = self.world.sell if sold else self.world.dispose
        if self.done(act(c.FARMER, c.YARD, c.of(self.batch, c.kg(kilograms)))):
            self.gone += c.kg(kilograms)

    @invariant()
    def no_more_is_sold_than_was_held(self) -> None:
        """Whatever is promised, sent, sold and lost fits into the harvest."""
        promised = sum(confirmed.quantity for confirmed in self.confirmed.values())
        assert promised + self.gone <= HARVEST

    @invariant()
    def what_is_reserved_is_there(self) -> None:
        """Each promise that is not sent can be."""
        model = self.world.memory.models.get(f"batch:{self.batch}")
        if not isinstance(model, Batch):
            return
        waiting = sum(
            confirmed.quantity
            for name, confirmed in self.confirmed.items()
            if name not in self.shipped
        )
        holding = model.held(c.FARMER, c.YARD)
        assert holding.reserved == waiting
        assert holding.quantity >= waiting


def test_no_sequence_of_orders_sells_more_than_was_held() -> None:
    run_state_machine_as_test(Bazaar, settings=settings(max_examples=40, stateful_step_count=30))
