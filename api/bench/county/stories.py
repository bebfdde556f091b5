"""The stories that the county's events come from: what happens to goods, one after the other.

A story is a generator. It gives a `Draft` to be recorded now, or a number of hours to wait. Stories
meet in the stocks of mills and cooperatives, which is where the hubs of the genealogy come from.
"""

from collections.abc import Callable, Generator, Iterator
from typing import Final

from api.bench.county import scribe as s
from api.bench.county.deeds import Deeds
from api.bench.county.people import People, Person
from api.bench.county.scribe import Draft, Goods, Scribe
from domain.events.movements import Process

Story = Iterator[Draft | float]
Begin = Callable[[Story], None]
"""Starts another story beside the one that calls it."""

MOST_ITEMS: Final = 200

_DAY: Final = 24.0


class Stories:
    """All the stories of one county, with the stocks that they share."""

    def __init__(self, people: People, scribe: Scribe, begin: Begin) -> None:
        """Tell them of these people; `begin` starts a story beside."""
        self._people = people
        self._scribe = scribe
        self._random = scribe.random
        self._begin = begin
        self._do = Deeds(scribe)
        self._stock: dict[str, list[Goods]] = {}
        self._enough: dict[str, int] = {}

    def season(self) -> Story:
        """A farmer harvests something; what it is decides how it goes on."""
        farmer = self._random.choice(self._people.farmers)
        if farmer.resting:
            return
        if self._scribe.chance(1) and farmer.key.startswith(farmer.party):  # not its cooperative's
            yield from self._people.lose_key(farmer)
        if self._scribe.chance(30):
            yield self._do.treat(farmer, days=7)
            farmer.resting = True
            yield 8 * _DAY
            farmer.resting = False
        kind = self._random.choices((self._paddy, self._bark, self._orange), (60, 20, 20))[0]
        yield from kind(farmer)

    def _paddy(self, farmer: Person) -> Story:
        draft, crop = self._do.harvest(farmer, s.PADDY, self._random.randrange(200_000, 2_000_000))
        yield draft
        yield from self._maybe_inspect(crop)
        yield 12.0
        yield from self._deliver(farmer, self._random.choice(self._people.mills), crop, self._mill)

    def _bark(self, farmer: Person) -> Story:
        draft, bark = self._do.harvest(farmer, s.BARK, self._random.randrange(50_000, 600_000))
        yield draft
        yield 3 * _DAY
        dried = self._scribe.made(s.CINNAMON, bark.quantity * 45 // 100)
        draft, (dry,) = self._do.transform(farmer, Process.DRIED, (bark,), (dried,))
        yield draft
        yield 6.0
        coop = self._random.choice(self._people.coops)
        yield from self._deliver(farmer, coop, dry, self._grade)

    def _orange(self, farmer: Person) -> Story:
        """Oranges are sold on the market, the rest at the gate."""
        draft, crop = self._do.harvest(farmer, s.ORANGE, self._random.randrange(100_000, 900_000))
        yield draft
        yield from self._maybe_inspect(crop)
        left = crop.quantity
        if self._scribe.chance(70):
            sold = yield from self._market(farmer, crop)
            left -= sold
        yield 2 * _DAY
        yield from self._retail(farmer, Goods(crop.batch, left, crop.unit, crop.cause))

    def _deliver(
        self, farmer: Person, to: Person, crop: Goods, when_enough: Callable[[Person], Story]
    ) -> Story:
        """Bring a crop to a hub; some is lost on the way. Enough of it, and the hub begins."""
        carrier = self._random.choice(self._people.carriers) if self._scribe.chance(30) else None
        draft, shipment = self._do.ship(farmer, to, (crop,), carrier=carrier)
        yield draft
        yield 5.0
        lost = crop.quantity // 200 if self._scribe.chance(8) else 0
        draft, came = self._do.receive(to, shipment, (crop,), lost)
        yield draft
        stock = self._stock.setdefault(to.party, [])
        stock.extend(came)
        enough = self._enough.setdefault(to.party, self._random.randrange(4, 12))
        if len(stock) >= enough:
            self._enough[to.party] = self._hub_size()
            self._begin(when_enough(to))

    def _hub_size(self) -> int:
        """How many lots a hub waits for: mostly some, now and then hundreds."""
        return self._random.choice((8, 15, 30, 60, MOST_ITEMS))

    def _take_stock(self, who: Person) -> list[Goods]:
        stock = self._stock[who.party]
        taken, self._stock[who.party] = stock[:MOST_ITEMS], stock[MOST_ITEMS:]
        return taken

    def _mill(self, mill: Person) -> Story:
        """Paddy of many farmers becomes rice, is blended, bagged, and goes to shops and buyers."""
        paddy = self._take_stock(mill)
        if not paddy:
            return
        yield 8.0
        whole = sum(item.quantity for item in paddy)
        lots = [
            self._scribe.made(s.RICE, part) for part in self._scribe.parts(whole * 66 // 100, 3)
        ]
        draft, rice = self._do.transform(mill, Process.MILLED, paddy, lots)
        yield draft
        yield 4.0
        blended = self._scribe.made(s.RICE, sum(item.quantity for item in rice))
        draft, (blend,) = self._do.transform(mill, Process.BLENDED, rice, (blended,))
        yield draft
        yield from self._maybe_inspect(blend)
        yield from self._bag(mill, blend, s.RICE_BAG, max(2, len(paddy) // 3))

    def _grade(self, coop: Person) -> Story:
        """Dried bark is blended by the cooperative, graded and bagged."""
        bark = self._take_stock(coop)
        if not bark:
            return
        yield 10.0
        whole = sum(item.quantity for item in bark)
        blended = self._scribe.made(s.CINNAMON, whole)
        draft, blend = self._do.transform(coop, Process.BLENDED, bark, (blended,))
        yield draft
        grades = [self._scribe.made(s.CINNAMON, part) for part in self._scribe.parts(whole, 2)]
        draft, graded = self._do.transform(coop, Process.GRADED, blend, grades)
        yield draft
        for lot in graded:
            if lot.quantity >= 10 * 500:
                yield from self._bag(coop, lot, s.CINNAMON_BAG, max(2, len(bark) // 4))

    def _bag(self, who: Person, bulk: Goods, product: s.Product, lots: int) -> Story:
        """Split a lot, bag each part, and send the bags on."""
        each = product.content.quantity if product.content else 1
        lots = min(lots, MOST_ITEMS, max(1, bulk.quantity // (each * 10)))
        parts = [self._scribe.made(_bulk_of(product), part)
                 for part in _even(bulk.quantity, lots)]  # fmt: skip
        draft, split = self._do.transform(who, Process.SPLIT, (bulk,), parts)
        yield draft
        for part in split:
            bags = self._scribe.made(product, part.quantity // each)
            draft, (packed,) = self._do.transform(who, Process.PACKED, (part,), (bags,))
            yield draft
            yield 1.0
            self._begin(self._sell_on(who, packed))

    def _sell_on(self, who: Person, bags: Goods) -> Story:
        yield self._random.uniform(2, 72)
        if self._scribe.chance(25):
            sold = yield from self._market(who, bags)
            bags = Goods(bags.batch, bags.quantity - sold, bags.unit, bags.cause)
        if not bags.quantity:
            return
        shop = self._random.choice(self._people.shops)
        draft, shipment = self._do.ship(who, shop, (bags,))
        yield draft
        yield self._random.uniform(4, 30)
        lost = 1 if bags.quantity > 1 and self._scribe.chance(5) else 0
        draft, (shelf,) = self._do.receive(shop, shipment, (bags,), lost)
        yield draft
        yield from self._retail(shop, shelf)

    def _retail(self, who: Person, item: Goods) -> Story:
        """Sell in a few portions; a mistake is put right, what spoils is thrown away."""
        count = min(self._random.randrange(1, 6), item.quantity)
        for portion in self._scribe.parts(item.quantity, count):
            yield self._random.uniform(2, 60)
            if portion > 1 and self._scribe.chance(4):
                yield self._do.dispose(who, item, portion)
                continue
            draft, sale = self._do.sell(who, item, portion)
            yield draft
            if portion > 1 and self._scribe.chance(1):
                yield 1.0
                yield self._do.correct(who, sale, portion - 1 if self._scribe.chance(80) else None)

    def _market(self, seller: Person, item: Goods) -> Generator[Draft | float, None, int]:
        """Offer goods; gives how much went to buyers."""
        draft, offer = self._do.offer(seller, item)
        yield draft
        sold = 0
        for _ in range(self._random.randrange(0, 4)):
            buyer = self._random.choice(self._people.buyers)
            quantity = item.quantity // self._random.randrange(4, 9)
            if not quantity or sold + quantity > item.quantity:
                break
            yield self._random.uniform(2, 20)
            draft, order = self._do.order(buyer, offer, quantity)
            yield draft
            yield 2.0
            if self._scribe.chance(10):
                yield self._do.decline(seller, order)
                continue
            yield self._do.confirm(seller, order)
            goods = Goods(item.batch, quantity, item.unit, order.id)
            draft, shipment = self._do.ship(seller, buyer, (goods,), order=order.id)
            yield draft
            sold += quantity
            self._begin(self._arrive(buyer, shipment, goods))
        if self._scribe.chance(50):
            yield self._do.withdraw(seller, offer)
        return sold

    def _arrive(self, buyer: Person, shipment: str, goods: Goods) -> Story:
        yield 20.0
        draft, (came,) = self._do.receive(buyer, shipment, (goods,))
        yield draft
        yield from self._retail(buyer, came)
        if self._scribe.chance(10):
            yield self._do.demand(buyer, self._random.randrange(100_000, 5_000_000))

    def _maybe_inspect(self, item: Goods) -> Story:
        if self._scribe.chance(10):
            yield 2.0
            yield self._do.inspect(self._random.choice(self._people.inspectors), item)


def _even(whole: int, count: int) -> list[int]:
    each, rest = divmod(whole, count)
    return [each + (number < rest) for number in range(count)]


def _bulk_of(product: s.Product) -> s.Product:
    return s.RICE if product is s.RICE_BAG else s.CINNAMON
