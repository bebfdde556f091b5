"""One batch that goes over the whole county: split, shipped, and split again, to any number."""

from collections.abc import Generator, Iterator
from typing import Final

from api.bench.county import scribe as s
from api.bench.county.deeds import Deeds
from api.bench.county.people import People, Person
from api.bench.county.scribe import Draft, Goods, Scribe
from api.bench.county.stories import MOST_ITEMS
from domain.events.movements import Process

_EACH_G: Final = 1000
"""What the last of the descendants hold, about."""


class Hub:
    """Makes the batch and its descendants; `batch` is known once it has begun."""

    def __init__(self, people: People, scribe: Scribe, descendants: int) -> None:
        """Take how many batches are to come of it."""
        self._people = people
        self._scribe = scribe
        self._do = Deeds(scribe)
        self._wanted = descendants
        self.batch = ""

    def story(self) -> Iterator[Draft]:
        """Harvest, split and spread, without a pause; the last level is sold in part."""
        coop = self._people.coops[0]
        draft, whole = self._do.harvest(coop, s.PADDY, self._wanted * 2 * _EACH_G)
        self.batch = whole.batch
        yield draft
        held: list[tuple[Person, Goods]] = [(coop, whole)]
        made = 0
        while made < self._wanted and held:
            held, fresh = held[1:], held[0]
            count = min(MOST_ITEMS, self._wanted - made, fresh[1].quantity)
            made += count
            parts = yield from self._split(*fresh, count)
            if len(held) < self._wanted // MOST_ITEMS + 1:
                held += yield from self._spread(fresh[0], parts)
        for who, lot in held[:50]:
            draft, _ = self._do.sell(who, lot, max(1, lot.quantity // 3))
            yield draft

    def _split(self, who: Person, lot: Goods, count: int) -> Generator[Draft, None, list[Goods]]:
        each, rest = divmod(lot.quantity, count)
        items = [self._scribe.made(s.PADDY, each + (number < rest)) for number in range(count)]
        draft, parts = self._do.transform(who, Process.SPLIT, (lot,), items)
        yield draft
        return parts

    def _spread(
        self, who: Person, parts: list[Goods]
    ) -> Generator[Draft, None, list[tuple[Person, Goods]]]:
        """Send each tenth of the parts to another shop; the rest stay."""
        shops = self._people.shops
        here: list[tuple[Person, Goods]] = [(who, part) for part in parts]
        for number in range(0, len(parts), 10):
            shop = shops[(number // 10 + len(self.batch)) % len(shops)]
            if shop is who:
                continue
            draft, shipment = self._do.ship(who, shop, parts[number : number + 1])
            yield draft
            draft, came = self._do.receive(shop, shipment, parts[number : number + 1])
            yield draft
            here[number] = (shop, came[0])
        return here
